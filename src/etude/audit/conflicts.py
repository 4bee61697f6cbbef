"""The same input with targets that can't both be right.

It knows inputs that ask for the same (``_copies.questions``): the same but for politeness, articles
and slips of the pen, and with more words changed where those say nothing of what
differs (``_copies.pairwise``); what only means the same is for ``same_meaning``. For
``classify`` another label is a conflict, for ``extract`` another value in a field; where answers are
written, several may be good, and only a contradiction counts (``_copies.contradictions``). Where one
target clearly leads, the others are said to be outvoted and it is proposed in their place.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import polars as pl

from etude.audit._base import EVERY, LABELLED, WRITTEN, Audit, Found, Material, count_of, found
from etude.audit._copies.contradictions import Said, asks, contradiction, words_of
from etude.audit._copies.near import copies_of
from etude.audit._copies.pairwise import clashes
from etude.audit._copies.questions import one_question
from etude.audit._copies.rows import plain, share, table
from etude.audit._json_text import json_of
from etude.records.dataset import Repair

_LEADS = 0.75
"""Share of a text's rows that a target needs to outvote the others."""
_FEWEST_LEADING = 3
_MOST_COMPARED = 8
"""Answers to one input that are compared with one another."""
_SHOWN = 60

_Hit = tuple[str, str, str, str | None, float]
_COLUMNS = ["id", "other", "evidence", "proposal", "score"]


class _Row(NamedTuple):
    """What is told of a row: plain values, because of a million rows there are thousands of clusters,
    and a frame for each costs a hundred times as much as the few rows in it."""

    cluster: int
    id: str
    input: str
    same: int
    answer: int
    target: str


def run(material: Material) -> Iterable[Found]:
    """Rows in conflict, the outvoted ones apart; and several good answers to one input."""
    if material.frame.is_empty():
        return
    rows = _clustered(material)
    clash = rows.filter(pl.col("answer").n_unique().over("cluster") > 1).sort("cluster", "at")
    if material.task.kind in WRITTEN:
        yield from _written(material, rows, clash)
        return
    outvoted, undecided = [], []
    for part in _parts(clash):
        leading = _leading(part)
        if leading is None:
            undecided += list(_against_each_other(part, material.task.kind))
        else:
            outvoted += list(_outvoted(part, leading, material.task.kind))
    if material.task.kind == "extract":
        told = {hit[0] for hit in (*undecided, *outvoted)}
        undecided += list(_unmoved(material, rows, told))
    yield from _told(material, undecided, outvoted)


def _clustered(material: Material) -> pl.DataFrame:
    """All rows with the number of the ``cluster`` of inputs that they are of."""
    copies = copies_of(material)
    rows = table(material, copies.forms).filter(~pl.col("stock"))
    cluster_T = copies.clusters(one_question(material, copies, rows))
    texts = pl.Series("cluster", cluster_T[rows["text"].to_numpy()])
    # Rows of one input with different contexts may rightly have different answers.
    return rows.with_columns(pl.struct(texts, "beside").rank("dense").alias("cluster"))


def _parts(clash: pl.DataFrame) -> Iterator[list[_Row]]:
    """The rows of one cluster after the other."""
    rows = map(_Row._make, clash.select(_Row._fields).iter_rows())
    for _, part in itertools.groupby(rows, key=lambda row: row.cluster):
        yield list(part)


def _leading(part: Sequence[_Row]) -> int | None:
    """The target that most of the rows have, where it clearly leads."""
    [(answer, count)] = Counter(row.answer for row in part).most_common(1)
    return answer if count >= _FEWEST_LEADING and count >= _LEADS * len(part) else None


def _against_each_other(part: Sequence[_Row], kind: str) -> Iterator[_Hit]:
    """Every row against the first that has another target, of the same input if there is one."""
    firsts: dict[tuple[int, int], _Row] = {}
    whole: dict[int, _Row] = {}
    for row in part:
        firsts.setdefault((row.same, row.answer), row)
        whole.setdefault(row.answer, row)
    by_input: dict[int, list[_Row]] = {}
    for row in firsts.values():
        by_input.setdefault(row.same, []).append(row)
    for row in part:
        exact = next((one for one in by_input[row.same] if one.answer != row.answer), None)
        other = exact or next(one for one in whole.values() if one.answer != row.answer)
        said = _differ(row.target, other.target, other.id, kind)
        yield row.id, other.id, said, None, 0.9 if exact is None else 1.0


def _outvoted(part: Sequence[_Row], leading: int, kind: str) -> Iterator[_Hit]:
    leaders = [row for row in part if row.answer == leading]
    first = leaders[0]
    for row in part:
        if row.answer != leading:
            said = _differ(row.target, first.target, first.id, kind)
            said += f" and {len(leaders) - 1:,} more like it"
            yield row.id, first.id, said, first.target, 1.0 if row.same == first.same else 0.9


def _differ(mine: str, theirs: str, other: str, kind: str) -> str:
    """What two targets differ in, in words."""
    if kind == "extract":
        fields = _fields(mine, theirs)
        if fields:
            return f"{', '.join(fields)} in {other}"
    return f"{_short(mine)} here, {_short(theirs)} in {other}"


def _fields(mine: str, theirs: str) -> list[str]:
    """``total: 12 here, 13`` for each field of two JSON objects that differs."""
    a, b = json_of(mine), json_of(theirs)
    if not isinstance(a, dict) or not isinstance(b, dict):
        return []
    names = [name for name in {**a, **b} if plain([a.get(name)]) != plain([b.get(name)])]
    return [f"{name}: {_value(a.get(name))} here, {_value(b.get(name))}" for name in names]


def _value(value: object) -> str:
    if value in (None, "", [], {}):
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return f'"{text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"}"'


def _unmoved(material: Material, rows: pl.DataFrame, told: set[str]) -> Iterator[_Hit]:
    """Rows of nearly one text, from both sides of each pair; not those ``told`` already."""
    for clash in clashes(material, copies_of(material), rows):
        one, mine, other, its, said = clash
        for name, target, against, its_target in ((one, mine, other, its), (other, its, one, mine)):
            if name not in told:
                words = f"{said}, in {against}" if said else ""
                words = words or _differ(target, its_target, against, "extract")
                yield name, against, words, None, 0.7 if said else 0.8


def _told(material: Material, undecided: list[_Hit], outvoted: list[_Hit]) -> Iterable[Found]:
    all_rows = len(material.frame)
    what = "label" if material.task.kind in LABELLED else "values"
    plural = "labels" if what == "label" else "values"
    if undecided:
        yield found(
            "conflicts",
            "conflicts",
            "warning",
            f"{share(len(undecided), all_rows)} have the same input as another (or one that differs "
            f"in nothing that matters) and other {plural}: no answer can be right for all of them",
            _frame(undecided),
            costs="the model learns to guess between them, and is marked wrong for a right answer",
            repair=Repair(apply="decide", sentence=f"decide on the {plural} of each text"),
            seconds_each=15,
        )
    if outvoted:
        count = len(outvoted)
        yield found(
            "conflicts",
            "outvoted",
            "warning",
            f"{share(count, all_rows)} {'has' if count == 1 else 'have'} other {plural} than most "
            "copies of the same input",
            _frame(outvoted),
            costs="the model is taught a slip, or marked wrong by one",
            repair=Repair(apply="relabel", sentence=f"give each the {what} of the other copies"),
            seconds_each=8,
        )


def _written(material: Material, rows: pl.DataFrame, clash: pl.DataFrame) -> Iterable[Found]:
    """Contradictions among written answers; the rest are several answers to one input."""
    hits: list[_Hit] = []
    answers = words_of(clash["target"])
    for part in _parts(clash):
        hits += _contradicting(part, answers, material.task.kind)
    hits += list(_unmoved(material, rows, {hit[0] for hit in hits}))
    if hits:
        unique = {hit[0]: hit for hit in reversed(hits)}
        yield found(
            "conflicts",
            "conflicts",
            "warning",
            f"{share(len(unique), len(material.frame))} have the same input as another (or nearly) and "
            "an answer that seems to contradict it",
            _frame(list(unique.values())),
            costs="the model learns to say now one thing, now the other",
            repair=Repair(apply="decide", sentence="decide which answer is true"),
            seconds_each=30,
        )
    exact = clash.filter(pl.col("answer").n_unique().over("same") > 1)
    several = exact.filter(~pl.col("id").is_in([hit[0] for hit in hits]))
    if several.is_empty():
        return
    yield found(
        "conflicts",
        "several_answers",
        "note",
        f"{share(len(several), len(material.frame))} have the same input as another and another "
        f"answer ({count_of(several['same'].n_unique(), 'text')}); all are learned from",
        several.select(
            "id",
            field=pl.lit("target"),
            evidence=pl.format("one of {} answers", pl.col("answer").n_unique().over("same")),
            other=pl.col("id").shift(-1).over("same").fill_null(pl.col("id").first().over("same")),
            score=pl.lit(0.5),
        ),
        costs="nothing where each is good; where one is better, the model learns the worse too",
        repair=Repair(
            apply="decide", sentence="see whether each is good, and leave out what is worse"
        ),
        seconds_each=10,
    )


def _contradicting(part: Sequence[_Row], answers: dict[str, Said], kind: str) -> Iterator[_Hit]:
    firsts: dict[int, _Row] = {}
    for row in part:
        firsts.setdefault(row.answer, row)
    distinct = list(firsts.values())[:_MOST_COMPARED]
    question = asks(distinct[0].input, kind)
    for one, other in itertools.combinations(distinct, 2):
        said = contradiction(answers[one.target], answers[other.target], question)
        if said is not None:
            score = 0.8 if one.same == other.same else 0.7
            yield one.id, other.id, f"{said}, in {other.id}", None, score
            yield other.id, one.id, f"{said}, here the second", None, score


def _frame(hits: list[_Hit]) -> pl.DataFrame:
    return pl.DataFrame(hits, schema=_COLUMNS, orient="row").with_columns(field=pl.lit("target"))


AUDIT = Audit("the same input with different targets", EVERY - {"image"}, "rows", run)
