"""levenshtein: at most so many characters would have to change to make the answer this text."""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._spec import Spec
from etude.checks._words import quote

_THRESHOLD = 5  # promptfoo's


def _compile(spec: Spec) -> Judge:
    wanted = spec.text(default="{{target}}", skip=False)
    threshold = spec.whole("threshold", _THRESHOLD, 0)

    def judge(subject: Subject) -> Outcome:
        text = wanted.fill(subject)
        distance = Levenshtein.distance(subject.output, text)
        noun = "character" if distance == 1 else "characters"
        reason = f"{distance} {noun} from {quote(text)}"
        return Outcome(distance <= threshold, f"{reason}; at most {threshold} are allowed")

    return judge


CHECK = CheckKind(
    key="levenshtein",
    summary="at most so many characters would have to change to make the answer this text",
    keys=("value", "threshold"),
    compile=_compile,
)
