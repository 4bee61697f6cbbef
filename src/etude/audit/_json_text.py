"""JSON that stands in a text, read so that nothing that is made of it can stop an audit.

It knows one text at a time, and nothing of what its fields mean.
"""

from __future__ import annotations

import json
from typing import Any

from etude.jsonshape import is_deep

_LOST = "\ufffd"


def json_of(text: str) -> Any:
    """The value that a text is; None where it is none, or nested too deeply to be walked.

    Half of a character, which an escape such as ``\\ud83d`` can write alone and no table can hold, is
    read as �.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if is_deep(value):
        return None
    return _whole(value) if "\\u" in text else value


def _whole(value: Any) -> Any:
    """The value with halves of characters replaced, in names of fields too."""
    if isinstance(value, str):
        return value if value.isascii() else "".join(map(_letter, value))
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(name): _whole(one) for name, one in value.items()}
    return value


def _letter(letter: str) -> str:
    return _LOST if "\ud800" <= letter <= "\udfff" else letter
