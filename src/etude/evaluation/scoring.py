"""Finalists answer the held-out examples: scorecards, all pairs, and where each was kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.approaches._base import Choice
from etude.data.joined import join_answers
from etude.evaluation.apart import Apart
from etude.evaluation.expected import Expected, Shares
from etude.evaluation.finalists import Attempt, Field
from etude.evaluation.handover import handover
from etude.evaluation.labour import Left, labour, labour_pairs, left_to_people
from etude.evaluation.latency import Timing, latency_report
from etude.evaluation.pairs import compare_pairs, detectable
from etude.evaluation.parts import Layout
from etude.evaluation.scorecard import (
    Scored,
    calibration,
    check_rows,
    field_rows,
    measured,
    per_class,
    quality,
    secondary,
)
from etude.evaluation.stages import Fitted, Stages
from etude.evaluation.timed import timing
from etude.evaluation.turns.of_candidate import of_candidate, pool_of
from etude.evaluation.turns.turned import Turned
from etude.records.candidate import CandidateReport
from etude.records.labour import LabourPair
from etude.records.verdict import Detectable, Pair
from etude.statistics.crossfit import difference_factor


@dataclass(frozen=True)
class Card:
    """A scored finalist: its report so far, and what the workflow adds cost and gates from."""

    report: CandidateReport
    attempt: Attempt
    scored: Scored
    timing: Timing | None
    folder: Path
    """The candidate fitted in the first part."""
    choice: Choice
    turned: Turned | None = None
    """What its wrong answers share; None where only quality was asked for."""
    left: Left | None = None
    """What it leaves to people; None likewise."""


@dataclass(frozen=True)
class Scores:
    """All cards, lowest rung first, and their pairs on the task's metric and on right answers.

    ``handing_pairs``: of those that hand over what they are unsure of, or what holds a phrase.
    """

    cards: tuple[Card, ...]
    pairs: tuple[Pair, ...]
    right_pairs: tuple[Pair, ...]
    handing_pairs: tuple[LabourPair, ...] = ()


def expected_detectable(layout: Layout, finalists: int, apart: Apart) -> Detectable:
    """What the scored examples can show, said before they are opened.

    Args:
        layout: what will be scored.
        finalists: how many candidates will be compared with one another.
        apart: how far two of them are apart.
    """
    scored = layout.scored
    compared = max(2, finalists)
    return detectable(
        n=len(scored),
        comparisons=compared * (compared - 1) // 2,
        apart=apart,
        group_size=len(scored) / max(1, len(np.unique(scored.groups))),
        factor=difference_factor(layout.folds, len(scored)),
    )


def candidate_ids(stages: Stages, layout: Layout, field: Field) -> dict[str, str]:
    """Candidate name to its id, before anything is scored."""
    return {
        a.entrant.name: stages.keys.candidate_id(
            a.entrant, layout.parts[0], a.choices[0], a.seeds[0]
        )
        for a in field.finalists
    }


def score(
    stages: Stages,
    layout: Layout,
    field: Field,
    *,
    timed: bool = True,
    expected: Expected | None = None,
) -> Scores:
    """Fit each finalist in each part, answer what is scored, and compare all pairs.

    ``timed=False`` leaves latency unmeasured, wrong turns unlooked for and hand-over open, for studies
    of quality alone. ``expected``: how long
    each fit takes, for the time left.
    """
    fitted: list[tuple[Attempt, list[Fitted]]] = []
    shares = _shares(layout, field, expected or Expected())
    with stages.progress.step("scoring", shares.total, shares.unit) as step:
        for attempt in field.finalists:
            fits = []
            for part, choice, seed in zip(
                layout.parts, attempt.choices, attempt.seeds, strict=True
            ):
                keep = part.index == layout.parts[0].index
                fits.append(stages.fit(attempt.entrant, part, choice, seed, keep=keep))
                share = shares.of((attempt.entrant.name, part.index))
                step.advance(share, note=attempt.entrant.approach.plain_name)
            fitted.append((attempt, fits))
    ids = candidate_ids(stages, layout, field)
    cards = _cards(stages, layout, fitted, ids, timed)
    by_name = {card.report.name: card.scored for card in cards}
    bar = stages.task.bar
    counted = stages.judge.metric.key
    pairs = compare_pairs(by_name, counted, bar.margin)
    right = stages.judge.right.key
    same = counted == right
    on_right = pairs if same else compare_pairs(by_name, right, bar.margin)
    left = [card.left for card in cards if card.left is not None]
    handing = labour_pairs(left, layout.scored.groups, layout.folds)
    return Scores(cards, pairs, on_right, handing)


def _shares(layout: Layout, field: Field, expected: Expected) -> Shares[tuple[str, int]]:
    """Of the finalists: others were expected to be fitted too."""
    pieces = [(a.entrant.name, part.index) for a in field.finalists for part in layout.parts]
    seconds = {key: expected.fitting[key] for key in pieces if key in expected.fitting}
    return Shares(seconds, len(pieces), "fits")


def _cards(
    stages: Stages,
    layout: Layout,
    fitted: Sequence[tuple[Attempt, list[Fitted]]],
    ids: dict[str, str],
    timed: bool,
) -> tuple[Card, ...]:
    cards = []
    inputs = layout.parts[0].scored.inputs
    pool = pool_of(stages.judge, layout)
    with stages.progress.step("timing", total=len(fitted), unit="candidates") as step:
        for attempt, fits in fitted:
            answers = join_answers([fit.answers for fit in fits])
            entrant = attempt.entrant
            taken = timing(stages, entrant, fits[0], inputs, answers) if timed else None
            scored = Scored(layout.scored, answers, stages.judge, layout.folds)
            choice = attempt.choices[0]
            turned = of_candidate(layout, scored, choice, pool) if timed else None
            report = _report(stages, attempt, fits, scored, taken, ids[attempt.entrant.name])
            if turned is not None:
                report = report.model_copy(update={"wrong_turns": turned.record})
            left = None
            if timed:
                found = handover(scored, _apart(stages, layout, fits[0]))
                left = left_to_people(report.name, scored, found)
                minutes = labour(left, scored, stages.task.economics)
                report = report.model_copy(update={"handover": found, "labour": minutes})
            cards.append(Card(report, attempt, scored, taken, fits[0].folder, choice, turned, left))
            step.advance(1, note=attempt.entrant.approach.plain_name)
    return tuple(cards)


def _apart(stages: Stages, layout: Layout, fit: Fitted) -> Scored | None:
    """The calibration examples with their answers, where any were set apart."""
    examples = layout.parts[0].calibration
    if examples is None or fit.calibration is None:
        return None
    return Scored(examples, fit.calibration, stages.judge, None)


def _report(
    stages: Stages,
    attempt: Attempt,
    fits: Sequence[Fitted],
    scored: Scored,
    timing: Timing | None,
    candidate_id: str,
) -> CandidateReport:
    primary = stages.judge.metric.key
    rows, confused = per_class(scored)
    trust = calibration(scored)
    notes = dict.fromkeys(note for choice in attempt.choices for note in choice.notes)
    return unscored_report(attempt).model_copy(
        update={
            "finalist": True,
            "quality": quality(scored, primary),
            "secondary": {key: quality(scored, key) for key in secondary(scored)},
            "per_class": rows,
            "confusion": confused,
            "checks": check_rows(scored),
            "measures": measured(scored),
            "fields": field_rows(scored),
            "tokens_in": _mean(scored.answers.tokens_in),
            "tokens_out": _mean(scored.answers.tokens_out),
            "invalid": scored.invalid,
            "failures": sum(failure is not None for failure in scored.answers.failures),
            "brier": trust.brier,
            "ece": trust.ece,
            "reliability": trust.bins,
            "spread": _spread(stages, attempt, fits, scored),
            "spread_over": _spread_over(attempt, fits),
            "fit_seconds": attempt.seconds / len(fits) + float(np.mean([f.seconds for f in fits])),
            "latency": latency_report(timing),
            **_flips(timing),
            "candidate_id": candidate_id,
            "notes": tuple(notes),
        }
    )


def _flips(timing: Timing | None) -> dict[str, Any]:
    """The report's fields on answers that changed when the same was asked again."""
    if timing is None or timing.flips is None:
        return {}
    flips = timing.flips
    return {
        "flip_rate": flips.rate,
        "flip_items": flips.items,
        "flip_askings": flips.askings,
    }


def unscored_report(attempt: Attempt) -> CandidateReport:
    """What is known of an entrant from dev alone."""
    approach = attempt.entrant.approach
    return CandidateReport(
        name=attempt.entrant.name,
        rung=approach.key,
        plain_name=approach.plain_name,
        model=attempt.entrant.model.name,
        order=approach.order,
        trained=approach.seeded,
        finalist=False,
        settings=attempt.choices[0].settings,
        dev_value=attempt.dev_value,
        dev_n=attempt.dev_n,
        quality=None,
        trials=attempt.trials,
    )


def _spread(
    stages: Stages, attempt: Attempt, fits: Sequence[Fitted], scored: Scored
) -> tuple[float, ...]:
    if len(fits) == 1:
        return attempt.seed_values
    values, start = [], 0
    for fit in fits:
        end = start + len(fit.answers)
        part = scored.examples.take(range(start, end))
        values.append(stages.judge.value(part, fit.answers.outputs, fit.answers.passages))
        start = end
    return tuple(values)


def _mean(tokens_N: NDArray[np.int64]) -> float | None:
    return float(tokens_N.mean()) if len(tokens_N) else None


def _spread_over(attempt: Attempt, fits: Sequence[Fitted]) -> str:
    if len(fits) > 1:
        return "folds"
    return "seeds" if attempt.seed_values else ""
