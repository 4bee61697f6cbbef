"""The rung "baked in": the long prompt is distilled into the weights, and left out from then on.

The model with the instructions and a few examples teaches the model without them, which also sees
the ideal answers (``writing/baking.py``). What it saves is the prompt, on every request.
"""

from __future__ import annotations

from pathlib import Path

from etude.approaches._base import Candidate, Choice, FitContext
from etude.approaches.writing.baking import taught_by_the_prompt
from etude.approaches.writing.candidate import Settings
from etude.approaches.writing.tuning import (
    Recipe,
    choose_tuned,
    fit_tuned,
    load_tuned,
    look_ahead,
    why_not_tunable,
)
from etude.approaches.writing.wording import BARE
from etude.data.examples import Examples
from etude.models._base import Model
from etude.records.task import Task
from etude.training.lm.preflight import Preflight


class Bake:
    """Baked in."""

    key = "bake"
    order = 7
    plain_name = "instructions baked in"
    seeded = True
    version = 1
    _recipe = Recipe("bake", Settings(BARE, 0), taught_by_the_prompt)

    def usable(self, task: Task, model: Model) -> str | None:
        """It needs a language model whose weights are here."""
        return why_not_tunable(model)

    def choose(self, train: Examples, dev: Examples, context: FitContext) -> Choice:
        """Train on ``train``; dev says after which epoch to stop."""
        return choose_tuned(self._recipe, train, dev, context)

    def fit(self, examples: Examples, choice: Choice, context: FitContext) -> Candidate:
        """Repeat the chosen training on everything."""
        return fit_tuned(self._recipe, examples, choice, context)

    def look(self, train: Examples, dev: Examples, context: FitContext) -> Preflight:
        """What the training would be."""
        return look_ahead(self._recipe, train, dev, context)

    def load(self, folder: Path, context: FitContext) -> Candidate:
        """The candidate that was saved."""
        return load_tuned(self.key, folder, context)


APPROACH = Bake()
