"""From logits to the next tokens: the likeliest, a drawn one, or the likeliest that a guide allows.

A drawn token depends on the row's logits and its own random numbers alone, so what is computed
beside a row never changes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from etude.models.generation.jobs import Job


@dataclass(frozen=True)
class Chosen:
    """What a row goes on with: one token, and those that its guide says must follow.

    ``log``: the log-probability of the first, among those that the form allows where the likeliest
    of all is not one of them; the others were no choice.
    """

    ids: list[int]
    log: float


class Draw:
    """The random numbers of one answer."""

    def __init__(self, seed: int, temperature: float) -> None:
        self.temperature = temperature
        self._random = np.random.default_rng(seed)

    def __call__(self, logits_V: Tensor) -> int:
        """An id drawn from the softmax of ``logits_V`` at this temperature."""
        shares = (logits_V.double() / self.temperature).softmax(-1).cumsum(-1)
        place = torch.searchsorted(shares, float(self._random.random()) * float(shares[-1]))
        return min(int(place), len(logits_V) - 1)


def next_tokens(
    logits_RV: Tensor, jobs: Sequence[Job], draws: Sequence[Draw | None]
) -> list[Chosen]:
    """What each row goes on with. ``logits_RV`` may be written to."""
    tokens = logits_RV.argmax(-1).tolist()
    guided = [(row, job.guide) for row, job in enumerate(jobs) if job.guide is not None]
    # Mostly the likeliest token fits the form: only where it does not, all tokens are looked at.
    strict = [
        (row, guide)
        for row, guide in guided
        if draws[row] is not None or not guide.may_take(tokens[row])
    ]
    if strict:
        allowed = np.stack([guide.allowed(logits_RV.shape[1]) for _, guide in strict])
        rows = torch.tensor([row for row, _ in strict], device=logits_RV.device)
        banned = torch.from_numpy(~allowed).to(logits_RV.device)
        logits_RV[rows] = logits_RV[rows].masked_fill(banned, -torch.inf)
        for (row, _), token in zip(strict, logits_RV[rows].argmax(-1).tolist(), strict=True):
            tokens[row] = token
    for row, draw in enumerate(draws):
        if draw is not None:
            tokens[row] = draw(logits_RV[row])
    picked = torch.tensor(tokens, device=logits_RV.device)[:, None]
    logs = (logits_RV.gather(1, picked)[:, 0] - logits_RV.logsumexp(-1)).tolist()
    chosen = [Chosen([token], log) for token, log in zip(tokens, logs, strict=True)]
    for row, guide in guided:
        chosen[row].ids.extend(guide.take(tokens[row]))
    return chosen
