"""What a name stands for once it is opened: it answers calls, piece by piece.

A call is the same whatever path of the API it came by; what a release, a tuned model or an endpoint
makes of it is in the other files of this folder.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from etude.models._base import Message
from etude.serving.engines._base import Finish, Prompt, TokenLog, Usage

T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """What a caller asks of a model.

    Exactly one of ``messages`` and ``prompt`` (raw) is given. None, of the numbers: as the
    model does by itself. ``logprobs``: None for none, else how many alternatives beside each token.
    ``json_schema``: the text of a JSON Schema that the answer keeps. ``allow_system``: what answers
    may be given a system message that is not its own. ``live``: the caller reads along.
    """

    messages: tuple[Message, ...] | None = None
    prompt: Prompt | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    json_schema: str | None = None
    logprobs: int | None = None
    allow_system: bool = False
    live: bool = True


@dataclass(frozen=True)
class About:
    """What is known of an answer besides its text: the ``etude`` object of a response.

    ``confidence``: how probable it is that the answer is right. ``escalate``: whether a person is to
    look at it, and ``escalate_why`` why. All are None where nobody can say, and then ``unlike`` lists
    what the call asked otherwise than the release was compared; a request that holds a phrase of the
    boundaries goes to a person all the same. ``failure``: a word, where the answer is none.
    ``field_confidence``: of a record, how probable it is that each field is right, as far as it is
    known; empty beside ``unlike``.
    """

    release: str | None = None
    confidence: float | None = None
    escalate: bool | None = None
    escalate_why: str | None = None
    passages: tuple[str, ...] = ()
    probabilities: dict[str, float] | None = None
    failure: str | None = None
    unlike: tuple[str, ...] = ()
    field_confidence: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it goes over the wire; what is not there for this answer is left out."""
        said: dict[str, Any] = {
            "release": self.release,
            "confidence": self.confidence,
            "escalate": self.escalate,
        }
        if self.field_confidence:
            said["field_confidence"] = dict(self.field_confidence)
        if self.escalate_why is not None:
            said["escalate_why"] = self.escalate_why
        if self.passages:
            said["passages"] = list(self.passages)
        if self.probabilities is not None:
            said["probabilities"] = self.probabilities
        if self.failure is not None:
            said["failure"] = self.failure
        if self.unlike:
            said["unlike"] = list(self.unlike)
        return said


@dataclass(frozen=True)
class Part:
    """The next part of an answer; the last has ``finish``, ``usage`` and ``about``. An earlier one may
    have the ``usage`` until then."""

    text: str
    tokens: tuple[TokenLog, ...] = ()
    finish: Finish | None = None
    usage: Usage | None = None
    about: About = field(default_factory=About)


class Answerer(Protocol):
    """What stands behind a name, opened. Safe for many calls at once, from one event loop.

    ``release``: what really answers: a release's hash, a tuned model's full name; None for a model
    as it is.
    """

    release: str | None

    def answer(self, call: Call) -> AsyncIterator[Part]:
        """The answer, part by part; closing the iterator stops the work.

        Raises:
            ApiError: the call is none that this model answers; the message says why.
            EngineError: the model can't do it, is busy or can't be reached.
        """
        ...

    async def close(self) -> None:
        """Free what it holds; no call is under way any more."""
        ...


@asynccontextmanager
async def closing(stream: AsyncIterator[T]) -> AsyncIterator[AsyncIterator[T]]:
    """``stream``, closed at the end of the block, however it ends: that stops the work behind it."""
    try:
        yield stream
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()
