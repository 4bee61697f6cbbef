"""What a model says to each token of given answers: a teacher's distribution, cut to its likeliest.

Nothing is trained here, but the way through the model is the one that a training of it would take:
on the best device, a shared beginning computed once a batch, logits at the targets alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from etude.models._base import Memory, TunableCausal
from etude.models._fast import best_device
from etude.progress import Progress, Silent
from etude.training._determinism import deterministic
from etude.training._give_back import give_back
from etude.training.lm import memory as sizes
from etude.training.lm.pairs import Teacher, TokenPair
from etude.training.lm.precision import autocast, compute_dtype, rest_frozen
from etude.training.lm.said import Said, key_of, recalled, stored
from etude.training.lm.settings import Precision, Sharing
from etude.training.lm.steps import Step, choose_step, plan_batches
from etude.training.lm.steps.chunked import FEWEST_ROWS, LOGITS_AT_ONCE
from etude.training.lm.steps.dropout import without_dropout
from etude.training.lm.steps.head import Head

LIKELIEST = 32
"""Ids kept of each distribution; the rest counts as one more outcome."""
AT_ONCE, TOKENS_AT_ONCE = 64, 8192
"""Most examples, and most token positions, that go through the model together."""


def teach(
    source: TunableCausal,
    pairs: Sequence[TokenPair],
    progress: Progress | None = None,
    *,
    precision: Precision = "auto",
    sharing: Sharing = "auto",
    memory: Memory | None = None,
) -> list[Said]:
    """What the teacher says to each pair's target, in their order.

    Args:
        source: the teacher.
        pairs: prompts as the teacher is asked, and the answers to be judged.
        progress: told how many pairs are done.
        precision: as of a training (``LmSettings``).
        sharing: likewise.
        memory: what was said before is taken from there, and the rest kept there.
    """
    device = best_device()
    dtype = compute_dtype(precision, device)
    keys = [key_of(source, pair, LIKELIEST, dtype) for pair in pairs]
    known = memory.recall(list(dict.fromkeys(keys))) if memory is not None else {}
    said = {row: recalled(known[key]) for row, key in enumerate(keys) if key in known}
    left = [row for row in range(len(pairs)) if row not in said]
    with (progress or Silent()).step("asking the teacher", len(pairs), "examples") as step:
        step.advance(len(said))
        if left:
            teacher = _Teacher.loaded(source, [pairs[row] for row in left], sharing, dtype, device)
            for places, answers in teacher.answers():
                some = {left[place]: one for place, one in zip(places, answers, strict=True)}
                said |= some
                if memory is not None:
                    memory.keep({keys[row]: stored(one) for row, one in some.items()})
                step.advance(len(some))
            del teacher
            give_back()
    return [said[row] for row in range(len(pairs))]


def needed(source: TunableCausal, precision: Precision) -> sizes.Memory:
    """Bytes that asking takes on this machine, at most."""
    device = best_device()
    dtype = compute_dtype(precision, device)
    shape = sizes.shape_of(source)
    logits = max(LOGITS_AT_ONCE, FEWEST_ROWS * shape.vocabulary)
    return sizes.asking(shape, TOKENS_AT_ONCE, logits, dtype, device)


@dataclass(frozen=True)
class _Teacher:
    """A loaded module that is asked about ``pairs``, and the way through it."""

    module: Any
    pairs: Sequence[TokenPair]
    step: Step
    dtype: torch.dtype
    device: torch.device

    @classmethod
    def loaded(
        cls,
        source: TunableCausal,
        pairs: Sequence[TokenPair],
        sharing: Sharing,
        dtype: torch.dtype,
        device: torch.device,
    ) -> _Teacher:
        module = source.load_module().requires_grad_(False)
        without_dropout(module)
        rest_frozen(module, dtype)
        module.to(device)
        step, _ = choose_step(
            module, pairs, checkpointing=False, sharing=sharing, teacher_share=0.0
        )
        return cls(module, pairs, step, dtype, device)

    def answers(self) -> Iterator[tuple[list[int], list[Said]]]:
        """Positions in the pairs and what is said to them, batch by batch."""
        for batch in plan_batches(self.pairs, self._rows(), 0, 0, self.step):
            places = [int(place) for place in batch]
            with deterministic(self.module, self.device), torch.no_grad():
                self.module.eval()
                said = self._said([self.pairs[place] for place in places])
            yield places, said

    def _rows(self) -> int:
        """Examples of a batch."""
        shared = sizes.shared_prefix(self.pairs) if self.step.shares else 0
        own = max(1, max(len(pair) for pair in self.pairs) - shared)
        return min(AT_ONCE, max(1, (TOKENS_AT_ONCE - shared) // own))

    def _said(self, pairs: Sequence[TokenPair]) -> list[Said]:
        with autocast(self.device, self.dtype):
            states = self.step.states(self.module, pairs)
            targets = [pairs[place].target for place in states.order]
            gold_N = torch.from_numpy(np.concatenate(targets).astype(np.int64)).to(self.device)
            found = _likeliest(states.head, states.hidden_ND, gold_N)
        ends = np.cumsum([len(target) for target in targets])[:-1]
        parts = [np.split(values, ends) for values in found]
        said = {
            place: Said(Teacher(ids_TK, log_TK), float(own_T.sum(dtype=np.float64)))
            for place, ids_TK, log_TK, own_T in zip(states.order, *parts, strict=True)
        }
        return [said[place] for place in range(len(pairs))]


def _likeliest(
    head: Head, hidden_ND: Tensor, gold_N: Tensor
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """The likeliest ids (N, K) with their log probabilities, and the gold id's probability (N,).

    Logits are made of some rows at a time.
    """
    ids, logs, own = [], [], []
    rows = max(FEWEST_ROWS, LOGITS_AT_ONCE // head.vocabulary)
    for hidden, gold in zip(torch.split(hidden_ND, rows), torch.split(gold_N, rows), strict=True):
        log_NV = torch.log_softmax(head.logits(hidden).float(), dim=-1)
        top = log_NV.topk(min(LIKELIEST, log_NV.shape[-1]), dim=-1)
        ids.append(top.indices.to(torch.int32).cpu())
        logs.append(top.values.cpu())
        own.append(log_NV.gather(1, gold[:, None])[:, 0].exp().cpu())
    return torch.cat(ids).numpy(), torch.cat(logs).numpy(), torch.cat(own).numpy()
