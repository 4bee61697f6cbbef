"""chrF++ of each answer against the ideal one, averaged: how much of the wording is shared.

Character 6-grams and word 2-grams (Popović 2017, "chrF++: words helping character n-grams") as
sacrebleu computes them, 0 to 1. The mean over answers, so that answers can be paired; the corpus
score of papers pools n-grams first and differs by a little.
"""

from __future__ import annotations

from sacrebleu.metrics.chrf import CHRF

from etude.metrics._base import WRITTEN, Judged, Metric, Scores, column


def chrf(judged: Judged) -> Scores:
    """(N,) chrF++ of each answer; 0 for none."""
    scorer = CHRF(word_order=2, eps_smoothing=True)
    rows = zip(judged.targets, judged.outputs, strict=True)
    return column(
        [
            scorer.sentence_score(output, [target]).score / 100 if output else 0.0
            for target, output in rows
        ]
    )


METRIC = Metric(
    key="chrf",
    plain_name="wording shared with the ideal answer (chrF++)",
    kinds=WRITTEN,
    statistic="mean",
    items=chrf,
)
