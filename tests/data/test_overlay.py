"""Decisions laid over examples: applied to the right rows, to no others, and never to changed ones."""

from __future__ import annotations

from pathlib import Path

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.data import versions
from etude.data.overlay import Placed, row_hash
from etude.data.stored import Prepared
from etude.records.decision import Action, Decision, Field
from etude.records.task import Task

WORDS = ["card", "loan", "parcel", "door", "lamp", "vase", "fern", "moss", "kiln", "rope", "sail"]
ROWS = [(f"where is my {word} number {n}", "ab"[n % 2]) for n, word in enumerate(WORDS * 2)]


def built(
    root: Path,
    rows: list[tuple[str, str]] | None = None,
    decisions: list[Decision] | None = None,
    **task: object,
) -> Prepared:
    frame = pl.DataFrame(ROWS if rows is None else rows, schema=["text", "label"], orient="row")
    frame.write_csv(root / "rows.csv")
    given = {"task": "t", "kind": "classify", "data": {"examples": "rows.csv"}} | task
    placed = [Placed(one, line) for line, one in enumerate(decisions or [], 1)]
    return versions.build(Task.model_validate(given), root, decisions=placed)


def decided(
    made: Prepared, name: str, action: Action, value: str | None = None, field: Field | None = None
) -> Decision:
    row = made.frame.row(by_predicate=pl.col("id") == name, named=True)
    return Decision(
        row=name,
        finding="tried",
        action=action,
        of=row_hash(row["input"], row["target"], row["context"]),
        value=value,
        field=field,
        at="2026-01-01T00:00:00Z",
    )


def row(made: Prepared, name: str) -> dict[str, object]:
    return made.frame.row(by_predicate=pl.col("id") == name, named=True)


def test_drop_edit_and_relabel_change_their_rows_and_the_version(tmp_path: Path) -> None:
    before = built(tmp_path)
    a, b, c, d = before.frame["id"].head(4).to_list()
    other = "b" if row(before, c)["target"] == "a" else "a"
    after = built(
        tmp_path,
        decisions=[
            decided(before, a, "drop"),
            decided(before, b, "edit", "a new text altogether", "input"),
            decided(before, c, "relabel", other),
            decided(before, d, "keep"),
        ],
    )
    assert a not in after.frame["id"].to_list()
    assert row(after, b)["input"] == "a new text altogether"
    assert row(after, c)["target"] == other
    assert row(after, d) | {"group": 0, "fold": 0} == row(before, d) | {"group": 0, "fold": 0}
    assert len(after.frame) == len(before.frame) - 1
    assert after.version.id != before.version.id
    assert after.outcome.kept == {(d, "tried")}
    assert set(after.outcome.changed) == {b, c}
    assert (tmp_path / "rows.csv").read_text().count("\n") == len(ROWS) + 1
    (note,) = [one for one in after.version.findings if one.code == "decisions"]
    assert note.sentence.startswith("by your decisions: 1 example left out, 2 examples changed")


def test_later_decisions_see_what_earlier_ones_left(tmp_path: Path) -> None:
    plain = built(tmp_path)
    name = plain.frame["id"][0]
    first = decided(plain, name, "edit", "first words", "input")
    once = built(tmp_path, decisions=[first])
    second = decided(once, name, "edit", "second words", "input")
    twice = built(tmp_path, decisions=[first, second])
    assert row(twice, name)["input"] == "second words"
    # Without the first, the second was decided on another text.
    alone = built(tmp_path, decisions=[second])
    assert row(alone, name)["input"] == row(plain, name)["input"]
    assert [one.reason for one in alone.outcome.unapplied] == ["the row has changed since"]


def test_a_row_that_changed_or_went_is_listed_and_left_alone(tmp_path: Path) -> None:
    rows = [(text, label, f"n{at}") for at, (text, label) in enumerate(ROWS)]
    data = {"data": {"examples": "rows.csv", "id": "key"}}

    def made(rows: list[tuple[str, str, str]], decisions: list[Decision]) -> Prepared:
        frame = pl.DataFrame(rows, schema=["text", "label", "key"], orient="row")
        frame.write_csv(tmp_path / "rows.csv")
        task = Task.model_validate({"task": "t", "kind": "classify"} | data)
        placed = [Placed(one, line) for line, one in enumerate(decisions, 1)]
        return versions.build(task, tmp_path, decisions=placed)

    before = made(rows, [])
    decisions = [decided(before, "n3", "drop"), decided(before, "n4", "drop")]
    rows[3] = ("another text", *rows[3][1:])
    del rows[4]
    after = made(rows, decisions)
    assert "n3" in after.frame["id"].to_list()
    assert [(one.placed.line, one.reason) for one in after.outcome.unapplied] == [
        (1, "the row has changed since"),
        (2, "the row is no longer there"),
    ]
    (warning,) = [one for one in after.version.findings if one.code == "decisions_not_applied"]
    assert "lines 1, 2" in warning.sentence


def test_added_copies_that_move_the_numbers_move_no_decision(tmp_path: Path) -> None:
    rows = [*ROWS, ("one text", "b"), ("one text", "c")]
    before = built(tmp_path, rows)
    (name,) = before.frame.filter(pl.col("input") == "one text", pl.col("target") == "b")["id"]
    drop = decided(before, name, "drop")
    after = built(tmp_path, [("one text", "a"), *rows], [drop])
    kept = after.frame.filter(pl.col("input") == "one text")["target"].to_list()
    assert sorted(kept) == ["a", "c"]


def test_where_copies_went_away_the_first_stays(tmp_path: Path) -> None:
    rows = [*ROWS, ("one text", "b"), ("one text", "b"), ("one text", "b")]
    before = built(tmp_path, rows)
    copies = before.frame.filter(pl.col("input") == "one text")["id"].sort().to_list()
    drops = [decided(before, name, "drop") for name in copies[1:]]
    assert len(built(tmp_path, rows, drops).frame) == len(ROWS) + 1
    assert len(built(tmp_path, rows[:-2], drops).frame) == len(ROWS) + 1


def test_what_would_break_a_row_is_not_applied(tmp_path: Path) -> None:
    before = built(tmp_path)
    name = before.frame["id"][0]
    wrong = [
        decided(before, name, "relabel", "no such label"),
        decided(before, name, "edit", " \u200b ", "input"),
        decided(before, name, "edit", "x", "context"),
    ]
    after = built(tmp_path, decisions=wrong)
    assert len(after.outcome.unapplied) == 3
    assert row(after, name) == row(before, name)
    assert after.version.id == before.version.id


def test_records_must_keep_the_schema_and_are_written_compactly(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    rows = [(f"{word} {n}", f'{{"n":{n}}}') for n, word in enumerate(WORDS * 2)]
    task = {"kind": "extract", "schema": schema}
    before = built(tmp_path, rows, **task)
    a, b = before.frame["id"].head(2).to_list()
    after = built(
        tmp_path,
        rows,
        [
            decided(before, a, "edit", '{ "n": 77 }', "target"),
            decided(before, b, "edit", '{"n": "x"}', "target"),
        ],
        **task,
    )
    assert row(after, a)["target"] == '{"n":77}'
    assert "schema" in after.outcome.unapplied[0].reason


def test_what_checks_may_name_follows_the_input(tmp_path: Path) -> None:
    rows = [(f"{word} {n}", f"about {word}") for n, word in enumerate(WORDS * 2)]
    before = built(tmp_path, rows, kind="write")
    name = before.frame["id"][0]
    after = built(tmp_path, rows, [decided(before, name, "edit", "anew", "input")], kind="write")
    assert row(after, name)["cells"] == '{"text":"anew"}'


def test_a_row_keeps_its_fold_when_its_text_is_edited(tmp_path: Path) -> None:
    before = built(tmp_path)
    name = before.frame["id"][0]
    edit = decided(before, name, "edit", "wholly other words here", "input")
    task = Task.model_validate({"task": "t", "kind": "classify", "data": {"examples": "rows.csv"}})
    after = versions.build(task, tmp_path, before.assignments, decisions=[Placed(edit, 1)])
    assert row(after, name)["fold"] == row(before, name)["fold"]


@settings(deadline=None, derandomize=True, max_examples=20)
@given(chosen=st.sets(st.integers(0, len(ROWS) - 1), max_size=8), order=st.randoms())
def test_only_named_rows_change_whatever_the_order_of_lines(
    chosen: set[int], order: object, tmp_path_factory: object
) -> None:
    root = tmp_path_factory.mktemp("p")  # type: ignore[attr-defined]
    before = built(root)
    names = [before.frame["id"][at] for at in chosen]
    decisions = [decided(before, name, "edit", f"text for {name}", "input") for name in names]
    order.shuffle(decisions)  # type: ignore[attr-defined]
    after = built(root, decisions=decisions)
    for one in after.frame.iter_rows(named=True):
        was = row(before, one["id"])["input"]
        assert one["input"] == (f"text for {one['id']}" if one["id"] in names else was)
