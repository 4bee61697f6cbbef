"""Texts in, answers out: an argument, lines on stdin, a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from etude.evaluation.judging import Fault
from etude.workflow.predictions import Prediction, Predictions

from .conftest import FakeProject, Ran


def test_a_text(project: FakeProject, command: Callable[..., Ran]) -> None:
    done = command("predict", "where is it?")
    assert done.code == 0
    assert done.out == "<where is it?>\t0.9300\twhere is it?\n"
    assert "probe@builtin:minilm" in done.err
    assert project.calls == [("predict", (["where is it?"], None))]


def test_another_candidate(project: FakeProject, command: Callable[..., Ran]) -> None:
    assert command("predict", "x", "--candidate", "few_shot").code == 0
    assert project.calls == [("predict", (["x"], "few_shot"))]


def test_json(project: FakeProject, command: Callable[..., Ran]) -> None:
    assert command("predict", "x", "--json").json == {
        "schema": 1,
        "candidate": "probe@builtin:minilm",
        "all_to_person": None,
        "predictions": [
            {
                "text": "x",
                "prediction": "<x>",
                "confidence": 0.93,
                "escalate": False,
                "escalate_why": None,
                "failure": None,
            }
        ],
    }


def test_lines_keep_their_places(project: FakeProject, command: Callable[..., Ran]) -> None:
    piped = "one\r\n\n  \nfour\ttabs\nünï\u2028code\nlast".encode()
    done = command("predict", stdin=piped)
    assert project.calls[0][1][0] == ["one", "four\ttabs", "ünï\u2028code", "last"]
    lines = done.out.split("\n")
    assert [line.split("\t")[0] for line in lines] == [
        "<one>",
        "",
        "",
        "<four tabs>",
        "<ünï code>",
        "<last>",
        "",
    ]
    assert all(line.count("\t") == 2 for line in lines[:-1])
    answers = command("predict", "--json", stdin=piped).json["predictions"]
    assert [a["prediction"] for a in answers][1:3] == [None, None]
    assert [a["failure"] for a in answers][1:3] == ["no text", "no text"]


def test_a_byte_order_mark_is_no_text(project: FakeProject, command: Callable[..., Ran]) -> None:
    command("predict", stdin="\ufeffone\n".encode())
    assert project.calls[0][1][0] == ["one"]


def test_empty_stdin_is_no_work_and_no_error(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    done = command("predict", stdin=b"")
    assert (done.code, done.out) == (0, "")
    assert "No texts" in done.err
    assert command("predict", "--json", stdin=b"").json["predictions"] == []


def test_stdin_that_is_not_utf8(project: FakeProject, command: Callable[..., Ran]) -> None:
    done = command("predict", stdin=b"fine\ncaf\xe9\n")
    assert done.code == 3
    assert "stdin, line 2" in done.err
    assert "0xe9" in done.err
    assert "--in" in done.err
    assert not project.calls


def test_wrong_use(project: FakeProject, command: Callable[..., Ran]) -> None:
    (project.root / "t.csv").write_text("text\nx\n")
    for args in (
        ["two", "texts"],
        [""],
        ["x", "--in", "t.csv"],
        ["x", "--out", "o.csv"],
        ["x", "--force"],
    ):
        assert command("predict", *args).code == 2, args
    assert "etude predict 'two texts'" in command("predict", "two", "texts").err
    assert not project.calls


def test_a_table(project: FakeProject, command: Callable[..., Ran]) -> None:
    source = project.root / "in" / "new mail.csv"
    source.parent.mkdir()
    source.write_text("text\nx\n")
    done = command("predict", "--in", str(source))
    target = source.with_name("new mail.predicted.csv")
    assert project.calls == [("predict_file", (source, target, None))]
    assert done.out.strip() == str(Path("in") / "new mail.predicted.csv")
    assert "3 rows" in done.err
    assert "1 of them without" in done.err
    assert command("predict", "--in", str(source), "--json").json["rows"] == 3


def test_where_a_table_goes(project: FakeProject, command: Callable[..., Ran]) -> None:
    for source, target in (
        ("a.parquet", "a.predicted.parquet"),
        ("a.jsonl", "a.predicted.jsonl"),
        ("a.XLSX", "a.predicted.XLSX"),
        ("book.xlsx#Sheet 2", "book.predicted.xlsx"),
        ("a.json", "a.predicted.csv"),
        ("noending", "noending.predicted.csv"),
    ):
        command("predict", "--in", source)
        assert project.calls[-1][1][1] == Path(target), source
    command("predict", "--in", "a.csv", "--out", "b.parquet")
    assert project.calls[-1][1][1] == Path("b.parquet")


def test_nothing_is_overwritten_unasked(project: FakeProject, command: Callable[..., Ran]) -> None:
    (project.root / "a.csv").write_text("text\nx\n")
    (project.root / "a.predicted.csv").write_text("precious")
    done = command("predict", "--in", "a.csv")
    assert done.code == 2
    assert "--force" in done.err
    assert not project.calls
    assert command("predict", "--in", "a.csv", "--force").code == 0
    own = command("predict", "--in", "a.csv", "--out", "a.csv", "--force")
    assert own.code == 2
    assert "never changed" in own.err
    assert len(project.calls) == 1


@pytest.mark.parametrize(
    ("update", "everything", "words"),
    [
        ({}, None, None),
        (
            {"escalate_why": "it is 50 % sure, and 80 % is needed"},
            None,
            "For a person to look at: it is 50 % sure, and 80 % is needed.",
        ),
        (
            {"escalate_why": "short: it is long", "faults": (Fault("short", "it is long"),)},
            None,
            "For a person to look at: it fails what you ask.",
        ),
        (
            {
                "escalate_why": "it is 50 % sure, and 80 % is needed",
                "field_confidence": {"customer": 0.97, "items": 0.384},
            },
            None,
            "For a person to look at: it is 50 % sure, and 80 % is needed. Look first at items: "
            "38 % sure.",
        ),
        (
            {"escalate_why": "nothing says which answers can go out: too few examples"},
            "too few examples",
            "For a person to look at: it, since too few examples",
        ),
    ],
)
def test_why_a_person_is_to_look_is_said(
    project: FakeProject,
    command: Callable[..., Ran],
    monkeypatch: pytest.MonkeyPatch,
    update: dict[str, Any],
    everything: str | None,
    words: str | None,
) -> None:
    one = replace(Prediction("x", "billing", 0.5, None), **update)
    found = Predictions("probe@builtin:minilm", (one,), everything=everything)
    monkeypatch.setattr(type(project), "predict", lambda *asked, **more: found)
    said = command("predict", "x").err
    assert (words in said) if words else ("person" not in said)
    assert command("predict", "x", "--json").json["all_to_person"] == everything
