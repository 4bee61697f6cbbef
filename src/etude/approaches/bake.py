"""The rung "baked in": the long prompt is distilled into the weights, and left out from then on.

The model with the instructions and a few examples teaches the model without them, which also sees
the ideal answers (``writing/baking.py``). What it saves is the prompt, on every request.
"""

from __future__ import annotations

from etude.approaches.writing.baking import taught_by_the_prompt
from etude.approaches.writing.recipe import Recipe
from etude.approaches.writing.rung import TunedRung
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.wording import BARE

APPROACH = TunedRung(
    Recipe("bake", Settings(BARE, 0), taught_by_the_prompt),
    order=7,
    plain_name="instructions baked in",
    version=4,
)
