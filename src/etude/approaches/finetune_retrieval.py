"""The rung "fine-tuned, with look-up": the model is trained to use similar examples it is shown.

Each training prompt shows the nearest other examples, as each prompt in use will.
"""

from __future__ import annotations

from pathlib import Path

from etude.approaches._base import Candidate, Choice, FitContext
from etude.approaches.writing.candidate import Settings
from etude.approaches.writing.tuning import (
    Recipe,
    choose_tuned,
    fit_tuned,
    load_tuned,
    look_ahead,
    why_not_tunable,
)
from etude.approaches.writing.wording import BASE
from etude.data.examples import Examples
from etude.models._base import Model
from etude.records.task import Task
from etude.training.lm.preflight import Preflight

SHOWN = 2
"""Examples in a prompt: each makes every prompt of training and of use longer."""


class FineTuneRetrieval:
    """Fine-tuned, with look-up."""

    key = "finetune_retrieval"
    order = 6
    plain_name = "fine-tuned with look-up"
    seeded = True
    version = 1
    _recipe = Recipe("finetune_retrieval", Settings(BASE, 0, near=SHOWN))

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


APPROACH = FineTuneRetrieval()
