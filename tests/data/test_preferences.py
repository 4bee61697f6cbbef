"""Preferences: every shape to pairs or singles in the task's own input form, or listed with why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from etude.data.conversations import Turn, as_input, held_forms
from etude.data.preferences import Pair, Preferences, Single, read_preferences
from etude.data.versions import build
from etude.errors import DataError
from etude.taskfile import read as read_task

from ._make import put, task_of

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/brand-voice"
Row = Mapping[str, Any]


def said(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def preferences(
    folder: Path,
    rows: Sequence[Any],
    kind: str = "write",
    described: str | None = None,
    held: Sequence[str] = (),
    schema: Any = None,
    **data: Any,
) -> Preferences:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "p.jsonl").write_text(text, encoding="utf-8")
    task = task_of(kind=kind, preferences="p.jsonl", **data)
    task = task.model_copy(update={"output_schema": schema})
    return read_preferences(task, folder, described, held_forms(held, task.kind))


ASK, GOOD, BAD = said("user", "Hi"), said("assistant", "Hello!"), said("assistant", "What.")
SHAPES: dict[str, Row] = {
    "texts": {"prompt": "Hi", "chosen": "Hello!", "rejected": "What."},
    "messages": {"prompt": [ASK], "chosen": [GOOD], "rejected": [BAD]},
    "prompt_beside_whole_conversations": {
        "prompt": "Hi",
        "chosen": [ASK, GOOD],
        "rejected": [ASK, BAD],
    },
    "implicit": {"chosen": [ASK, GOOD], "rejected": [ASK, BAD]},
    "openai": {
        "input": {"messages": [ASK], "tools": []},
        "preferred_output": [GOOD],
        "non_preferred_output": [BAD],
    },
    "own_column": {"note": "Hi", "chosen": "Hello!", "rejected": [BAD]},
    "singles": {"prompt": "Hi", "completion": "Hello!", "label": True},
    "single_messages": {"prompt": [ASK], "completion": [GOOD], "label": True},
    "own_single": {"note": "Hi", "completion": "Hello!", "label": "1"},
}


@pytest.mark.parametrize("name", sorted(SHAPES))
@pytest.mark.parametrize("kind", ["chat", "write"])
def test_every_shape_comes_through(name: str, kind: str, tmp_path: Path) -> None:
    own = {"input": "note"} if name.startswith("own") else {}
    made = preferences(tmp_path, [SHAPES[name]], kind, **own)
    asked = as_input([Turn("user", "Hi")]) if kind == "chat" and not own else "Hi"
    if "single" in name:
        assert made.singles == (Single(1, asked, "Hello!", True),)
    else:
        assert made.pairs == (Pair(1, asked, "Hello!", "What."),)
    assert (len(made), made.rejects) == (1, ())


def test_an_input_of_several_columns_has_the_form_of_the_examples() -> None:
    task = read_task(EXAMPLE / "etude.yaml").task
    inputs = set(build(task, EXAMPLE).everything().inputs)
    made = read_preferences(task, EXAMPLE)
    assert len(made.pairs) > 300
    assert {pair.input for pair in made.pairs} <= inputs
    assert made.rejects == ()


def test_columns_that_the_examples_found_by_themselves(tmp_path: Path) -> None:
    row = {"subject": "Lamp", "body": "Red?", "chosen": "Yes.", "rejected": "No."}
    made = preferences(tmp_path, [row], described="subject + body")
    assert made.pairs[0].input == "subject: Lamp\nbody: Red?"
    shaped = {"input": "Red?", "chosen": "Yes.", "rejected": "No."}
    assert preferences(tmp_path, [shaped], described="input").pairs[0].input == "Red?"


def test_instructions_that_all_share_are_left_out_with_a_notice(tmp_path: Path) -> None:
    rows = [
        {"prompt": [said("system", "S"), said("user", f"Hi {i}")], "chosen": "a", "rejected": "b"}
        for i in range(3)
    ]
    made = preferences(tmp_path, rows)
    assert [pair.input for pair in made.pairs] == ["Hi 0", "Hi 1", "Hi 2"]
    assert "the same instructions" in made.notices[0]
    rows[0]["prompt"][0]["content"] = "T"
    assert preferences(tmp_path, rows).pairs[0].input == "T\n\nHi 0"


FAULTS: list[tuple[Row, str]] = [
    ({"prompt": "Hi", "chosen": "a"}, "no worse answer beside the better one"),
    ({"prompt": "Hi", "chosen": " ", "rejected": "b"}, "`chosen` is empty"),
    ({"chosen": "a", "rejected": "b"}, "there is no `prompt`"),
    ({"prompt": "Hi", "chosen": "same", "rejected": "same "}, "both answers are the same"),
    ({"prompt": [said("usr", "Hi")], "chosen": "a", "rejected": "b"}, "(unrecognized_role)"),
    ({"prompt": [GOOD], "chosen": "a", "rejected": "b"}, "nothing is asked"),
    ({"prompt": [ASK, GOOD, ASK], "chosen": "a", "rejected": "b"}, "read by `kind: chat`"),
    (
        {"prompt": "Hi", "chosen": [said("user", "a")], "rejected": "b"},
        "`chosen` does not end with a message of the assistant's",
    ),
    (
        {"chosen": [ASK, GOOD], "rejected": [said("user", "Other"), BAD]},
        "don't answer the same conversation",
    ),
    ({"prompt": "Hi", "chosen": "a", "rejected": "b", "tools": [{"x": 1}]}, "has no `name`"),
    (
        {"prompt": "Hi", "chosen": "a", "rejected": "b", "tools": [{"name": "find"}]},
        "preferences with calls of tools or pictures can't be learned from yet",
    ),
]


@pytest.mark.parametrize(("row", "reason"), FAULTS)
def test_a_fault_is_listed_with_its_line(row: Row, reason: str, tmp_path: Path) -> None:
    good = {"prompt": "Good", "chosen": "a", "rejected": "b"}
    made = preferences(tmp_path, [good, row, good])
    assert [reject.line for reject in made.rejects] == [2]
    assert reason in made.rejects[0].reason
    assert len(made) == 2
    assert "1 row of 3 in p.jsonl can't be used, the first in line 2" in made.notices[0]


def test_verdicts_that_are_none_are_listed(tmp_path: Path) -> None:
    rows = [
        {"prompt": "a", "completion": "b", "label": True},
        {"prompt": "a", "completion": "c", "label": "maybe"},
        {"prompt": "a", "completion": "d"},
        {"prompt": "a", "completion": "e", "label": False},
    ]
    made = preferences(tmp_path, rows)
    assert [single.liked for single in made.singles] == [True, False]
    assert [reject.line for reject in made.rejects] == [2, 3]
    alone = preferences(tmp_path, rows[:1])
    assert "every answer in p.jsonl was liked" in alone.notices[0]


def test_preferences_of_held_out_examples_are_left_out(tmp_path: Path) -> None:
    rows = [{"prompt": f"Text {i}", "chosen": "a", "rejected": "b"} for i in range(5)]
    made = preferences(tmp_path, rows, held=["text  3"])
    assert [pair.line for pair in made.pairs] == [1, 2, 3, 5]
    assert made.notices == (
        "1 preference of p.jsonl is left out: the input is that of an example kept aside",
    )
    assert len(made.without(held_forms(["TEXT 0", "text 1"], "write"))) == 2
    chat = preferences(
        tmp_path, rows, "chat", held=[as_input([Turn("system", "S"), Turn("user", "Text 2")])]
    )
    assert [pair.line for pair in chat.pairs] == [1, 2, 4, 5]


def test_contradictions_are_counted(tmp_path: Path) -> None:
    rows = [
        {"prompt": "x", "chosen": "a", "rejected": "b"},
        {"prompt": "x", "chosen": "b", "rejected": "a"},
        {"prompt": "x", "chosen": "c", "rejected": "a"},
    ]
    assert "2 preferences in p.jsonl contradict another" in preferences(tmp_path, rows).notices[0]


def test_records_are_compact_and_the_better_one_keeps_the_schema(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    rows = [
        {"note": "one", "chosen": '{ "n": 1 }', "rejected": '{"n": "one"}'},
        {"note": "two", "chosen": '{"n": "two"}', "rejected": '{"n": 2}'},
    ]
    made = preferences(tmp_path, rows, "extract", schema=schema, input="note")
    assert made.pairs == (Pair(1, "one", '{"n":1}', '{"n": "one"}'),)
    assert "the better answer does not keep the schema" in made.rejects[0].reason


@pytest.mark.parametrize("row", [{"a": "x", "b": "y"}, {"text": "x"}, {"prompt": "x", "n": "1"}])
def test_other_columns_are_named_with_what_would_do(row: Row, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="these are no preferences") as caught:
        preferences(tmp_path, [row])
    assert "preferred_output" in str(caught.value)


def test_nothing_usable_and_nothing_named_are_errors(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no preference can be used: `chosen` is empty"):
        preferences(tmp_path, [{"prompt": "x", "chosen": "", "rejected": "y"}])
    with pytest.raises(DataError, match="no preferences are named"):
        read_preferences(task_of(kind="write"), tmp_path)


def test_tables_of_separated_values_hold_preferences_too(tmp_path: Path) -> None:
    put(tmp_path / "p.csv", [{"prompt": "x", "chosen": "a\nb", "rejected": "c"}])
    made = read_preferences(task_of(kind="write", preferences="p.csv"), tmp_path)
    assert made.pairs == (Pair(2, "x", "a\nb", "c"),)
