"""A fitted candidate whose weights are its own: they lie beside its settings."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from etude.approaches._base import Candidate, FitContext
from etude.approaches.writing.candidate import WritingCandidate, load_writing
from etude.approaches.writing.recipe import source_of
from etude.approaches.writing.wording import BASE
from etude.errors import StoreError

MODEL = "model"
"""Folder of the tuned weights, beside the candidate's settings."""


class TunedCandidate(WritingCandidate):
    """A fitted candidate whose weights are its own: they lie in ``folder``."""

    folder: Path

    def save(self, folder: Path) -> None:
        """Write what the prompt is made of, and the weights beside it."""
        super().save(folder)
        shutil.copytree(self.folder, folder / MODEL, dirs_exist_ok=True)


def load_tuned(rung: str, folder: Path, context: FitContext) -> Candidate:
    """The candidate that was saved.

    Raises:
        StoreError: a file is missing or damaged.
    """
    weights = folder / MODEL
    if not weights.is_dir():
        raise StoreError(
            "the tuned weights are gone", where=str(weights), hint="run `etude compare` again"
        )
    model = source_of(context).tuned(weights)
    kept = load_writing(rung, folder, context, model)
    return _as_tuned(kept, weights)


def with_weights(
    rung: str,
    settings: dict[str, Any],
    candidate: WritingCandidate,
    folder: Path,
    context: FitContext,
) -> TunedCandidate:
    """The candidate with the weights in ``folder`` in place of the model's own."""
    model = source_of(context).tuned(folder)
    made = TunedCandidate(rung, context, settings, candidate.sources, model)
    made.folder = folder
    return made


def before_tuning(candidate: TunedCandidate) -> WritingCandidate:
    """The model before it was tuned, with the instructions and what the tuned one is shown."""
    settings = candidate.raw | {"wording": BASE.as_settings()}
    context = candidate.context
    return WritingCandidate(
        candidate.rung, context, settings, candidate.sources, source_of(context)
    )


def _as_tuned(kept: WritingCandidate, folder: Path) -> TunedCandidate:
    made = TunedCandidate(kept.rung, kept.context, kept.raw, kept.sources, kept.model)
    made.folder = folder
    return made
