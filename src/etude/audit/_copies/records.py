"""Inputs that are records: fields with values, as a form or a table writes them, not sentences.

``name[The Mill], food[Thai]``, ``name: The Mill`` in lines, or a JSON object. In a record every value
counts and the order of the fields does not, so records are the same or they are not: what is true of
sentences with a word changed is not true of them. It knows texts alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from etude.audit._json_text import json_of

_FIELD = re.compile(r"\s*([^\W\d][\w .\-/]{0,39}?)\s*(?:\[([^\[\]\n]*)\]|[:=]\s*([^\n]*))\s*")
_CUT = re.compile(r"\n+|(?<=\]),\s*|;\s*|\|\s*")
_FEWEST = 3
"""Fields of a record."""
_SHARE = 0.8
"""Share of the inputs that are records where they are meant so."""
_SAMPLE = 500
_LONGEST = 60
"""Characters of a value; what is longer is a text."""


def are_records(texts: Sequence[str]) -> bool:
    """Whether inputs are records, going by some of them."""
    some = texts[:: max(1, len(texts) // _SAMPLE)]
    return len(some) > 0 and sum(fields_of(text) is not None for text in some) >= _SHARE * len(some)


def fields_of(text: str) -> tuple[str, ...] | None:
    """A record's fields, in alphabetical order; None where the text is no record."""
    found = _of_json(text) if text.lstrip().startswith("{") else _of_form(text)
    return tuple(sorted(found)) if found else None


def _of_json(text: str) -> list[str] | None:
    value = json_of(text)
    if not isinstance(value, dict):
        return None
    fields = [f"{name}: {json.dumps(one, ensure_ascii=False)}" for name, one in value.items()]
    return fields if len(fields) >= _FEWEST else None


def _of_form(text: str) -> list[str] | None:
    """Fields of a form: in one line, with whatever breaks were put into it; or a line each."""
    return _cut(" ".join(text.split())) or _cut(text)


def _cut(text: str) -> list[str] | None:
    fields = []
    for part in _CUT.split(text.strip()):
        match = _FIELD.fullmatch(part)
        value = (match[2] if match[2] is not None else match[3]) if match else ""
        if match is None or len(value) > _LONGEST:
            return None
        fields.append(f"{match[1]}: {value.strip()}")
    return fields if len(fields) >= _FEWEST else None
