"""JSON text read as RFC 8259 says, where Python's own reader is more forgiving.

It knows text and values; nothing of schemas.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

DEEPEST = 100
"""Brackets that may stand in one another, far below what Python can read: what is let in can be walked
and written again from wherever the program stands."""


class NotJson(ValueError):
    """The text is no JSON; the message says in plain words what was found where."""


def read_json(text: str) -> Any:
    """The value that the whole of ``text`` is; white space around it does not count.

    Raises:
        NotJson: the text is none, holds NaN or Infinity, has a key twice, half of a character
            pair, or brackets nested too deeply to read.
    """
    if not text.strip():
        raise NotJson("is empty")
    try:
        value = json.loads(text.strip(), object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, character {error.colno}"
        raise NotJson(f"is not JSON: {_WORDS.get(error.msg, error.msg)} ({place})") from None
    except RecursionError:
        raise NotJson("is nested too deeply") from None
    except NotJson:
        raise
    except ValueError:  # more digits than Python turns into a number
        raise NotJson("holds a number with too many digits") from None
    if is_deep(value):
        raise NotJson("is nested too deeply")
    if _has_half_pair(text, value):
        raise NotJson("holds half of a character pair")
    return value


def same_json(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: 1 is 1.0, but true is not 1 (as Python has it)."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_json(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(same_json(a, b) for a, b in pairs)
    return bool(one == other)


# Newer versions of Python tell a comma too many apart; the words are the same for all.
_NAME = "a name in double quotes is missing, or there is a comma too many"
_VALUE = "a value is missing, text has no quotes, or there is a comma too many"
_WORDS = {
    "Expecting value": _VALUE,
    "Expecting property name enclosed in double quotes": _NAME,
    "Expecting ',' delimiter": "a comma or a closing bracket is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Extra data": "more text follows the value",
    "Unterminated string starting at": "a quotation mark is never closed",
    "Invalid control character at": "a line break or a tab inside quotes",
    "Illegal trailing comma before end of object": _NAME,
    "Illegal trailing comma before end of array": _VALUE,
}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in pairs:
        if key in values:
            raise NotJson(f"has the key {key!r} twice")
        values[key] = value
    return values


def _no_constant(name: str) -> NoReturn:
    raise NotJson(f"holds {name}, which JSON does not have")


def is_deep(value: Any, most: int = DEEPEST) -> bool:
    """Whether brackets stand in more than ``most`` others: what walks values would not end."""
    level = [value]
    for _ in range(most):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def _has_half_pair(text: str, value: Any) -> bool:
    """Whether a text in it can't be written as UTF-8 (an escape such as ``\\ud800`` alone)."""
    if "\\u" not in text and text.isascii():
        return False
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
