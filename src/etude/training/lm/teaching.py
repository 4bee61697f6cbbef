"""What a model says to each token of given answers: a teacher's distribution, cut to its likeliest.

Nothing is trained here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from etude.models._base import TunableCausal
from etude.progress import Progress, Silent
from etude.training.lm.pairs import Teacher, TokenPair

LIKELIEST = 32
"""Ids kept of each distribution; the rest counts as one more outcome."""
AT_ONCE = 16


def teach(
    source: TunableCausal, pairs: Sequence[TokenPair], progress: Progress | None = None
) -> tuple[list[Teacher], float]:
    """The teacher of each pair's target, and the mean probability of the targets' own tokens.

    Args:
        source: the teacher.
        pairs: prompts as the teacher is asked, and the answers to be judged.
        progress: told how many pairs are done.
    """
    module = source.load_module().eval()
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i]))
    teachers: dict[int, Teacher] = {}
    known = tokens = 0.0
    shown = progress or Silent()
    with torch.inference_mode(), shown.step("asking the teacher", len(pairs), "examples") as step:
        for start in range(0, len(order), AT_ONCE):
            rows = order[start : start + AT_ONCE]
            batch = [pairs[row] for row in rows]
            for row, pair, logits_TV in zip(rows, batch, _logits(module, batch), strict=True):
                log_TV = torch.log_softmax(logits_TV.float(), dim=-1)
                own_T = log_TV.gather(1, torch.from_numpy(pair.target).long()[:, None])
                known += float(own_T.exp().sum())
                tokens += len(pair.target)
                teachers[row] = _cut(log_TV)
            step.advance(len(rows))
    return [teachers[row] for row in range(len(pairs))], known / tokens if tokens else 0.0


def _logits(module: Any, batch: Sequence[TokenPair]) -> list[torch.Tensor]:
    """Logits (T, V) at the tokens that predict each target, right-padded together."""
    longest = max(len(pair) for pair in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    mask = torch.zeros_like(ids)
    for row, pair in enumerate(batch):
        whole = np.concatenate([pair.prompt, pair.target])
        ids[row, : len(whole)] = torch.from_numpy(whole)
        mask[row, : len(whole)] = 1
    logits_BTV = module(input_ids=ids, attention_mask=mask, use_cache=False).logits
    return [logits_BTV[row, len(pair.prompt) - 1 : len(pair) - 1] for row, pair in enumerate(batch)]


def _cut(log_TV: torch.Tensor) -> Teacher:
    found = log_TV.topk(min(LIKELIEST, log_TV.shape[-1]), dim=-1)
    return Teacher(found.indices.numpy().astype(np.int32), found.values.numpy().astype(np.float32))
