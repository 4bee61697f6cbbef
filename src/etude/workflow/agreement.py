"""A model that judges beside people: what both said of the same answers, and whether that is enough.

``judged.parquet`` of a comparison has a row an answer: ``id``, ``candidate``, ``side``, ``input``,
``target``, ``output``, the hashes ``of`` and ``answer``, and for each criterion ``said|<name>`` (1 yes,
0 no, -1 not measured).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from etude.errors import DataError, StoreError, UsageError
from etude.records.comparison import Comparison
from etude.records.judgement import Agreement, Label
from etude.records.task import ModelJudge
from etude.statistics.agreement import YesNo, kappa, kappa_interval
from etude.statistics.misclassification import sensitivity, sharpness, specificity
from etude.workflow import keeping
from etude.workflow.judgements import text_hash
from etude.workflow.session import Session

TABLE = "judged.parquet"
ENOUGH = 100
"""Labelled answers from which on a model's agreement with people is believed."""
KAPPA = 0.6
"""What Landis & Koch (1977) call substantial agreement begins above it."""
MOST_UNMEASURED = 0.02
"""Share of a candidate's answers that a judge may fail on before its word decides nothing."""
ALL = ""
"""The name of all criteria together."""

Marks = Mapping[tuple[str, str, str], bool]
"""By row, answer and criterion (hashes, and the name): whether a person says yes."""
Triple = tuple[float, float, float]


def marks(labels: Iterable[Label], criteria: Mapping[str, str]) -> dict[tuple[str, str, str], bool]:
    """The labels that are about these questions; where there are several, the last."""
    asked = {name: text_hash(question) for name, question in criteria.items()}
    return {
        (one.of, one.answer, one.criterion): one.said == "yes"
        for one in labels
        if asked.get(one.criterion) == one.question
    }


@dataclass(frozen=True)
class Both:
    """One answer of which both have spoken by every criterion, or by some; by criterion, what the
    model says and what the person says."""

    row: Mapping[str, object]
    said: Mapping[str, tuple[bool, bool]]


def both(table: pl.DataFrame, given: Marks, criteria: Sequence[str]) -> list[Both]:
    """The answers that a person has labelled and the model has judged, each once."""
    found: dict[tuple[str, str], Both] = {}
    for row in table.iter_rows(named=True):
        key = (row["of"], row["answer"])
        said = {
            name: (row[f"said|{name}"] == 1, given[(*key, name)])
            for name in criteria
            if row[f"said|{name}"] >= 0 and (*key, name) in given
        }
        if said:
            found.setdefault(key, Both(row, said))
    return list(found.values())


def counts(pairs: Iterable[tuple[bool, bool]]) -> YesNo:
    """The four cells, the model first."""
    cells = list(pairs)
    return YesNo(
        both_yes=cells.count((True, True)),
        only_first=cells.count((True, False)),
        only_second=cells.count((False, True)),
        both_no=cells.count((False, False)),
    )


def of_all(found: Iterable[Both], criteria: Sequence[str]) -> YesNo:
    """All criteria together, on the answers of which both have spoken by every one."""
    whole = [one.said for one in found if len(one.said) == len(criteria)]
    return counts(
        (all(model for model, _ in said.values()), all(person for _, person in said.values()))
        for said in whole
    )


def agreements(found: Sequence[Both], criteria: Sequence[str]) -> tuple[Agreement, ...]:
    """All criteria together first, then each."""
    tables = {ALL: of_all(found, criteria)}
    if len(criteria) > 1:
        tables |= {
            name: counts(one.said[name] for one in found if name in one.said) for name in criteria
        }
    return tuple(_agreement(name, table) for name, table in tables.items())


def _agreement(name: str, table: YesNo) -> Agreement:
    point, interval = kappa(table), kappa_interval(table)
    return Agreement(
        criterion=name,
        both_yes=table.both_yes,
        only_model=table.only_first,
        only_person=table.only_second,
        both_no=table.both_no,
        kappa=None if math.isnan(point) else point,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
    )


@dataclass(frozen=True)
class Trust:
    """Whether a model's word may decide. ``why_not`` in words; "" where it may."""

    table: YesNo
    why_not: str
    more_labels: int

    @property
    def trusted(self) -> bool:
        """It may."""
        return not self.why_not

    @property
    def rates(self) -> tuple[Triple | None, Triple | None]:
        """Sensitivity and specificity: low, middle, high."""
        found = (sensitivity(self.table), specificity(self.table))
        hit, clear = ((one.low, one.point, one.high) if one else None for one in found)
        return hit, clear


def trust(table: YesNo, comparisons: int = 1) -> Trust:
    """Enough labels, enough agreement, and a judge that certainly tells good from bad.

    ``comparisons``: pairs of candidates whose differences are put right.
    """
    more = max(0, ENOUGH - table.n)
    if more:
        have = f"{table.n:,} answers" if table.n else "no answer"
        return Trust(table, f"people have labelled {have} of the {ENOUGH} that it takes", more)
    found, sharp = kappa(table), sharpness(table, comparisons=comparisons)
    if math.isnan(found) or sharp is None:
        one = "bad" if table.both_yes + table.only_second else "good"
        return Trust(table, f"none of the {table.n:,} labelled answers is {one}", ENOUGH)
    if found < KAPPA:
        # Where two decimals would hide the miss a third says it, rounded down.
        hidden = round(found, 2) >= KAPPA
        shown = f"{math.floor(1000 * found) / 1000:.3f}" if hidden else f"{found:.2f}"
        said = f"it agrees with people at a kappa of {shown}, and {KAPPA} is asked for"
        return Trust(table, said, 0)
    if sharp.low <= 0:
        return Trust(table, "the labelled answers are too much alike to tell how it errs", ENOUGH)
    return Trust(table, "", 0)


@dataclass(frozen=True)
class Newest:
    """The newest comparison that a model judged: its questions, and what it said of each answer."""

    judge: ModelJudge
    table: pl.DataFrame
    comparison: Comparison


def newest(session: Session) -> Newest:
    """What the task's judge said last.

    Raises:
        UsageError, DataError: the task has no judge, or it has not been asked these questions.
        StoreError: what it left can't be read.
    """
    judge = session.taskfile.task.judge
    if judge is None:
        raise UsageError(
            "the task has no judge",
            where="etude.yaml",
            expected='judge: {model: …, criteria: {polite: "Is the answer polite?"}}',
            hint="write one, then: etude compare",
        )
    comparison = keeping.latest(session)
    if comparison.judge is None or comparison.judge.criteria != judge.criteria:
        raise DataError(
            "the newest comparison was not judged by these questions",
            where="etude.yaml, judge",
            hint="etude compare",
        )
    path = session.store.run_folder(comparison.run) / TABLE
    try:
        return Newest(judge, pl.read_parquet(path), comparison)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StoreError(
            "what the judge said can't be read",
            where=str(path),
            expected="the file that etude compare wrote",
            hint="etude compare writes it again, from what is stored",
        ) from error
