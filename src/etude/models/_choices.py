"""Forcing an answer to be one of some choices, and reading which one it was.

It knows the JSON schema that is asked for and how people's models write it; it knows no network.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

KEY = "answer"


def response_format(choices: Sequence[str]) -> dict[str, Any]:
    """The ``response_format`` that allows ``{"answer": <one of the choices>}`` alone."""
    schema = {
        "type": "object",
        "properties": {KEY: {"type": "string", "enum": list(choices)}},
        "required": [KEY],
        "additionalProperties": False,
    }
    return {
        "type": "json_schema",
        "json_schema": {"name": "choice", "strict": True, "schema": schema},
    }


def plain_instruction(choices: Sequence[str]) -> str:
    """What is added to the prompt where the endpoint takes no schema."""
    return "Answer with exactly one of these and nothing else:\n" + "\n".join(choices)


def read_choice(text: str, choices: Sequence[str]) -> str | None:
    """The choice that ``text`` names, or None.

    JSON is read first, then the text as it is, then without case, accents, quotes and
    punctuation. A text that names two choices names none.
    """
    for candidate in (_from_json(text), text.strip()):
        if candidate is None:
            continue
        if candidate in choices:
            return candidate
        plain = _plain(candidate)
        alike = [choice for choice in choices if _plain(choice) == plain]
        if plain and len(alike) == 1:
            return alike[0]
    return None


def _from_json(text: str) -> str | None:
    found = re.search(r"\{.*\}", text, re.DOTALL)
    try:
        value = json.loads(found[0] if found else text)
    except ValueError:
        return None
    if isinstance(value, dict):
        value = value.get(KEY) if KEY in value else next(iter(value.values()), None)
    return value if isinstance(value, str) else None


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if c.isalnum())
