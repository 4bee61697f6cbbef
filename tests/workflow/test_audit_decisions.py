"""Decisions in a file: two processes, damage, repairs in bulk, a walk with a script for a person."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import etude
from etude.errors import UnknownName, UsageError
from etude.project import CheckOptions, Project
from etude.workflow import decisions
from tests._children import Child

from ._audits import BAD, project, rows, write
from ._audits import audits as audits

QUICK = CheckOptions(quick=True)


def opened(folder: Path) -> Project:
    return etude.open(folder)


@pytest.fixture(autouse=True)
def _no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etude.workflow._material.Reach.encoder", None)


def codes(folder: Path) -> dict[str, int]:
    items = opened(folder).check(QUICK).summary.items
    return {item.code: item.finding.count for item in items if item.finding.audit}


def frame(folder: Path) -> pl.DataFrame:
    version = opened(folder).check(QUICK)
    return pl.read_parquet(version.folder / "examples.parquet")


def text(folder: Path, name: str) -> str:
    return str(frame(folder).row(by_predicate=pl.col("id") == name, named=True)["input"])


def test_repairs_are_listed_with_examples(tmp_path: Path, audits: list[str]) -> None:
    repairs = opened(project(tmp_path)).repairs()
    listed = {one.item.code: one for one in repairs.bulk}
    assert {code: one.rows for code, one in listed.items()} == {
        "junk": 2,
        "typos": 2,
        "wrong_labels": 1,
        "spaces": 1,
    }
    assert listed["typos"].samples[0].before == "teh"
    assert listed["typos"].samples[0].after == "the"
    assert listed["junk"].samples[0].after is None
    assert not (tmp_path / "decisions.jsonl").exists()


def test_what_is_accepted_is_applied_and_can_be_taken_back(
    tmp_path: Path, audits: list[str]
) -> None:
    folder = project(tmp_path)
    source = (folder / "rows.csv").read_bytes()
    before = opened(folder).check(QUICK).version
    fixed = opened(folder).fix(["typos", "junk", "wrong_labels", "spaces"])
    assert dict(fixed.rows) == {"typos": 2, "junk": 2, "wrong_labels": 1, "spaces": 1}
    assert codes(folder) == {"typos": 1}
    # Two repairs of one text, the second after the first has moved what follows.
    assert text(folder, "b2") == "my the kettle"
    assert text(folder, "b1") == "where is the lamp for teh hall"  # one place was found
    after = opened(folder).check(QUICK).version
    assert after.id != before.id
    assert after.rows == before.rows - 2
    assert (folder / "rows.csv").read_bytes() == source
    assert opened(folder).undo_fix("junk").rows == 2
    assert codes(folder)["junk"] == 2
    for code in ("spaces", "typos", "wrong_labels"):
        opened(folder).undo_fix(code)
    assert opened(folder).check(QUICK).version.id == before.id


def test_taking_back_the_first_of_two_lists_the_second(tmp_path: Path, audits: list[str]) -> None:
    folder = project(tmp_path)
    opened(folder).fix(["typos", "spaces"])
    opened(folder).undo_fix("typos")
    version = opened(folder).check(QUICK).version
    assert [one.code for one in version.findings if "decisions" in one.code] == [
        "decisions_not_applied"
    ]
    assert opened(folder).tidy_decisions() == 1
    assert codes(folder)["spaces"] == 1


def test_names_that_nothing_is_called(tmp_path: Path, audits: list[str]) -> None:
    folder = project(tmp_path)
    with pytest.raises(UnknownName) as wrong:
        opened(folder).fix(["typo"])
    assert wrong.value.hint == "did you mean typos?"
    with pytest.raises(UnknownName):
        opened(folder).undo_fix("typos")
    with pytest.raises(UnknownName):
        opened(folder).to_review("junkk")
    few = project(tmp_path / "few", count=10)
    for call in (
        lambda: opened(few).fix(["few_examples"]),
        lambda: opened(few).to_review("few_examples"),
    ):
        with pytest.raises(UsageError):
            call()


def test_decisions_stay_when_data_are_added(tmp_path: Path, audits: list[str]) -> None:
    folder = project(tmp_path)
    opened(folder).fix(["junk"])
    write(folder, [("n0", "junk three", "post"), *reversed(BAD), *rows(80)])
    assert codes(folder)["junk"] == 1
    kept = {"b3", "b4"} & set(frame(folder)["id"])
    assert kept == set()


def test_a_damaged_line_is_named_and_the_rest_kept(tmp_path: Path, audits: list[str]) -> None:
    folder = project(tmp_path)
    opened(folder).fix(["junk"])
    path = folder / "decisions.jsonl"
    path.write_text('{"row": "b1"\n' + path.read_text() + '{"row":"b1","action":"fly"}\n')
    version = opened(folder).check(QUICK).version
    (damaged,) = [one for one in version.findings if one.code == "decisions_damaged"]
    assert "lines 1, 4 of decisions.jsonl" in damaged.sentence
    assert version.rows == 63
    opened(folder).undo_fix("junk")
    assert path.read_text().splitlines() == ['{"row": "b1"', '{"row":"b1","action":"fly"}']


SCRIPT = """
import sys
from pathlib import Path
from etude.records.decision import Decision
from etude.workflow import decisions
from etude.workflow.session import open_session
session = open_session(Path(sys.argv[1]))
for n in range(20):
    made = Decision(row=f"{sys.argv[2]}{n}", finding="x", action="keep", of="0", at="now")
    decisions.add(session, [made])
"""


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    folder = project(tmp_path)
    running = [Child(SCRIPT, folder, name) for name in "ab"]
    assert [one.wait(timeout=120) for one in running] == [0, 0]
    found = decisions.read(folder)
    assert not found.damaged
    assert sorted(p.decision.row for p in found.placed) == sorted(
        f"{name}{n}" for name in "ab" for n in range(20)
    )


def test_a_walk_goes_on_where_it_stopped(tmp_path: Path, audits: list[str]) -> None:
    folder = project(tmp_path)
    review = opened(folder).to_review()
    assert [(item.code, name) for item, name, _ in review.queue] == [
        ("junk", "b3"),
        ("junk", "b4"),
        ("typos", "b1"),
        ("typos", "b2"),
        ("wrong_labels", "b5"),
    ]
    case = review.case()
    assert case is not None
    assert case.id == "b3"
    assert review.proposed(case) == {}
    assert review.accept(case) is None
    case = review.case()
    assert case is not None
    assert review.decide(case, "keep") is None
    again = opened(folder).to_review()
    assert [name for _, name, _ in again.queue] == ["b1", "b2", "b5"]
    lines = [json.loads(line) for line in (folder / "decisions.jsonl").read_text().splitlines()]
    assert [(one["row"], one["action"]) for one in lines] == [("b3", "drop"), ("b4", "keep")]
    # What was let stand is no finding any more; where the row changes, it is one again.
    assert "junk" not in codes(folder)
    write(folder, [*rows(60), *BAD[:3], ("b4", "junk in new words", "post"), BAD[4]])
    assert codes(folder)["junk"] == 1


def test_undo_goes_back_as_far_as_one_likes(tmp_path: Path, audits: list[str]) -> None:
    folder = project(tmp_path)
    review = opened(folder).to_review()
    for action in ("drop", "keep"):
        case = review.case()
        assert case is not None
        review.decide(case, action)  # type: ignore[arg-type]
    assert review.undo()
    assert review.undo()
    assert not review.undo()
    case = review.case()
    assert case is not None
    assert case.number == 1
    assert (folder / "decisions.jsonl").read_text() == ""


def test_wrong_decisions_are_refused_with_the_reason(tmp_path: Path, audits: list[str]) -> None:
    review = opened(project(tmp_path)).to_review("wrong_labels")
    case = review.case()
    assert case is not None
    assert "not one of the labels" in (review.decide(case, "relabel", "moon") or "")
    assert "without its input" in (review.decide(case, "edit", " ", "input") or "")
    assert review.decided == 0
    assert review.decide(case, "relabel", "post") is None
    assert review.case() is None


def test_held_out_rows_are_shown_to_nobody_unasked(tmp_path: Path, audits: list[str]) -> None:
    folder = project(tmp_path)
    path = folder / "etude.yaml"
    pl.DataFrame(
        [("h1", "teh held row", "post"), *rows(60)[:20]], ["key", "text", "label"], orient="row"
    ).write_csv(folder / "held.csv")
    write(folder, [*rows(60)[20:], *BAD])
    path.write_text(path.read_text().replace("rows.csv", "rows.csv, holdout: held.csv"))
    review = opened(folder).to_review("typos")
    assert review.aside == 1
    assert "h1" not in [name for _, name, _ in review.queue]
    result = opened(folder).check(QUICK)
    assert result.page is not None
    assert "teh held row" not in result.page.read_text()
    assert "kept aside for the verdict, so not shown" in result.page.read_text()
    shown = etude.open(folder).to_review("typos", show_holdout=True)
    assert shown.aside == 0
    assert result.version.holdout_id is not None
    looks = shown.session.store.looks(result.version.holdout_id)
    assert [look.reason for look in looks] == ["rows shown to a person"]


def test_the_examples_are_written_to_a_new_file(tmp_path: Path, audits: list[str]) -> None:
    folder = project(tmp_path / "p")
    opened(folder).fix(["typos", "junk", "wrong_labels"])
    target = tmp_path / "mended.csv"
    written = opened(folder).export_examples(target)
    assert (written.rows, written.dropped, written.changed) == (63, 2, 3)
    made = pl.read_csv(target)
    assert made.columns == ["key", "text", "label"]
    by_key = {row["key"]: row for row in made.to_dicts()}
    assert by_key["b2"]["text"] == "my the  kettle"
    assert by_key["b5"]["label"] == "post"
    assert "b3" not in by_key
    with pytest.raises(UsageError, match="there already"):
        opened(folder).export_examples(target)
    opened(folder).export_examples(target, replace=True)
    for taken in (folder / "rows.csv",):
        with pytest.raises(UsageError, match="never changed"):
            opened(folder).export_examples(taken, replace=True)
