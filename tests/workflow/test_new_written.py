"""``new`` for tasks that write: the kind, the columns, a schema, and checks that examples pass."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.checks import compile_checks, run_checks
from etude.checks._base import Subject
from etude.contracts.schema import SchemaContract, contract_problems
from etude.data import versions
from etude.errors import DataError, UsageError
from etude.workflow._guess_checks import starter_checks
from etude.workflow._guess_schema import schema_of
from etude.workflow.ideals import about_ideals
from etude.workflow.new import NewAnswers, look, new
from tests.workflow._writing import COUNT, row

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def written(folder: Path, kind: str) -> Path:
    rows = [{"id": f"r{n}", **row(kind, n)} for n in range(COUNT)]
    path = folder / "in.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize(
    ("kind", "inputs", "target"),
    [
        ("write", ("name", "colour", "age"), "text"),
        ("rewrite", ("draft",), "text"),
        ("extract", ("mail",), "record"),
        ("chat", ("messages",), "reply"),
    ],
)
def test_a_task_that_writes_is_guessed_and_validates(
    tmp_path: Path, kind: str, inputs: tuple[str, ...], target: str
) -> None:
    # Texts of a few words under a column called "text" are said to be what is written.
    asked = NewAnswers(target=target) if kind == "write" else None
    made = new(
        tmp_path / "p",
        kind="write" if kind == "write" else None,
        source=written(tmp_path, kind),
        answers=asked,
    )
    task = made.task_file.task
    assert (task.kind, made.guess.inputs, made.guess.target) == (kind, inputs, target)
    assert made.guess.id == "id"
    prepared = versions.build(task, made.folder)
    assert prepared.version.rows == COUNT
    ideals, wrong = about_ideals(task, prepared.frame, made.folder)
    assert ideals is not None
    assert ideals.passing == COUNT
    assert wrong == ()
    assert bool(task.checks) == (kind != "extract")
    assert bool(task.output_schema) == (kind == "extract")


def test_the_schema_has_lists_of_values_nulls_and_needs() -> None:
    values = [
        {"size": ["s", "m", None][n % 3], "n": n, "share": n / 4, "lines": [{"of": f"thing {n}"}]}
        | ({"note": "x"} if n else {})
        for n in range(30)
    ]
    schema = schema_of(values)
    assert contract_problems(schema) == []
    fields = schema["properties"]
    assert fields["size"] == {"enum": ["m", "s", None]} or fields["size"] == {
        "enum": ["s", "m", None]
    }
    assert fields["n"] == {"type": "integer"}
    assert fields["share"] == {"type": "number"}
    assert fields["lines"]["items"]["properties"] == {"of": {"type": "string"}}
    assert schema["required"] == ["size", "n", "share", "lines"]
    assert schema["additionalProperties"] is False


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.text(min_size=1, max_size=3)


@given(st.lists(st.dictionaries(NAMES, JSON, min_size=1, max_size=3), min_size=1, max_size=8))
@settings(deadline=None, derandomize=True, max_examples=60)
def test_every_value_keeps_to_the_schema_guessed_from_it(values: list[dict[str, object]]) -> None:
    contract = SchemaContract(schema_of(values))
    for value in values:
        assert contract.parse(json.dumps(value))[1] == ()


@given(st.lists(st.tuples(st.text(max_size=30), st.text(min_size=1, max_size=40)), min_size=1))
@settings(deadline=None, derandomize=True, max_examples=60)
def test_every_ideal_answer_passes_the_starter_checks(pairs: list[tuple[str, str]]) -> None:
    subjects = [Subject(text, cell, text, {"cell": cell}) for cell, text in pairs]
    checks = starter_checks(subjects, ["cell"])
    table = run_checks(compile_checks(checks, None, ["cell"]), subjects)
    assert (table.passed_NC != 0).all()


def test_what_all_answers_share_becomes_checks() -> None:
    subjects = [
        Subject(
            f"Title: {name}\nAges: {age}\nA book of {n} pages for you.\nYours, the library",
            f"{name} {n} {age}",
            "",
            {"title": name, "ages": age, "pages": str(n)},
        )
        for n, (name, age) in enumerate([("Old Sea", "6-8"), ("New Hill", "7-9")] * 5)
    ]
    found = {c["type"]: c.get("value") for c in starter_checks(subjects, ["title", "ages"])}
    assert found["sections"] == ["Title:", "Ages:"]
    assert found["copies"] == ["title", "ages"]
    assert found["ends-with"] == "Yours, the library"
    assert found["line-count"] == 4
    assert found["word-count"] == {"max": 20}
    assert "no-new-numbers" in found


@pytest.mark.parametrize(
    ("file", "kind", "target"),
    [
        ("librarian/data/books.csv", "write", "recommendation"),
        ("brand-voice/data/drafts.csv", "rewrite", "text"),
        ("order-extract/data/orders.jsonl", "extract", "order"),
        ("support-triage/data/messages.csv", "classify", "category"),
    ],
)
def test_the_example_projects_are_guessed(file: str, kind: str, target: str) -> None:
    found = look(EXAMPLES / file)
    assert (found.kind, found.target) == (kind, target)


def test_a_kind_that_the_file_has_no_answers_for_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="ideal answers of kind 'extract'"):
        look(written(tmp_path, "rewrite"), kind="extract")
    with pytest.raises(UsageError, match="no example rows of this kind"):
        look(None, kind="write")


def test_conversations_are_found_by_their_shape(tmp_path: Path) -> None:
    talks = [
        {
            "messages": [
                {"role": "user", "content": f"Where is order {n}?"},
                {"role": "assistant", "content": f"Order {n} comes on Monday, take care"},
            ]
        }
        for n in range(30)
    ]
    path = tmp_path / "talks.jsonl"
    path.write_text("\n".join(map(json.dumps, talks)), encoding="utf-8")
    made = new(tmp_path / "p", source=path)
    task = made.task_file.task
    assert (task.kind, task.data.input, task.data.target) == ("chat", None, None)
    prepared = versions.build(task, made.folder)
    assert prepared.version.rows == 30
    ideals, wrong = about_ideals(task, prepared.frame, made.folder)
    assert ideals is not None
    assert (ideals.passing, wrong) == (30, ())
