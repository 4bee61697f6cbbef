"""ROUGE-L: the longest common subsequence of words, as F1 (Lin 2004). A diagnostic only: it rises
with shared words whether or not the answer is right.
"""

from __future__ import annotations

from rapidfuzz.distance import LCSseq

from etude.metrics._base import WRITTEN, Judged, Scores, column
from etude.metrics.measures._base import Measure


def rouge_l(judged: Judged) -> Scores:
    """(N,) F1 of the longest common subsequence; 0 for no answer."""
    return column([_f1(t, o or "") for t, o in zip(judged.targets, judged.outputs, strict=True)])


def _f1(target: str, output: str) -> float:
    mine, theirs = target.casefold().split(), output.casefold().split()
    total = len(mine) + len(theirs)
    return 2 * LCSseq.similarity(mine, theirs) / total if total else 1.0


MEASURE = Measure("rouge_l", "words shared in order (ROUGE-L)", WRITTEN, "higher", "share", rouge_l)
