"""reading-level: the Flesch–Kincaid grade of the answer lies within limits. For English.

    grade = 0.39 · words / sentences + 11.8 · syllables / words − 15.59

J. P. Kincaid, R. P. Fishburne, R. L. Rogers, B. S. Chissom, "Derivation of New Readability Formulas
for Navy Enlisted Personnel", Research Branch Report 8-75, 1975. The grade is a school year of the
United States: 5 is read by ten-year-olds. Syllables are counted from letters (``_syllables``).
"""

from __future__ import annotations

from etude.checks._base import CannotJudge, CheckKind, Judge, Outcome, Subject
from etude.checks._spec import Spec
from etude.checks._syllables import syllables
from etude.checks._words import sentences, words


def grade(text: str) -> float:
    """The Flesch–Kincaid grade of an English text; NaN for one without words."""
    found = [word for word in words(text) if not word.isdigit()]
    count = len(found)
    if not count:
        return float("nan")
    spoken = sum(syllables(part) for word in found for part in word.split("-"))
    return 0.39 * count / max(len(sentences(text)), 1) + 11.8 * spoken / count - 15.59


def _compile(spec: Spec) -> Judge:
    bounds = spec.bounds(whole=False)

    def judge(subject: Subject) -> Outcome:
        level = round(grade(subject.output), 1)
        if level != level:
            raise CannotJudge("has no words")
        return bounds.judge(subject, level, f"reads at grade {level:g}")

    return judge


CHECK = CheckKind(
    key="reading-level",
    summary="the answer's Flesch–Kincaid grade (English; a school year) lies within limits",
    keys=("value",),
    compile=_compile,
)
