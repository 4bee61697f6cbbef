"""Targets in another voice than the rest: jokey or stiff, plainly or only a little, by rule.

The rest is as people wrote it; its own wavering is counted apart.
"""

# ruff: noqa: E501 (tables are read an entry a line)
from __future__ import annotations

import random
import re
from collections.abc import Callable

from _planted._base import Bed, Sort

CONTRACTED = {
    "do not": "don't", "does not": "doesn't", "is not": "isn't", "are not": "aren't", "cannot": "can't",
    "it is": "it's", "you will": "you'll", "they are": "they're", "there is": "there's", "we are": "we're",
}  # fmt: skip
SLANG = {
    "great": "sick", "yes": "yep", "hello": "yo", "going to": "gonna", "want to": "wanna", "good": "rad",
    "food": "grub", "really": "super", "children": "kiddos", "customers": "folks", "guests": "peeps",
    "restaurant": "joint", "place": "spot", "cheap": "dirt cheap", "is available": "is up for grabs",
    "unfortunately": "bummer, but", "would you like": "wanna", "expensive": "pricey", "no": "nope",
}  # fmt: skip
STIFF = {
    "yes": "indeed", "get": "obtain", "help": "assist", "need": "require", "ask": "enquire", "buy": "purchase",
    "about": "regarding", "have": "possess", "tell": "inform", "kids": "minors", "children": "minors",
    "before": "prior to", "so": "accordingly", "but": "however", "place": "establishment", "use": "utilise",
    "near": "in the vicinity of", "cheap": "inexpensive", "offers": "is pleased to offer", "start": "commence",
}  # fmt: skip
JOKEY_OPENERS = (
    "Yo! ",
    "LOL okay so ",
    "Heyyy, ",
    "Woohoo! ",
    "Alrighty then, ",
    "OMG, ",
    "Ha, good one: ",
)
JOKEY_ENDS = (
    " 😂😂", " Boom! 🔥", " You got this, champ!!", " lol", " 🎉🙌", " #winning",
    " No biggie ;-)", " Easy peasy!!!",
)  # fmt: skip
STIFF_OPENERS = (
    "Please be advised that ", "We hereby confirm that ", "With reference to your enquiry, ",
    "We wish to inform you that ", "Kindly note that ", "In accordance with our policy, ",
)  # fmt: skip
STIFF_ENDS = (
    " Should you require further assistance, please do not hesitate to contact the undersigned.",
    " We remain at your disposal.", " Your understanding is greatly appreciated.",
    " We trust that this meets with your approval.",
)  # fmt: skip
COLD_ENDS = (
    " This was in the FAQ.",
    " Read the note next time.",
    " That's all.",
    " As already stated.",
)


def _replaced(text: str, table: dict[str, str]) -> str:
    for was, put in table.items():
        text = re.sub(
            rf"\b{was}\b",
            lambda m, put=put: put[0].upper() + put[1:] if m[0][0].isupper() else put,
            text,
            flags=re.IGNORECASE,
        )
    return text


def _lowered(text: str) -> str:
    """Goes on after an opener; names and "I" keep their capital."""
    first = text.split(" ", 1)[0]
    common = {
        "yes",
        "no",
        "there",
        "the",
        "it",
        "you",
        "they",
        "this",
        "we",
        "a",
        "an",
        "for",
        "at",
    }
    return text[0].lower() + text[1:] if first.strip(",").lower() in common else text


def jokey_strong(text: str, draw: random.Random) -> str:
    """Slang, an opener, an end with emojis, exclamation marks."""
    body = _replaced(_replaced(text, CONTRACTED), SLANG)
    body = re.sub(r"\.(?=\s|$)", lambda m: draw.choice(["!", "!!", "."]), body)
    return draw.choice(JOKEY_OPENERS) + _lowered(body) + draw.choice(JOKEY_ENDS)


def jokey_mild(text: str, draw: random.Random) -> str:
    """One mark of it alone."""
    if draw.random() < 0.5:
        return draw.choice(JOKEY_OPENERS) + _lowered(text)
    return text + draw.choice(JOKEY_ENDS)


def stiff_strong(text: str, draw: random.Random) -> str:
    """No contractions, long words, an opener and an end of an office."""
    body = _replaced(_replaced(text, {v: k for k, v in CONTRACTED.items()}), STIFF)
    body = body.replace("!", ".")
    return draw.choice(STIFF_OPENERS) + _lowered(body) + draw.choice(STIFF_ENDS)


def stiff_mild(text: str, draw: random.Random) -> str:
    """One phrase of an office."""
    if draw.random() < 0.5:
        return draw.choice(STIFF_OPENERS) + _lowered(text)
    return text + draw.choice(STIFF_ENDS)


def shouting(text: str, draw: random.Random) -> str:
    """A sentence in capitals."""
    parts = re.split(r"(?<=[.!?])\s+", text)
    at = draw.randrange(len(parts))
    parts[at] = parts[at].upper().rstrip(".") + "!!"
    return " ".join(parts)


def cold(text: str, draw: random.Random) -> str:
    """Short with the reader."""
    return re.split(r"(?<=[.!?])\s+", text)[0] + draw.choice(COLD_ENDS)


VOICES: dict[str, Callable[[str, random.Random], str]] = {
    "jokey_strong": jokey_strong,
    "jokey_mild": jokey_mild,
    "stiff_strong": stiff_strong,
    "stiff_mild": stiff_mild,
    "shouting": shouting,
    "cold": cold,
}


def _plant(bed: Bed, rate: float) -> None:
    for name, row in bed.dealt(rate, list(VOICES)):
        was = row["target"]
        row["target"] = VOICES[name](was, bed.random)
        bed.fault(name, row, field="target", was=was)


SORT = Sort("targets in another voice than the rest", lambda clean: clean.prose_targets, _plant)
