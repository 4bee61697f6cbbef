"""Asking an endpoint for JSON under a schema, and reading what it wrote.

It knows the ``response_format`` of OpenAI-compatible endpoints and that models wrap JSON in code
fences; whether the JSON keeps to the schema is the contract's business.
"""

from __future__ import annotations

import json
import re
from typing import Any

from etude.errors import ModelError
from etude.jsonshape import NotJson, read_json

_FENCED = re.compile(r"```(?:json)?\s*(.*?)```", re.DOTALL)


def schema_format(schema: str) -> dict[str, Any]:
    """The ``response_format`` that allows JSON under this JSON Schema (its text) alone.

    Raises:
        ModelError: the text is no JSON object.
    """
    try:
        value = json.loads(schema)
    except ValueError as error:
        raise ModelError(f"the JSON schema can't be read: {error}") from error
    if not isinstance(value, dict):
        raise ModelError("the JSON schema is no JSON object")
    return {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": True, "schema": value},
    }


def schema_instruction(schema: str) -> str:
    """What is added to the prompt where the endpoint takes no schema."""
    return "Answer with JSON under this JSON Schema and nothing else:\n" + schema


def compact_json(text: str) -> str | None:
    """The JSON that ``text`` is, or holds between code fences, written compactly; else None."""
    found = json_in(text)
    if found is None:
        return None
    return json.dumps(read_json(text[found]), ensure_ascii=False, separators=(",", ":"))


def json_in(text: str) -> slice | None:
    """Where the JSON that ``text`` is, or holds between code fences, stands in it; else None."""
    places = [slice(0, len(text))]
    if fenced := _FENCED.search(text):
        places.append(slice(*fenced.span(1)))
    for place in places:
        try:
            read_json(text[place])
        except NotJson:
            continue
        return place
    return None
