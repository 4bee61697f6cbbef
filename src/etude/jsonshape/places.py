"""Where in a JSON text the values of its fields stand.

It knows text and fields; nothing of schemas, and nothing of who wrote it.
"""

from __future__ import annotations

import json

from etude.jsonshape.reading import NotJson, read_json

_SPACE = " \t\n\r"
_DECODER = json.JSONDecoder()


def value_places(text: str) -> dict[str, tuple[int, int]] | None:
    """Where each field's value begins and ends in the object that ``text`` is, by the field's name.

    Only the outermost fields are named: what stands in a value is part of it. Quotes and brackets
    belong to it; of a number the letter after it too, for nothing else says that no digit follows.
    None where the text is no JSON object (see ``read_json``).
    """
    try:
        if not isinstance(read_json(text), dict):
            return None
    except NotJson:
        return None
    found: dict[str, tuple[int, int]] = {}
    at = _past_space(text, text.index("{") + 1)
    while text[at] != "}":
        name, at = _DECODER.raw_decode(text, at)
        at = _past_space(text, text.index(":", at) + 1)
        value, end = _DECODER.raw_decode(text, at)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        found[name] = (at, end + 1 if number else end)
        at = _past_space(text, end)
        if text[at] == ",":
            at = _past_space(text, at + 1)
    return found


def _past_space(text: str, at: int) -> int:
    while text[at] in _SPACE:
        at += 1
    return at
