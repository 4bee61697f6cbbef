"""``/v1/responses`` as it goes over the wire: the part that keeps no state.

Nothing is stored: a conversation is sent whole, as with chats.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from etude.serving.answering._base import Call
from etude.serving.config import ServingConfig
from etude.serving.errors import ApiError
from etude.serving.wire._base import (
    MOST_ALTERNATIVES,
    TOOLS,
    Cant,
    Content,
    EtudeOptions,
    Wire,
    bounded,
    messages_of,
    refuse,
    schema_text,
)

_KEPT = Cant("nothing is kept from one request to the next; send the whole conversation")
CANT = {
    "previous_response_id": _KEPT,
    "conversation": _KEPT,
    "background": Cant("an answer is given at once", (False,)),
    "prompt": Cant("no prompts are stored here"),
    "tools": TOOLS,
    "tool_choice": TOOLS,
    "reasoning": Cant(
        "models here answer without reasoning first", ({}, {"effort": "none"}, {"effort": None})
    ),
    "context_management": Cant("nothing is taken out of what is sent", ([],)),
    "truncation": Cant("nothing is taken out of what is sent", ("disabled",)),
    "moderation": Cant("answers are not moderated"),
    "image": Cant("answers are text"),
    "access_programs": Cant("there are none here"),
}
LOGPROBS = "message.output_text.logprobs"
INCLUDABLE = (LOGPROBS, "reasoning.encrypted_content")


class InputMessage(Wire):
    """One message of the conversation so far; an earlier answer may be sent back as it came."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Content
    type: Literal["message"] | None = None
    id: str | None = None
    status: str | None = None
    phase: str | None = None


def _items(given: Any) -> Any:
    if isinstance(given, str):
        return [{"role": "user", "content": given}]
    for item in given if isinstance(given, list) else ():
        kind = item.get("type", "message") if isinstance(item, dict) else "message"
        if kind != "message" and isinstance(kind, str):
            raise PydanticCustomError(
                "input", "Items of the type '{kind}' can't be used here", {"kind": kind[:40]}
            )
    return given


_INPUT = {
    "anyOf": [
        {"type": "string"},
        {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/InputMessage"}},
    ]
}
Input = Annotated[
    list[InputMessage], Field(min_length=1), BeforeValidator(_items), WithJsonSchema(_INPUT)
]


class TextFormat(Wire):
    """How an answer is written."""

    type: Literal["text", "json_object", "json_schema"]
    name: str | None = Field(default=None, max_length=64)
    description: str | None = None
    form: dict[str, Any] | None = Field(default=None, alias="schema")
    strict: bool | None = None


class TextOptions(Wire):
    """``verbosity`` other than medium can't be had."""

    format: TextFormat | None = None
    verbosity: Any = None


class ResponseStreamOptions(Wire):
    """Taken, and nothing is padded."""

    include_obfuscation: bool | None = None


class ResponseWanted(Wire):
    """A request; see ``docs/reference/server.md`` for what is done with each field."""

    model: str = Field(min_length=1, max_length=300)
    input: Input
    instructions: str | None = None
    max_output_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    top_logprobs: int | None = Field(default=None, ge=0, le=MOST_ALTERNATIVES)
    include: list[Literal["message.output_text.logprobs", "reasoning.encrypted_content"]] | None = (
        None
    )
    text: TextOptions | None = None
    stream: bool | None = None
    stream_options: ResponseStreamOptions | None = None
    metadata: dict[str, str] | None = None
    etude: EtudeOptions | None = None

    max_tool_calls: Any = None
    parallel_tool_calls: Any = None
    prompt_cache_key: Any = None
    prompt_cache_options: Any = None
    prompt_cache_retention: Any = None
    safety_identifier: Any = None
    service_tier: Any = None
    store: Any = None
    user: Any = None

    access_programs: Any = None
    background: Any = None
    context_management: Any = None
    conversation: Any = None
    image: Any = None
    moderation: Any = None
    previous_response_id: Any = None
    prompt: Any = None
    reasoning: Any = None
    tool_choice: Any = None
    tools: Any = None
    truncation: Any = None

    @property
    def wants_logprobs(self) -> bool:
        """Whether tokens come with their log-probabilities."""
        return LOGPROBS in (self.include or ())

    def call(self, config: ServingConfig) -> Call:
        """What is asked of the model.

        Raises:
            ApiError: 400, something is asked for that can't be done; the field is named.
        """
        refuse(self, CANT)
        if self.text is not None:
            refuse(self.text, {"verbosity": _LENGTH})
        said = [(one.role, one.content) for one in self.input]
        if self.top_logprobs and not self.wants_logprobs:
            words = f"'top_logprobs' needs 'include': [\"{LOGPROBS}\"]."
            raise ApiError(400, words, code="invalid_value", param="top_logprobs")
        if self.instructions:
            said.insert(0, ("system", self.instructions))
        return Call(
            messages=messages_of(said),
            max_tokens=bounded(self.max_output_tokens, config.limits, "max_output_tokens"),
            temperature=self.temperature,
            top_p=self.top_p,
            json_schema=self._schema(),
            logprobs=(self.top_logprobs or 0) if self.wants_logprobs else None,
            allow_system=config.allow_system or bool(self.etude and self.etude.allow_system),
            live=bool(self.stream),
        )

    def _schema(self) -> str | None:
        form = self.text.format if self.text is not None else None
        if form is None or form.type == "text":
            return None
        given = form.form if form.type == "json_schema" else None
        return schema_text(given or {"type": "object"}, "text.format.schema")


_LENGTH = Cant("how long an answer is follows from the examples", ("medium",))
