"""Shapes of examples: what goes in as a conversation comes out as input and target, or is listed."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etude.data.canonical import Canonical, canonicalise
from etude.data.conversations import Turn, as_input, beyond_words, openai_row, turns_of
from etude.data.shapes import SHAPES, find_shape, read_shapes, to_answer
from etude.data.sources import Table, read_table
from etude.data.text import is_blank, normalise
from etude.errors import DataError
from etude.jsonshape import DEEPEST

from ._make import put, task_of

PROPERTY = settings(
    deadline=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Row = Mapping[str, Any]
SYSTEM, ASK, ANSWER = "Be brief.", "Where is my parcel?", "On its way."


def table_of(folder: Path, rows: Sequence[Any], name: str = "data.jsonl") -> Table:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return read_table(path)


def canonical(folder: Path, rows: Sequence[Any], kind: str = "chat", **data: Any) -> Canonical:
    return canonicalise(table_of(folder, rows), task_of(kind=kind, **data))


def said(role: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def chat(*contents: str, system: str | None = None) -> list[dict[str, Any]]:
    """Messages of the user and the assistant in turn."""
    turns = [said(("user", "assistant")[i % 2], text) for i, text in enumerate(contents)]
    return [*([said("system", system)] if system else []), *turns]


def as_openai(turns: Sequence[Turn]) -> Row:
    return {"messages": [said(turn.role, turn.content) for turn in turns]}


def as_parts(turns: Sequence[Turn]) -> Row:
    parts = [said(t.role, [{"type": "text", "text": t.content}]) for t in turns]
    return {"messages": parts, "parallel_tool_calls": False, "tools": []}


def as_sharegpt(turns: Sequence[Turn]) -> Row:
    names = {"user": "human", "assistant": "gpt", "system": "system"}
    return {"conversations": [{"from": names[t.role], "value": t.content} for t in turns]}


def as_gemini(turns: Sequence[Turn]) -> Row:
    names = {"user": "user", "assistant": "model"}
    row: dict[str, Any] = {
        "contents": [
            {"role": names[t.role], "parts": [{"text": t.content}]}
            for t in turns
            if t.role != "system"
        ]
    }
    if turns[0].role == "system":
        row["systemInstruction"] = {"role": "system", "parts": [{"text": turns[0].content}]}
    return row


def as_trl(turns: Sequence[Turn]) -> Row:
    rows = as_openai(turns)["messages"]
    return {"prompt": rows[:-1], "completion": rows[-1:]}


def as_trl_answer(turns: Sequence[Turn]) -> Row:
    return {**as_trl(turns), "completion": turns[-1].content}


def as_preference(turns: Sequence[Turn]) -> Row:
    rows = as_openai(turns)["messages"]
    return {"prompt": rows[:-1], "chosen": rows[-1:], "rejected": [said("assistant", "No.")]}


def as_implicit(turns: Sequence[Turn]) -> Row:
    rows = as_openai(turns)["messages"]
    return {"chosen": rows, "rejected": [*rows[:-1], said("assistant", "No.")]}


def as_openai_preference(turns: Sequence[Turn]) -> Row:
    rows = as_openai(turns)["messages"]
    return {
        "input": {"messages": rows[:-1], "tools": [], "parallel_tool_calls": True},
        "preferred_output": rows[-1:],
        "non_preferred_output": [said("assistant", "No.")],
    }


def as_alpaca(turns: Sequence[Turn]) -> Row:
    rest = [turn.content for turn in turns if turn.role != "system"]
    pairs = [list(pair) for pair in zip(rest[:-2:2], rest[1:-2:2], strict=True)]
    system = turns[0].content if turns[0].role == "system" else ""
    return {"instruction": rest[-2], "output": rest[-1], "system": system, "history": pairs}


WRITERS = {
    "messages": as_openai,
    "parts": as_parts,
    "sharegpt": as_sharegpt,
    "gemini": as_gemini,
    "prompt_completion": as_trl,
    "answer": as_trl_answer,
    "chosen_rejected": as_preference,
    "implicit": as_implicit,
    "openai_preference": as_openai_preference,
    "alpaca": as_alpaca,
}
KEYS = {"parts": "messages", "answer": "prompt_completion", "implicit": "chosen_rejected"}


def test_every_shape_is_found_without_naming_it_anywhere() -> None:
    assert {KEYS.get(name, name) for name in WRITERS} | {"text"} == set(SHAPES.names())
    for name in SHAPES.names():
        assert SHAPES.load(name).key == name


TEXTS = (
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
    .map(normalise)
    .filter(lambda text: not is_blank(text))
)


@st.composite
def conversation(draw: st.DrawFn) -> list[Turn]:
    pairs = draw(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3))
    turns = [Turn(role, text) for pair in pairs for role, text in zip(ROLES, pair, strict=True)]
    system = draw(st.none() | TEXTS)
    return turns if system is None else [Turn("system", system), *turns]


ROLES = ("user", "assistant")


@PROPERTY
@given(turns=conversation(), writer=st.sampled_from(sorted(WRITERS)))
def test_every_conversation_comes_through_every_shape(
    turns: list[Turn], writer: str, tmp_path: Path
) -> None:
    table = table_of(tmp_path, [WRITERS[writer](turns)])
    task = task_of(kind="chat")
    shape = find_shape(table, task)
    assert shape is not None
    assert shape.key == KEYS.get(writer, writer)
    made = canonicalise(table, task)
    assert made.rejects == ()
    (row,) = made.frame.iter_rows(named=True)
    assert turns_of(row["input"]) == tuple(turns[:-1])
    assert row["input"] == as_input(turns[:-1])
    assert row["target"] == turns[-1].content


@pytest.mark.parametrize("writer", sorted(WRITERS))
def test_other_kinds_read_the_text_of_the_user(writer: str, tmp_path: Path) -> None:
    turns = [Turn("system", SYSTEM), Turn("user", ASK), Turn("assistant", ANSWER)]
    made = canonical(tmp_path, [WRITERS[writer](turns)], kind="write")
    assert made.frame.select("input", "target").row(0) == (ASK, ANSWER)
    assert made.columns == {"input": "input", "target": "target"}


def test_labels_can_be_answers_of_conversations(tmp_path: Path) -> None:
    rows = [
        as_openai([Turn("user", f"text {i}"), Turn("assistant", label)])
        for i, label in enumerate(["refund", "Refund", "delivery", "weather"])
    ]
    table = table_of(tmp_path, rows)
    made = canonicalise(table, task_of(["refund", "delivery"]))
    assert sorted(made.frame["target"]) == ["delivery", "refund", "refund"]
    assert [r.line for r in made.rejects] == [4]


def test_compact_json_is_what_the_prompt_builder_reads(tmp_path: Path) -> None:
    rows = [{"messages": chat("Grüße €", "a", "b", "c", system="S")}]
    text = canonical(tmp_path, rows).frame["input"][0]
    assert text == (
        '[{"role":"system","content":"S"},{"role":"user","content":"Grüße €"},'
        '{"role":"assistant","content":"a"},{"role":"user","content":"b"}]'
    )


def test_parquet_and_csv_hold_the_same_shapes(tmp_path: Path) -> None:
    rows = [{"messages": chat(f"ask {i}", f"answer {i}", system="S")} for i in range(3)]
    rows[0]["messages"][-1]["weight"] = 1  # in Parquet every other message has a null there
    pl.DataFrame(rows).write_parquet(tmp_path / "data.parquet")
    put(tmp_path / "data.csv", [{"messages": json.dumps(row["messages"])} for row in rows])
    expected = canonical(tmp_path, rows).frame.select("id", "input", "target")
    for name in ("data.parquet", "data.csv"):
        made = canonicalise(read_table(tmp_path / name), task_of(kind="chat"))
        assert made.frame.select("id", "input", "target").equals(expected)


def test_half_a_character_spelled_in_a_cell_is_listed(tmp_path: Path) -> None:
    cells = [json.dumps(chat("a\ud83d", "b")), json.dumps(chat("a\U0001f600", "b"))]
    put(tmp_path / "data.csv", [{"messages": cell} for cell in cells])
    made = canonicalise(read_table(tmp_path / "data.csv"), task_of(kind="chat"))
    assert [reject.line for reject in made.rejects] == [2]
    assert "half of a character" in made.rejects[0].reason
    assert "\U0001f600" in made.frame["input"][0]


def test_other_columns_are_kept_and_those_named_input_do_not_clash(tmp_path: Path) -> None:
    row = {"messages": chat("a", "b"), "input": "own", "topic": "x", "customer": "c1"}
    made = canonical(tmp_path, [row], id="topic", group="customer")
    assert json.loads(made.frame["meta"][0]) == {"input_2": "own"}
    assert made.frame.select("id", "group").row(0) == ("x", "c1")


# What is refused, row by row.

GOOD = {"messages": chat("Hello", "Good day")}
TWO = chat("Hello", "Good day")
CALL = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"lamp": 1}'}}
FAULTS: list[tuple[Any, str]] = [
    ([1, 2], "(data_type)"),
    ({"messages": "Hello"}, "(data_type)"),
    ({"messages": {"role": "user"}}, "(data_type)"),
    ({"messages": ["Hello"]}, "message 1 is no object (data_type)"),
    ({"messages": [said("user", 3), *TWO]}, "(data_type)"),
    ({"other": "x"}, "(missing_messages_list)"),
    ({"messages": []}, "(missing_messages_list)"),
    ({"messages": [{"content": "Hello"}]}, "message 1 has no `role` (message_missing_key)"),
    ({"messages": [{"role": "user"}]}, "message 1 has no `content` (message_missing_key)"),
    ({"messages": [said("user", "a", colour=1)]}, "'colour' (message_unrecognized_key)"),
    ({"messages": [said("user", "a", weight=1)]}, "(message_unrecognized_key)"),
    ({"messages": [said("sytem", "a"), *TWO]}, 'the role "sytem" (unrecognized_role)'),
    ({"messages": [said("user", None), *TWO]}, "message 1 says nothing (missing_content)"),
    ({"messages": [said("user", " \u200b"), *TWO]}, "(missing_content)"),
    ({"messages": TWO[:1]}, "(example_missing_assistant_message)"),
    ({"messages": TWO[1:]}, "nothing is asked"),
    ({"messages": [TWO[0], {**TWO[1], "weight": 0}]}, "weight 0: it is not to be learned"),
    ({"messages": [TWO[0], {**TWO[1], "weight": 2}]}, "must be 0 or 1 (data_type)"),
    ({"messages": TWO, "tools": [{"type": "function"}]}, "no `name` (message_missing_key)"),
    ({"messages": TWO, "tools": "search"}, "(data_type)"),
    ({"messages": TWO, "parallel_tool_calls": "perhaps"}, "neither true nor false (data_type)"),
    (
        {"messages": [TWO[0], {"role": "assistant", "tool_calls": [{"id": "1"}]}]},
        "a call in message 2 has no `name` (message_missing_key)",
    ),
    ({"messages": [{**TWO[0], "tool_calls": [CALL]}, TWO[1]]}, "(message_unrecognized_key)"),
    ({"messages": [TWO[0], {"role": "assistant", "tool_calls": "x"}]}, "(data_type)"),
    ({"messages": [TWO[0], said("assistant", "a", refusal="no")]}, "holds `refusal`, which is not"),
    (
        {"messages": [said("user", [{"type": "image_url", "image_url": {"url": 3}}]), TWO[1]]},
        "names no picture (data_type)",
    ),
    ({"messages": [said("user", [{"type": "image"}]), TWO[1]]}, "a picture that is not named"),
    ({"messages": TWO, "images": ["a.png"]}, "1 of its pictures in `images` are shown nowhere"),
    ({"messages": [said("user", [{"type": "hologram"}]), TWO[1]]}, "not supported yet"),
]


@pytest.mark.parametrize(("row", "reason"), FAULTS)
def test_a_fault_is_listed_with_its_name_and_line(row: Any, reason: str, tmp_path: Path) -> None:
    made = canonical(tmp_path, [GOOD, row, GOOD])
    assert [reject.line for reject in made.rejects] == [2]
    assert reason in made.rejects[0].reason
    assert len(made.frame) == 2


def gemini(*parts: Any, role: str = "user") -> Row:
    last = {"role": "model", "parts": [{"text": "b"}]}
    return {"contents": [{"role": role, "parts": list(parts)}, last]}


OTHERS: list[tuple[Row, Row, str]] = [
    (
        as_sharegpt([Turn("user", "a"), Turn("assistant", "b")]),
        {"conversations": [{"from": "function_call", "value": "{}"}]},
        "a call in message 1 has no `name` (message_missing_key)",
    ),
    (
        as_sharegpt([Turn("user", "a"), Turn("assistant", "b")]),
        {"conversations": [{"from": "bot", "value": "x"}]},
        "(unrecognized_role)",
    ),
    (
        as_sharegpt([Turn("user", "a"), Turn("assistant", "b")]),
        {"conversations": [{"from": "human"}]},
        "no `value` (message_missing_key)",
    ),
    (gemini({"text": "a"}), gemini({"inlineData": {"data": "x"}}), "`inlineData`"),
    (gemini({"text": "a"}), gemini({"text": "a"}, role="assistant"), "(unrecognized_role)"),
    (gemini({"text": "a"}), gemini({"functionCall": {"name": "f"}}), "only the model does"),
    (gemini({"text": "a"}), gemini({"executableCode": {}}), "`executableCode`, which is not"),
    (gemini({"text": "a"}), gemini({"text": " "}), "(missing_content)"),
    (gemini({"text": "a"}), {"contents": []}, "(missing_messages_list)"),
    ({"prompt": "a", "completion": "b"}, {"prompt": "a", "completion": " "}, "(missing_content)"),
    ({"prompt": "a", "completion": "b"}, {"completion": "b"}, "`prompt` is empty"),
    (
        {"prompt": "a", "completion": "b", "label": True},
        {"prompt": "c", "completion": "d", "label": False},
        "was not liked",
    ),
    (
        {"instruction": "a", "output": "b"},
        {"instruction": "a", "output": "b", "history": [["x"]]},
        "`history` is no list of pairs",
    ),
    (
        {"prompt": "a", "chosen": "b", "rejected": "c"},
        {"prompt": "a", "rejected": "c"},
        "`chosen` is empty",
    ),
    (
        as_openai_preference([Turn("user", "a"), Turn("assistant", "b")]),
        {"input": {"messages": chat("a")}, "preferred_output": chat("a")},
        "`preferred_output` is not one message of the assistant's",
    ),
]


@pytest.mark.parametrize(("good", "bad", "reason"), OTHERS)
def test_faults_of_other_shapes(good: Row, bad: Row, reason: str, tmp_path: Path) -> None:
    made = canonical(tmp_path, [good, bad])
    assert [reject.line for reject in made.rejects] == [2]
    assert reason in made.rejects[0].reason


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["user", "assistant", "a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "content", "from", "value", "parts", "text", "weight"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
COLUMNS = ("messages", "conversations", "contents", "prompt", "chosen", "input", "instruction")


@PROPERTY
@given(rows=st.lists(st.tuples(st.sampled_from(COLUMNS), JSONISH), min_size=1, max_size=4))
def test_nothing_that_a_file_holds_is_lost_or_breaks_the_reading(
    rows: list[tuple[str, Any]], tmp_path: Path
) -> None:
    good = {
        "messages": as_openai,
        "conversations": as_sharegpt,
        "contents": as_gemini,
        "prompt": as_trl,
        "chosen": as_preference,
        "input": as_openai_preference,
        "instruction": as_alpaca,
    }
    base = good[rows[0][0]]([Turn("user", "a"), Turn("assistant", "b")])
    table = table_of(tmp_path, [base, *({**base, name: value} for name, value in rows)])
    (shaped,), _ = read_shapes([table], task_of(kind="chat"))
    lines = [*shaped.table.lines.tolist(), *(reject.line for reject in shaped.table.rejects)]
    assert sorted(lines) == list(range(1, len(rows) + 2))
    assert all(text and target for text, target, *_ in shaped.table.frame.iter_rows())


@pytest.mark.parametrize("column", ["tools", "messages"])
def test_cells_nested_around_any_edge_are_read_or_listed(column: str, tmp_path: Path) -> None:
    """As text the reader of the file lets them pass, whatever is in them."""
    edge = sys.getrecursionlimit()
    depths = [*range(DEEPEST - 8, DEEPEST + 3), *range(edge - 90, edge + 3)]
    rows = []
    for depth in depths:
        deep = "[" * depth + "]" * depth
        tool = f'{{"type":"function","function":{{"name":"look","parameters":{{"x":{deep}}}}}}}'
        part = json.dumps(chat(ASK, ANSWER))[1:-1].replace(
            f'"{ASK}"', f'[{{"type":"file","file":{deep}}}]'
        )
        held = {"messages": json.dumps(chat(ASK, ANSWER)), "tools": f"[{tool}]"}
        rows.append(held if column == "tools" else {"messages": f"[{part}]"})
    made = canonical(tmp_path, [{"messages": chat(ASK, ANSWER)}, *rows])
    lines = [*made.frame["line"].to_list(), *(one.line for one in made.rejects)]
    assert sorted(lines) == list(range(1, len(rows) + 2))
    assert len(made.frame) > 3
    assert all("nested too deeply" in one.reason for one in made.rejects)


# What is no shape.


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"text": "a", "label": "b"}, "classify"),
        ({"prompt": "a", "output": "b"}, "write"),
        ({"messages": "three", "label": "b"}, "classify"),
        ({"prompt": "a", "completion": "b", "label": "billing"}, "classify"),
        ({"text": "a", "label": "b", "messages": chat("a", "b")}, "classify"),
    ],
)
def test_plain_columns_stay_as_they_are(row: Row, kind: str, tmp_path: Path) -> None:
    table = table_of(tmp_path, [row, row])
    task = task_of(kind=kind)
    assert find_shape(table, task) is None
    (shaped,), findings = read_shapes([table], task)
    assert shaped.table is table
    assert findings == []


def test_columns_named_in_the_task_file_win(tmp_path: Path) -> None:
    row = {"messages": chat("a", "b"), "subject": "Lamp", "reply": "Yes."}
    made = canonical(tmp_path, [row], kind="write", input="subject", target="reply")
    assert made.frame.select("input", "target").row(0) == ("Lamp", "Yes.")


def test_text_alone_is_refused_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing says where the answer") as caught:
        canonical(tmp_path, [{"text": "a"}, {"text": "b"}], kind="write")
    assert "two columns" in str(caught.value)
    made = canonical(tmp_path, [{"text": "a", "key": "1", "label": "b"}], kind="write", id="key")
    assert made.frame["target"].to_list() == ["b"]
    with pytest.raises(DataError, match="nothing says where the answer"):
        canonical(tmp_path, [{"text": "a", "key": "1"}], kind="write", id="key")


def test_only_the_first_rows_of_plain_tables_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = table_of(tmp_path, [{"messages": f"text {i}", "label": "a"} for i in range(500)])
    monkeypatch.setattr(pl.DataFrame, "iter_rows", None)
    (shaped,), _ = read_shapes([table], task_of(kind="write"))
    assert shaped.table is table


# What to answer, without answers.


def test_inputs_to_be_answered_keep_every_row_and_column(tmp_path: Path) -> None:
    rows = [
        {"messages": chat("a", "b", "c"), "topic": "x"},
        {"messages": chat("a", "b"), "topic": "y"},
        {"messages": [said("usr", "a")], "topic": "z"},
    ]
    shaped = to_answer(table_of(tmp_path, rows), task_of(kind="chat"))
    assert shaped.data.input == "input"
    assert shaped.table.columns == ("messages", "topic", "input")
    assert shaped.table.frame["input"].to_list() == [
        as_input([Turn("user", "a"), Turn("assistant", "b"), Turn("user", "c")]),
        as_input([Turn("user", "a")]),
        None,
    ]


def test_inputs_of_other_kinds_leave_shared_instructions_out(tmp_path: Path) -> None:
    table = table_of(tmp_path, [{"messages": chat("a", system="S")}, {"messages": chat("b")}])
    task = task_of(kind="write")
    assert to_answer(table, task).table.frame["input"].to_list() == ["S\n\na", "b"]
    assert to_answer(table, task, shared=True).table.frame["input"].to_list() == ["a", "b"]
    plain = table_of(tmp_path, [{"prompt": "a"}, {"prompt": "b"}])
    assert to_answer(plain, task).table.frame["input"].to_list() == ["a", "b"]


# Tools and pictures: read and kept for chat, refused by name elsewhere.

FOUND = {"role": "tool", "tool_call_id": "c1", "content": "nine"}
CALLING = {"role": "assistant", "content": None, "tool_calls": [CALL]}
TOOL = {"type": "function", "function": {"name": "find", "parameters": {"type": "object"}}}
PICTURE = said(
    "user",
    [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA", "detail": "low"}},
    ],
)


def test_conversations_with_tools_are_read_whole(tmp_path: Path) -> None:
    answered = [TWO[0], CALLING, FOUND, said("assistant", "Nine.")]
    rows = [{"messages": answered, "tools": [TOOL]}, {"messages": [TWO[0], CALLING]}]
    made = canonical(tmp_path, rows)
    assert made.rejects == ()
    by_target = dict(made.frame.select("target", "input").iter_rows())
    text = by_target["Nine."]
    first, *others = json.loads(text)
    assert first == {"tools": [TOOL], "role": "user", "content": "Hello"}
    assert others == [CALLING, FOUND]
    assert [turn.role for turn in turns_of(text)] == ["user", "assistant", "tool"]
    assert turns_of(text)[1].content == '[find {"lamp": 1}]'
    (calling,) = by_target.keys() - {"Nine."}
    assert json.loads(calling) == {"content": None, "tool_calls": [CALL]}
    assert beyond_words(text) == beyond_words(calling) == "tools"
    assert openai_row(text, "Nine.") == rows[0]
    assert openai_row(by_target[calling], calling) == rows[1]
    (finding,) = [one for one in made.findings if one.code == "tools"]
    assert (finding.count, finding.severity) == (2, "warning")


def test_pictures_tell_conversations_apart(tmp_path: Path) -> None:
    other = json.loads(json.dumps(PICTURE).replace("AA", "BB"))
    made = canonical(tmp_path, [{"messages": [PICTURE, TWO[1]]}, {"messages": [other, TWO[1]]}])
    assert made.frame["normal"].n_unique() == 2
    assert {beyond_words(text) for text in made.frame["input"]} == {"pictures"}
    assert "data:image/png" in turns_of(made.frame["input"][0])[0].content


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"messages": TWO, "tools": [TOOL]}, "it holds tools"),
        ({"messages": [PICTURE, TWO[1]]}, "it holds pictures"),
        ({"messages": [TWO[0], CALLING]}, "its answer calls a tool"),
    ],
)
def test_other_kinds_refuse_tools_and_pictures_by_name(
    row: Any, found: str, tmp_path: Path
) -> None:
    (reject,) = canonical(tmp_path, [GOOD, row], kind="write").rejects
    assert found in reject.reason
    assert "`kind: chat`" in reject.reason


def test_context_and_plain_cells_keep_tools(tmp_path: Path) -> None:
    whole = json.dumps([{**TWO[0], "tools": [TOOL]}, CALLING, FOUND])
    put(tmp_path / "data.csv", [{"input": whole, "target": "Nine.", "page": "Open."}])
    made = canonicalise(read_table(tmp_path / "data.csv"), task_of(kind="chat", context="page"))
    first, *others = json.loads(made.frame["input"][0])
    assert first["tools"] == [TOOL]
    assert first["content"].startswith("Hello\n\nWhat you may use:\nOpen.")
    assert others == [CALLING, FOUND]


def test_an_answer_with_the_weight_0_is_never_the_target(tmp_path: Path) -> None:
    rows = [{"messages": [TWO[0], said("assistant", "Good"), TWO[0], {**TWO[1], "weight": 0}]}]
    made = canonical(tmp_path, rows)
    assert made.frame.select("input", "target").row(0) == (
        as_input([Turn("user", "Hello")]),
        "Good",
    )


@pytest.mark.parametrize("name", ["openai", "sharegpt", "trl", "gemini"])
def test_tools_of_every_shape_are_the_same(name: str, tmp_path: Path) -> None:
    call = {"name": "find", "arguments": {"lamp": 1}}
    row = {
        "openai": {"messages": [TWO[0], CALLING, FOUND, TWO[1]], "tools": [TOOL]},
        "trl": {
            "prompt": [TWO[0], {"role": "assistant", "tool_calls": [{"function": call}]}, FOUND],
            "completion": TWO[1:],
            "tools": json.dumps([TOOL]),
        },
        "sharegpt": {
            "conversations": [
                {"from": "human", "value": "Hello"},
                {"from": "function_call", "value": json.dumps(call)},
                {"from": "observation", "value": "nine"},
                {"from": "gpt", "value": "Good day"},
            ],
            "tools": json.dumps([TOOL["function"]]),
        },
        "gemini": {
            "contents": [
                {"role": "user", "parts": [{"text": "Hello"}]},
                {
                    "role": "model",
                    "parts": [{"functionCall": {"name": "find", "args": {"lamp": 1}}}],
                },
                {
                    "role": "user",
                    "parts": [
                        {"functionResponse": {"name": "find", "response": {"output": "nine"}}}
                    ],
                },
                {"role": "model", "parts": [{"text": "Good day"}]},
            ],
            "tools": [{"functionDeclarations": [TOOL["function"]]}],
        },
    }[name]
    made = canonical(tmp_path, [row])
    assert made.rejects == ()
    text = made.frame["input"][0]
    assert json.loads(text)[0]["tools"] == [TOOL]
    assert [turn.role for turn in turns_of(text)] == ["user", "assistant", "tool"]
    assert turns_of(text)[2].content == "nine"
    function = json.loads(text)[1]["tool_calls"][0]["function"]
    assert json.loads(function["arguments"]) == {"lamp": 1}


# What a person names.


def test_the_shape_that_is_named_wins(tmp_path: Path) -> None:
    rows = [{"prompt": "a", "completion": "b", "instruction": "c", "output": "d"}]
    assert canonical(tmp_path, rows, "write").frame["target"].to_list() == ["d"]
    named = canonical(tmp_path, rows, "write", shape="prompt_completion")
    assert named.frame["target"].to_list() == ["b"]
    assert "it was named so" in named.findings[0].sentence
    plain = canonical(
        tmp_path, [{"input": "x", "output": "y", "instruction": "c"}], "write", shape="table"
    )
    assert plain.frame.select("input", "target").row(0) == ("x", "y")


@pytest.mark.parametrize("writer", sorted(WRITERS))
def test_the_reason_is_said(writer: str, tmp_path: Path) -> None:
    turns = [Turn("user", "a"), Turn("assistant", "b")]
    made = canonical(tmp_path, [WRITERS[writer](turns)])
    assert re.search(r"was read as .*: it has `\w+`", made.findings[0].sentence)
