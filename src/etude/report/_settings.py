"""Settings of candidates in words: those that were tried, and those that were kept.

Rows are never shown: a setting that could hold text of the examples is only counted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from etude.report import _figures as figures
from etude.report._view import Fact

LONGEST_SETTING = 60
"""Longer texts in settings are counted, not shown: they could be rows."""
NAMES = {
    "wording.examples": "how examples are shown",
    "wording.rules": "checks spelled out",
    "wording.shape": "schema spelled out",
    "wording.bare": "input alone",
    "max_tokens": "room for an answer, in tokens",
    "fixed": "examples in every prompt",
    "wording.contract_first": "what an answer must be said first",
    "wording.sentences": "sentences of the instructions",
    "near": "similar examples shown",
    "mended": "examples like what was wrong when choosing",
    "fusion": "found by",
    "least": "likeness below which nothing is shown",
    "passages": "passages of the knowledge shown",
    "training.method": "training of",
    "training.learning_rate": "learning rate",
    "training.epochs": "epochs",
    "training.batch_size": "examples at once",
}
"""What people call a setting; the others go by their own names."""
VALUES = {
    "True": "yes",
    "False": "no",
    "turns": "as turns of a talk",
    "list": "as a list",
    "ranks": "words and meaning together",
}


def trial_words(settings: Sequence[dict[str, Any]]) -> list[str]:
    """Each trial by what sets it apart from the others; "as it is" where nothing does."""
    found = [dict(settings_of(one)) for one in settings]
    keys = list(dict.fromkeys(key for one in found for key in one))
    apart = [key for key in keys if len({one.get(key) for one in found}) > 1]
    named = apart or keys
    return [
        ", ".join(f"{NAMES.get(key, key)} {said(one[key])}" for key in named if key in one)
        or "as it is"
        for one in found
    ]


def kept(settings: dict[str, Any]) -> tuple[Fact, ...]:
    """The chosen settings, each with its exact name behind it."""
    return tuple(
        Fact(NAMES.get(key, key), said(value), key if key in NAMES else "")
        for key, value in settings_of(settings)
    )


def said(value: str) -> str:
    """A setting's value as people read it."""
    return VALUES.get(value, value)


def settings_of(settings: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Dotted names and values; texts and lists that could hold rows are only counted."""
    found: list[tuple[str, str]] = []
    for key, value in settings.items():
        if isinstance(value, dict) and value and len(value) <= 30 and not prefix:
            found += settings_of(value, f"{key}.")
        elif value != []:
            found.append((f"{prefix}{key}", _setting(value)))
    return found


def _setting(value: Any) -> str:
    if isinstance(value, str):
        short = len(value) <= LONGEST_SETTING and "\n" not in value
        return value if short else f"a text of {len(value):,} characters"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple | dict):
        numbers = (
            isinstance(value, list | tuple)
            and len(value) <= 12
            and all(isinstance(item, int | float) for item in value)
        )
        return json.dumps(value) if numbers else figures.counted(len(value), "entry", "entries")
    return str(value)
