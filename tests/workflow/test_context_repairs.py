"""Repairs of rows with a context: it stands inside the input and in a field of its own, so what is at
fault in it is found at the end of the input, or twice."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import etude
from etude.audit import registry as every_audit
from etude.data._laid import Rules
from etude.data.written import CONTEXT
from etude.project import CheckOptions
from etude.workflow import audit as running
from etude.workflow._parts import Parts, Place
from etude.workflow._repair import Row, Stamp, accepted

TASK = """\
task: replies
kind: write
instructions: Answer the question from what you may use.
checks: [{type: word-count, value: {max: 60}}]
data: {examples: rows.csv, input: question, target: reply, context: facts, id: key, rights: ours}
models: [some-model]
"""
KEY = "sk-proj-abcdEFGH1234ijklMNOP5678qrstUVWX"
FAULTY = {
    "private": (
        "Write to anna.berg@mail.example please",
        "Our desk is desk.team@shop.example on weekdays",
        "Done, anna.berg@mail.example has it",
    ),
    "secrets": ("How do I call it", f"Use the key {KEY} for now", "With the key that you have"),
    "encoding": ("Is the cafÃ© open", "The cafÃ© opens at nine, the bÃ¤ckerei at six", "At nine"),
}


class _Chosen:
    def names(self) -> list[str]:
        return sorted(FAULTY)

    def load(self, name: str) -> object:
        return every_audit.load(name)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(running, "registry", _Chosen())
    monkeypatch.setattr("etude.workflow._material.Reach.encoder", None)
    rows = [
        (f"r{n:02}", f"When does shop {n} open", f"Shop {n} opens at {n % 12}", f"At {n % 12}")
        for n in range(30)
    ]
    rows += [(name, *cells) for name, cells in FAULTY.items()]
    frame = pl.DataFrame(rows, schema=["key", "question", "facts", "reply"], orient="row")
    frame.write_csv(tmp_path / "rows.csv")
    (tmp_path / "etude.yaml").write_text(TASK, encoding="utf-8")
    return tmp_path


def read(folder: Path, name: str) -> tuple[str, str, str]:
    """Input without the context, context and target of a row, which must fit together."""
    result = etude.open(folder).check(CheckOptions(quick=True))
    frame = pl.read_parquet(result.folder / "examples.parquet")
    row = frame.row(by_predicate=pl.col("id") == name, named=True)
    assert row["input"].endswith(CONTEXT + row["context"])
    return row["input"].removesuffix(CONTEXT + row["context"]), row["context"], row["target"]


def test_what_is_found_in_a_context_is_mended_there_and_in_the_input(folder: Path) -> None:
    opened = etude.open(folder)
    codes = [one.item.code for one in opened.repairs().bulk]
    assert {"private_email", "garbled"} <= set(codes)
    fixed = opened.fix(codes)
    assert fixed.left == ()
    assert read(folder, "private") == (
        "Write to [EMAIL_1] please",
        "Our desk is [EMAIL_2] on weekdays",
        "Done, [EMAIL_1] has it",
    )
    asked, used, _ = read(folder, "secrets")
    assert asked == FAULTY["secrets"][0]
    assert KEY not in used
    assert used.startswith("Use the key [")
    assert read(folder, "encoding") == (
        "Is the café open",
        "The café opens at nine, the bäckerei at six",
        "At nine",
    )
    decisions = [json.loads(line) for line in (folder / "decisions.jsonl").read_text().splitlines()]
    assert [d["field"] for d in decisions if d["row"] == "private"] == [
        "context",
        "input",
        "target",
    ]
    assert not etude.open(folder).repairs().bulk
    # The exported table has the mended cells in their own columns.
    opened.export_examples(folder / "mended.csv")
    mended = pl.read_csv(folder / "mended.csv").row(by_predicate=pl.col("key") == "encoding")
    assert mended[1:3] == ("Is the café open", "The café opens at nine, the bäckerei at six")


def test_a_person_edits_the_context_or_the_words_before_it(folder: Path) -> None:
    review = etude.open(folder).to_review("garbled")
    case = review.case()
    assert case is not None
    assert review.fields(case) == ("input", "context", "target")
    assert review.proposed(case) == {
        "input": "Is the café open",
        "context": "The café opens at nine, the bäckerei at six",
    }
    assert review.text(case, "input") == FAULTY["encoding"][0]
    assert "without its input" in (review.decide(case, "edit", " ", "input") or "")
    assert review.decide(case, "edit", "Open at nine", "context") is None
    assert read(folder, "encoding")[:2] == (FAULTY["encoding"][0], "Open at nine")
    assert review.undo()
    assert review.decide(case, "edit", "Is it open", "input") is None
    assert read(folder, "encoding")[:2] == ("Is it open", FAULTY["encoding"][1])


def place(start: int | None, end: int | None, proposal: str, field: str = "input") -> Place:
    return Place(field, start, end, None, None, proposal, None)


def test_places_are_sorted_into_the_part_that_they_are_in() -> None:
    parts = Parts("a bad b", "c bad d")
    far = len(parts.own + CONTEXT)
    found = [place(2, 5, "x"), place(far + 2, far + 5, "y"), place(2, 5, "y", "context")]
    assert parts.placed(found) == [found[0], found[2]]
    assert parts.placed(found[:2]) == [found[0], place(2, 5, "y", "context")]
    whole = place(None, None, Parts("a b", parts.context).joined)
    assert parts.placed([whole]) == [place(0, len(parts.own), "a b")]
    across = place(5, far + 2, "z")
    assert parts.placed([across]) == [across]
    # A context may hold the words that stand before one.
    twice = Parts(f"q{CONTEXT}r", f"s{CONTEXT}t")
    (one,) = twice.placed([place(None, None, Parts(f"q{CONTEXT}r", f"s{CONTEXT}u").joined)])
    assert (one.field, one.proposal) == ("context", f"s{CONTEXT}u")


def test_repairs_one_after_the_other_and_one_that_can_not_be() -> None:
    parts = Parts("a bad b", "c bad d bad")
    cells = {"id": "r", "input": parts.joined, "target": "t", "context": parts.context}
    row = Row.of(cells | {"cells": None}, "write")
    rules, stamp, far = Rules("write"), Stamp("fix", "now"), len(parts.own + CONTEXT)
    first = [place(far + 2, far + 5, "much better")]
    assert len(accepted(row, "one", "replace", first, rules, stamp)) == 1
    second = [place(2, 5, "good"), place(far + 8, far + 11, "fine")]
    assert len(accepted(row, "two", "replace", second, rules, stamp)) == 2
    assert row.text("input") == f"a good b{CONTEXT}c much better d fine"
    # Half of a repair is none: the context stays, because the input can't follow.
    before = row.hash
    third = [place(0, 1, "Z", "context"), place(0, far + 1, "Z")]
    assert accepted(row, "three", "replace", third, rules, stamp) == (
        "another repair has changed the same words"
    )
    assert row.hash == before
    assert row.text("context") == "c much better d fine"
