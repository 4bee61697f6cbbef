"""Examples as what a language model is trained on: the very prompt it will be asked with, and the
ideal answer.

Where a prompt shows similar examples, an example never stands in its own prompt, nor does another
of its group: in use the answer is not there to be copied either.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from etude.approaches.writing.candidate import WritingCandidate
from etude.approaches.writing.wording import plain
from etude.data.examples import Examples
from etude.models._base import TunableCausal
from etude.training.lm.pairs import TokenPair

_SPARE = 8
"""Neighbours looked up beyond those wanted, since some are of the example's own group."""


def token_pairs(candidate: WritingCandidate, examples: Examples) -> list[TokenPair]:
    """One pair an example, in their order."""
    form = cast("TunableCausal", candidate.context.model).format
    near = neighbours(candidate, examples) if candidate.settings.near else None
    requests, _ = candidate.requests(examples.inputs, candidate.context.embeddings, near)
    return [
        TokenPair(form.prompt_ids(request.messages), form.target_ids(target))
        for request, target in zip(requests, examples.targets, strict=True)
    ]


def neighbours(candidate: WritingCandidate, examples: Examples) -> list[Sequence[int]]:
    """Positions of the examples to show with each, none of its own group."""
    pool, wanted = candidate.sources.examples, candidate.settings.near
    kind = candidate.context.task.kind
    found = candidate.sources.near.nearest(
        [plain(text, kind) for text in examples.inputs],
        wanted + _SPARE,
        candidate.context.embeddings,
    )
    own = set(examples.ids)
    return [
        _others(rows, pool, group, wanted, known=bool(own.intersection(pool.ids)))
        for rows, group in zip(found, examples.groups, strict=True)
    ]


def _others(
    rows: Sequence[int], pool: Examples, group: np.int64, wanted: int, *, known: bool
) -> Sequence[int]:
    others = [row for row in rows if not known or pool.groups[row] != group]
    return others[:wanted]


def mean_tokens(pairs: Sequence[TokenPair]) -> float:
    """Tokens of prompt and target together, on average."""
    return float(np.mean([len(pair) for pair in pairs])) if pairs else 0.0
