"""What was measured about the examples: what more of them would buy, and what a fault costs."""

from __future__ import annotations

from typing import Literal

from etude.records._base import Record

Effect = Literal["better", "worse", "cant_tell", "unmeasured"]


class CurvePoint(Record):
    """What the fast learner scored after learning from ``examples`` (a mean over orders and folds),
    with a 95 % interval."""

    examples: int
    value: float
    low: float
    high: float


class LabelCurve(Record):
    """One label: the share of its ``examples`` that is recognised, and how much that share rose when
    twice as many examples were learned from. The intervals of ``gain`` hold together over labels."""

    label: str
    examples: int
    recognised: float
    low: float
    high: float
    gain: float
    gain_low: float
    gain_high: float


class LearningCurve(Record):
    """What the next examples would likely buy, by a fast learner that was never shown what it answered:
    the quick classifier, or (``rung`` is "") copying, which gives the most similar example's answer.

    Values are of ``metric``, the task's own; held-out examples took no part. ``gain``, ``low``,
    ``high``: by how much it would rise with ``more`` examples like these, at 95 %; None where nobody
    can tell, and ``reason`` says why. ``points`` is empty where nothing was measured at all.
    """

    rung: str = ""
    metric: str = ""
    model: str = ""
    examples: int = 0
    """Those at hand to learn from."""
    scored: int = 0
    orders: int = 0
    """In how many random orders examples were added."""
    points: tuple[CurvePoint, ...] = ()
    more: int = 0
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    labels: tuple[LabelCurve, ...] = ()
    """Those that gained most first."""
    reason: str = ""
    sentence: str


class Ablation(Record):
    """A fast learner that learned without a finding's rows against one that learned with them.

    ``difference``: in ``metric``, the task's own, without less with, on the same other examples, at
    95 % over all findings that were tried together. The finding's own rows are not scored: what is
    doubted can't be the measure. ``effect`` is that of leaving them out. None: not measured, and
    ``reason`` says why.
    """

    code: str
    rows: int
    """That were learned from, and left out."""
    rung: str = ""
    model: str = ""
    metric: str = ""
    scored: int = 0
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    effect: Effect = "unmeasured"
    reason: str = ""
    sentence: str
