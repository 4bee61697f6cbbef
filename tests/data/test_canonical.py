"""Canonical rows: columns found or named, labels spelled, rows named and rejected."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from etude.data._history import ASSIGNMENTS
from etude.data.canonical import Canonical, canonicalise
from etude.data.columns import find_roles
from etude.data.labels import spell
from etude.data.sources import read_table
from etude.data.text import normal_form, short_hash
from etude.errors import DataError
from etude.records.task import Data

from ._make import put, rows_of, task_of


def canonical(folder: Path, rows: list[dict[str, str]], **task: object) -> Canonical:
    table = read_table(put(folder / "data.csv", rows))
    return canonicalise(table, task_of(**task))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("columns", "inputs", "target"),
    [
        (("text", "label"), ("text",), "label"),
        (("Message", "Category", "date"), ("Message",), "Category"),
        (("id", "question", "intent"), ("question",), "intent"),
        (("subject", "body", "label"), ("subject", "body"), "label"),
        (("complaint", "category"), ("complaint",), "category"),
        (("text", "team"), ("text",), "team"),
        (("input", "target"), ("input",), "target"),
        (("utterance", "class", "text"), ("text",), "class"),
    ],
)
def test_usual_columns_are_found(
    columns: tuple[str, ...], inputs: tuple[str, ...], target: str
) -> None:
    roles = find_roles(columns, Data(examples="x"), "x.csv")
    assert (roles.input, roles.target) == (inputs, target)


def test_named_columns_come_first() -> None:
    data = Data(examples="x", input="a", target="b", id="c", group="d", context="e")
    roles = find_roles((*"abcdef", "text", "label"), data, "x.csv")
    assert roles.described() == {
        "input": "a",
        "target": "b",
        "id": "c",
        "group": "d",
        "context": "e",
    }
    assert roles.used == set("abcde")


def test_missing_columns_are_all_named_with_the_nearest() -> None:
    data = Data(examples="x", input="mesage", target="lable", group="customer")
    with pytest.raises(DataError) as caught:
        find_roles(("message", "label", "when"), data, "x.csv")
    words = str(caught.value)
    assert "'mesage', 'lable', 'customer'" in words
    assert "message, label, when" in words
    assert "did you mean 'message' for 'mesage'?" in words


@pytest.mark.parametrize(
    ("labelled", "where"), [(True, "under `data` in etude.yaml"), (False, "in this file")]
)
def test_a_file_beside_the_examples_has_to_fit_them(labelled: bool, where: str) -> None:
    with pytest.raises(DataError) as caught:
        find_roles(("colour",), Data(examples="x", input="text"), "log.csv", labelled=labelled)
    assert where in str(caught.value)


@pytest.mark.parametrize(
    ("columns", "role"),
    [
        (("eins", "zwei", "label"), "input"),
        (("text", "eins", "zwei"), "target"),
        (("txet", "lable", "zwei"), "target"),
    ],
)
def test_what_is_not_found_is_said_in_plain_words(columns: tuple[str, ...], role: str) -> None:
    with pytest.raises(DataError, match=f"the {role} ") as caught:
        find_roles(columns, Data(examples="x"), "x.csv")
    assert ", ".join(columns) in str(caught.value.expected)
    assert f"{role}: " in str(caught.value.hint)


def test_columns_joined_and_templates(tmp_path: Path) -> None:
    rows = [
        {"subject": "Card", "body": "Where is it?", "label": "a"},
        {"subject": "", "body": "Lost", "label": "a"},
        {"subject": "", "body": "", "label": "b"},
    ]
    joined = canonical(tmp_path, rows)
    assert sorted(joined.frame["input"]) == ["body: Lost", "subject: Card\nbody: Where is it?"]
    assert joined.columns["input"] == "subject + body"
    filled = canonical(tmp_path, rows, input="Re {{subject}}: {{ body }}")
    assert sorted(filled.frame["input"]) == ["Re : Lost", "Re Card: Where is it?"]
    assert [r.reason for r in filled.rejects] == ["the input is empty"]


def test_rejects_name_line_reason_and_nearest_label(tmp_path: Path) -> None:
    rows = [
        {"text": "one", "label": "refund"},
        {"text": "", "label": "refund"},
        {"text": "three", "label": " "},
        {"text": "four", "label": "refunds"},
        {"text": "five", "label": "weather"},
        {"text": "six", "label": "REFUND"},
        {"text": "seven", "label": "lost card"},
    ]
    made = canonical(tmp_path, rows, labels=["refund", "lost_card"])
    assert [(r.line, r.reason) for r in made.rejects] == [
        (3, "the input is empty"),
        (4, "the target is empty"),
        (5, "'refunds' is not one of the labels; the nearest is 'refund'"),
        (6, "'weather' is not one of the labels"),
    ]
    by_input = dict(made.frame.select("input", "target").iter_rows())
    assert by_input == {"one": "refund", "six": "refund", "seven": "lost_card"}
    assert [f.code for f in made.findings] == ["label_spelling"] * 2
    assert made.labels == ("refund", "lost_card")


def test_labels_from_the_data_take_the_commonest_spelling() -> None:
    spelling = spell({"Refund": 2, "refund ": 1, "refund": 5, "other": 1}, None)
    assert spelling.labels == ("other", "refund")
    assert spelling.changed == {"Refund": "refund", "refund ": "refund"}


def test_labels_that_differ_by_more_than_spacing_stay_apart() -> None:
    assert spell({"-1": 1, "1-2": 1}, ["1", "12"]).of == {}
    assert spell({"AB": 1}, ["ab", "Ab"]).of == {}
    assert spell({"AB": 1, "ab": 1}, ["ab", "Ab"]).of == {"ab": "ab"}


def test_ids_are_hashes_and_repeats_are_numbered_by_content(tmp_path: Path) -> None:
    rows = [
        {"text": "Hello  there", "label": "b"},
        {"text": "hello there", "label": "a"},
        {"text": "hello there", "label": "a"},
        {"text": "bye", "label": "a"},
    ]
    name = short_hash(normal_form("hello there"))
    forward, backward = canonical(tmp_path, rows), canonical(tmp_path, rows[::-1])
    assert set(forward.frame["id"]) == {name, f"{name}-2", f"{name}-3", short_hash("bye")}
    content = ["id", "input", "target"]
    assert forward.frame.select(content).equals(backward.frame.select(content))


def test_an_id_column_with_repeats_loses_no_row(tmp_path: Path) -> None:
    rows = [
        {"key": k, "text": f"text {i}", "label": "a"}
        for i, k in enumerate(["1", "1", "1-2", "", "4"])
    ]
    made = canonical(tmp_path, rows, id="key")
    assert len(set(made.frame["id"])) == 5
    assert {"1", "1-2", "1-3", "4", short_hash("text 3")} == set(made.frame["id"])
    assert [(f.code, f.count) for f in made.findings] == [("duplicate_ids", 1)]


def test_ids_that_start_again_in_the_holdout_file_are_no_finding(tmp_path: Path) -> None:
    rows = [{"key": str(i), "text": f"text {i}", "label": "a"} for i in range(3)]
    held = [{"key": str(i), "text": f"held {i}", "label": "a"} for i in range(3)]
    made = canonicalise(
        read_table(put(tmp_path / "a.csv", rows)),
        task_of(id="key"),
        read_table(put(tmp_path / "b.csv", held)),
    )
    assert made.findings == ()
    ids = dict(made.frame.select("input", "id").iter_rows())
    assert (ids["text 1"], ids["held 1"]) == ("1", "1-2")


def test_order_does_not_matter_and_other_columns_are_kept(tmp_path: Path) -> None:
    rows = [{**row, "note": f"n{i}"} for i, row in enumerate(rows_of(40))]
    one = canonical(tmp_path, rows)
    random.Random(1).shuffle(rows)
    other = canonical(tmp_path, rows)
    assert one.frame.drop("line").equals(other.frame.drop("line"))
    assert one.frame.filter(one.frame["meta"] == '{"note":"n7"}').height == 1


def test_inputs_without_targets_for_other_uses(tmp_path: Path) -> None:
    table = read_table(put(tmp_path / "data.csv", [{"text": "a"}, {"text": "b"}]))
    made = canonicalise(table, task_of(), labelled=False)
    assert made.frame["target"].to_list() == ["", ""]
    assert made.labels == ()
    with pytest.raises(DataError, match="target"):
        canonicalise(table, task_of())


def test_nothing_usable_is_an_error_with_the_reasons(tmp_path: Path) -> None:
    rows = [{"text": "one", "label": "x"}, {"text": "two", "label": ""}]
    with pytest.raises(DataError, match="no row can be used") as caught:
        canonical(tmp_path, rows, labels=["a", "b"])
    assert "'x' is not one of the labels" in str(caught.value)
    assert "line 2" in str(caught.value.where)


def test_the_assignments_table_has_documented_columns() -> None:
    assert list(ASSIGNMENTS) == ["id", "hash", "group_key", "side", "fold"]
