"""regex: the pattern matches somewhere in the answer.

Patterns are those of the ``regex`` library (Python's, and more), because it can stop: a pattern
that backtracks without end on one answer must not hold up a run.
"""

from __future__ import annotations

import regex

from etude.checks._base import CannotJudge, CheckKind, Judge, Outcome, Subject
from etude.checks._spec import Spec
from etude.checks._words import quote

_SECONDS = 5.0


def _compile(spec: Spec) -> Judge:
    wanted = spec.text()
    flags = regex.IGNORECASE if spec.choice("case", "match", ("match", "ignore")) == "ignore" else 0
    try:
        # A column's value is text, never pattern: any text shows whether the rest can be read.
        regex.compile("x".join(wanted.parts[::2]))
    except regex.error as error:
        spec.fault("value", f"found {wanted.written!r}: {error}", "a regular expression")

    def judge(subject: Subject) -> Outcome:
        pattern = wanted.fill(subject, regex.escape)
        try:
            found = regex.search(pattern, subject.output, flags, timeout=_SECONDS)
        except TimeoutError:
            raise CannotJudge(
                f"the pattern {quote(pattern)} was not done in {_SECONDS:g} seconds"
            ) from None
        if found:
            return Outcome(True, f"{quote(found.group())} matches {quote(pattern)}")
        return Outcome(False, f"nothing matches {quote(pattern)}")

    return judge


CHECK = CheckKind(
    key="regex",
    summary="this pattern (a regular expression) matches somewhere in the answer",
    keys=("value", "case"),
    compile=_compile,
)
