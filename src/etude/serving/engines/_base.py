"""What an engine is: it is given a prompt and gives back text, piece by piece.

An engine knows one model and nothing of tasks, releases or HTTP.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from etude.models._base import Message
from etude.models._likelihood import Likelihood

Prompt = str | tuple[int, ...]
"""Raw text that is gone on with, or its token ids by the model's own tokenizer."""


@dataclass(frozen=True)
class Wanted:
    """One text to be written.

    Exactly one of ``messages`` and ``prompt`` (raw, no template) is given. ``max_tokens`` None:
    what the window leaves. ``stop``: texts that end the answer and are no part of it. ``logprobs``:
    None for none, else how many alternatives to give beside each chosen token (0 to 20).
    ``shared``: how many of the first messages other requests begin with as well (instructions,
    examples): what they come to is computed once and kept. ``live``: someone reads along; otherwise
    an engine may give all that follows the first piece at the end.
    """

    messages: tuple[Message, ...] | None = None
    prompt: Prompt | None = None
    max_tokens: int | None = None
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    json_schema: str | None = None
    choices: tuple[str, ...] | None = None
    logprobs: int | None = None
    shared: int = 0
    live: bool = True


@dataclass(frozen=True)
class TokenLog:
    """One token's text, its log-probability (nats), and the likeliest ones with theirs.

    ``raw``: its bytes, where another server wrote it.
    """

    text: str
    log: float
    top: tuple[tuple[str, float], ...] = ()
    raw: bytes = field(default=b"", compare=False)


@dataclass(frozen=True)
class Usage:
    """Tokens read, written, and, of those read, taken from what was computed before."""

    tokens_in: int
    tokens_out: int
    tokens_cached: int = 0


Finish = Literal["stop", "length"]


@dataclass(frozen=True)
class Piece:
    """The next part of an answer; ``usage`` is what it took so far, where that is known.

    The last one has ``finish``, the whole ``usage``, and what is known only at the end:
    ``likelihood`` of the text, ``choice_probabilities`` where choices were given, ``refused`` where
    the text is the model's refusal to answer.
    """

    text: str
    tokens: tuple[TokenLog, ...] = ()
    finish: Finish | None = None
    usage: Usage | None = None
    likelihood: Likelihood | None = None
    choice_probabilities: tuple[float, ...] | None = None
    refused: bool = False


class Engine(Protocol):
    """One model that writes. Safe for many requests at once, from one event loop."""

    name: str

    def generate(self, wanted: Wanted) -> AsyncIterator[Piece]:
        """The answer, piece by piece; closing the iterator stops the work.

        Raises:
            TooLong: the prompt leaves no room in the model's window.
            CannotDo: the engine can't do what is asked (the message says what).
            Busy: more is waiting than may wait.
            EngineDown: the model can't be reached.
        """
        ...

    async def close(self) -> None:
        """Finish what is running, free the memory."""
        ...


class EngineError(Exception):
    """Why there is no answer. The message is for the caller: no path and no key is in it."""


class TooLong(EngineError):
    """The prompt and the answer that was asked for do not fit the model's window."""


def too_long(window: int, tokens: int) -> TooLong:
    """For a prompt of so many tokens in a window of so many."""
    return TooLong(
        f"This model's maximum context length is {window} tokens. "
        f"However, your messages resulted in {tokens} tokens."
    )


class CannotDo(EngineError):
    """This model can't be asked for that."""


def known_ids(ids: Sequence[int], vocabulary: int) -> NDArray[np.int32]:
    """A prompt's token ids (T,), all of them below ``vocabulary``.

    Raises:
        CannotDo: they are not.
    """
    for token in ids:
        if not 0 <= token < vocabulary:
            raise CannotDo(f"There is no token {token}; this model has {vocabulary:,} of them.")
    return np.array(ids, dtype=np.int32)


class Busy(EngineError):
    """More is waiting than may wait; ``retry_after`` is in seconds."""

    def __init__(self, message: str, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class EngineDown(EngineError):
    """The model's process or server does not answer."""
