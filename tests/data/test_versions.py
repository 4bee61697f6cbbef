"""A version from files to rows with sides: its name, its findings, its folder."""

from __future__ import annotations

import csv
import random
import time
from pathlib import Path

import pytest

from etude.data import stored, versions
from etude.data.stored import Prepared
from etude.errors import DataError
from etude.records.dataset import Finding
from etude.records.task import Split

from ._make import put, rows_of, sentence, task_of


def build(
    folder: Path,
    rows: list[dict[str, str]],
    previous: object = None,
    strict: bool = False,
    **task: object,
) -> Prepared:
    put(folder / "data.csv", rows)
    return versions.build(
        task_of(**task),
        folder,
        previous,
        strict=strict,  # type: ignore[arg-type]
    )


def finding(prepared: Prepared, code: str) -> Finding | None:
    return next((f for f in prepared.version.findings if f.code == code), None)


def test_the_same_contents_have_the_same_name(tmp_path: Path) -> None:
    rows = rows_of(60)
    one = build(tmp_path, rows)
    random.Random(0).shuffle(rows)
    other = build(tmp_path, rows)
    assert one.version.id == other.version.id
    assert one.frame.drop("line").equals(other.frame.drop("line"))
    changed = [{**rows[0], "label": "label9"}, {**rows[1], "label": "label9"}, *rows[2:]]
    assert build(tmp_path, changed).version.id != one.version.id


def test_a_name_tells_where_a_cell_ends(tmp_path: Path) -> None:
    rows = [{"key": f"k{i}", **row} for i, row in enumerate(rows_of(30))]
    one = build(tmp_path, [{**rows[0], "text": "helloworld", "label": "x"}, *rows[1:]], id="key")
    other = build(tmp_path, [{**rows[0], "text": "hello", "label": "worldx"}, *rows[1:]], id="key")
    assert one.version.id != other.version.id


def test_cross_fitting_covers_every_example_once(tmp_path: Path) -> None:
    made = build(tmp_path, rows_of(120))
    version = made.version
    assert (version.scheme, version.folds, version.sizes) == ("cross_fitting", 5, {"all": 120})
    assert version.holdout_id is None
    scored: list[str] = []
    for index in range(version.folds):
        rest, fold = made.fold(index)
        assert not set(rest.ids) & set(fold.ids)
        assert len(rest) + len(fold) == 120
        scored += fold.ids
    assert sorted(scored) == sorted(made.everything().ids)
    assert len(made.train()) == len(made.holdout()) == 0
    with pytest.raises(IndexError):
        made.fold(5)


def test_a_written_split_is_kept(tmp_path: Path) -> None:
    made = build(tmp_path, rows_of(200), split=Split(dev=0.1, holdout=0.3))
    sizes = made.version.sizes
    assert abs(sizes["holdout"] - 60) <= 2
    assert abs(sizes["dev"] - 20) <= 2
    assert len(made.train()) == sizes["train"]
    assert len(made.everything()) == sizes["train"] + sizes["dev"]
    assert made.version.holdout_id


def test_growth_through_the_stored_table(tmp_path: Path) -> None:
    rows = rows_of(300)
    folder = tmp_path / "version"
    folder.mkdir()
    first = build(tmp_path, rows, split=Split())
    stored.write(first, folder)
    second = build(tmp_path, rows + rows_of(200, seed=1), folder / stored.SPLITS, split=Split())
    held = set(first.holdout().ids)
    assert held < set(second.holdout().ids)
    assert not held & set(second.everything().ids)
    assert first.version.holdout_id != second.version.holdout_id
    assert stored.held_out(folder) == (first.version.holdout_id, frozenset(held))
    (folder / stored.MANIFEST).write_text("{}", encoding="utf-8")
    assert stored.held_out(folder) is None
    again = build(tmp_path, rows, folder / stored.SPLITS, split=Split())
    assert again.version.id == first.version.id
    with pytest.raises(DataError, match="kept aside"):
        build(tmp_path, rows, folder / "gone.parquet")


def test_a_holdout_file_and_its_copies(tmp_path: Path) -> None:
    rows, held = rows_of(80), rows_of(30, seed=9)
    held += [{"text": f" {rows[3]['text'].upper()}!", "label": rows[3]["label"]}]
    put(tmp_path / "test.csv", held)
    made = build(tmp_path, rows, holdout="test.csv")
    assert made.version.sizes["holdout"] == 31
    assert made.version.left_out == 1
    found = finding(made, "copies_of_holdout")
    assert found is not None
    assert found.count == 1
    assert "left out of training" in found.sentence
    assert [source.rows for source in made.version.sources] == [80, 31]
    texts = {text.casefold() for text in made.everything().inputs}
    assert rows[3]["text"] not in texts
    with pytest.raises(DataError, match="left out of training"):
        build(tmp_path, rows, strict=True, holdout="test.csv")


@pytest.mark.parametrize(
    "task",
    [
        {"holdout": "test.csv"},
        {"holdout": "test.csv", "group": "customer"},
        {"split": Split()},
        {},
        {"split": Split(), "group": "customer"},
        {"group": "customer"},
    ],
)
def test_building_again_on_its_own_table_changes_nothing(
    tmp_path: Path, task: dict[str, object]
) -> None:
    rows, held = rows_of(240, group_of=3), rows_of(30, seed=9, group_of=3)
    rows += [dict(row) for row in rows[:12]]
    for i in range(20, 26):  # copies of held-out texts among the training rows, and near ones
        held.append({**rows[i], "text": rows[i]["text"].upper(), "customer": f"h{i}"})
        held.append({**rows[i + 20], "text": rows[i + 20]["text"] + " x", "customer": f"h{i}"})
    put(tmp_path / "test.csv", held)
    first = build(tmp_path, rows, **task)
    second = build(tmp_path, rows, first.assignments, **task)
    third = build(tmp_path, rows, second.assignments, **task)
    assert first.version.left_out == second.version.left_out
    assert first.version.id == second.version.id == third.version.id
    assert second.assignments.equals(first.assignments)
    assert third.assignments.equals(second.assignments)


def test_the_holdout_keeps_its_name_while_training_changes(tmp_path: Path) -> None:
    put(tmp_path / "test.csv", rows_of(30, seed=9))
    one = build(tmp_path, rows_of(80), holdout="test.csv").version
    other = build(tmp_path, rows_of(90, seed=2), holdout="test.csv").version
    assert one.holdout_id == other.holdout_id
    assert one.id != other.id


def test_findings_say_what_is_wrong_with_counts(tmp_path: Path) -> None:
    rows = rows_of(40, labels=2)
    rows += [{"text": "the very same question", "label": x} for x in ("label0", "label1")]
    rows += [{"text": "only one of these", "label": "lonely"}, {"text": "", "label": "label0"}]
    rows += [{"text": sentence(random.Random(i)), "label": "seldom"} for i in (91, 92)]
    made = build(
        tmp_path,
        rows,
        labels=["label0", "label1", "lonely", "seldom", "unused"],
    )
    codes = {f.code: f for f in made.version.findings}
    assert {
        "duplicates",
        "conflicts",
        "single_example_label",
        "rare_label",
        "rejected_rows",
        "label_without_examples",
        "few_examples",
        "rights",
        "never_scored",
    } == set(codes)
    assert "'unused' has no example" in codes["label_without_examples"].sentence
    assert "'lonely'" in codes["single_example_label"].sentence
    assert codes["conflicts"].count == 2
    assert len(codes["conflicts"].rows) == 2
    assert "the input is empty" in codes["rejected_rows"].sentence
    assert made.version.labels == {
        "label0": made.version.labels["label0"],
        "label1": made.version.labels["label1"],
        "lonely": 1,
        "seldom": 2,
        "unused": 0,
    }
    assert made.labels == ("label0", "label1", "lonely", "seldom", "unused")


def test_a_good_file_has_nothing_to_say(tmp_path: Path) -> None:
    assert build(tmp_path, rows_of(200), rights="ours").version.findings == ()


def test_labels_in_the_holdout_only_and_in_training_only(tmp_path: Path) -> None:
    put(tmp_path / "test.csv", [*rows_of(20, 2, 5), {"text": "a strange one", "label": "odd"}])
    rows = rows_of(60, labels=3)
    made = build(tmp_path, rows, holdout="test.csv")
    only = finding(made, "holdout_only_label")
    unmeasured = finding(made, "unmeasured_label")
    assert only is not None
    assert "'odd'" in only.sentence
    assert unmeasured is not None
    assert "'label2'" in unmeasured.sentence


def test_one_label_many_labels_and_copies_alone_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing to choose between"):
        build(tmp_path, rows_of(50, labels=1))
    with pytest.raises(DataError, match="different labels") as caught:
        build(tmp_path, [{**row, "label": f"l{i}"} for i, row in enumerate(rows_of(50))])
    assert "'label'" in str(caught.value.hint)
    same = [{"text": f"help me{'!' * (i % 4)}", "label": f"l{i % 2}"} for i in range(300)]
    with pytest.raises(DataError, match="300 examples, but only 1 that"):
        build(tmp_path, same)


def test_strict_stops_at_the_first_reject(tmp_path: Path) -> None:
    rows = [*rows_of(50), {"text": "", "label": "label0"}]
    assert build(tmp_path, rows).version.rejected == 1
    with pytest.raises(DataError, match="the input is empty") as caught:
        build(tmp_path, rows, strict=True)
    assert caught.value.where == "data.csv, line 52"


def test_a_version_comes_back_from_its_folder(tmp_path: Path) -> None:
    rows = [*rows_of(60, group_of=3), {"text": "", "label": "x", "customer": '=1+1, "a"\nb'}]
    rows += [{"text": "fine", "label": "\n", "customer": "c"}]
    made = build(tmp_path, rows, group="customer")
    folder = tmp_path / "version"
    folder.mkdir()
    stored.write(made, folder)
    assert {path.name for path in folder.iterdir()} == {
        "examples.parquet",
        "splits.parquet",
        "rejects.csv",
        "manifest.json",
    }
    back = stored.read(folder)
    assert back.version == made.version
    assert back.frame.equals(made.frame)
    assert back.assignments.equals(made.assignments)
    assert back.rejects == made.rejects
    with (folder / "rejects.csv").open(newline="") as file:
        assert [row["line"] for row in csv.DictReader(file)] == ["62", "64"]
    (folder / "manifest.json").unlink()
    with pytest.raises(DataError, match="missing or damaged"):
        stored.read(folder)


def test_groups_of_customers_stay_whole(tmp_path: Path) -> None:
    made = build(tmp_path, rows_of(300, group_of=4), group="customer")
    assert made.version.groups == 75
    assert made.frame.group_by("group").len()["len"].to_list() == [4] * 75
    for index in range(5):
        rest, fold = made.fold(index)
        assert not set(rest.groups.tolist()) & set(fold.groups.tolist())


def test_kinds_without_labels_are_split_too(tmp_path: Path) -> None:
    rows = [{"prompt": row["text"], "output": f"{row['text']} indeed"} for row in rows_of(50)]
    made = build(tmp_path, rows, kind="write")
    assert made.version.labels == {}
    assert made.version.columns == {"input": "prompt", "target": "output"}
    assert len(made.fold(0)[1]) == 10


def test_twenty_thousand_rows_are_cheap(tmp_path: Path) -> None:
    put(tmp_path / "data.csv", rows_of(20_000, labels=50))
    began = time.process_time()
    versions.build(task_of(), tmp_path)
    assert time.process_time() - began < 10
