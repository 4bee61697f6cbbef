"""``/v1/chat/completions`` as it goes over the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from etude.serving.answering._base import About, Call, Part
from etude.serving.answering._whole import Whole
from etude.serving.config import ServingConfig
from etude.serving.engines._base import TokenLog
from etude.serving.errors import ApiError
from etude.serving.wire._base import (
    BIAS,
    MOST_ALTERNATIVES,
    ONE,
    PENALTY,
    TOOLS,
    Cant,
    Content,
    EtudeOptions,
    ResponseFormat,
    Stops,
    StreamOptions,
    Wire,
    bounded,
    fingerprint,
    messages_of,
    refuse,
    token_log,
    usage,
)

CANT = {
    "tools": TOOLS,
    "tool_choice": TOOLS,
    "functions": TOOLS,
    "function_call": TOOLS,
    "n": ONE,
    "frequency_penalty": PENALTY,
    "presence_penalty": PENALTY,
    "logit_bias": BIAS,
    "audio": Cant("answers are text"),
    "modalities": Cant("answers are text", (["text"],)),
    "moderation": Cant("answers are not moderated"),
    "reasoning_effort": Cant("models here answer without reasoning first", ("none",)),
    "verbosity": Cant("how long an answer is follows from the examples", ("medium",)),
    "store": Cant("answers can't be fetched again later", (False,)),
    "web_search_options": Cant("nothing is looked up on the web", ({},)),
}
"""Fields that would change the answer and can't."""
CANT_BRING = {
    "tool_calls": TOOLS,
    "tool_call_id": TOOLS,
    "function_call": TOOLS,
    "audio": Cant("answers are text"),
    "annotations": Cant("nothing is looked up on the web", ([],)),
}


class ChatMessage(Wire):
    """One message. ``name`` and ``refusal`` are taken and not shown to the model."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Content = ""
    name: str | None = None
    refusal: str | None = None
    tool_calls: Any = None
    tool_call_id: Any = None
    function_call: Any = None
    audio: Any = None
    annotations: Any = None


class ChatWanted(Wire):
    """A request; see ``docs/reference/server.md`` for what is done with each field."""

    model: str = Field(min_length=1, max_length=300)
    messages: list[ChatMessage] = Field(min_length=1)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    stop: Stops = []
    response_format: ResponseFormat | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = Field(default=None, ge=0, le=MOST_ALTERNATIVES)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    etude: EtudeOptions | None = None

    metadata: Any = None
    parallel_tool_calls: Any = None
    prediction: Any = None
    prompt_cache_key: Any = None
    prompt_cache_options: Any = None
    prompt_cache_retention: Any = None
    safety_identifier: Any = None
    service_tier: Any = None
    user: Any = None

    audio: Any = None
    frequency_penalty: Any = None
    function_call: Any = None
    functions: Any = None
    logit_bias: Any = None
    modalities: Any = None
    moderation: Any = None
    n: Any = None
    presence_penalty: Any = None
    reasoning_effort: Any = None
    store: Any = None
    tool_choice: Any = None
    tools: Any = None
    verbosity: Any = None
    web_search_options: Any = None

    def call(self, config: ServingConfig) -> Call:
        """What is asked of the model.

        Raises:
            ApiError: 400, something is asked for that can't be done; the field is named.
        """
        refuse(self, CANT)
        for message in self.messages:
            refuse(message, CANT_BRING)
        if self.top_logprobs is not None and not self.logprobs:
            words = "'top_logprobs' needs 'logprobs': true."
            raise ApiError(400, words, code="invalid_value", param="top_logprobs")
        most = self.max_completion_tokens
        name = "max_tokens" if most is None else "max_completion_tokens"
        form = self.response_format
        return Call(
            messages=messages_of((one.role, one.content) for one in self.messages),
            max_tokens=bounded(self.max_tokens if most is None else most, config.limits, name),
            temperature=self.temperature,
            top_p=self.top_p,
            seed=self.seed,
            stop=tuple(self.stop),
            json_schema=form.schema_text() if form is not None else None,
            logprobs=(self.top_logprobs or 0) if self.logprobs else None,
            allow_system=config.allow_system or bool(self.etude and self.etude.allow_system),
            live=bool(self.stream),
        )

    @property
    def include_usage(self) -> bool:
        """Whether a stream ends with the tokens."""
        return bool(self.stream_options and self.stream_options.include_usage)


class ChatAnswer:
    """Writes the answer to one request, whole or as chunks."""

    def __init__(self, name: str, created: int, wanted: ChatWanted) -> None:
        self._head = {"id": name, "created": created, "model": wanted.model}
        self._wanted = wanted

    def whole(self, answer: Whole) -> dict[str, Any]:
        """The answer in one piece."""
        message: dict[str, Any] = {"role": "assistant", "content": answer.text, "refusal": None}
        message["annotations"] = []
        choice = {
            "index": 0,
            "message": message,
            "logprobs": self._logs(answer.tokens),
            "finish_reason": answer.last.finish,
        }
        return {
            **self._head,
            "object": "chat.completion",
            "choices": [choice],
            "usage": usage(answer.last.usage),
            "system_fingerprint": fingerprint(answer.last.about),
            "etude": answer.last.about.to_json(),
        }

    def opening(self) -> list[dict[str, Any]]:
        """The first chunk: who speaks."""
        return [self._chunk([_choice({"role": "assistant", "content": "", "refusal": None})])]

    def chunk(self, part: Part) -> dict[str, Any]:
        """A chunk with text."""
        return self._chunk([_choice({"content": part.text}, self._logs(part.tokens))])

    def closing(self, last: Part) -> list[dict[str, Any]]:
        """The chunk that says why it ends, with what is known of the answer; then the tokens."""
        end = self._chunk([_choice({}, finish=last.finish)], last.about)
        if not self._wanted.include_usage:
            return [end]
        return [end, {**self._chunk([], last.about), "usage": usage(last.usage)}]

    def _chunk(self, choices: list[Any], about: About | None = None) -> dict[str, Any]:
        made: dict[str, Any] = {
            **self._head,
            "object": "chat.completion.chunk",
            "choices": choices,
            "system_fingerprint": fingerprint(about) if about else None,
        }
        if self._wanted.include_usage:
            made["usage"] = None
        if about is not None:
            made["etude"] = about.to_json()
        return made

    def _logs(self, tokens: Sequence[TokenLog]) -> dict[str, Any] | None:
        if not self._wanted.logprobs:
            return None
        return {"content": [token_log(one) for one in tokens], "refusal": None}


def _choice(
    delta: dict[str, Any], logs: dict[str, Any] | None = None, finish: str | None = None
) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": logs, "finish_reason": finish}
