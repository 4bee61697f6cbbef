"""Readers under hypothesis: a short run in every test, a long one in the soak."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from . import _readers

HEALTH = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
SHORT = settings(deadline=None, derandomize=True, max_examples=60, suppress_health_check=HEALTH)
LONG = settings(deadline=None, max_examples=5_000, suppress_health_check=HEALTH)

KEYS = st.sampled_from(
    [
        "messages",
        "role",
        "content",
        "tool_calls",
        "function",
        "name",
        "arguments",
        "tools",
        "conversations",
        "from",
        "value",
        "contents",
        "parts",
        "text",
        "functionCall",
        "functionResponse",
        "response",
        "args",
        "input",
        "output",
        "instruction",
        "history",
        "prompt",
        "completion",
        "label",
        "weight",
        "images",
        "type",
        "image_url",
        "url",
        "system",
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(
        ["user", "assistant", "tool", "human", "gpt", "function_call", "model", "\ud83d"]
    )
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=15,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4).map(json.dumps)
LINES = st.lists(
    OBJECTS
    | OBJECTS.map(lambda text: text[:-3])
    | st.integers(1, 1200).map(lambda depth: '{"a":' + "[" * depth + "]" * depth + "}")
    | st.sampled_from(
        ["", " ", "null", '{"a": 1, "a": 2}', "{}", '{"a": 1e999}', '{"a": "\\ud83d"}']
    ),
    min_size=1,
    max_size=6,
)
JSONL = st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r"])).map(
    lambda both: both[1].join(both[0]).encode("utf-8", "surrogatepass")
)
CSV = st.one_of(
    st.text('ab ",;\t|\n\r\\\0é', max_size=120).map(lambda text: f"text,label\n{text}".encode()),
    st.text("ab,;\t|\n", max_size=200).map(str.encode),
    st.binary(max_size=200).map(b"text,label\n".__add__),
)


@SHORT
@given(data=JSONL | st.binary(max_size=200).map(b'{"a": 1}\n'.__add__))
def test_json_lines(data: bytes, tmp_path: Path) -> None:
    _readers.check_jsonl(data, tmp_path)


@SHORT
@given(data=CSV)
def test_separated_values(data: bytes, tmp_path: Path) -> None:
    _readers.check_csv(data, tmp_path)


@pytest.mark.parametrize(
    "data", [b"`\n\0\0", b"a,b\n\0,\0\nx,y", b"a\nb\n\x1f\x1f\nc\x1f\n"], ids=["one", "two", "us"]
)
def test_lines_of_nothing_but_controls_are_listed(data: bytes, tmp_path: Path) -> None:
    _readers.check_csv(data, tmp_path)


@SHORT
@given(data=st.binary(max_size=300))
def test_packed_files(data: bytes, tmp_path: Path) -> None:
    _readers.check_packed(data, tmp_path)


@pytest.mark.soak
@LONG
@given(data=JSONL | st.binary(max_size=400).map(b'{"a": 1}\n'.__add__))
def test_json_lines_for_long(data: bytes, tmp_path: Path) -> None:
    _readers.check_jsonl(data, tmp_path)


@pytest.mark.soak
@LONG
@given(data=CSV)
def test_separated_values_for_long(data: bytes, tmp_path: Path) -> None:
    _readers.check_csv(data, tmp_path)


@pytest.mark.soak
@LONG
@given(data=st.binary(max_size=2_000))
def test_packed_files_for_long(data: bytes, tmp_path: Path) -> None:
    _readers.check_packed(data, tmp_path)
