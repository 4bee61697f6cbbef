"""What requests of several paths have in common: text, stops, forms, and what can't be done.

Every field of OpenAI's API is known. One that would change the answer and can't be done here is
refused by name; one that changes nothing is taken and left alone. Types are not guessed at: "5" is no
number.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from etude.jsonshape import schema_problems
from etude.models._base import Message
from etude.serving.answering._base import About
from etude.serving.config import Limits
from etude.serving.engines._base import TokenLog, Usage
from etude.serving.errors import ApiError

MOST_STOPS = 4
MOST_ALTERNATIVES = 20


class Wire(BaseModel):
    """Part of a request: what nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _is_text(cls, given: Any) -> Any:
        return whole_characters(given)


def whole_characters(given: Any) -> Any:
    """``given``, as JSON was read, where all of its texts can be written down again.

    JSON can spell half a character (a surrogate alone), which no file and no answer can hold.

    Raises:
        PydanticCustomError: there is half a character in it.
    """
    left = [given]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += [*value, *value.values()]
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str) and not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise PydanticCustomError("surrogate", "It holds half a character") from None
    return given


@dataclass(frozen=True)
class Cant:
    """Why a field can't be acted on; ``fine``: values with which there is nothing to act on."""

    why: str
    fine: tuple[Any, ...] = ()


def refuse(wanted: BaseModel, cant: Mapping[str, Cant]) -> None:
    """Refuse a request that asks for what can't be done.

    Raises:
        ApiError: 400, the first such field by its name.
    """
    for name, rule in cant.items():
        value = getattr(wanted, name)
        if value is not None and value not in rule.fine:
            words = f"'{name}' can't be used with this server: {rule.why}."
            raise ApiError(400, words, code="unsupported_parameter", param=name)


TOOLS = Cant("models here call no tools", ([], "none", "auto", {}))
PENALTY = Cant("tokens are not penalised", (0, 0.0))
BIAS = Cant("tokens are not favoured", ({},))
ONE = Cant("one answer is given a request", (1,))


class EtudeOptions(Wire):
    """What only this server knows. ``allow_system``: the system message goes to the release too."""

    allow_system: bool = False


def _texts(content: Any) -> str:
    """The text of a message's content: a string, or a list of parts that are text."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise PydanticCustomError("content", "It must be a string or a list of parts")
    return "\n".join(_part(part) for part in content)


def _part(part: Any) -> str:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind in ("text", "input_text", "output_text") and isinstance(part.get("text"), str):
        return str(part["text"])
    if isinstance(kind, str) and kind[:40].isprintable():
        raise PydanticCustomError(
            "content",
            "Parts of the type '{kind}' can't be read here, only text",
            {"kind": kind[:40]},
        )
    raise PydanticCustomError("content", "Each part must be an object with a type and a text")


_CONTENT = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"type": {"enum": ["text"]}, "text": {"type": "string"}},
                "required": ["type", "text"],
            },
        },
    ]
}
Content = Annotated[str, BeforeValidator(_texts), WithJsonSchema(_CONTENT)]


def _stops(given: Any) -> Any:
    if given is None:
        return []
    return [given] if isinstance(given, str) else given


_STOP = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "maxItems": MOST_STOPS,
        },
        {"type": "null"},
    ]
}
Stops = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=500)]],
    Field(max_length=MOST_STOPS),
    BeforeValidator(_stops),
    WithJsonSchema(_STOP),
]


class StreamOptions(Wire):
    """``include_obfuscation`` pads events against listeners; it is taken, and nothing is padded."""

    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class JsonForm(Wire):
    """A JSON Schema that an answer keeps; it is always kept strictly."""

    name: str = Field(max_length=64)
    description: str | None = None
    form: dict[str, Any] | None = Field(default=None, alias="schema")
    strict: bool | None = None


class ResponseFormat(Wire):
    """How an answer is written."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonForm | None = None

    def schema_text(self) -> str | None:
        """The schema that the answer keeps; None for text.

        Raises:
            ApiError: there is none, or it is no JSON Schema.
        """
        if self.type == "text":
            return None
        if self.type == "json_object":
            return schema_text({"type": "object"}, "response_format")
        if self.json_schema is None:
            words = "Missing required parameter: 'response_format.json_schema'."
            param = "response_format.json_schema"
            raise ApiError(400, words, code="missing_required_parameter", param=param)
        return schema_text(self.json_schema.form or {"type": "object"}, "response_format")


def schema_text(schema: dict[str, Any], param: str) -> str:
    """A schema as engines take it.

    Raises:
        ApiError: it is no JSON Schema.
    """
    problems = schema_problems(schema)
    if problems:
        first = problems[0]
        words = f"Invalid schema: {first.field}: {first.found}."
        raise ApiError(400, words, code="invalid_schema", param=param)
    return json.dumps(schema, ensure_ascii=False)


def bounded(tokens: int | None, limits: Limits, param: str) -> int | None:
    """A number of tokens that may be asked for.

    Raises:
        ApiError: it is more than the server gives.
    """
    if tokens is not None and tokens > limits.max_tokens:
        words = f"At most {limits.max_tokens:,} tokens may be asked for here, and it is {tokens:,}."
        raise ApiError(400, words, code="invalid_value", param=param)
    return tokens


def messages_of(said: Iterable[tuple[str, str]]) -> tuple[Message, ...]:
    """Roles and texts as engines take them: a developer's message is the system's.

    Raises:
        ApiError: a message is a tool's.
    """
    found = []
    for place, (role, text) in enumerate(said):
        if role in ("tool", "function"):
            words = f"Models here call no tools, so there can be no message of the role '{role}'."
            param = f"messages.{place}.role"
            raise ApiError(400, words, code="unsupported_value", param=param)
        known: Literal["system", "user", "assistant"] = "user"
        if role in ("system", "developer"):
            known = "system"
        elif role == "assistant":
            known = "assistant"
        found.append(Message(known, text))
    return tuple(found)


def usage(used: Usage | None) -> dict[str, Any]:
    """Tokens as chats and completions tell them."""
    count = used or Usage(0, 0)
    return {
        "prompt_tokens": count.tokens_in,
        "completion_tokens": count.tokens_out,
        "total_tokens": count.tokens_in + count.tokens_out,
        "prompt_tokens_details": {"cached_tokens": count.tokens_cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def token_log(token: TokenLog) -> dict[str, Any]:
    """One token with its log-probability and the likeliest ones."""
    top = [_alternative(text, log) for text, log in token.top]
    return {**_alternative(token.text, token.log), "top_logprobs": top}


def _alternative(text: str, log: float) -> dict[str, Any]:
    return {"token": text, "logprob": log, "bytes": list(text.encode("utf-8", "replace"))}


def fingerprint(about: About) -> str | None:
    """What stands for the weights that answered, where they have a name that never changes."""
    if about.release is None:
        return None
    return f"fp_{hashlib.sha256(about.release.encode()).hexdigest()[:12]}"
