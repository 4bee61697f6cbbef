"""``/v1/completions`` as it is asked for: texts that are gone on with, no messages."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from etude.serving.answering._base import Call
from etude.serving.config import ServingConfig
from etude.serving.engines._base import Prompt
from etude.serving.errors import ApiError
from etude.serving.wire._base import (
    BIAS,
    PENALTY,
    Cant,
    EtudeOptions,
    Stops,
    StreamOptions,
    Wire,
    bounded,
    refuse,
)

CANT = {
    "suffix": Cant("text is written at the end alone", ("",)),
    "frequency_penalty": PENALTY,
    "presence_penalty": PENALTY,
    "logit_bias": BIAS,
}
MOST_ALTERNATIVES = 5
MOST_ANSWERS = 128
"""Of one request: prompts times ``n``."""


def _prompts(given: Any) -> Any:
    """One text, several, the token ids of one, or of several: as a list of prompts."""
    if isinstance(given, str) or _is_ids(given):
        given = [given]
    if not isinstance(given, list) or not given:
        raise PydanticCustomError("prompt", "It must be a text or a list of them, or token ids")
    if len(given) > MOST_ANSWERS:
        raise PydanticCustomError(
            "prompt", "At most {most} prompts are taken a request", {"most": MOST_ANSWERS}
        )
    if not (all(isinstance(one, str) for one in given) or all(map(_is_ids, given))):
        raise PydanticCustomError("prompt", "It must be texts alone, or token ids alone")
    return [one if isinstance(one, str) else tuple(one) for one in given]


def _is_ids(given: Any) -> bool:
    """Whether it is a list of whole numbers; ``True`` is none."""
    return isinstance(given, list) and bool(given) and all(type(one) is int for one in given)


_TEXT: dict[str, Any] = {"type": "string"}
_IDS: dict[str, Any] = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1}
_SEVERAL = {"type": "array", "minItems": 1, "maxItems": MOST_ANSWERS}
_PROMPT = {"anyOf": [_TEXT, {**_SEVERAL, "items": _TEXT}, _IDS, {**_SEVERAL, "items": _IDS}]}
Prompts = Annotated[list[Any], BeforeValidator(_prompts), WithJsonSchema(_PROMPT)]


class CompletionWanted(Wire):
    """A request; see ``docs/reference/server.md`` for what is done with each field."""

    model: str = Field(min_length=1, max_length=300)
    prompt: Prompts
    n: int | None = Field(default=None, ge=1, le=MOST_ANSWERS)
    best_of: int | None = Field(default=None, ge=1, le=MOST_ANSWERS)
    echo: bool | None = None
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

    frequency_penalty: Any = None
    logit_bias: Any = None
    presence_penalty: Any = None
    suffix: Any = None

    def calls(self, config: ServingConfig) -> list[Call]:
        """What is asked of the model, one call an answer: ``n`` of each prompt, prompt by prompt.

        Raises:
            ApiError: 400, something is asked for that can't be done; the field is named.
        """
        refuse(self, CANT)
        self._check_count()
        self._check_echo()
        call = Call(
            max_tokens=bounded(self.max_tokens, config.limits, "max_tokens"),
            temperature=self.temperature,
            top_p=self.top_p,
            stop=tuple(self.stop),
            logprobs=self.logprobs,
            live=bool(self.stream),
        )
        return [
            replace(call, prompt=prompt, seed=self._seed(place))
            for prompt in self.prompts
            for place in range(self.each)
        ]

    @property
    def prompts(self) -> list[Prompt]:
        """Texts, or token ids."""
        return self.prompt

    @property
    def each(self) -> int:
        """Answers to each prompt."""
        return self.n or 1

    @property
    def include_usage(self) -> bool:
        """Whether a stream ends with the tokens."""
        return bool(self.stream_options and self.stream_options.include_usage)

    def _seed(self, place: int) -> int | None:
        """Of one answer to a prompt: several of them differ, and are the same again next time."""
        if self.seed is None or place == 0:
            return self.seed
        return (self.seed + place + 2**63) % 2**64 - 2**63

    def _check_count(self) -> None:
        if self.best_of not in (None, self.each):
            words = "'best_of' can't be used with this server: no answer is made and thrown away."
            raise ApiError(400, words, code="unsupported_parameter", param="best_of")
        count = len(self.prompt) * self.each
        if count > MOST_ANSWERS:
            words = (
                f"At most {MOST_ANSWERS} answers are given a request, and these would be {count}."
            )
            raise ApiError(400, words, code="invalid_value", param="n")

    def _check_echo(self) -> None:
        if not self.echo:
            return
        if self.logprobs is not None:
            words = (
                "The prompt's own tokens are not scored: 'echo' and 'logprobs' can't go together."
            )
            raise ApiError(400, words, code="unsupported_parameter", param="echo")
        if not isinstance(self.prompts[0], str):
            words = "A prompt is repeated as it was sent, and token ids are no text."
            raise ApiError(400, words, code="unsupported_parameter", param="echo")
