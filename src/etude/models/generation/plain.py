"""The ordinary way: transformers' own batched ``generate``, for models that can't be run by passes.

Every prompt is computed whole, with padding on its left. The next tokens are chosen by the same
rules (``choosing``) and answers end by the same limits (``rows``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from etude.models.generation.choosing import next_tokens
from etude.models.generation.desk import Taken
from etude.models.generation.jobs import Finish, Job, Written
from etude.models.generation.rows import Row
from etude.progress import Step

ROWS = 16


@torch.inference_mode()
def write_plainly(module: Any, pad_id: int, jobs: Sequence[Job], step: Step) -> list[Written]:
    """The answers, in the order of the jobs, whose ids are whole prompts here."""
    done: dict[int, Written] = {}
    order = sorted(range(len(jobs)), key=lambda i: (-len(jobs[i].ids), i))
    for start in range(0, len(order), ROWS):
        rows = [Row(index, jobs[index]) for index in order[start : start + ROWS]]
        ends = write_rows(module, pad_id, rows)
        done |= {row.index: row.written(end) for row, end in zip(rows, ends, strict=True)}
        step.advance(len(rows))
    return [done[index] for index in range(len(jobs))]


def _go_on(taken: Taken) -> bool:
    return True


@torch.inference_mode()
def write_rows(
    module: Any, pad_id: int, rows: Sequence[Row], tell: Callable[[Taken], bool] = _go_on
) -> list[Finish]:
    """Write rows to their ends, at most ``ROWS`` of them; how each ended.

    Args:
        module: a causal language model of transformers.
        pad_id: an id that ends no answer.
        rows: whose ids are whole prompts.
        tell: told of each token as it is chosen; False ends the row there.
    """
    started = time.perf_counter()
    width = max(len(row.pending) for row in rows)
    ids = torch.full((len(rows), width), pad_id, dtype=torch.int64)
    mask = torch.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, width - len(row.pending) :] = torch.from_numpy(row.pending.astype("int64"))
        mask[place, width - len(row.pending) :] = 1
    chooser = _Chooser(rows, tell)
    module.generate(
        ids.to(module.device),
        attention_mask=mask.to(module.device),
        do_sample=False,
        max_new_tokens=max(row.job.most for row in rows) + 1,
        eos_token_id=sorted(chooser.stops),
        pad_token_id=pad_id,
        logits_processor=[chooser],
    )
    share = (time.perf_counter() - started) / len(rows)
    for row in rows:
        row.seconds = share
    return [chooser.ends[place] for place in range(len(rows))]


class _Chooser:
    """A logits processor that leaves one token to choose: ours, or an end where a row has ended."""

    def __init__(self, rows: Sequence[Row], tell: Callable[[Taken], bool]) -> None:
        self.rows = rows
        self._tell = tell
        self.stops = frozenset().union(*(row.job.stops for row in rows))
        self.ends: dict[int, Finish] = {}
        self._coming: list[list[int]] = [[] for _ in rows]

    def __call__(self, input_ids: Tensor, scores_RV: Tensor) -> Tensor:
        fresh = [
            place
            for place in range(len(self.rows))
            if place not in self.ends and not self._coming[place]
        ]
        if fresh:
            self._choose(fresh, scores_RV)
        only = torch.full_like(scores_RV, -torch.inf)
        end = min(self.stops)
        for place, coming in enumerate(self._coming):
            only[place, coming.pop(0) if coming else end] = 0
        return only

    def _choose(self, places: Sequence[int], scores_RV: Tensor) -> None:
        rows = [self.rows[place] for place in places]
        logits = scores_RV[torch.tensor(places, device=scores_RV.device)].float()
        chosen = next_tokens(logits, [row.job for row in rows], [row.draw for row in rows])
        for place, row, next_ in zip(places, rows, chosen, strict=True):
            end = row.take(next_)
            if not self._tell(Taken(row, next_, end)) and end is None:
                end = "stop"
            if end is None:
                self._coming[place] = next_.ids
            else:
                self.ends[place] = end


@torch.inference_mode()
def score_plainly(
    module: Any, pad_id: int, prompt: NDArray[np.int32], answers: Sequence[NDArray[np.int32]]
) -> NDArray[np.float64]:
    """Log-probability (L,) of each answer after a whole prompt; each is computed by itself."""
    scores = np.zeros(len(answers))
    order = sorted(range(len(answers)), key=lambda i: len(answers[i]))
    for start in range(0, len(order), ROWS):
        batch = order[start : start + ROWS]
        width = len(prompt) + max(len(answers[i]) for i in batch)
        ids = torch.full((len(batch), width), pad_id, dtype=torch.int64)
        for place, i in enumerate(batch):
            whole = np.concatenate([prompt, answers[i]]).astype(np.int64)
            ids[place, : len(whole)] = torch.from_numpy(whole)
        # Padding stands on the right: nothing that is read off sees it, so no mask is needed.
        logs = module(input_ids=ids.to(module.device), use_cache=False).logits.float()
        logs = logs[:, len(prompt) - 1 :].log_softmax(-1)
        for place, i in enumerate(batch):
            tokens = torch.from_numpy(answers[i].astype(np.int64)).to(logs.device)
            picked = logs[place, torch.arange(len(tokens), device=logs.device), tokens]
            scores[i] = float(picked.double().sum())
    return scores
