"""rouge-n: the answer shares enough runs of n words with this text.

The score is the F1 of the n-grams' overlap, each counted as often as it occurs in both (C.-Y. Lin,
"ROUGE: A Package for Automatic Evaluation of Summaries", ACL 2004, section 2; F1 rather than recall,
as promptfoo has it). Words are compared in small letters, without endings taken off.
"""

from __future__ import annotations

from collections import Counter

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._spec import Spec
from etude.checks._words import words

_THRESHOLD = 0.75  # promptfoo's


def rouge_n(output: str, reference: str, n: int) -> float:
    """F1 of the n-grams that two texts share, 0 to 1.

    Texts too short to have an n-gram are compared whole: 1 where their words are the same.
    """
    first, second = words(output.casefold()), words(reference.casefold())
    grams, others = _grams(first, n), _grams(second, n)
    total = grams.total() + others.total()
    if not total:
        return float(first == second)
    return 2 * (grams & others).total() / total


def _grams(tokens: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))


def _compile(spec: Spec) -> Judge:
    wanted = spec.text(default="{{target}}", skip=False)
    threshold = spec.number("threshold", _THRESHOLD, 0, 1)
    n = spec.whole("n", 1, 1)

    def judge(subject: Subject) -> Outcome:
        score = rouge_n(subject.output, wanted.fill(subject), n)
        return Outcome(
            score >= threshold, f"ROUGE-{n} is {score:.2f}; at least {threshold:g} is asked for"
        )

    return judge


CHECK = CheckKind(
    key="rouge-n",
    summary="the answer shares enough runs of n words with this text",
    keys=("value", "threshold", "n"),
    compile=_compile,
)
