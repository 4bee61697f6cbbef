"""Conversations through the whole pipeline: copies, groups, ids, sides, fields and findings."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.approaches.writing import wording
from etude.data import versions
from etude.data.conversations import (
    Turn,
    as_input,
    cells,
    comparable,
    compared,
    flat,
    held_forms,
    tidy,
    turns_of,
    with_context,
)
from etude.data.stored import Prepared
from etude.data.tables import one_table, texts_of
from etude.records.dataset import Finding
from etude.records.task import Data

from ._make import put, sentence, task_of

# Long, and of many different words: its 5-grams would outweigh those of any question.
LONG = "You are the clerk of a shop. " + " ".join(sentence(random.Random(i)) for i in range(40))


def said(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def conversations(count: int, seed: int = 0, system: str | None = LONG) -> list[dict[str, Any]]:
    rng = random.Random(seed)
    first = [said("system", system)] if system else []
    return [
        {
            "messages": [
                *first,
                said("user", sentence(rng)),
                said("assistant", sentence(rng)),
            ],
            "customer": f"c{seed}-{i}",
        }
        for i in range(count)
    ]


def build(
    folder: Path, rows: Sequence[Any], kind: str = "chat", instructions: str = "", **data: Any
) -> Prepared:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "data.jsonl").write_text(text, encoding="utf-8")
    task = task_of(kind=kind, examples="data.jsonl", **data)
    return versions.build(task.model_copy(update={"instructions": instructions}), folder)


def finding(prepared: Prepared, code: str) -> Finding | None:
    return next((f for f in prepared.version.findings if f.code == code), None)


@pytest.mark.parametrize("kind", ["chat", "write"])
def test_shared_instructions_do_not_make_copies(kind: str, tmp_path: Path) -> None:
    made = build(tmp_path, conversations(60), kind)
    assert made.version.groups == 60
    assert finding(made, "near_duplicates") is None


def test_instructions_that_differ_do_not_make_copies_of_short_texts(tmp_path: Path) -> None:
    rows = [*conversations(30), *conversations(30, 1, LONG.upper()), *conversations(5, 2, None)]
    for kind in ("chat", "write"):
        made = build(tmp_path, rows, kind)
        assert made.version.groups == 65
    inputs = made.everything().inputs
    assert sum(text.startswith(LONG.strip()) for text in inputs) == 30


def test_what_each_conversation_has_for_itself_is_compared(tmp_path: Path) -> None:
    rng = random.Random(3)
    pages = [" ".join(sentence(rng) for _ in range(5)) for _ in range(30)]
    rows = [
        {"messages": [said("system", page), said("user", "Sum it up"), said("assistant", "x")]}
        for page in pages
    ]
    assert build(tmp_path, rows).version.groups == 30
    twice = [*rows, {"messages": [said("system", pages[0] + " x"), *rows[0]["messages"][1:]]}]
    assert build(tmp_path, twice).version.groups == 30


def test_copies_stand_on_one_side_whatever_their_json(tmp_path: Path) -> None:
    rows = conversations(60)
    copy = json.loads(json.dumps(rows[0]))
    text = copy["messages"][1]["content"]
    copy["messages"][1]["content"] = [{"type": "text", "text": f"  {text.upper()}! "}]
    made = build(tmp_path, [*rows, copy])
    assert made.version.groups == 60
    assert len(set(made.frame["id"])) == 61


def test_a_text_is_the_same_however_it_is_spaced(tmp_path: Path) -> None:
    rows = conversations(20, system=None)
    copy = json.loads(json.dumps(rows[0]))
    copy["messages"][0]["content"] = copy["messages"][0]["content"].upper().replace(" ", "\n")
    made = build(tmp_path, [*rows, copy])
    first = sorted(made.frame["id"].to_list())
    assert sum(name.endswith("-2") for name in first) == 1


def test_the_same_question_under_other_instructions_is_no_contradiction(tmp_path: Path) -> None:
    rows = conversations(30)
    other = json.loads(json.dumps(rows[0]))
    other["messages"][0]["content"] = LONG + "Rhyme."
    other["messages"][2]["content"] = "Something else."
    made = build(tmp_path, [*rows, other])
    assert finding(made, "several_answers_to_one") is None
    again = json.loads(json.dumps(rows[0]))
    again["messages"][2]["content"] = "Another good answer."
    made = build(tmp_path, [*rows, again])
    found = finding(made, "several_answers_to_one")
    assert found is not None
    assert (found.severity, found.count) == ("note", 2)
    assert finding(made, "conflicts") is None


def test_rows_keep_their_side_when_files_grow(tmp_path: Path) -> None:
    data = {"split": {"dev": 0.15, "holdout": 0.2}}
    first = build(tmp_path, conversations(200), **data)
    rows = [*conversations(200), *conversations(100, 1)]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "data.jsonl").write_text(text, encoding="utf-8")
    task = task_of(kind="chat", examples="data.jsonl", **data)
    second = versions.build(task, tmp_path, first.assignments)
    held = set(first.holdout().ids)
    assert held
    assert held < set(second.holdout().ids)


def test_a_holdout_file_of_another_shape(tmp_path: Path) -> None:
    rows, held = conversations(80), conversations(20, 5)
    copy = rows[4]["messages"]
    held_rows = [
        {"prompt": row["messages"][:-1], "completion": row["messages"][-1:]} for row in held
    ]
    held_rows.append({"prompt": copy[:-1], "completion": [said("assistant", "Other.")]})
    text = "".join(json.dumps(row) + "\n" for row in held_rows)
    (tmp_path / "test.jsonl").write_text(text, encoding="utf-8")
    made = build(tmp_path, rows, holdout="test.jsonl")
    assert made.version.sizes["holdout"] == 21
    assert made.version.left_out == 1
    found = finding(made, "copies_of_holdout")
    assert found is not None
    assert "1 the same as examples kept aside" in found.sentence


def test_checks_find_the_last_message_and_the_conversation(tmp_path: Path) -> None:
    turns = [said("user", "Hi"), said("assistant", "Yes?"), said("user", "A lamp"), *()]
    rows = [{"messages": [said("system", "S"), *turns, said("assistant", "Sure.")], "topic": "x"}]
    fields = build(tmp_path, [*rows, *conversations(20)]).everything().fields
    found = next(row for row in fields if row.get("topic") == "x")
    assert found == {
        "topic": "x",
        "last_user": "A lamp",
        "conversation": "user: Hi\nassistant: Yes?\nuser: A lamp",
    }


def test_plain_columns_of_chat_have_the_same_fields(tmp_path: Path) -> None:
    listed = json.dumps([said("user", "Hi "), said("assistant", "Yes?"), said("user", "A lamp")])
    rows = [
        {"message": "Where is it?", "reply": "Here."},
        {"message": listed, "reply": "Sure."},
        {"message": "[1, 2]", "reply": "Two numbers."},
        {"message": json.dumps([said("tool", "x")]), "reply": "No."},
        *({"message": f"text {i}", "reply": "a"} for i in range(20)),
    ]
    put(tmp_path / "data.csv", rows)
    task = task_of(kind="chat", input="message", target="reply")
    made = versions.build(task, tmp_path)
    by_target = {row["target"]: row for row in made.frame.iter_rows(named=True)}
    assert by_target["Here."]["input"] == "Where is it?"
    assert json.loads(by_target["Here."]["cells"])["last_user"] == "Where is it?"
    assert by_target["Sure."]["input"].startswith('[{"role":"user","content":"Hi"},')
    assert turns_of(by_target["Two numbers."]["input"]) == (Turn("user", "[1, 2]"),)
    (reject,) = made.rejects
    assert "nothing is asked" in reject.reason


def test_what_may_be_used_stands_in_the_last_message_of_the_user(tmp_path: Path) -> None:
    rows = conversations(20, system=None)
    made = build(tmp_path, [{**row, "page": "Open from nine."} for row in rows], context="page")
    turns = turns_of(made.everything().inputs[0])
    assert len(turns) == 1
    assert turns[0].content.endswith("\n\nWhat you may use:\nOpen from nine.")
    asked = as_input([Turn("user", "When?"), Turn("assistant", "Where?"), Turn("user", "Here")])
    table = one_table({"q": asked, "page": "Open from nine."})
    (text,) = texts_of(table, Data(examples="x", input="q", context="page"), "", with_context=True)
    assert turns_of(text)[-1].content == "Here\n\nWhat you may use:\nOpen from nine."


def test_findings_speak_of_how_the_file_was_read(tmp_path: Path) -> None:
    rows = conversations(30)
    rows[0]["messages"] += [said("user", "Thanks"), said("assistant", "Gladly.")]
    rows[1]["messages"] += [said("user", "Thanks")]
    rows[2]["messages"][1]["name"] = "Ann"
    made = build(tmp_path, rows)
    codes = {f.code: f for f in made.version.findings}
    assert "`messages`" in codes["examples_shape"].sentence
    assert LONG.strip() in codes["instructions_in_conversations"].sentence
    assert codes["several_answers"].count == 1
    assert codes["goes_on"].sentence.startswith("1 conversation goes on after the last answer")
    assert codes["named"].count == 1
    again = build(tmp_path, rows, instructions=LONG)
    doubled = finding(again, "instructions_in_conversations")
    assert doubled is not None
    assert doubled.severity == "warning"


def test_other_kinds_are_told_where_instructions_belong(tmp_path: Path) -> None:
    rows = conversations(30)
    rows[0]["messages"] += [said("user", "Thanks"), said("assistant", "Gladly.")]
    made = build(tmp_path, rows, "write")
    found = finding(made, "shared_instructions")
    assert found is not None
    assert (found.severity, found.count) == ("warning", 0)
    assert LONG.strip() in found.sentence
    assert found.hint == "put them under `instructions` in etude.yaml"
    assert all("clerk" not in text for text in made.everything().inputs)
    assert "2 messages of the user's; conversations are read by `kind: chat`" in (
        made.rejects[0].reason
    )
    same = finding(build(tmp_path, rows, "write", instructions=f" {LONG}"), "shared_instructions")
    assert same is not None
    assert same.severity == "note"


def test_alpaca_with_one_instruction_is_a_task_with_instructions(tmp_path: Path) -> None:
    rng = random.Random(1)
    rows = [
        {"instruction": "Name the tone.", "input": sentence(rng), "output": "warm"}
        for _ in range(20)
    ]
    made = build(tmp_path, rows, "write")
    assert {text.split()[0] for text in made.everything().inputs}.isdisjoint({"Name"})
    assert finding(made, "shared_instructions") is not None
    rows[0]["instruction"] = "Name the colour."
    made = build(tmp_path, rows, "write")
    assert f"Name the colour.\n\n{rows[0]['input']}" in made.everything().inputs
    chat = build(tmp_path, rows, "chat")
    assert turns_of(chat.everything().inputs[0])[0].content.startswith("Name the ")


# The text of an input.

TURNS = st.lists(
    st.builds(Turn, st.sampled_from(["system", "user", "assistant"]), st.text(max_size=12)),
    min_size=1,
    max_size=4,
)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(TURNS)
def test_an_input_is_read_as_the_prompt_builder_reads_it(turns: list[Turn]) -> None:
    text = as_input(turns)
    assert turns_of(text) == tuple(turns)
    assert tidy(text) == text
    assert [(m.role, m.content) for m in wording.conversation(text)] == turns
    assert flat(turns) == wording.plain(text, "chat")


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.text(max_size=20) | st.sampled_from(["[]", "[1]", '[{"role":"x"}]', "[", '["a"]']))
def test_any_text_is_one_message_of_the_users(text: str) -> None:
    (turn,) = turns_of(tidy(text))
    assert (turn.role, turn.content) == ("user", text)
    assert [(m.role, m.content) for m in wording.conversation(tidy(text))] == [("user", text)]


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(TURNS, min_size=1, max_size=4), st.randoms())
def test_compared_texts_do_not_depend_on_the_order(rows: list[list[Turn]], rng: Any) -> None:
    one = dict(zip(map(tuple, rows), compared(rows), strict=True))
    other = list(rows)
    rng.shuffle(other)
    assert dict(zip(map(tuple, other), compared(other), strict=True)) == one


def test_held_out_inputs_are_known_without_their_instructions() -> None:
    text = as_input([Turn("system", "S"), Turn("user", "Where  is it?")])
    forms = held_forms([text], "chat")
    assert comparable(text, "chat") in forms
    assert comparable("where is it?", "chat") in forms
    assert comparable(as_input([Turn("system", "T"), Turn("user", "x")]), "chat") not in forms


def test_cells_and_context_of_odd_inputs() -> None:
    only = as_input([Turn("system", "S")])
    assert cells(only) == {"last_user": "", "conversation": ""}
    assert turns_of(with_context(only, ": ", "page"))[-1] == Turn("user", "page")
    assert with_context("Hi", ": ", "page") == "Hi: page"
