"""When a candidate hands over, in words: for the pages and the terminal."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.handover import FieldSureness, Handover
from etude.report import _figures as figures
from etude.report.charts.coverage import coverage

FEW = 30
"""Answers from which on a field's figures say something."""


@dataclass(frozen=True)
class FieldView:
    """How well it is known of a field whether it is right. ``few``: of under ``FEW`` answers."""

    name: str
    right: str
    surer: str
    off: str
    few: bool


@dataclass(frozen=True)
class HandoverView:
    """A candidate's curve, and what it means; ``again`` is what asking again bought, "" where nothing
    was; ``exact`` is how it was found, ``caption`` what is drawn."""

    sentence: str
    again: str
    exact: str
    chart: Markup | None
    caption: str
    points: tuple[tuple[str, str, str, str], ...]
    fields: tuple[FieldView, ...] = ()


def of_best(comparison: Comparison) -> str | None:
    """What the recommended candidate can do by itself, or where none is good enough the best, which
    may yet answer a part; None where nobody asked."""
    scored = [(c.quality.value, c.name) for c in comparison.candidates if c.quality is not None]
    best = max(scored)[1] if scored else None
    name = comparison.verdict.recommended or best
    found = comparison.candidate(name).handover if name else None
    return None if found is None or found.precision_asked is None else sentence(found)


def sentence(found: Handover) -> str:
    """How much it answers by itself, and how often that is right; or why it can't be said."""
    if found.precision_asked is None:
        return (
            "Nobody asked how often its own answers must be right; hand_over in the bar of etude.yaml "
            "does."
        )
    asked = _share(found.precision_asked)
    if found.threshold is None or found.coverage is None:
        unsaid = f"It can't be said yet when its answers are {asked} right"
        if found.stated:
            return f"{unsaid}, so a person looks at all of them: {found.reason}."
        return (
            f"{unsaid}: {found.reason}. They go out all the same; with hand_over in the bar of "
            "etude.yaml a person looks at all of them until it can."
        )
    sure = f" ({_share(found.confidence)} sure)"
    reach, share = found.coverage, _share(found.coverage.value)
    if reach.value == 1:
        return f"It can answer everything by itself with at least {asked} right{sure}."
    if reach.value == 0:
        return f"None of its answers is sure enough for {asked} right; all go to a person."
    spread = f"{_share(reach.low)} to {_share(reach.high)}"
    return (
        f"It can answer {share} ({spread}) of what comes in by itself with at least {asked} "
        f"right{sure}; the rest goes to a person."
    )


def _caption(found: Handover) -> str:
    """Only what is on the chart."""
    said = (
        "Further left it answers fewer, the surest ones. The band is the range that the true share is "
        "likely in (95 %), point by point"
    )
    if found.precision_asked is not None:
        said += "; dashed: what is asked"
    if found.coverage is not None and found.precision is not None:
        said += "; diamond: where it hands over"
    return f"{said}."


def view(c: CandidateReport) -> HandoverView | None:
    """What a candidate's section shows; None where none of its answers has a confidence."""
    found = c.handover
    if found is None:
        return None
    return HandoverView(
        sentence(found),
        _again(found),
        _exact(found),
        coverage(found) if found.curve else None,
        _caption(found),
        tuple(
            (
                _share(one.sure),
                _share(one.coverage),
                _share(one.precision),
                f"{_share(one.low)} to {_share(one.high)}",
            )
            for one in found.curve
        ),
        tuple(map(_field, found.fields)),
    )


def _field(one: FieldSureness) -> FieldView:
    surer = figures.NOT_MEASURED if one.auroc is None else f"{_share(one.auroc)} of pairs"
    if one.auroc is None and one.right in (0, 1):
        surer = "never wrong here" if one.right else "never right here"
    off = figures.NOT_MEASURED if one.ece is None else figures.points(one.ece, 0, signed=False)
    return FieldView(one.name, _share(one.right), surer, off, 0 < one.n < FEW)


def _again(found: Handover) -> str:
    """What asking again bought, in pairs of a right and a wrong answer."""
    if not found.ask_again or found.auroc is None:
        return ""
    times = figures.counted(found.ask_again, "more time")
    before = "" if found.auroc_once is None else f", and {_share(found.auroc_once)} without that"
    return (
        f"Every text is asked {times} to see how far the model agrees with itself: of a right and a "
        f"wrong answer, the right one is the surer in {_share(found.auroc)} of pairs{before}."
    )


def _exact(found: Handover) -> str:
    """One line of figures for who asks for them."""
    said = [found.method, f"ranked by {found.score}"]
    said.append(f"n = {found.n:,} in {figures.counted(found.groups, 'independent group')}")
    if found.threshold is not None:
        sure = "" if found.sure is None else f", {_share(found.sure)} sure"
        said.append(
            f"score at least {found.threshold:.4f}{sure}, confidence {_share(found.confidence)}"
        )
    if found.precision is not None:
        p = found.precision
        said.append(f"precision {_share(p.value)} ({_share(p.low)} to {_share(p.high)})")
    once = found.auroc_once
    for name, value in (
        ("AUROC", found.auroc),
        ("AUROC of the likelihood alone", once),
        ("AURC", found.aurc),
        ("ECE", found.ece),
    ):
        if value is not None:
            said.append(f"{name} {value:.3f}")
    return "; ".join(said)


def _share(value: float) -> str:
    """Per cent, with a decimal near the whole, where one matters."""
    return figures.percent(value, 1000 if 0.95 < value < 1 and round(value * 100, 1) % 1 else 0)
