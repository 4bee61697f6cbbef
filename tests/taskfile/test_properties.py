from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.errors import Problem, TaskError
from etude.taskfile import read
from etude.taskfile.nodes import parse

MINIMAL: dict[str, Any] = {"task": "triage", "kind": "classify", "data": {"examples": "data/a.csv"}}
# Characters that a YAML file can hold as text; the writer escapes what is not printable.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
QUICK = settings(deadline=None, derandomize=True, max_examples=60)


def load(text: str) -> dict[str, str] | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "etude.yaml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        return read(path).task.labels


def problems(text: str) -> list[Problem]:
    """What is told; empty where the file is right. Anything but a TaskError comes through."""
    try:
        load(text)
    except TaskError as error:
        return list(error.problems) or [Problem(None, "nothing", "an error without a problem")]
    return []


@QUICK
@given(
    st.lists(
        TEXT.filter(str.strip),
        min_size=2,
        max_size=5,
        unique_by=lambda text: text.strip().casefold(),
    )
)
def test_labels_written_by_a_yaml_writer_come_back(names: list[str]) -> None:
    written = {**MINIMAL, "labels": dict.fromkeys(names, "meaning")}
    assert load(yaml.safe_dump(written, allow_unicode=True)) == dict.fromkeys(names, "meaning")
    as_list = {**MINIMAL, "labels": names}
    assert load(yaml.safe_dump(as_list, allow_unicode=True)) == dict.fromkeys(names, "")


@QUICK
@given(
    st.sampled_from(["bar", "economics", "data"]),
    st.from_regex(r"[a-z]{1,3}q[a-z_]{1,6}", fullmatch=True),
)
def test_an_unknown_key_is_told_wherever_it_stands(section: str, key: str) -> None:
    values = {**MINIMAL, "labels": ["a", "b"]}
    values[section] = {**values.get(section, {}), key: 1}
    told = problems(yaml.safe_dump({**values, key: 1}))
    assert {problem.field for problem in told} == {key, f"{section}.{key}"}
    assert all(problem.line for problem in told)


@QUICK
@given(st.text(st.sampled_from(list("ab:-[]{}'\"\n \t#&*!|>%@`,?~1")), max_size=40))
def test_any_text_is_read_or_told_and_never_breaks(text: str) -> None:
    parse(text)
    told = problems(text)  # no task can be written in these letters
    assert told
    assert "nothing" not in [problem.field for problem in told]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.sampled_from(["a", "sk-1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["examples", "input", "split", "dev", "openai", "model", "type"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "task",
                "kind",
                "labels",
                "schema",
                "checks",
                "boundaries",
                "stakes",
                "data",
                "bar",
                "economics",
                "models",
                "ladder",
                "instructions",
            ]
        ),
        VALUES,
        max_size=5,
    )
)
def test_any_shape_is_read_or_told_and_never_breaks(values: dict[str, Any]) -> None:
    told = problems(yaml.safe_dump({**MINIMAL, **values}))
    assert "nothing" not in [problem.field for problem in told]
