"""A model as the judge, as the page tells it: how far it agrees with people, and what it said."""

from __future__ import annotations

from dataclasses import dataclass

from etude.records.comparison import Comparison
from etude.records.judgement import Agreement, JudgeReport, PairsByModel
from etude.report import _figures as figures
from etude.report import _how_readers as came
from etude.report._behind import Behind
from etude.report._how import How
from etude.report.summary import titles

MOST_BY_PLACE = 0.02
"""Of the pairs that a model compared, the share in which it may have named the place in both orders
before that is said: it says as little of the answers there as where it could not be read, which is
borne up to the same share."""


@dataclass(frozen=True)
class AgreementRow:
    """One criterion's line: what both said, and kappa with its range."""

    name: str
    question: str
    same: str
    only_model: int
    only_person: int
    kappa: str
    how_same: How
    how_kappa: How


@dataclass(frozen=True)
class JudgedPairRow:
    """A way's answers beside the baseline's, by the model's word in both orders."""

    candidate: str
    against: str
    preferred: str
    said: str
    bias: str
    people: str
    how_preferred: How
    how_bias: How
    how_people: How


@dataclass(frozen=True)
class JudgedRow:
    """A way, and for each criterion the share of its answers that the judge said yes to."""

    name: str
    cells: tuple[tuple[str, How], ...]


@dataclass(frozen=True)
class JudgeView:
    """``standing``: whether it decides, in words. ``heads``: the criteria, a column each."""

    model: str
    standing: str
    rates: str
    how_rates: How | None
    agreements: tuple[AgreementRow, ...]
    heads: tuple[str, ...]
    rows: tuple[JudgedRow, ...]
    pairs: tuple[JudgedPairRow, ...] = ()


def judge(comparison: Comparison, behind: Behind | None = None) -> JudgeView | None:
    """What the page says of the judge; None where a comparison has none."""
    found = comparison.judge
    if found is None:
        return None
    return JudgeView(
        model=found.model,
        standing=_standing(found, comparison.metric == "judge"),
        rates=_rates(found),
        how_rates=came.of_rates(found) if _rates(found) else None,
        agreements=tuple(_agreement(found, one) for one in found.agreements if one.n),
        heads=tuple(found.criteria),
        rows=_rows(comparison, behind, found),
        pairs=tuple(_pair(comparison, behind, one) for one in found.pairs),
    )


def by_place(comparison: Comparison) -> str | None:
    """Where a model that compared answers went by their place too often, of the way where it did most;
    None where it did not."""
    found = comparison.judge
    worst = max(found.pairs if found else (), key=lambda one: one.bias, default=None)
    if found is None or worst is None or worst.bias <= MOST_BY_PLACE:
        return None
    called, place = titles(comparison), "first" if worst.first >= worst.second else "second"
    pairs = f"{worst.first + worst.second:,} of {worst.asked:,} pairs"
    return (
        f"{found.model}, which compared answers two at a time, named the place and not the answer in "
        f"{pairs} ({figures.percent(worst.bias, worst.asked)}, mostly the {place}) of "
        f"“{called.get(worst.candidate, worst.candidate)}”: these count as the same. By its pairs "
        "nothing is decided."
    )


def _pair(comparison: Comparison, behind: Behind | None, one: PairsByModel) -> JudgedPairRow:
    called = titles(comparison)
    n = one.better + one.same + one.worse
    range_ = figures.percent_range(one.low, one.high, n)
    unread = f", {one.unmeasured:,} not measured" if one.unmeasured else ""
    return JudgedPairRow(
        candidate=called.get(one.candidate, one.candidate),
        against=called.get(one.against, one.against),
        preferred=f"{figures.percent(one.value, n)} ({range_})" if n else figures.NOT_MEASURED,
        said=f"{one.better:,} / {one.same:,} / {one.worse:,}{unread}",
        bias=f"{figures.percent(one.bias, one.asked)} (first {one.first:,}, second {one.second:,})"
        if one.asked
        else figures.NOT_MEASURED,
        people=f"{one.agreed:,} of {one.people:,}" if one.people else "none compared",
        how_preferred=came.of_model_s_pairs(comparison, behind, one),
        how_bias=came.of_place(one),
        how_people=came.of_same_as_people(one),
    )


def _standing(found: JudgeReport, decides: bool) -> str:
    if not found.trusted:
        more = f" About {found.more_labels:,} answers more to label." if found.more_labels else ""
        return f"Only advisory: {found.why_not}.{more}"
    if decides:
        return (
            "It agrees with people well enough to decide; figures are put right for its mistakes."
        )
    return "It agrees with people well enough to decide; here another metric does."


def _rates(found: JudgeReport) -> str:
    if found.sensitivity is None or found.specificity is None:
        return ""
    n = max(one.n for one in found.agreements)
    said = [
        f"{figures.percent(middle, n)} ({figures.percent_range(low, high, n)})"
        for low, middle, high in (found.sensitivity, found.specificity)
    ]
    return (
        f"Of what people call good it passes {said[0]}; of what they call bad it stops {said[1]}."
    )


def _agreement(found: JudgeReport, one: Agreement) -> AgreementRow:
    kappa = "can't be said yet"
    if one.kappa is not None and one.low is not None and one.high is not None:
        kappa = f"{one.kappa:.2f} ({one.low:.2f} to {one.high:.2f})"
    return AgreementRow(
        name=one.criterion or "all criteria",
        question=found.criteria.get(one.criterion, "every question with yes"),
        same=f"{one.both_yes + one.both_no:,} of {one.n:,}",
        only_model=one.only_model,
        only_person=one.only_person,
        kappa=kappa,
        how_same=came.of_same(one),
        how_kappa=came.of_kappa(one),
    )


def _rows(
    comparison: Comparison, behind: Behind | None, found: JudgeReport
) -> tuple[JudgedRow, ...]:
    called = titles(comparison)
    cells = {(row.candidate, row.criterion): row for row in found.rows}
    names = dict.fromkeys(row.candidate for row in found.rows)
    table = []
    for name in names:
        line: list[tuple[str, How]] = []
        for criterion in found.criteria:
            row = cells[name, criterion]
            text = figures.percent(row.yes / row.n, row.n) if row.n else figures.NOT_MEASURED
            text = f"{text} ({row.unmeasured} not measured)" if row.unmeasured else text
            line.append((text, came.of_criterion(comparison, behind, row)))
        table.append(JudgedRow(called.get(name, name), tuple(line)))
    return tuple(table)
