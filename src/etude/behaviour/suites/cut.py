"""Input that breaks off in the middle, as when a form or a message is cut: half of its words, or fewer.

Another answer than to the whole is no failure by itself; being as sure of it as of whole input is, or
a value that the rest of the input does not have.
"""

from __future__ import annotations

from random import Random

from etude.behaviour.cases import Case, Material, Suite
from etude.behaviour.suites._changing import changed

FEWEST = 4
"""Words from which on something is left after the cut."""


def _cut(text: str, target: str, chance: Random) -> str:
    words = text.split()
    if len(words) < FEWEST:
        return text
    left = len(words) // 2 - chance.randrange(len(words) // 6 + 1)
    place = len(text)
    for word in reversed(words[left:]):
        place = text.rindex(word, 0, place)
    return text[:place].rstrip()


def _make(material: Material) -> list[Case]:
    return changed("cut", material, _cut)


SUITE = Suite(
    key="cut",
    plain_name="input that breaks off in the middle",
    about="unusual",
    test="direction",
    version=4,
    rules={
        "classify": "no_sure_change",
        "extract": "invents_no_value",
        "write": "invents_nothing",
        "rewrite": "invents_nothing",
        "chat": "invents_nothing",
    },
    unfit="its inputs are not texts",
    make=_make,
)
