"""The rung "fine-tuned": the whole encoder is trained with its head, or a language model.

A language model is trained to give the ideal answers (``writing/tuning.py``), an encoder with a
head to give their labels (``_encoder_tuning.py``).
"""

from __future__ import annotations

from pathlib import Path

from etude.approaches._base import Candidate, Choice, FitContext
from etude.approaches._encoder_tuning import (
    RUNG,
    choose_encoder,
    epochs_ahead,
    fit_encoder,
    load_fine_tuned,
)
from etude.approaches._vectors import why_unusable
from etude.approaches.writing.planning import epochs_planned, look_ahead
from etude.approaches.writing.recipe import Recipe, why_not_tunable
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.tuned import load_tuned
from etude.approaches.writing.tuning import choose_tuned, fit_tuned
from etude.approaches.writing.wording import BASE
from etude.data.examples import Examples
from etude.models._base import Model
from etude.records.task import WRITING, Task
from etude.training.lm.preflight import Preflight

WRITTEN = Recipe(RUNG, Settings(BASE, 0), prefers=True)
"""A language model learns from the prompt of "instructions only"."""


class FineTune:
    """Fine-tuned."""

    key = RUNG
    order = 5
    plain_name = "fine-tuned"
    seeded = True
    version = 3

    def usable(self, task: Task, model: Model) -> str | None:
        """It needs an encoder or a language model whose weights are here."""
        if task.kind in WRITING or "tune_causal" in model.abilities:
            return why_not_tunable(model)
        return why_unusable(
            task,
            model,
            ("tune_encoder",),
            "can't be fine-tuned here: that needs an encoder whose weights are on this machine",
        )

    def reads_instructions(self, model: Model) -> bool:
        """A language model does; an encoder learns from the texts and the labels' meanings alone."""
        return "tune_causal" in model.abilities

    def choose(self, train: Examples, dev: Examples, context: FitContext) -> Choice:
        """Train on ``train``; dev says after which epoch, at which rate and in which precision."""
        if "tune_causal" in context.model.abilities:
            return choose_tuned(WRITTEN, train, dev, context)
        return choose_encoder(train, dev, context)

    def fit(self, examples: Examples, choice: Choice, context: FitContext) -> Candidate:
        """Repeat the chosen training on everything."""
        if "tune_causal" in context.model.abilities:
            return fit_tuned(WRITTEN, examples, choice, context)
        return fit_encoder(examples, choice, context)

    def epochs_ahead(self, rows: int) -> tuple[int, int]:
        """Of an encoder with so many rows, while its settings are chosen and in the final training,
        as they usually come."""
        return epochs_ahead(rows)

    def look(self, train: Examples, dev: Examples, context: FitContext) -> Preflight | None:
        """What a language model's training would be; None for an encoder's, which always fits."""
        if "tune_causal" in context.model.abilities:
            return look_ahead(WRITTEN, train, dev, context)
        return None

    def epochs_planned(self, train: Examples, context: FitContext) -> tuple[int, ...]:
        """Of every training of a language model that dev will choose among."""
        return epochs_planned(WRITTEN, train, context)

    def load(self, folder: Path, context: FitContext) -> Candidate:
        """The candidate that was saved."""
        if "tune_causal" in context.model.abilities:
            return load_tuned(self.key, folder, context)
        return load_fine_tuned(folder, context)


APPROACH = FineTune()
