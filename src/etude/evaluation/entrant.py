"""Who takes part in a comparison: a rung with a model."""

from __future__ import annotations

from dataclasses import dataclass

from etude.approaches._base import Approach, Embeddings
from etude.models._base import Embedder, Model
from etude.records.task import ModelRef


@dataclass(frozen=True)
class Entrant:
    """A rung with a model: what becomes a candidate."""

    approach: Approach
    reference: ModelRef
    model: Model
    embeddings: Embeddings | None
    lookup: Embedder | None = None
    """Whose the embeddings are, where the model itself does not embed."""

    @property
    def name(self) -> str:
        """``rung@model``, unique in a comparison."""
        return f"{self.approach.key}@{self.model.name}"
