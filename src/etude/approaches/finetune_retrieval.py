"""The rung "fine-tuned, with look-up": the model is trained to use similar examples it is shown.

Each training prompt shows the nearest other examples, and the passages of the task's knowledge that
are most like the input, as each prompt in use will.
"""

from __future__ import annotations

from etude.approaches.writing.recipe import Recipe
from etude.approaches.writing.rung import TunedRung
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.wording import BASE

SHOWN = 2
"""Examples in a prompt: each makes every prompt of training and of use longer."""

APPROACH = TunedRung(
    Recipe("finetune_retrieval", Settings(BASE, 0, near=SHOWN)),
    order=6,
    plain_name="fine-tuned with look-up",
    version=3,
)
