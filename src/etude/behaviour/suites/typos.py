"""Typing mistakes: about one in eight words, never one that the ideal answer repeats."""

from __future__ import annotations

import re
from random import Random

from etude.behaviour.cases import Case, Material, Suite
from etude.behaviour.suites._changing import changed

EVERY, SHORTEST = 8, 4
"""Words a mistake, and letters of a word that may have one: shorter ones become other words."""


def _slip(word: str, chance: Random) -> str:
    """Two inner letters changed about, one left out, or one typed twice."""
    at = chance.randrange(1, len(word) - 2)
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    dropped = word[:at] + word[at + 1 :]
    doubled = word[:at] + word[at] + word[at:]
    return chance.choice([swapped if swapped != word else dropped, dropped, doubled])


def _mistyped(text: str, target: str, chance: Random) -> str:
    repeated = {word.casefold() for word in re.findall(r"\w+", target)}
    words = [
        found
        for found in re.finditer(r"(?<!\S)[^\W\d_]+(?=[\s.,;:!?]|$)", text)
        if len(found.group()) >= SHORTEST and found.group().casefold() not in repeated
    ]
    count = min(len(words), max(1, len(text.split()) // EVERY))
    for found in sorted(chance.sample(words, count), key=lambda f: f.start(), reverse=True):
        text = text[: found.start()] + _slip(found.group(), chance) + text[found.end() :]
    return text


def _make(material: Material) -> list[Case]:
    return changed("typos", material, _mistyped)


SUITE = Suite(
    key="typos",
    plain_name="typing mistakes",
    about="normal",
    test="invariance",
    version=2,
    rules=dict.fromkeys(("classify", "extract", "write", "rewrite", "chat"), "same"),
    unfit="its inputs are not texts",
    make=_make,
)
