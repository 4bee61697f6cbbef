"""What the model should have said at each place that has a loss: ids, weights, a teacher's words.

It knows pairs and tensors, nothing of models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from etude.training.lm.pairs import Teacher, TokenPair


@dataclass(frozen=True)
class Teachers:
    """Teachers' distributions at R of the target tokens, filled up to the largest K."""

    rows_R: Tensor
    ids_RK: Tensor
    shares_RK: Tensor
    """Probabilities; 0 where filled up."""
    rest_R: Tensor
    """What is left of the probability for all other ids together."""

    def part(self, start: int, stop: int) -> Teachers:
        """Those of the target tokens from ``start`` to ``stop``, counted from there."""
        low, high = torch.searchsorted(self.rows_R, torch.tensor([start, stop]).to(self.rows_R))
        cut = slice(int(low), int(high))
        return Teachers(
            self.rows_R[cut] - start, self.ids_RK[cut], self.shares_RK[cut], self.rest_R[cut]
        )


@dataclass(frozen=True)
class Targets:
    """The N target tokens of a batch, in the order of its pairs."""

    ids_N: Tensor
    weights_N: Tensor
    teachers: Teachers | None

    @classmethod
    def of(cls, pairs: Sequence[TokenPair], device: torch.device) -> Targets:
        """The targets of all pairs, one after another."""
        ids = np.concatenate([pair.target for pair in pairs]).astype(np.int64)
        lengths = [len(pair.target) for pair in pairs]
        weights = np.repeat(np.array([pair.weight for pair in pairs], dtype=np.float32), lengths)
        return cls(
            torch.from_numpy(ids).to(device),
            torch.from_numpy(weights).to(device),
            _teachers(pairs, np.cumsum([0, *lengths[:-1]]), device),
        )

    def part(self, start: int, stop: int) -> Targets:
        """The targets from ``start`` to ``stop``."""
        teachers = self.teachers.part(start, stop) if self.teachers else None
        return Targets(self.ids_N[start:stop], self.weights_N[start:stop], teachers)


def weight_of(pairs: Sequence[TokenPair]) -> float:
    """The sum of the weights of all target tokens."""
    return float(sum(pair.weight * len(pair.target) for pair in pairs))


def tokens_of(pairs: Sequence[TokenPair]) -> int:
    """Tokens of all prompts and targets."""
    return sum(len(pair) for pair in pairs)


def _teachers(
    pairs: Sequence[TokenPair], starts: NDArray[np.int64], device: torch.device
) -> Teachers | None:
    taught = [(start, pair.teacher) for start, pair in zip(starts, pairs, strict=True)]
    given = [(int(start), teacher) for start, teacher in taught if teacher is not None]
    if not given:
        return None
    most = max(teacher.ids_TK.shape[1] for _, teacher in given)
    rows = [np.arange(start, start + len(teacher.ids_TK)) for start, teacher in given]
    ids = np.concatenate([_filled(teacher.ids_TK, most) for _, teacher in given])
    shares = np.concatenate([_shares(teacher, most) for _, teacher in given])
    rest = np.maximum(0.0, 1.0 - shares.sum(1, dtype=np.float64)).astype(np.float32)
    return Teachers(
        torch.from_numpy(np.concatenate(rows)).to(device),
        torch.from_numpy(ids).to(device),
        torch.from_numpy(shares).to(device),
        torch.from_numpy(rest).to(device),
    )


def _filled(ids_TK: NDArray[np.int32], most: int) -> NDArray[np.int64]:
    """Ids with the first one repeated at the end: it is among the likeliest already."""
    missing = most - ids_TK.shape[1]
    return np.concatenate([ids_TK, np.repeat(ids_TK[:, :1], missing, 1)], 1).astype(np.int64)


def _shares(teacher: Teacher, most: int) -> NDArray[np.float32]:
    shares = np.exp(teacher.log_probabilities_TK.astype(np.float64))
    return np.pad(shares, ((0, 0), (0, most - shares.shape[1]))).astype(np.float32)
