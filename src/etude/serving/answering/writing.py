"""A release that answers by a language model: it puts its instructions, examples and passages around
the input, an engine writes, and what it wrote is read as when the release was compared.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from etude.approaches._base import Candidate
from etude.approaches._chat import ChatCandidate
from etude.approaches.writing.candidate import Beside, WritingCandidate
from etude.models._base import ChatRequest, Completion, Message
from etude.records.release import Asked
from etude.releases.loading import Release
from etude.serving.answering._again import all_at_once, completion
from etude.serving.answering._base import About, Call, Part, closing
from etude.serving.answering._inputs import Given, given
from etude.serving.answering._sureness import Sureness
from etude.serving.engines._base import Engine, Piece, Usage, Wanted
from etude.serving.errors import ApiError
from etude.workflow.openings import begun

_NOTHING = Beside((), ())
Asking = ChatCandidate | WritingCandidate


@dataclass(frozen=True)
class _Put:
    """A call as it is put to the engine; ``unlike``: what it asks otherwise than was compared."""

    asked: Given
    request: ChatRequest
    beside: Beside
    wanted: Wanted
    unlike: tuple[str, ...]


class Written:
    """A release whose candidate asks a language model.

    Args:
        release: see ``asks``.
        engine: the model that the release stands on, its own weights included.

    Raises:
        StoreError: the release's scorecard can't be read.
    """

    def __init__(self, release: Release, engine: Engine) -> None:
        self.release: str | None = release.name
        self._opened = release
        self._candidate = asking(release.candidate)
        self._engine = engine
        self._sureness = Sureness.of(release)
        self._own, self._shared = _own(self._candidate, release.asked)

    async def answer(self, call: Call) -> AsyncIterator[Part]:
        """What the engine writes to the release's prompt; what is known of it with the last part."""
        put = await asyncio.to_thread(self._put, call)
        texts: list[str] = []
        last = Piece("")
        async with closing(self._engine.generate(put.wanted)) as pieces:
            async for last in pieces:
                texts.append(last.text)
                if last.finish is None:
                    yield Part(last.text, last.tokens, usage=last.usage)
        # Its place at the engine is free again: others wait for one, and so may what is asked now.
        said = completion("".join(texts), last, put.request)
        others = await self._asked_again(put, said)
        about = await asyncio.to_thread(self._about, put, said, others)
        usage = _with_others(last.usage, others or ())
        yield Part(last.text, last.tokens, last.finish, usage, about)

    async def close(self) -> None:
        """The engine belongs to whoever opened it."""

    def _put(self, call: Call) -> _Put:
        asked = given(call, self._opened.asked, self._own)
        request, beside = _request(self._candidate, asked.text)
        if asked.system:
            request = replace(request, messages=_with_system(request.messages, asked.system))
        schema = _schema(call, request)
        wanted = Wanted(
            messages=request.messages,
            max_tokens=call.max_tokens or request.max_tokens,
            temperature=request.temperature if call.temperature is None else call.temperature,
            top_p=1.0 if call.top_p is None else call.top_p,
            seed=call.seed,
            stop=call.stop,
            json_schema=schema,
            choices=request.choices,
            logprobs=call.logprobs,
            shared=0 if asked.system else self._shared,
            live=call.live,
        )
        return _Put(asked, request, beside, wanted, _unlike(call, request, asked, schema))

    async def _asked_again(self, put: _Put, said: Completion) -> list[Completion] | None:
        """What the model says when it is asked again, all askings at once, as when the release was
        compared: nothing where nobody could say how sure it is in any case; None where it can't be
        asked."""
        candidate = self._candidate
        if _unlike_in_all(put, said) or not isinstance(candidate, WritingCandidate):
            return []
        asked = candidate.asked_again(put.request, said)
        return await all_at_once(self._engine, put.wanted, asked)

    def _about(self, put: _Put, said: Completion, others: Sequence[Completion] | None) -> About:
        unlike = _unlike_in_all(put, said)
        if others is None:
            unlike = (*unlike, "ask_again")
        candidate = self._candidate
        if isinstance(candidate, WritingCandidate):
            answers = candidate.answered([said], [put.beside], [others or ()])
        else:
            answers = candidate.answered([said])
        return self._sureness.about(answers, put.asked.inputs, unlike)[0]


def asks(candidate: Candidate) -> bool:
    """Whether a candidate answers by asking a language model."""
    return isinstance(candidate, ChatCandidate | WritingCandidate)


def asking(candidate: Candidate) -> Asking:
    """The candidate as one that asks a language model.

    Raises:
        TypeError: it is none; see ``asks``.
    """
    if not isinstance(candidate, ChatCandidate | WritingCandidate):
        raise TypeError(f"{type(candidate).__name__} asks no language model")
    return candidate


def _request(candidate: Asking, text: str) -> tuple[ChatRequest, Beside]:
    if isinstance(candidate, WritingCandidate):
        requests, beside = candidate.requests([text])
        return requests[0], beside[0]
    return candidate.requests([text])[0], _NOTHING


def _own(candidate: Asking, task: Asked) -> tuple[tuple[str, ...], int]:
    """The system messages that callers may repeat, with or without those that every conversation
    begins with; and how many messages all requests begin with."""
    bare, one, other = (
        _request(candidate, text)[0].messages
        for text in ("a", begun("a", task.opening), begun("b", task.opening))
    )
    shared = 0
    for left, right in zip(one[:-1], other[:-1], strict=False):
        if left != right:
            break
        shared += 1
    systems = dict.fromkeys(said.content for said in (*bare, *one) if said.role == "system")
    return (task.task.instructions, *systems), shared


def _with_system(messages: tuple[Message, ...], added: str) -> tuple[Message, ...]:
    """The messages with the caller's instructions after the release's own."""
    if messages[0].role == "system":
        return (Message("system", f"{messages[0].content}\n\n{added}"), *messages[1:])
    return (Message("system", added), *messages)


def _schema(call: Call, request: ChatRequest) -> str | None:
    """The schema that the answer is held to.

    Raises:
        ApiError: the release has a form of its own, and the call asks for another.
    """
    if call.json_schema is None:
        return request.json_schema
    if request.choices is not None:
        raise _form("This release answers with a label, not with JSON.")
    own = request.json_schema
    if own is not None and not _within(json.loads(own), json.loads(call.json_schema)):
        raise _form("This release has a schema of its own, and its answers keep to that one.")
    return own or call.json_schema


def _within(own: object, asked: object) -> bool:
    """Whether what keeps the release's schema is known to keep the one that is asked for."""
    return asked in (own, {"type": "object"})


def _unlike(call: Call, request: ChatRequest, asked: Given, schema: str | None) -> tuple[str, ...]:
    """What the call changes of how the release was compared."""
    changed = {
        "temperature": (call.temperature or 0.0) != request.temperature
        and call.temperature is not None,
        "stop": bool(call.stop),
        "response_format": schema != request.json_schema,
        "system": bool(asked.system),
    }
    return tuple(name for name, is_so in changed.items() if is_so)


def _unlike_in_all(put: _Put, said: Completion) -> tuple[str, ...]:
    """What the call asked otherwise, and whether its own limit cut the answer or let it grow."""
    limit, own = put.wanted.max_tokens or 0, put.request.max_tokens
    cut, grown = limit < own and said.finish_reason == "length", said.tokens_out > own
    return (*put.unlike, "max_tokens") if cut or grown else put.unlike


def _with_others(usage: Usage | None, others: Sequence[Completion]) -> Usage | None:
    """With what was written besides; as OpenAI counts several answers to one prompt."""
    if usage is None:
        return None
    return replace(usage, tokens_out=usage.tokens_out + sum(one.tokens_out for one in others))


def _form(message: str) -> ApiError:
    return ApiError(400, message, code="unsupported_value", param="response_format")
