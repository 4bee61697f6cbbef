"""When a candidate answers by itself and when it hands over to a person, and how that was found."""

from __future__ import annotations

from etude.records._base import Record
from etude.records.estimate import Estimate


class CurvePoint(Record):
    """What answering only the surest comes to; shares of the scored examples, and of the answered.

    ``low`` and ``high`` are Wilson's limits of ``precision``.
    """

    sure: float
    """The probability of being right from which on it answers (the score, where that is unknown)."""
    coverage: float
    precision: float
    low: float
    high: float


class Calibrator(Record):
    """Log-odds of being right: ``slope`` times those of the score, plus ``intercept``."""

    slope: float
    intercept: float


class FieldSureness(Record):
    """How well it is known of one field of a record whether it is right.

    ``n`` calibration examples whose answer has the field set the probability; ``right``, ``auroc`` and
    ``ece`` are of such answers among the scored examples, as for the whole record.
    """

    name: str
    n: int
    right: float
    """The share whose value is the wanted one."""
    auroc: float | None
    """The chance that a right value is surer than a wrong one; None: all are right, or all wrong."""
    ece: float | None
    """How far the probability of being right is off, on average, on examples it was not fitted on."""
    calibrator: Calibrator | None


class Handover(Record):
    """How well a candidate knows when it is right, and the threshold that keeps what is asked.

    ``n`` calibration examples in ``groups`` independent groups set the threshold and the
    probability; ``coverage``, ``precision`` and ``curve`` are of the scored examples, which are the
    same ones in cross-fitting.
    """

    precision_asked: float | None
    """The share of its own answers that must be right; None: nobody asked."""
    confidence: float
    """How sure it must be that this is kept."""
    stated: bool
    """True where the task file asks for it; False where it follows from the bar's minimum."""
    threshold: float | None
    """Answers whose score is at least this stand; None: ``reason`` says why there is none."""
    sure: float | None
    """The probability of being right at the threshold."""
    reason: str | None
    n: int
    groups: int
    coverage: Estimate | None
    precision: Estimate | None
    curve: tuple[CurvePoint, ...]
    auroc: float | None
    """The chance that a right answer is surer than a wrong one."""
    auroc_once: float | None = None
    """The same by what one answer tells of itself, where the model was asked again."""
    aurc: float | None
    """The mean share of wrong answers over all coverages, the surest first."""
    ece: float | None
    """How far the probability of being right is off, on average, on examples it was not fitted on."""
    calibrator: Calibrator | None
    score: str
    """What answers are ranked by, in words."""
    ask_again: int = 0
    """How often each was asked again; how far these answers agree with it is part of the score."""
    fields: tuple[FieldSureness, ...] = ()
    """Of a record, in the schema's order; none where nothing tells how sure a field is."""
    method: str
