"""How a value that was found is shown in a problem: short, and never a secret.

It knows values and patterns of keys; nothing of fields.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from etude.registry import nearest

_SECRET = re.compile(
    r"\bsk-(?=[\w-]*\d)[\w-]{16,}|\bhf_[A-Za-z0-9]{24,}|\bgsk_\w{20,}|\bAIza[\w-]{30,}"
    r"|\bBearer\s+\S{12,}"
)
_LONGEST = 60


def looks_like_a_key(text: str) -> bool:
    """True for text that holds an API key of a shape that is in use."""
    return _SECRET.search(text) is not None


def shown(value: Any) -> str:
    """The value as a problem quotes it."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a section of `key: value` lines" if value else "empty braces"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    text = _SECRET.sub("(a key)", str(value))
    if not text.strip():
        return "empty text"
    return repr(text if len(text) <= _LONGEST else text[:_LONGEST] + "…")


def listed(names: Sequence[str]) -> str:
    """``a, b or c``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} or {names[-1]}"


def did_you_mean(name: str, known: Sequence[str]) -> str | None:
    """The hint with the nearest right name, if there is one."""
    near = nearest(name.strip().replace("-", "_").replace(" ", "_"), known)
    return f"did you mean {near!r}?" if near else None
