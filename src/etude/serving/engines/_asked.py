"""What is sent to an OpenAI-compatible server for a text that is wanted.

It knows the wire of chat completions and of completions, and the words that replace what a server
does not understand; it sends nothing.
"""

from __future__ import annotations

from typing import Any

from etude.models._base import ChatRequest
from etude.models._choices import plain_instruction, response_format
from etude.models._endpoint import prompt_bound
from etude.models._failures import refused_feature
from etude.models._json_answers import schema_format, schema_instruction
from etude.serving.engines._base import CannotDo, Wanted

Refused = frozenset[str]
"""Parts of a request that a server does not understand, by their names on the wire."""
NAMED = ("stream_options", "top_p", "seed", "stop")
"""Parts that count as refused only where the server names them."""


def arguments(model: str, wanted: Wanted, refused: Refused) -> dict[str, Any]:
    """The fields of one streamed request, without what the server refuses.

    Raises:
        CannotDo: something that was asked for can be had only by a field that is refused.
        ModelError: the JSON schema is none.
    """
    if wanted.messages is None and _form(wanted) is not None:
        raise CannotDo("The server behind this model holds no raw text to a form.")
    said: dict[str, Any] = {"model": model, "stream": True}
    if "stream_options" not in refused:
        said["stream_options"] = {"include_usage": True}
    if wanted.max_tokens is not None:
        renamed = "max_tokens" in refused and wanted.messages is not None
        said["max_completion_tokens" if renamed else "max_tokens"] = wanted.max_tokens
    asked = {"temperature": wanted.temperature, "top_p": wanted.top_p, "seed": wanted.seed}
    said |= {name: value for name, value in asked.items() if value is not None}
    if wanted.stop:
        said["stop"] = list(wanted.stop)
    if wanted.top_p == 1:
        del said["top_p"]
    if wanted.messages is None:
        ids = isinstance(wanted.prompt, tuple)
        prompt = list(wanted.prompt or ()) if ids else wanted.prompt
        said |= {"prompt": prompt, "logprobs": wanted.logprobs or 0}
    else:
        said |= _chat(wanted, refused)
    _leave_out(said, wanted, refused)
    return said


def _chat(wanted: Wanted, refused: Refused) -> dict[str, Any]:
    messages = [{"role": one.role, "content": one.content} for one in wanted.messages or ()]
    said: dict[str, Any] = {"messages": messages, "logprobs": True}
    if wanted.logprobs:
        said["top_logprobs"] = wanted.logprobs
    form = _form(wanted)
    if form is not None and "response_format" in refused:
        messages[-1]["content"] += "\n\n" + form[1]
    elif form is not None:
        said["response_format"] = form[0]
    return said


def _form(wanted: Wanted) -> tuple[dict[str, Any], str] | None:
    """The form that the answer must have, as a field and in words."""
    if wanted.choices:
        return response_format(wanted.choices), plain_instruction(wanted.choices)
    if wanted.json_schema is not None:
        return schema_format(wanted.json_schema), schema_instruction(wanted.json_schema)
    return None


def _leave_out(said: dict[str, Any], wanted: Wanted, refused: Refused) -> None:
    """Take away what the server refuses; what the caller asked for by it is not ignored."""
    needed = {
        "logprobs": wanted.logprobs is not None,
        "temperature": wanted.temperature > 0,
        "top_p": wanted.top_p < 1,
        "seed": wanted.seed is not None,
        "stop": bool(wanted.stop),
    }
    for name in refused & needed.keys():
        if needed[name]:
            raise CannotDo(f"The server behind this model does not take {name}.")
        said.pop(name, None)
    if "logprobs" in refused:
        said.pop("top_logprobs", None)


def refused_by(error: Any, said: dict[str, Any]) -> str | None:
    """Which field of a request a server does not understand, as far as its answer tells."""
    words = f"{error.param or ''} {error.message}".lower()
    for name in NAMED:
        if name in said and name in words and error.code != "context_length_exceeded":
            return name
    return refused_feature(error, said)


def most_tokens_in(wanted: Wanted) -> int:
    """Tokens that the prompt can't pass: a token is at least one byte."""
    if wanted.messages is None:
        prompt = wanted.prompt or ""
        return len(prompt.encode()) if isinstance(prompt, str) else len(prompt)
    return prompt_bound(
        ChatRequest(wanted.messages, wanted.choices, json_schema=wanted.json_schema)
    )
