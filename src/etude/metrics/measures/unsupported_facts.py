"""Unsupported facts: the share of answers with a number or a name that neither the input, nor a
passage of the knowledge that was shown with it, nor the ideal answer has.

A name is a word with a capital that does not begin a sentence or a line: a sign of invention, not a
proof of it.
"""

from __future__ import annotations

import re

from etude.metrics._base import WRITTEN, Judged, Scores, column
from etude.metrics._given import is_given
from etude.metrics.measures._base import Measure

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_START = re.compile(r"(?:^|(?<=[.!?:]\s)|(?<=\n))[\s\"“'(-]*\S+", re.MULTILINE)
_NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w'’-]+")


def facts(text: str) -> set[str]:
    """Numbers as written, and words with a capital that do not begin a sentence or a line."""
    return set(_NUMBER.findall(text)) | names(text)


def names(text: str) -> set[str]:
    """Words with a capital that do not begin a sentence or a line."""
    return set(_NAME.findall(_START.sub(" ", text)))


def unsupported(judged: Judged) -> Scores:
    """(N,) 1 where something unsupported is said; NaN for no answer."""
    rows = zip(judged.sources, judged.targets, judged.outputs, strict=True)
    return column([_any(source, target, output) for source, target, output in rows])


def _any(source: str, target: str, output: str | None) -> float:
    if output is None:
        return float("nan")
    known = f"{source}\n{target}"
    return float(not all(is_given(fact, known) for fact in facts(output)))


MEASURE = Measure(
    "unsupported_facts",
    "say a number or a name that is not in the input",
    WRITTEN,
    "lower",
    "share",
    unsupported,
)
