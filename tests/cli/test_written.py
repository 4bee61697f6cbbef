"""The screens of kinds that write: what is checked, compared, failed and answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from etude.evaluation.judging import Fault
from etude.records.dataset import Finding, IdealCheck
from etude.records.task import Kind
from etude.workflow.predict import PredictedFile, Prediction, Predictions
from etude.workflow.predictions import columns
from tests.report.test_written import CHECKS, writing

from .conftest import FakeProject, Ran

Command = Callable[..., Ran]


@pytest.fixture
def writes(project: FakeProject) -> FakeProject:
    project.comparison = writing()
    return project


NOT_CHECKED = "levenshtein threshold 5"


def says(project: FakeProject, monkeypatch: pytest.MonkeyPatch, kind: Kind, *said: str) -> None:
    """The project's answers, one a text."""

    def predict(texts: list[object], *_: object):
        project.calls.append(("predict", (texts,)))
        answers = tuple(
            Prediction(str(text), label, None, None, (Fault("the schema", "is no JSON"),))
            for text, label in zip(texts, said, strict=False)
        )
        return Predictions("finetune@m", answers, kind, (NOT_CHECKED,))

    monkeypatch.setattr(project, "predict", predict, raising=False)


def test_check_tells_lengths_and_failing_ideals(writes: FakeProject, command: Command) -> None:
    found = writes.comparison.dataset
    assert found.ideals is not None
    check = IdealCheck(
        name=CHECKS[0], applies=50, passed=48, failing=("r7", "r9"), reason="has 93 words"
    )
    finding = Finding(code="ideal_answers_fail", severity="warning", sentence="2 fail", count=2)
    writes.comparison = writes.comparison.model_copy(
        update={
            "dataset": found.model_copy(
                update={
                    "ideals": found.ideals.model_copy(update={"checks": (check,)}),
                    "findings": (finding,),
                }
            )
        }
    )
    out = " ".join(command("check").out.split())
    assert "0 labels" not in out
    assert "ideal answers: 12 to 40 words in nine of ten (middle 20, longest 61)" in out
    assert "48 of 50 ideal answers pass the one check" in out
    assert f"“{CHECKS[0]}”, such as by r7, which has 93 words" in out
    assert "the ideal answer" in out


@pytest.mark.parametrize("columns", ["60", "80", "120"])
def test_compare_shows_checks_and_measures(
    writes: FakeProject, command: Command, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    done = command("compare")
    assert done.code == 0
    out = " ".join(done.out.split())
    assert "labels" not in out
    assert CHECKS[1] in out.replace("─", "")
    assert "To be retyped (lower is better): " in out
    assert "Tokens of a prompt (lower is better; against the longest): " in out
    assert all(len(line) <= int(columns) for line in done.out.splitlines())


def test_the_rows_screen_names_the_checks_failed(writes: FakeProject, command: Command) -> None:
    out = " ".join(command("report", "--rows").out.split())
    assert "“Look-up” passes these checks least:" in out
    assert f"{CHECKS[1]}: " in out
    assert "→" not in out


def test_a_text_is_printed_whole_and_its_faults_on_stderr(
    writes: FakeProject, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(writes, monkeypatch, "write", "Title: x\nTwo lines\ttabbed")
    done = command("predict", "notes")
    assert done.out == "Title: x\nTwo lines\ttabbed\n"
    assert "✗ fails the schema: is no JSON" in done.err


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_checks_that_were_not_asked_are_named(
    writes: FakeProject, command: Command, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    says(writes, monkeypatch, "write", "a")
    done = command("predict", "notes", *words)
    (line,) = [line for line in done.err.splitlines() if NOT_CHECKED in line]
    assert "ideal answer" in line
    assert command("predict", "notes", "--quiet", *words).err == ""
    if words:
        assert done.json["not_checked"] == [NOT_CHECKED]


def test_a_table_tells_which_checks_were_not_asked(
    writes: FakeProject, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def predict_file(source: Path, target: Path, *_: object):
        return PredictedFile("finetune@m", source, target, 3, 0, (), 0, (NOT_CHECKED,))

    monkeypatch.setattr(writes, "predict_file", predict_file, raising=False)
    (writes.root / "in.csv").write_text("notes\nx\n")
    assert NOT_CHECKED in command("predict", "--in", "in.csv").err
    assert command("predict", "--in", "in.csv", "--json").json["not_checked"] == [NOT_CHECKED]


def looks_up(project: FakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of a way that shows its model an example and a passage; to “plain” neither."""

    def predict(texts: list[object], *_: object):
        answers = tuple(
            Prediction(str(text), "yes", None, None)
            if text == "plain"
            else Prediction(
                str(text),
                "yes",
                None,
                None,
                evidence=("m7", "returns.md#3"),
                passages=("30 days.",),
            )
            for text in texts
        )
        return Predictions("retrieval@m", answers, "write")

    monkeypatch.setattr(project, "predict", predict, raising=False)


def test_what_was_looked_up_is_named_beside_a_single_answer(
    writes: FakeProject, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks_up(writes, monkeypatch)
    done = command("predict", "how long?")
    assert done.out == "yes\n"
    assert "Looked up for it: m7 (examples); returns.md#3 (documents)" in done.err
    assert "Looked up" not in command("predict", "plain").err
    assert "Looked up" not in command("predict", stdin=b"one\ntwo\n").err
    assert command("predict", "how long?", "--quiet").err == ""


def test_json_has_what_was_looked_up(
    writes: FakeProject, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks_up(writes, monkeypatch)
    shown, plain = command("predict", "--json", stdin=b"how long?\nplain\n").json["predictions"]
    assert shown["evidence"] == ["m7", "returns.md#3"]
    assert shown["passages"] == ["30 days."]
    assert not {"evidence", "passages"} & set(plain)


def test_a_table_has_one_column_of_what_was_looked_up() -> None:
    plain = Prediction("a", "yes", None, None)
    shown = replace(plain, evidence=("m7", "returns.md#3"), passages=("30 days.",))
    assert "evidence" not in columns([plain, None], "write")
    assert columns([plain, None, shown], "write")["evidence"] == [None, None, "m7; returns.md#3"]


def test_several_texts_are_a_line_each_for_a_program(
    writes: FakeProject, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(writes, monkeypatch, "write", "a\nb", "c\\d")
    assert command("predict", stdin=b"one\ntwo\n").out == "a\\nb\nc\\\\d\n"


def test_a_record_is_json_and_a_value(
    writes: FakeProject, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(writes, monkeypatch, "extract", '{"a":1}')
    assert json.loads(command("predict", "mail").out) == {"a": 1}
    found = command("predict", "mail", "--json").json["predictions"][0]
    assert found == {
        "text": "mail",
        "prediction": {"a": 1},
        "passed": False,
        "confidence": None,
        "field_confidence": None,
        "escalate": False,
        "escalate_why": None,
        "failed_checks": [{"check": "the schema", "reason": "is no JSON"}],
        "failure": None,
    }


def test_fields_are_one_row(
    writes: FakeProject, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(writes, monkeypatch, "write", "an answer")
    done = command("predict", "--field", "title=Old = new", "--field", "ages=6-8")
    assert done.code == 0
    assert writes.calls[0][1][0] == [{"title": "Old = new", "ages": "6-8"}]


def test_what_comes_on_stdin_may_be_one_text(writes: FakeProject, command: Command) -> None:
    command("predict", "--whole", stdin=b"Dear all,\n\nhello\n")
    assert writes.calls[0][1][0] == ["Dear all,\n\nhello"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("x", "--field", "a=b"), "several things to answer"),
        (("--field", "a"), "found 'a'"),
        (("--field", "a=b", "--field", "a=c"), "given twice"),
        (("--field", "a="), "every column is empty"),
        (("--whole",), "the text is empty"),
        (("--in", "a.csv", "--field", "a=b"), "--in and something else"),
    ],
)
def test_what_can_not_be_meant_is_told(
    writes: FakeProject, command: Command, args: tuple[str, ...], words: str
) -> None:
    done = command("predict", *args)
    assert done.code == 2
    assert words in done.err
    assert not writes.calls


def test_new_says_what_was_guessed(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [
        {"draft": f"The lamp number {n} has now come", "text": f"Lamp number {n} is here today"}
        for n in range(30)
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = command("new", "p", "--from", "in.jsonl")
    assert done.code == 0, done.err
    assert "'rewrite'" in done.out
    assert "guesses from your examples" in done.out
    assert command("new", "q", "--from", "in.jsonl", "--json").json["kind"] == "rewrite"
