"""From the scores of some choices to an answer: the whole of it at once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from etude.models._answering import pick
from etude.serving.engines._base import CannotDo, Piece, TokenLog, Usage, Wanted


def seed_of(wanted: Wanted) -> int:
    """The seed that is asked for, or one of the moment."""
    return secrets.randbits(48) if wanted.seed is None else wanted.seed % 2**64


def check(wanted: Wanted) -> None:
    """Refuse what no choice can keep to.

    Raises:
        CannotDo: there are choices, and a schema or a stop text besides.
    """
    if not wanted.choices:
        return
    if wanted.json_schema is not None:
        raise CannotDo("An answer can't be held to choices and to a JSON schema at once.")
    if wanted.stop:
        raise CannotDo("This model answers with a whole label: leave stop out.")


def chosen(
    wanted: Wanted,
    scores: NDArray[np.float64],
    answers: Sequence[NDArray[np.int32]],
    seed: int,
    usage: Usage,
) -> Piece:
    """The likeliest choice, or a drawn one, whole whatever ``max_tokens`` says. Where logs are asked
    for, it is told as one token.

    Args:
        wanted: with choices.
        scores: the log-probability of each (L,).
        answers: the ids of each, with the end of the turn.
        seed: for what is drawn.
        usage: without the tokens of the answer.
    """
    choices = wanted.choices or ()
    best, shares = pick(scores, wanted.temperature, seed, wanted.top_p)
    logs = np.log(np.maximum(shares, np.finfo(np.float64).tiny))
    tokens: tuple[TokenLog, ...] = ()
    if wanted.logprobs is not None:
        order = np.argsort(-logs, kind="stable")[: wanted.logprobs]
        top = tuple((choices[i], float(logs[i])) for i in order)
        tokens = (TokenLog(choices[best], float(logs[best]), top),)
    return Piece(
        choices[best],
        tokens,
        finish="stop",
        usage=replace(usage, tokens_out=len(answers[best])),
        choice_probabilities=shares,
    )
