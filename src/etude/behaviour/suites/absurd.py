"""Input without a meaning: no reason to be sure, and nothing to make a figure or a value from."""

from __future__ import annotations

from etude.behaviour.cases import Case, Material, Suite

TEXTS = (
    "",
    " ",
    "?",
    "...!!!???",
    "asdf jkl qwrt zxcv",
    "\U0001f642\U0001f642\U0001f642",
    "the the the the the the the the",
    "lorem ipsum dolor sit amet consectetur",
    "null",
    "<html><body></body></html>",
    "SELECT * FROM things;",
    "blah " * 300,
)


def _make(material: Material) -> list[Case]:
    return [
        Case("", "", text, schema=material.schema, given=material.instructions) for text in TEXTS
    ]


SUITE = Suite(
    key="absurd",
    plain_name="empty and meaningless input",
    about="unusual",
    test="direction",
    version=4,
    rules={
        "classify": "no_surer",
        "extract": "invents_no_value",
        "write": "invents_nothing",
        "rewrite": "invents_nothing",
        "chat": "invents_nothing",
    },
    unfit="its inputs are not texts",
    make=_make,
)
