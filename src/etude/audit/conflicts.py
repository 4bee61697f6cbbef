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
from collections.abc import Iterable, Iterator

import polars as pl

from etude.audit._base import EVERY, LABELLED, WRITTEN, Audit, Found, Material, count_of, found
from etude.audit._copies.contradictions import asks, contradiction
from etude.audit._copies.near import copies_of
from etude.audit._copies.pairwise import clashes
from etude.audit._copies.questions import one_question
from etude.audit._copies.rows import plain, share, table
from etude.data.conversations import cells
from etude.records.dataset import Repair

_LEADS = 0.75
"""Share of a text's rows that a target needs to outvote the others."""
_FEWEST_LEADING = 3
_MOST_COMPARED = 8
"""Answers to one input that are compared with one another."""
_SHOWN = 60

_Hit = tuple[str, str, str, str | None, float]
_COLUMNS = ["id", "other", "evidence", "proposal", "score"]


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
    for _, part in clash.group_by("cluster", maintain_order=True):
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


def _leading(part: pl.DataFrame) -> int | None:
    """The target that most of the rows have, where it clearly leads."""
    first = part["answer"].value_counts(sort=True).row(0)
    answer, count = int(first[0]), int(first[1])
    return answer if count >= _FEWEST_LEADING and count >= _LEADS * len(part) else None


def _against_each_other(part: pl.DataFrame, kind: str) -> Iterator[_Hit]:
    """Every row against the first that has another target, of the same input if there is one."""
    rows = list(part.select("id", "same", "answer", "target").iter_rows())
    firsts: dict[tuple[int, int], tuple[str, str]] = {}
    whole: dict[int, tuple[str, str]] = {}
    for name, same, answer, target in rows:
        firsts.setdefault((same, answer), (name, target))
        whole.setdefault(answer, (name, target))
    by_input: dict[int, list[int]] = {}
    for same, answer in firsts:
        by_input.setdefault(same, []).append(answer)
    for name, same, answer, target in rows:
        exact = next((one for one in by_input[same] if one != answer), None)
        if exact is not None:
            other, its = firsts[same, exact]
        else:
            other, its = next(one for found, one in whole.items() if found != answer)
        score = 1.0 if exact is not None else 0.9
        yield name, other, _differ(target, its, other, kind), None, score


def _outvoted(part: pl.DataFrame, leading: int, kind: str) -> Iterator[_Hit]:
    first = part.filter(pl.col("answer") == leading).row(0, named=True)
    count = int((part["answer"] == leading).sum())
    for name, same, target in (
        part.filter(pl.col("answer") != leading).select("id", "same", "target").iter_rows()
    ):
        said = (
            f"{_differ(target, first['target'], first['id'], kind)} and {count - 1:,} more like it"
        )
        yield name, first["id"], said, first["target"], 1.0 if same == first["same"] else 0.9


def _differ(mine: str, theirs: str, other: str, kind: str) -> str:
    """What two targets differ in, in words."""
    if kind == "extract":
        fields = _fields(mine, theirs)
        if fields:
            return f"{', '.join(fields)} in {other}"
    return f"{_short(mine)} here, {_short(theirs)} in {other}"


def _fields(mine: str, theirs: str) -> list[str]:
    """``total: 12 here, 13`` for each field of two JSON objects that differs."""
    try:
        a, b = json.loads(mine), json.loads(theirs)
    except (ValueError, RecursionError):
        return []
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
    for _, part in clash.group_by("cluster", maintain_order=True):
        hits += _contradicting(part, material.task.kind)
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
    )


def _contradicting(part: pl.DataFrame, kind: str) -> Iterator[_Hit]:
    distinct = part.unique("answer", keep="first", maintain_order=True).head(_MOST_COMPARED)
    text = distinct["input"][0]
    question = asks(cells(text)["last_user"] if kind == "chat" else text)
    pairs = itertools.combinations(distinct.select("id", "target", "same").iter_rows(), 2)
    for (one, mine, same), (other, theirs, its) in pairs:
        said = contradiction(mine, theirs, question=question)
        if said is not None:
            score = 0.8 if same == its else 0.7
            yield one, other, f"{said}, in {other}", None, score
            yield other, one, f"{said}, here the second", None, score


def _frame(hits: list[_Hit]) -> pl.DataFrame:
    return pl.DataFrame(hits, schema=_COLUMNS, orient="row").with_columns(field=pl.lit("target"))


AUDIT = Audit("the same input with different targets", EVERY - {"image"}, "rows", run)
