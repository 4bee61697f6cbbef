"""What a classifier's training is told: with the rows and the seed it decides the weights."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Precision = Literal["fp32", "bf16"]


@dataclass(frozen=True)
class TrainSettings:
    """JSON-able; the same settings, rows, seed and machine give the same weights.

    ``epochs`` is how many are run, ``planned_epochs`` how long the learning-rate schedule is: the
    training that was best after 3 of 4 epochs is repeated as 3 of 4. Rates are AdamW's, at their
    peak; ``warmup`` is a share of all planned steps.
    """

    epochs: int
    planned_epochs: int
    learning_rate: float = 2e-4
    head_learning_rate: float = 5e-3
    batch_size: int = 32
    weight_decay: float = 0.01
    warmup: float = 0.1
    label_smoothing: float = 0.0
    dropout: float = 0.0
    clip: float = 1.0
    precision: Precision = "fp32"
    freeze_words: bool = True
    """The word vectors (half of a small encoder's weights) stay as they are."""
    patience: int = 3
    """Epochs without one that is as good before training stops; only where there is a dev part."""
    learned: float = 0.02
    """Mean loss of an epoch (nats) below which training stops: nearly nothing is left to learn."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)
