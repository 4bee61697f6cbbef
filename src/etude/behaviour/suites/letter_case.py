"""The same text in capitals, or in small letters where it has capitals only."""

from __future__ import annotations

from random import Random

from etude.behaviour.cases import Case, Material, Suite
from etude.behaviour.suites._changing import changed


def _other_case(text: str, target: str, chance: Random) -> str:
    return text.lower() if text.isupper() or chance.random() < 0.5 else text.upper()


def _make(material: Material) -> list[Case]:
    return changed("letter_case", material, _other_case)


SUITE = Suite(
    key="letter_case",
    plain_name="capitals and small letters",
    about="normal",
    test="invariance",
    version=2,
    rules=dict.fromkeys(("classify", "extract"), "same"),
    unfit="a text that is written may rightly take over how words are spelt",
    make=_make,
)
