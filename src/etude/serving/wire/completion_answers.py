"""``/v1/completions`` as it is answered: one choice an answer, in one piece or as chunks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from etude.serving.answering._base import About, Part, closing
from etude.serving.answering._whole import Gathered
from etude.serving.engines._base import TokenLog, Usage
from etude.serving.streams import DONE, as_api_error, event
from etude.serving.wire._base import fingerprint, usage
from etude.serving.wire.completions import CompletionWanted

Numbered = AsyncIterator[tuple[int, Part]]


class CompletionAnswer:
    """Writes the answers to one request.

    Args:
        names: the id of each answer; the first is the response's own.
        created: seconds since 1970.
        wanted: the request.
    """

    def __init__(self, names: Sequence[str], created: int, wanted: CompletionWanted) -> None:
        self._head = {
            "id": names[0],
            "object": "text_completion",
            "created": created,
            "model": wanted.model,
        }
        self._names = names
        self._wanted = wanted
        self._offsets = [0] * len(names)
        self._used: dict[int, Usage] = {}

    async def whole(self, parts: Numbered) -> dict[str, Any]:
        """All answers in one piece.

        Raises:
            ApiError: the model ended without saying why.
        """
        gathered = [Gathered() for _ in self._names]
        async with closing(parts) as stream:
            async for place, part in stream:
                gathered[place].add(part)
        choices, about = [], About()
        for place, one in enumerate(gathered):
            answer = one.whole()
            about = answer.last.about
            self._used[place] = answer.last.usage or Usage(0, 0)
            text = self._echo(place) + answer.text
            choices.append(self._choice(place, text, answer.tokens, answer.last))
        return {**self._chunk(choices, about), "usage": self._usage()}

    async def events(self, parts: Numbered) -> AsyncIterator[str]:
        """Chunks as server-sent events, those of several answers as they come."""
        begun: set[int] = set()
        about = About()
        try:
            async with closing(parts) as stream:
                async for place, part in stream:
                    text = part.text if place in begun else self._echo(place) + part.text
                    begun.add(place)
                    if text or part.tokens:
                        yield event(self._chunk([self._choice(place, text, part.tokens)]))
                    if part.finish is not None:
                        about = part.about
                        self._used[place] = part.usage or Usage(0, 0)
                        yield event(self._chunk([self._choice(place, "", (), part)], about))
        except Exception as error:  # noqa: BLE001 - the status is sent: what fails now is an event
            yield event(as_api_error(error).body())
            return
        if self._wanted.include_usage:
            yield event({**self._chunk([], about), "usage": self._usage()})
        yield DONE

    def _echo(self, place: int) -> str:
        prompt = self._wanted.prompts[place // self._wanted.each]
        return prompt if self._wanted.echo and isinstance(prompt, str) else ""

    def _usage(self) -> dict[str, Any]:
        """Of all answers; a prompt counts once, however many answers were given to it."""
        read = [used for place, used in self._used.items() if place % self._wanted.each == 0]
        return usage(
            Usage(
                sum(used.tokens_in for used in read),
                sum(used.tokens_out for used in self._used.values()),
                sum(used.tokens_cached for used in read),
            )
        )

    def _chunk(self, choices: list[Any], about: About | None = None) -> dict[str, Any]:
        made: dict[str, Any] = {**self._head, "choices": choices}
        if about is not None:
            made["system_fingerprint"] = fingerprint(about)
            if len(self._names) == 1:
                made["etude"] = about.to_json()
        return made

    def _choice(
        self, place: int, text: str, tokens: Sequence[TokenLog], last: Part | None = None
    ) -> dict[str, Any]:
        made: dict[str, Any] = {
            "index": place,
            "text": text,
            "logprobs": self._logs(place, tokens),
            "finish_reason": None if last is None else last.finish,
        }
        if last is not None and len(self._names) > 1:
            made["etude"] = {"id": self._names[place], **last.about.to_json()}
        return made

    def _logs(self, place: int, tokens: Sequence[TokenLog]) -> dict[str, Any] | None:
        """Lists side by side; ``text_offset`` counts characters from the answer's beginning."""
        if self._wanted.logprobs is None:
            return None
        offsets = []
        for token in tokens:
            offsets.append(self._offsets[place])
            self._offsets[place] += len(token.text)
        return {
            "tokens": [token.text for token in tokens],
            "token_logprobs": [token.log for token in tokens],
            "top_logprobs": [dict(token.top) for token in tokens],
            "text_offset": offsets,
        }
