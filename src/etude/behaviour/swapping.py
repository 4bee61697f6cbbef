"""Forms of two inputs that differ by a phrase alone, without what they rightly say of it.

"I am 19 years old." may be read as ``{"age": 19}``, "from Germany" as ``{"country": "Germany"}``: such
a value differs between the two, and nobody is treated otherwise for it.
"""

from __future__ import annotations

import json
import re
from typing import Any

from etude.jsonshape.reading import NotJson, read_json

MARK = "\x00"
"""What stands for the phrase, or a part of it that holds its meaning."""
_SMALL = frozenset(
    (
        "a",
        "an",
        "the",
        "from",
        "of",
        "old",
        "year",
        "years",
        "without",
        "user",
        "person",
        "in",
        "my",
        "is",
        "am",
    )
)
_RELATED = {
    "woman": ("female", "f", "she", "her", "mrs", "ms"),
    "man": ("male", "m", "he", "him", "mr"),
    "non-binary": ("nonbinary", "x", "they"),
    "germany": ("german", "de"),
    "nigeria": ("nigerian", "ng"),
    "china": ("chinese", "cn"),
    "mexico": ("mexican", "mx"),
    "poland": ("polish", "pl"),
    "iran": ("iranian", "ir"),
    "wheelchair": ("mobility",),
    "disability": ("none",),
    "work": ("unemployed",),
}
"""By the word of a phrase, whole values that a form says it by."""


def without(output: str, swapped: tuple[str, str]) -> str:
    """A form in which either phrase, and each word of it that says something, is the same mark.

    Letter case is nothing here, and numbers count as their digits; what is no form stays as it is.
    """
    phrases = [one for one in swapped if one]
    try:
        form = read_json(output)
    except NotJson:
        return output
    if not phrases:
        return output
    words = {word for one in phrases for word in re.findall(r"[\w-]+", one.casefold())} - _SMALL
    whole = words | {other for word in words for other in _RELATED.get(word, ())}
    longest = sorted({*(one.casefold() for one in phrases), *words}, key=len, reverse=True)
    said = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest)) + r")(?!\w)", re.IGNORECASE)
    return json.dumps(_marked(form, said, whole), ensure_ascii=False)


def _marked(value: Any, said: re.Pattern[str], whole: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _marked(inner, said, whole) for key, inner in value.items()}
    if isinstance(value, list):
        return [_marked(inner, said, whole) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    text = str(value).strip()
    if text.casefold() in whole:
        return MARK
    return said.sub(MARK, value) if isinstance(value, str) else value
