"""Flips: how often a text is answered otherwise when the same is asked again.

Temperature 0 is not deterministic on every engine: batches, machines and versions change behind the
same name. An endpoint is asked again on purpose. A model on this machine is asked alone and among
others by the timing anyway, and that is where its answers may differ. It knows answers, not what
they should be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from etude.models._base import Ability, ChatModel, ChatRequest, Completion
from etude.progress import Progress
from etude.records.task import Task

ITEMS = 50
"""Texts that are asked again, at most: enough to see one in twenty."""
ASKINGS = 3
"""How often each is asked in all."""


@dataclass(frozen=True)
class Flips:
    """Of ``items`` texts, each answered ``askings`` times, those with any answer that differs."""

    flipped: int
    items: int
    askings: int

    @property
    def rate(self) -> float:
        """The share."""
        return self.flipped / self.items


def places(count: int, most: int = ITEMS) -> list[int]:
    """Up to ``most`` of ``count`` positions, spread evenly over them."""
    return [int(place) for place in np.linspace(0, count - 1, min(count, most))]


def flips_of(askings: Sequence[Sequence[str | None]]) -> Flips | None:
    """From the answers of each asking, all in the same order.

    A text that an asking left without an answer says nothing of flips and is left out. None where
    nothing was answered twice.
    """
    rows = [row for row in zip(*askings, strict=True) if None not in row]
    if len(askings) < 2 or not rows:
        return None
    return Flips(sum(len(set(row)) > 1 for row in rows), len(rows), len(askings))


class Again:
    """A chat model that is asked the same another time: the answers kept from before don't count.

    Args:
        model: the one that is asked.
        asking: which time it is, from 1.
    """

    def __init__(self, model: ChatModel, asking: int) -> None:
        self.name = model.name
        self.fingerprint = model.fingerprint
        self.abilities: frozenset[Ability] = model.abilities
        self._model = model
        self._asking = asking

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        """See ``ChatModel``."""
        return self._model.complete(again(requests, self._asking), progress)


def without_asking_again(task: Task) -> Task:
    """The task without ``ask_again``: whether an answer changes is seen without knowing how sure it
    is."""
    if not task.bar.ask_again or task.bar.hand_over is None:
        return task
    once = task.bar.hand_over.model_copy(update={"ask_again": 0})
    return task.model_copy(update={"bar": task.bar.model_copy(update={"hand_over": once})})


def again(requests: Sequence[ChatRequest], asking: int) -> list[ChatRequest]:
    """The same requests, asked for the time ``asking``."""
    return [replace(request, asking=asking) for request in requests]
