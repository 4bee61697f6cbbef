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
    of all is not one of them; the others were no choice. ``top``: the likeliest ids in its place,
    with their log-probabilities, as many as the job asks for.
    """

    ids: list[int]
    log: float
    top: tuple[tuple[int, float], ...] = ()


class Draw:
    """The random numbers of one answer.

    Args:
        seed: the same one draws the same numbers.
        temperature: above 0.
        top_p: only the likeliest ids that together have this share are drawn from (Holtzman et al.
            2020, https://arxiv.org/abs/1904.09751).
    """

    def __init__(self, seed: int, temperature: float, top_p: float = 1.0) -> None:
        self.temperature = temperature
        self.top_p = top_p
        self._random = np.random.default_rng(seed)

    def __call__(self, logits_V: Tensor) -> int:
        """An id drawn from the softmax of ``logits_V`` at this temperature."""
        shares = (logits_V.double() / self.temperature).softmax(-1)
        if self.top_p < 1:
            shares = _likeliest(shares, self.top_p)
        sums = shares.cumsum(-1)
        place = torch.searchsorted(sums, float(self._random.random()) * float(sums[-1]), right=True)
        return min(int(place), len(logits_V) - 1)


def _likeliest(shares: Tensor, top_p: float) -> Tensor:
    """The shares of the fewest ids that together have at least ``top_p``; the others are 0."""
    ordered, places = shares.sort(descending=True, stable=True)
    before = ordered.cumsum(-1) - ordered
    return torch.zeros_like(shares).scatter(0, places, ordered * (before < top_p))


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
    sums = logits_RV.logsumexp(-1)
    logs = (logits_RV.gather(1, picked)[:, 0] - sums).tolist()
    tops = _tops(logits_RV, sums, jobs)
    chosen = [
        Chosen([token], log, tops.get(row, ()))
        for row, (token, log) in enumerate(zip(tokens, logs, strict=True))
    ]
    for row, guide in guided:
        chosen[row].ids.extend(guide.take(tokens[row]))
    return chosen


def _tops(
    logits_RV: Tensor, sums_R: Tensor, jobs: Sequence[Job]
) -> dict[int, tuple[tuple[int, float], ...]]:
    """The likeliest ids of the rows that are asked for them."""
    asked = [row for row, job in enumerate(jobs) if job.alternatives]
    if not asked:
        return {}
    most = min(max(jobs[row].alternatives for row in asked), logits_RV.shape[1])
    rows = torch.tensor(asked, device=logits_RV.device)
    values, ids = (logits_RV[rows] - sums_R[rows, None]).topk(most)
    return {
        row: tuple(zip(ids_K[: jobs[row].alternatives], logs_K, strict=False))
        for row, ids_K, logs_K in zip(asked, ids.tolist(), values.tolist(), strict=True)
    }
