"""A check's name: short, stable, and read by people in reports."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

_LONGEST = 60


def check_name(spec: Mapping[str, Any]) -> str:
    """``contains 'A gentle note' when scary != ''``."""
    words = [str(spec["type"])]
    if spec.get("value") is not None:
        words.append(_shown(spec["value"]))
    for key, value in spec.items():
        if key not in ("type", "value", "when"):
            words.append(f"{key} {_shown(value)}")
    if spec.get("when"):
        words.append(f"when {spec['when']}")
    return " ".join(words)


def told_apart(names: Sequence[str]) -> list[str]:
    """The names, those that occur again with (2), (3) … after them."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return _cut(", ".join(_shown(item) for item in value))
    if isinstance(value, dict):
        if value.keys() <= {"min", "max"}:
            ends = (("min", "at least"), ("max", "at most"))
            return " and ".join(f"{words} {value[key]}" for key, words in ends if key in value)
        return _cut(json.dumps(value, ensure_ascii=False, default=str))
    return _cut(_quoted(value)) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    """In quotes, on one line; backslashes as they were written, so that a pattern can be read."""
    mark = '"' if "'" in text else "'"
    plain = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
    return f"{mark}{plain}{mark}"


def _cut(text: str) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
