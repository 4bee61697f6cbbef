"""bleu: the answer's BLEU against this text is high enough.

Sentence BLEU of sacrebleu (Post 2018; Papineni et al. 2002) with its defaults: 13a tokens,
exponential smoothing, effective order. The score is a share, 0 to 1, as the threshold is.
"""

from __future__ import annotations

from sacrebleu.metrics.bleu import BLEU

from etude.checks._base import CheckKind, Judge, Outcome, Subject
from etude.checks._spec import Spec

_THRESHOLD = 0.5  # promptfoo's


def _compile(spec: Spec) -> Judge:
    if isinstance(spec.values.get("value"), list):
        wanted = spec.texts(skip=False)
    else:
        wanted = (spec.text(default="{{target}}", skip=False),)
    threshold = spec.number("threshold", _THRESHOLD, 0, 1)
    metric = BLEU(effective_order=True)

    def judge(subject: Subject) -> Outcome:
        references = [text.fill(subject) for text in wanted]
        score = metric.sentence_score(subject.output, references).score / 100
        return Outcome(
            score >= threshold, f"BLEU is {score:.2f}; at least {threshold:g} is asked for"
        )

    return judge


CHECK = CheckKind(
    key="bleu",
    summary="the answer's BLEU against this text, or the nearest of several, is high enough",
    keys=("value", "threshold"),
    compile=_compile,
)
