"""The same text with a greeting, thanks and blank lines around it: longer, and nothing more said."""

from __future__ import annotations

from random import Random

from etude.behaviour.cases import Case, Material, Suite
from etude.behaviour.suites._changing import changed

BEFORE = ("Hello,\n\n", "Hi there! I hope you are well.\n\n", "\n\n  ", "Good morning.\n")
AFTER = ("\n\nThank you very much.", "\n\nMany thanks in advance!\n\n", "\n\n\n", "\n\nBest wishes")


def _padded(text: str, target: str, chance: Random) -> str:
    return chance.choice(BEFORE) + text + chance.choice(AFTER)


def _make(material: Material) -> list[Case]:
    return changed("padding", material, _padded)


SUITE = Suite(
    key="padding",
    plain_name="greetings and blank lines around it",
    about="normal",
    test="invariance",
    version=2,
    rules=dict.fromkeys(("classify", "extract", "write", "chat"), "same"),
    unfit="a draft with a greeting is another draft",
    make=_make,
)
