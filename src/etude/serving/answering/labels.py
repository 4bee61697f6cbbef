"""A release that chooses a label without a language model: requests that wait are answered together.

The answer is the label; where log-probabilities are asked for, they are those of the labels.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from etude.data.answers import Answers
from etude.data.tables import input_columns
from etude.releases.loading import Release
from etude.serving.answering._base import About, Call, Part
from etude.serving.answering._batching import Batcher
from etude.serving.answering._inputs import Given, given
from etude.serving.answering._sureness import Sureness
from etude.serving.engines._base import TokenLog, Usage
from etude.serving.errors import ApiError
from etude.workflow.asked import Inputs

SHORT = 2_000
"""Letters of a text that hold up nobody while they are read."""
_IMPOSSIBLE = -9999.0
"""The log-probability of a label that can't be answered, as OpenAI writes it."""


class Labels:
    """A classifier. It reads the input alone and knows no temperature, stop text or form. A label is
    given whole, so that nothing hangs on ``max_tokens``; nothing is drawn, so neither on ``top_p``.

    Args:
        release: one whose candidate is no language model.

    Raises:
        StoreError: the release's scorecard can't be read.
    """

    def __init__(self, release: Release) -> None:
        self.release: str | None = release.name
        self._opened = release
        task = release.asked
        self._columns = input_columns(task.task.data, task.dataset.columns["input"])
        self._sureness = Sureness.of(release)
        self._batches = Batcher(f"labels {release.name[:12]}", self._answered)

    async def answer(self, call: Call) -> AsyncIterator[Part]:
        """The label, in one part."""
        asked = await self._read(call)
        yield _part(call, *await self._batches(asked.inputs))

    async def close(self) -> None:
        """End the thread once it is idle."""
        await self._batches.close()

    async def _read(self, call: Call) -> Given:
        """What is asked; a short text, the usual case, is read sooner than a thread is found for it."""
        length = len(call.prompt or "") + sum(len(one.content) for one in call.messages or ())
        if length > SHORT or len(self._columns) > 1:
            return await asyncio.to_thread(self._given, call)
        return self._given(call)

    def _given(self, call: Call) -> Given:
        task = self._opened.asked
        if len(call.messages or ()) > 1:
            # It reads no system message, and so none is refused for what allowing it would change.
            call = replace(call, allow_system=True)
        asked = given(call, task, (task.task.instructions,))
        if asked.system:
            raise _cannot("reads the input alone: leave the system message out", "messages")
        if call.json_schema is not None:
            raise _cannot("answers with a label, not with JSON", "response_format")
        if call.temperature:
            raise _cannot("gives its most probable label: leave temperature out", "temperature")
        if call.stop:
            raise _cannot("answers with a whole label: leave stop out", "stop")
        return asked

    def _answered(self, asked: Sequence[Inputs]) -> list[tuple[Answers, About, int]]:
        """All that wait: the answers, what is known of each, and its place among them."""
        inputs = Inputs(
            tuple(text for one in asked for text in one.texts),
            tuple(row for one in asked for row in one.columns),
        )
        answers = self._opened.answer(inputs.texts)
        about = self._sureness.about(answers, inputs)
        return [(answers, one, place) for place, one in enumerate(about)]


def _part(call: Call, answers: Answers, about: About, place: int) -> Part:
    label = answers.outputs[place] or ""
    usage = Usage(int(answers.tokens_in[place]), int(answers.tokens_out[place]))
    tokens: tuple[TokenLog, ...] = ()
    if call.logprobs is not None and about.probabilities is not None and label:
        tokens = (_log(label, about.probabilities, call.logprobs),)
    return Part(label, tokens, "stop", usage, about)


def _log(label: str, probabilities: dict[str, float], alternatives: int) -> TokenLog:
    ranked = sorted(probabilities.items(), key=lambda one: -one[1])[:alternatives]
    top = tuple((name, _logarithm(share)) for name, share in ranked)
    return TokenLog(label, _logarithm(probabilities[label]), top)


def _logarithm(share: float) -> float:
    return math.log(share) if share > 0 else _IMPOSSIBLE


def _cannot(words: str, param: str) -> ApiError:
    return ApiError(
        400, f"This release is a classifier: it {words}.", code="unsupported_value", param=param
    )
