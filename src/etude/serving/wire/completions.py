"""``/v1/completions`` as it goes over the wire: text that is gone on with, no messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from etude.serving.answering._base import About, Call, Part
from etude.serving.answering._whole import Whole
from etude.serving.config import ServingConfig
from etude.serving.engines._base import TokenLog
from etude.serving.wire._base import (
    BIAS,
    ONE,
    PENALTY,
    Cant,
    EtudeOptions,
    Stops,
    StreamOptions,
    Wire,
    bounded,
    fingerprint,
    refuse,
    usage,
)

CANT = {
    "n": ONE,
    "best_of": ONE,
    "echo": Cant("the prompt is not repeated", (False,)),
    "suffix": Cant("text is written at the end alone", ("",)),
    "frequency_penalty": PENALTY,
    "presence_penalty": PENALTY,
    "logit_bias": BIAS,
}
MOST_ALTERNATIVES = 5


def _one(given: Any) -> Any:
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    if isinstance(given, list):
        what = "token ids" if given and isinstance(given[0], int | list) else "several prompts"
        raise PydanticCustomError(
            "prompt", "It must be one text; {what} can't be sent here", {"what": what}
        )
    return given


_PROMPT = {
    "anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 1},
    ]
}
Prompt = Annotated[str, BeforeValidator(_one), WithJsonSchema(_PROMPT)]


class CompletionWanted(Wire):
    """A request; see ``docs/reference/server.md`` for what is done with each field."""

    model: str = Field(min_length=1, max_length=300)
    prompt: Prompt
    max_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**63)
    stop: Stops = []
    logprobs: int | None = Field(default=None, ge=0, le=MOST_ALTERNATIVES)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    etude: EtudeOptions | None = None

    user: Any = None

    best_of: Any = None
    echo: Any = None
    frequency_penalty: Any = None
    logit_bias: Any = None
    n: Any = None
    presence_penalty: Any = None
    suffix: Any = None

    def call(self, config: ServingConfig) -> Call:
        """What is asked of the model.

        Raises:
            ApiError: 400, something is asked for that can't be done; the field is named.
        """
        refuse(self, CANT)
        return Call(
            prompt=self.prompt,
            max_tokens=bounded(self.max_tokens, config.limits, "max_tokens"),
            temperature=self.temperature,
            top_p=self.top_p,
            seed=self.seed,
            stop=tuple(self.stop),
            logprobs=self.logprobs,
            live=bool(self.stream),
        )

    @property
    def include_usage(self) -> bool:
        """Whether a stream ends with the tokens."""
        return bool(self.stream_options and self.stream_options.include_usage)


class CompletionAnswer:
    """Writes the answer to one request, whole or as chunks."""

    def __init__(self, name: str, created: int, wanted: CompletionWanted) -> None:
        self._head = {
            "id": name,
            "object": "text_completion",
            "created": created,
            "model": wanted.model,
        }
        self._wanted = wanted
        self._offset = 0

    def whole(self, answer: Whole) -> dict[str, Any]:
        """The answer in one piece."""
        last = answer.last
        return {
            **self._chunk([self._choice(answer.text, answer.tokens, last.finish)], last.about),
            "usage": usage(last.usage),
        }

    def opening(self) -> list[dict[str, Any]]:
        """Nothing: nobody has a role here."""
        return []

    def chunk(self, part: Part) -> dict[str, Any]:
        """A chunk with text."""
        return self._chunk([self._choice(part.text, part.tokens)])

    def closing(self, last: Part) -> list[dict[str, Any]]:
        """The chunk that says why it ends, with what is known of the answer; then the tokens."""
        end = self._chunk([self._choice("", (), last.finish)], last.about)
        if not self._wanted.include_usage:
            return [end]
        return [end, {**self._chunk([], last.about), "usage": usage(last.usage)}]

    def _chunk(self, choices: list[Any], about: About | None = None) -> dict[str, Any]:
        made: dict[str, Any] = {**self._head, "choices": choices}
        if about is not None:
            made |= {"system_fingerprint": fingerprint(about), "etude": about.to_json()}
        return made

    def _choice(
        self, text: str, tokens: Sequence[TokenLog], finish: str | None = None
    ) -> dict[str, Any]:
        logs = self._logs(tokens)
        return {"index": 0, "text": text, "logprobs": logs, "finish_reason": finish}

    def _logs(self, tokens: Sequence[TokenLog]) -> dict[str, Any] | None:
        """Lists side by side; ``text_offset`` counts characters from the answer's beginning."""
        if self._wanted.logprobs is None:
            return None
        offsets = []
        for token in tokens:
            offsets.append(self._offset)
            self._offset += len(token.text)
        return {
            "tokens": [token.text for token in tokens],
            "token_logprobs": [token.log for token in tokens],
            "top_logprobs": [dict(token.top) for token in tokens],
            "text_offset": offsets,
        }
