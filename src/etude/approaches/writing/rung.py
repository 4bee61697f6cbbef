"""A rung that trains a language model, and nothing else: all that sets it apart is its recipe."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from etude.approaches._base import Candidate, Choice, FitContext
from etude.approaches.writing.planning import epochs_planned, look_ahead, teaching_seconds
from etude.approaches.writing.recipe import Recipe, why_not_tunable
from etude.approaches.writing.tuned import load_tuned
from etude.approaches.writing.tuning import choose_tuned, fit_tuned
from etude.data.examples import Examples
from etude.models._base import Model
from etude.records.task import Task
from etude.training.lm.preflight import Preflight


@dataclass
class TunedRung:
    """See ``Approach`` for the fields; the key is the recipe's rung."""

    recipe: Recipe
    order: int
    plain_name: str
    seeded: bool = True
    version: int = 2

    def __post_init__(self) -> None:
        self.key = self.recipe.rung

    def usable(self, task: Task, model: Model) -> str | None:
        """It needs a language model whose weights are here."""
        return why_not_tunable(model)

    def choose(self, train: Examples, dev: Examples, context: FitContext) -> Choice:
        """Train on ``train``; dev says which settings and how long."""
        return choose_tuned(self.recipe, train, dev, context)

    def fit(self, examples: Examples, choice: Choice, context: FitContext) -> Candidate:
        """Repeat the chosen training on everything."""
        return fit_tuned(self.recipe, examples, choice, context)

    def look(self, train: Examples, dev: Examples, context: FitContext) -> Preflight:
        """What the training would be."""
        return look_ahead(self.recipe, train, dev, context)

    def epochs_planned(self, train: Examples, context: FitContext) -> tuple[int, ...]:
        """Of every training that dev will choose among."""
        return epochs_planned(self.recipe, train, context)

    def teaching_seconds(self, train: Examples, context: FitContext) -> float:
        """Of asking the recipe's teacher about ``train``, about; 0 where it has none."""
        return teaching_seconds(self.recipe, train, context)

    def load(self, folder: Path, context: FitContext) -> Candidate:
        """The candidate that was saved."""
        return load_tuned(self.key, folder, context)
