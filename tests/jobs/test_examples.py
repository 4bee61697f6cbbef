"""What is wrong with a file, by the names and the lines that people know; any bytes at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etude.jobs.examples import Lines, read_chats, read_preferred
from etude.jobs.failing import JobFailed
from tests.jobs._made import EXAMPLES, PREFERENCES, lines

CHAT = EXAMPLES[0]
ASKED, ANSWER = CHAT["messages"][1], CHAT["messages"][2]


def read(folder: Path, data: bytes, param: str = "training_file") -> Lines:
    (folder / "a.jsonl").write_bytes(data)
    return read_chats(folder / "a.jsonl", param)


def failed(folder: Path, data: bytes, param: str = "training_file") -> JobFailed:
    with pytest.raises(JobFailed) as caught:
        read(folder, data, param)
    return caught.value


def test_good_lines_are_read_whole(tmp_path: Path) -> None:
    found = read(tmp_path, lines(EXAMPLES))
    assert len(found) == 12
    assert [message.role for message in found.chats[0].messages] == ["system", "user", "assistant"]
    assert (found.chats[3].line, found.notices) == (4, ())


def test_too_few_examples_are_said_as_openai_says_it(tmp_path: Path) -> None:
    error = failed(tmp_path, lines(EXAMPLES[:3])).error
    assert (error.code, error.param) == ("invalid_n_examples", "training_file")
    assert error.message == "Training file has 3 example(s), but must have at least 10 examples"
    assert len(read(tmp_path, lines(EXAMPLES[:3]), "validation_file")) == 3


@pytest.mark.parametrize(
    ("row", "name", "words"),
    [
        ({"messages": "no"}, "data_type", "where a list"),
        ({"text": "a"}, "missing_messages_list", "there is no list in `messages`"),
        ({"messages": []}, "missing_messages_list", "is empty"),
        ({"messages": [{"content": "a"}]}, "message_missing_key", "no `role`"),
        ({"messages": [{"role": "user"}]}, "message_missing_key", "no `content`"),
        ({"messages": [ASKED | {"mood": "x"}]}, "message_unrecognized_key", "'mood'"),
        ({"messages": [ASKED | {"role": "narrator"}]}, "unrecognized_role", '"narrator"'),
        ({"messages": [ASKED | {"content": ""}]}, "missing_content", "says nothing"),
        ({"messages": [ASKED]}, "example_missing_assistant_message", "no message of the assistant"),
        ({"messages": [ASKED, ANSWER, ASKED]}, "example_missing_assistant_message", "last message"),
        (
            {"messages": [ASKED, ANSWER | {"weight": 0}]},
            "example_missing_assistant_message",
            "weight 0",
        ),
        ({"messages": [ASKED, ANSWER | {"weight": 0.5}]}, "data_type", "must be 0 or 1"),
        ({"messages": [ANSWER]}, "data_type", "nothing stands before"),
        (
            {
                "messages": [
                    ASKED,
                    {
                        "role": "assistant",
                        "tool_calls": [
                            {
                                "id": "1",
                                "type": "function",
                                "function": {"name": "f", "arguments": ""},
                            }
                        ],
                    },
                ]
            },
            "unsupported_content",
            "tools",
        ),
        (
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [{"type": "image_url", "image_url": {"url": "https://a/b.png"}}],
                    },
                    ANSWER,
                ]
            },
            "unsupported_content",
            "image",
        ),
        ({"messages": [ASKED, ANSWER], "tools": [{"name": "f"}]}, "unsupported_content", "tools"),
    ],
)
def test_a_faulty_line_is_named(tmp_path: Path, row: Any, name: str, words: str) -> None:
    error = failed(tmp_path, lines([*EXAMPLES, row, CHAT]))
    assert (error.error.code, error.error.param) == ("invalid_file_format", "training_file")
    assert [(fault.line, fault.name) for fault in error.faults] == [(13, name)]
    assert words in error.error.message
    assert f"line 13: {error.faults[0].reason} ({name})" in error.error.message


def test_many_faults_are_counted(tmp_path: Path) -> None:
    bad = [{"messages": [ASKED]}] * 7 + [{"messages": 3}] * 2
    error = failed(tmp_path, lines([*EXAMPLES, *bad]) + b"not json\n", "validation_file")
    assert "Validation file has 10 line(s)" in error.error.message
    assert "example_missing_assistant_message 7, data_type 2" in error.error.message
    assert error.error.param == "validation_file"
    assert error.faults[-1].line == 22
    assert "not valid JSON" in error.faults[-1].reason


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"[1, 2]\n", b"\x89PNG\r\n\x1a\n\x00", b"a,b\n1,2\n"]
)
def test_what_is_no_json_lines_is_refused(tmp_path: Path, data: bytes) -> None:
    error = failed(tmp_path, data).error
    assert error.code == "invalid_file_format"
    assert str(tmp_path) not in error.message


def test_what_is_not_used_is_said(tmp_path: Path) -> None:
    row = {"messages": [ASKED | {"name": "Ann"}, ANSWER], "topic": "x"}
    found = read(tmp_path, lines([row] * 10))
    assert found.notices == (
        "Keys beside the examples are not used: topic.",
        "The `name` of messages is not used.",
    )


def test_preferences_are_read_by_their_own_method(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(PREFERENCES))
    found = read_preferred(path, "training_file")
    assert (found.preferred[0].chosen, found.preferred[0].rejected) == ("RED", "No.")
    assert '"type": "dpo"' in failed(tmp_path, lines(PREFERENCES)).error.message
    path.write_bytes(lines([{**PREFERENCES[0], "non_preferred_output": None}] * 10))
    with pytest.raises(JobFailed, match="no `non_preferred_output`"):
        read_preferred(path, "training_file")
    path.write_bytes(lines(EXAMPLES))
    with pytest.raises(JobFailed, match="no `input`"):
        read_preferred(path, "training_file")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
MESSAGE = st.fixed_dictionaries(
    {},
    optional={
        "role": st.sampled_from(["system", "user", "assistant", "tool", "developer"]) | JSON,
        "content": st.text(max_size=8) | JSON,
        "weight": st.sampled_from([0, 1]) | JSON,
        "tool_calls": JSON,
        "name": JSON,
    },
)
ROW = st.fixed_dictionaries(
    {}, optional={"messages": st.lists(MESSAGE, max_size=4) | JSON, "tools": JSON, "Messages": JSON}
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(ROW | JSON, max_size=4), tail=st.binary(max_size=12))
def test_any_file_is_read_or_refused(tmp_path: Path, rows: list[Any], tail: bytes) -> None:
    data = "".join(json.dumps(row) + "\n" for row in rows).encode() + tail
    for reader in (read_chats, read_preferred):
        (tmp_path / "a.jsonl").write_bytes(data)
        refused = None
        try:
            assert len(reader(tmp_path / "a.jsonl", "validation_file")) >= 1
        except JobFailed as error:
            refused = error.error
        if refused is not None:
            assert refused.code == "invalid_file_format"
            assert str(tmp_path) not in refused.message
