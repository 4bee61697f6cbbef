"""An engine without a model: it says back what it was asked, word by word, and does as it is told.

Words of the last message steer it: BREAK (fails in the middle), LONG (too long), BUSY, DOWN, WAIT
(holds on after the first word until ``go`` is set), HANG (never ends by itself).
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from etude.models._likelihood import Likelihood
from etude.serving.engines._base import (
    Busy,
    EngineDown,
    Finish,
    Piece,
    TokenLog,
    TooLong,
    Usage,
    Wanted,
)

FAILURES = {
    "LONG": TooLong("The prompt has 9 tokens, and the window has 8."),
    "BUSY": Busy("Too many are waiting.", 3.0),
    "DOWN": EngineDown("The model is away."),
}


@dataclass
class FakeEngine:
    name: str = "fake"
    asked: list[Wanted] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set where an answer was broken off by whoever asked."""
    go: threading.Event = field(default_factory=threading.Event)
    closed: bool = False

    async def generate(self, wanted: Wanted) -> AsyncIterator[Piece]:
        self.asked.append(wanted)
        text = wanted.messages[-1].content if wanted.messages else str(wanted.prompt or "")
        for word, failure in FAILURES.items():
            if word in text:
                raise failure
        words, finish = self._words(wanted, text)
        try:
            for place, word in enumerate(words):
                await self._obey(text, place)
                last = place == len(words) - 1
                yield self._piece(wanted, word, finish if last else None, len(words))
        except (asyncio.CancelledError, GeneratorExit):
            self.stopped.set()
            raise

    def _words(self, wanted: Wanted, text: str) -> tuple[list[str], Finish]:
        if wanted.choices:
            return [next((c for c in wanted.choices if c in text), wanted.choices[0])], "stop"
        if wanted.json_schema:
            words = ['{"said":', '"yes"}']
        else:
            words = f"You said: {text}".split(" ")
            words = [words[0], *(f" {word}" for word in words[1:])]
        most = wanted.max_tokens or len(words)
        return words[:most], "length" if len(words) > most else "stop"

    async def _obey(self, text: str, place: int) -> None:
        if place == 0:
            return
        if "BREAK" in text:
            raise EngineDown("The model went away.")
        while "HANG" in text or ("WAIT" in text and not self.go.is_set()):
            await asyncio.sleep(0.01)

    def _piece(self, wanted: Wanted, word: str, finish: Finish | None, count: int) -> Piece:
        tokens: tuple[TokenLog, ...] = ()
        if wanted.logprobs is not None:
            top = tuple((f"{word}{i}", -1.0 - i) for i in range(wanted.logprobs))
            tokens = (TokenLog(word, -0.5, top),)
        if finish is None:
            return Piece(word, tokens)
        sent = [m.content for m in wanted.messages or ()] or [str(wanted.prompt or "")]
        shares = None
        if wanted.choices:
            rest = 0.2 / max(1, len(wanted.choices) - 1)
            shares = tuple(0.8 if one == word else rest for one in wanted.choices)
        return Piece(
            word,
            tokens,
            finish,
            Usage(sum(len(text.split()) for text in sent), count, 1),
            Likelihood(
                math.log(0.9),
                math.log(0.6),
                (("said", math.log(0.75)),) if wanted.json_schema else None,
            ),
            shares,
        )

    async def close(self) -> None:
        self.closed = True
