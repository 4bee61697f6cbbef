"""When a candidate hands over: the threshold that keeps what is asked, and how it was found.

Calibration examples are used for nothing else: with a holdout a part of their own, in cross-fitting
the scored examples, each answered by a candidate that had not seen it. What is right is the judge's
``right``; what fails the schema or a check that needs no ideal answer is handed over whatever its
confidence, and so is what holds a phrase of the task's boundaries.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from etude.data.answers import WEIGHT_OF_AGREEMENT, Answers
from etude.evaluation.calibrating import calibration_error, calibrator
from etude.evaluation.field_sureness import sure_fields
from etude.evaluation.judging import Fault, Judge
from etude.evaluation.scorecard import Scored
from etude.records.estimate import Estimate
from etude.records.handover import CurvePoint, Handover
from etude.records.task import FREE
from etude.statistics.guarantee import Promise, promise
from etude.statistics.intervals import Interval
from etude.statistics.platt import Platt, fit_platt
from etude.statistics.selective import at_threshold, aurc, auroc, curve

USUAL_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Asked:
    """What is asked of answers that no person looks at."""

    precision: float
    confidence: float
    stated: bool


def asked_of(judge: Judge) -> Asked | None:
    """What the bar says: its ``hand_over``, else its minimum where that is a share of right answers."""
    bar = judge.task.bar
    if bar.hand_over is not None:
        return Asked(bar.hand_over.precision, bar.hand_over.confidence, stated=True)
    least = bar.at_least
    if least is not None and 0 < least < 1 and judge.metric.statistic == "right_wrong":
        return Asked(least, USUAL_CONFIDENCE, stated=False)
    return None


def scores_of(judge: Judge, scored: Scored) -> NDArray[np.float64]:
    """What the answers are ranked by (N,); NaN for one that is never let through."""
    faults = _known_faults(judge, scored)
    faulty_N = np.array([bool(found) for found in faults], dtype=np.bool_)
    return np.where(faulty_N | scored.held_N, np.nan, scored.answers.score)


def _known_faults(judge: Judge, scored: Scored) -> list[tuple[Fault, ...]]:
    """What is known against an answer without its ideal answer, from its input alone."""
    if scored.labels:
        return [()] * len(scored.answers)
    plain, _ = judge.for_columns(())
    return plain.faults(scored.examples, scored.answers.outputs, scored.answers.passages)


def handover(final: Scored, apart: Scored | None) -> Handover | None:
    """The record of a finalist; None where none of its answers has a confidence.

    Args:
        final: the scored examples, with folds in cross-fitting.
        apart: the calibration examples with a holdout, where any were set apart.
    """
    judge = final.judge
    score_N = scores_of(judge, final)
    if not len(score_N) or np.isnan(score_N).all():
        return None
    used = final if final.folds is not None else apart
    asked = asked_of(judge)
    found, fitted = _calibrated(used, asked)
    # What is held for its input is right as often as any: how well the score ranks answers is not
    # told by it.
    by_score_N = ~final.held_N
    ranked_N, right_N = score_N[by_score_N], final.right_N[by_score_N]
    point = None
    if found is not None and found.threshold is not None:
        point = at_threshold(
            score_N,
            final.right_N,
            found.threshold,
            groups=final.examples.groups,
            folds=final.folds,
        )
    return Handover(
        precision_asked=asked.precision if asked else None,
        confidence=asked.confidence if asked else USUAL_CONFIDENCE,
        stated=asked.stated if asked else False,
        threshold=found.threshold if found else None,
        sure=_sure(found, fitted),
        reason=_reason(found, asked),
        n=len(used.examples) if used else 0,
        groups=len(np.unique(used.examples.groups)) if used else 0,
        coverage=_estimate(point.coverage) if point else None,
        precision=_estimate(point.precision) if point and point.precision else None,
        curve=_curve(final, score_N, fitted),
        auroc=auroc(ranked_N, right_N),
        auroc_once=_asked_once(final, score_N, by_score_N),
        aurc=aurc(ranked_N, right_N),
        ece=calibration_error(score_N, final.right_N, final.folds, fitted),
        calibrator=calibrator(fitted),
        score=_score_words(final),
        ask_again=_askings(final),
        fields=sure_fields(final, used),
        method=_method(used, final),
    )


def probabilities(found: Handover | None, answers: Answers) -> NDArray[np.float64]:
    """How probable it is that each answer is right (N,); NaN where nobody can say.

    Without a calibrator, a label's own probability; a likelihood is no such probability.
    """
    if found is None or found.calibrator is None:
        return answers.confidence
    platt = Platt(found.calibrator.slope, found.calibrator.intercept)
    return platt.apply(answers.score)


def _calibrated(used: Scored | None, asked: Asked | None) -> tuple[Promise | None, Platt | None]:
    """The promise that is asked for, and the probability of being right."""
    if used is None or not len(used.examples):
        return None, None
    score_N, right_N = scores_of(used.judge, used), used.right_N
    fitted = fit_platt(score_N, right_N)
    if asked is None:
        return None, fitted
    found = promise(
        score_N,
        right_N,
        precision=asked.precision,
        confidence=asked.confidence,
        groups=used.examples.groups,
    )
    return found, fitted


def _sure(found: Promise | None, fitted: Platt | None) -> float | None:
    if found is None or found.threshold is None or fitted is None:
        return None
    return float(fitted.apply([found.threshold])[0])


def _reason(found: Promise | None, asked: Asked | None) -> str | None:
    """Why there is no threshold; None where there is one."""
    if asked is None:
        return "nobody asked how often its own answers must be right"
    if found is None:
        return "too few examples to set any apart for it"
    if found.threshold is not None:
        return None
    if found.units < found.fewest:
        return (
            f"{found.units:,} independent examples can't show it: at least {found.fewest:,} are "
            "needed, all of them right"
        )
    return "even its surest answers were not right often enough to show it on these examples"


def _curve(
    final: Scored, score_N: NDArray[np.float64], fitted: Platt | None
) -> tuple[CurvePoint, ...]:
    points = curve(score_N, final.right_N, groups=final.examples.groups, folds=final.folds)
    return tuple(
        CurvePoint(
            sure=float(fitted.apply([one.threshold])[0]) if fitted else one.threshold,
            coverage=one.coverage.point,
            precision=one.precision.point,
            low=one.precision.low,
            high=one.precision.high,
        )
        for one in points
        if one.precision is not None
    )


def _estimate(interval: Interval) -> Estimate:
    return Estimate(
        value=interval.point,
        low=interval.low,
        high=interval.high,
        level=interval.level,
        method="Wilson",
    )


def _askings(final: Scored) -> int:
    """How often each answer was asked again."""
    return 0 if final.answers.agreement is None else final.judge.task.bar.ask_again


def _asked_once(
    final: Scored, score_N: NDArray[np.float64], by_score_N: NDArray[np.bool_]
) -> float | None:
    """The AUROC of the likelihood alone, where agreement is part of the score: asking again bought the
    difference."""
    if final.answers.agreement is None or final.answers.likelihood is None:
        return None
    once_N = replace(final.answers, agreement=None).score
    once_N = np.where(np.isnan(score_N), np.nan, once_N)
    return auroc(once_N[by_score_N], final.right_N[by_score_N])


def _score_words(final: Scored) -> str:
    """How answers are ranked."""
    answers = final.answers
    if answers.probabilities_NL is not None:
        return "the probability of the label"
    likelihood = "the likelihood of the least sure token"
    if final.judge.task.kind in FREE:
        likelihood = "the likelihood of the text (mean over its tokens)"
    if answers.agreement is None:
        return f"{likelihood}; self-agreement is not measured"
    times = _askings(final)
    asked = f"asked again {times} time{'s' if times != 1 else ''}"
    agreement = "how far what else the model says agrees with it"
    if answers.likelihood is None:
        return f"{agreement} ({asked})"
    return f"{agreement} ({asked}, {100 * WEIGHT_OF_AGREEMENT:.0f} % of the score) and {likelihood}"


def _method(used: Scored | None, final: Scored) -> str:
    if used is None:
        return "no calibration examples"
    repeated = len(np.unique(used.examples.groups)) < len(used.examples)
    test = "betting over groups" if repeated else "exact binomial"
    where = "out of fold" if final.folds is not None else "examples set apart"
    return f"Learn-then-Test, {test}, {where}; Platt scaling"
