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
INSTRUCTIONS = "wording.instructions"
REWRITTEN = "instructions written anew"
NAMES = {
    "wording.examples": "how examples are shown",
    "wording.rules": "checks spelled out",
    "wording.shape": "schema spelled out",
    "wording.bare": "input alone",
    INSTRUCTIONS: REWRITTEN,
    "wording.label_list": "labels listed as",
    "wording.meanings": "meanings of the labels",
    "wording.order": "order of the labels",
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
    "json": "JSON",
    "ranks": "words and meaning together",
}


def trial_words(settings: Sequence[dict[str, Any]]) -> list[str]:
    """Each trial by what sets it apart from the others; "as it is" where nothing does. Instructions
    that were written anew go by numbers."""
    found = [dict(settings_of(one)) for one in settings]
    numbers: dict[str, int] = {}
    for words, one in zip(found, settings, strict=True):
        if INSTRUCTIONS in words:
            text = one["wording"]["instructions"]
            words[INSTRUCTIONS] = f"no. {numbers.setdefault(text, len(numbers) + 1)}"
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
            name = f"{prefix}{key}"
            # They may say what examples say, however short they are.
            hidden = name == INSTRUCTIONS
            found.append((name, _counted(value) if hidden else _setting(value)))
    return found


def _counted(text: str) -> str:
    return f"a text of {len(text):,} characters"


def _setting(value: Any) -> str:
    if isinstance(value, str):
        short = len(value) <= LONGEST_SETTING and "\n" not in value
        return value if short else _counted(value)
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
