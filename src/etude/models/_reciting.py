"""What a language model on this machine recites: how it goes on after the beginning of a reply, and
how likely it finds replies that differ in a few words.

It knows replies and knows nothing of why they are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray

from etude.models._answering import Answering
from etude.models._base import Message
from etude.models.generation.choices import make_tree
from etude.models.generation.jobs import Job, Written
from etude.models.generation.passes import EMPTY
from etude.models.generation.plain import write_plainly
from etude.models.generation.prefixes import shared_length
from etude.models.generation.writing import write_all
from etude.progress import Step

AT_ONCE = 64
"""Replies whose likelihoods are computed in one pass."""


@runtime_checkable
class Driven(Protocol):
    """A language model that can be asked pass by pass (``CausalModel.driven``)."""

    def driven(self) -> AbstractContextManager[Answering]:
        """The loaded model; nothing else is computed with it meanwhile."""
        ...


@dataclass(frozen=True)
class Reply:
    """A reply to ``messages``, and ``others`` that begin alike, at least one."""

    messages: tuple[Message, ...]
    text: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Recited:
    """``text``: the reply's beginning that the others share, and how the model goes on from there,
    token by likeliest token. ``log_likelihood``: of the whole reply; ``others_O``: of each other."""

    text: str
    log_likelihood: float
    others_O: NDArray[np.float64]


@torch.inference_mode()
def recite(model: Driven, replies: Sequence[Reply], step: Step) -> list[Recited]:
    """What the model makes of each reply, in their order; ``step`` is told of each.

    Raises:
        ModelError: the model can't be loaded, or its template can't show a reply.
        ValueError: prompt and reply do not fit the model's window.
    """
    with model.driven() as answering:
        return [_recited(answering, reply, step) for reply in replies]


def _recited(answering: Answering, reply: Reply, step: Step) -> Recited:
    form = answering.format
    targets = [form.target_ids(text) for text in (reply.text, *reply.others)]
    shared = shared_length(targets)
    begun = np.concatenate([form.prompt_ids(reply.messages), targets[0][:shared]])
    rests = [ids[shared:] for ids in targets]
    longest = max(map(len, rests))
    if len(begun) + longest > answering.window:
        raise ValueError(f"{len(begun) + longest} tokens, and the window has {answering.window}")
    logs = np.concatenate(
        [
            answering.scores([begun], EMPTY, make_tree(some), some)[0]
            for some in (rests[i : i + AT_ONCE] for i in range(0, len(rests), AT_ONCE))
        ]
    )
    written = _continued(answering, begun, longest, step)
    text = form.reply([*targets[0][:shared], *written.ids])
    return Recited(text, float(logs[0]), logs[1:])


def _continued(answering: Answering, ids: NDArray[np.int32], most: int, step: Step) -> Written:
    jobs = [Job(ids=ids, most=most, stops=frozenset(answering.format.stop_ids))]
    if answering.engine is None:
        return write_plainly(answering.module, answering.format.pad_id, jobs, step)[0]
    return write_all(answering.engine, EMPTY, jobs, step)[0]
