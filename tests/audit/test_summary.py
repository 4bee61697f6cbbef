"""The grade by its rules, one list without doubles, and what is done first."""

from __future__ import annotations

import polars as pl
import pytest

from etude.audit._base import found
from etude.audit._summary import Word, summarise
from etude.records.dataset import Finding, Repair, Severity

DROP = Repair(apply="drop", sentence="leave them out")


def one(code: str, severity: Severity, rows: int, seconds: float = 5.0, first: int = 0):  # type: ignore[no-untyped-def]
    hits = pl.DataFrame({"id": [f"r{n}" for n in range(first, first + rows)]})
    return found(code, code, severity, code, hits, costs="much", repair=DROP, seconds_each=seconds)


@pytest.mark.parametrize(
    ("rows", "parts", "word"),
    [
        (1000, [], "good"),
        (1000, [("note", 1000)], "good"),
        (1000, [("warning", 19)], "good"),
        (1000, [("warning", 20)], "usable"),
        (1000, [("warning", 199)], "usable"),
        (1000, [("warning", 200)], "needs work"),
        (1000, [("error", 1)], "not ready"),
        (199, [], "usable"),
        (200, [], "good"),
        (49, [], "needs work"),
        (49, [("error", 1)], "not ready"),
    ],
)
def test_the_strictest_rule_decides(
    rows: int, parts: list[tuple[Severity, int]], word: Word
) -> None:
    items = [one(f"c{n}", severity, count) for n, (severity, count) in enumerate(parts)]
    made = summarise(rows, [], items, ran=[])
    assert made.grade.word == word
    assert made.grade.reasons


def test_rows_of_several_warnings_count_once() -> None:
    same = [one("a", "warning", 150), one("b", "warning", 150)]
    others = [one("a", "warning", 150), one("b", "warning", 150, first=150)]
    assert summarise(1000, [], same, ran=[]).grade.word == "usable"
    assert summarise(1000, [], others, ran=[]).grade.word == "needs work"


def test_a_warning_on_the_whole_set_is_told_with_its_name() -> None:
    whole = Finding(code="large_group", severity="warning", sentence="one group holds much")
    grade = summarise(1000, [whole], [], ran=[]).grade
    assert grade.word == "usable"
    assert "large_group" in grade.reasons[0]


def test_what_an_audit_tells_better_is_told_once() -> None:
    read = [
        Finding(code="duplicates", severity="warning", sentence="read", count=2, rows=("a", "b")),
        Finding(code="reading", severity="note", sentence="the file has a header"),
    ]
    audited = summarise(300, read, [one("duplicates", "warning", 1)], ran=["duplicates"])
    assert [item.finding.sentence for item in audited.items] == ["duplicates", read[1].sentence]
    silent = summarise(300, read, [], ran=["duplicates"])
    assert [item.code for item in silent.items] == ["reading"]
    not_run = summarise(300, read, [], ran=[])
    assert [item.code for item in not_run.items] == ["duplicates", "reading"]


def test_findings_of_one_sort_are_one_thing_to_do() -> None:
    read = [
        Finding(code="x", severity="warning", sentence="few", count=1, rows=("a",)),
        Finding(code="x", severity="warning", sentence="many", count=2, rows=("a", "b")),
    ]
    (item,) = summarise(300, read, [], ran=[]).items
    assert item.finding.sentence == "many; and 1 more of this sort"
    assert item.finding.rows == ("a", "b")


def test_rows_that_were_let_stand_do_not_count() -> None:
    kept = [("r0", "a"), ("r1", "a"), ("r2", "b")]
    made = summarise(300, [], [one("a", "warning", 2), one("b", "error", 3)], ran=[], kept=kept)
    (item,) = made.items
    assert (item.code, item.finding.count, item.kept, made.settled) == ("b", 2, 1, 1)
    assert item.finding.rows == ("r0", "r1")


def test_what_was_measured_to_buy_most_comes_first() -> None:
    items = [one("a", "error", 5), one("b", "warning", 5), one("c", "warning", 9)]
    points = {"b": (0.5, 2.0, 3.5), "c": (-1.0, 4.0, 9.0)}
    made = summarise(300, [], items, ran=[], points=points)
    assert [item.code for item in made.items] == ["b", "a", "c"]
    assert made.items[0].points == points["b"]


def test_at_most_ten_things_to_do() -> None:
    items = [one(f"c{n:02d}", "warning", n + 1) for n in range(14)]
    made = summarise(300, [], items, ran=[])
    assert len(made.to_do) == 10
    assert made.to_do[0].code == "c13"
