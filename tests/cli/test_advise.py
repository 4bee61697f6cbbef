"""``advise`` at a terminal: the questions with their evidence, the next step, and bad input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etude.cli import _advising
from etude.project import Advised, AdviseOptions
from etude.verdict.advice.advise import advise, open_ones
from etude.workflow.advise import checked
from tests.verdict.advice._evidence import evidence, tried

from .conftest import FakeProject, Ran


@pytest.fixture
def advised(project: FakeProject, monkeypatch: pytest.MonkeyPatch) -> FakeProject:
    """The made-up project, with advice from made-up evidence and what is said."""

    def answer(self: FakeProject, options: AdviseOptions) -> Advised:
        self._call("advise", options)
        said = {key: value for key, value in options.answers.items() if key in ("gap_left",)}
        return Advised(advise(evidence(said, tried=self.tried)), options.answers)

    monkeypatch.setattr(FakeProject, "advise", answer, raising=False)
    monkeypatch.setattr(FakeProject, "tried", None, raising=False)
    return project


def flat(done: Ran) -> str:
    return " ".join(done.out.split())


def test_replies_sources_and_what_to_type(
    advised: FakeProject, command: Callable[..., Ran]
) -> None:
    done = command("advise")
    words = flat(done)
    assert done.code == 0
    assert "✓ yes Is it one narrow task that comes again and again?" in words
    assert "from etude.yaml" in words
    assert "? not known Would better instructions and a few examples still leave a gap?" in words
    assert "--answer gap_left=yes (or no)" in words
    assert "3 of 5 yes, 2 not known: it hangs on what is not known." in words
    assert "→ The next step: Try clear instructions first" in words
    assert done.out.rstrip().endswith("etude compare --quick")


def test_money_and_the_numbers_of_fine_tuning(
    advised: FakeProject, command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeProject, "tried", tried(0.72, 0.90))
    words = flat(command("advise"))
    assert "→ The next step: Fine-tune" in words
    assert "18 more right answers in 100 (16 to 20)" in words
    assert "corrections saved" in words
    assert "watching and retraining" in words


def test_failures_are_shown_with_a_row(
    advised: FakeProject, command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeProject, "tried", tried(0.72, 0.71))
    words = flat(command("advise"))
    assert "a taken for 0: 9 of 480" in words
    assert "row r0: a text" in words


def test_json_is_one_document_of_schema_1(
    advised: FakeProject, command: Callable[..., Ran]
) -> None:
    done = command("advise", "--json", "--answer", "gap_left=yes")
    assert done.json["schema"] == 1
    assert [one["key"] for one in done.json["questions"]][3] == "gap_left"
    assert done.json["questions"][3] | {"evidence": ""} == {
        "key": "gap_left",
        "text": "Would better instructions and a few examples still leave a gap?",
        "reply": "yes",
        "evidence": "",
        "source": "you",
        "said": None,
    }
    assert done.json["step"]["command"] == "etude compare --quick"


def test_answers_come_as_lines_for_the_task_file(
    advised: FakeProject, command: Callable[..., Ran]
) -> None:
    done = command("advise", "--answer", "gap_left=Yes ", "--answer", "corrected_per_100=30")
    assert "  advice:\n    gap_left: yes\n    corrected_per_100: 30\n" in done.out


@pytest.mark.parametrize(
    ("answer", "found", "hint"),
    [
        ("gap_left", "found 'gap_left'", "etude advise --answer gap_left=yes"),
        ("gap_left=perhaps", "found 'perhaps'", "--answer gap_left=yes"),
        ("gaplft=yes", "there is no question 'gaplft'", "did you mean 'gap_left'?"),
        ("corrected_per_100=many", "found 'many'", "corrected_per_100=30"),
        ("corrected_per_100=130", "found '130'", "corrected_per_100=30"),
        ("corrected_per_100=nan", "found 'nan'", "corrected_per_100=30"),
    ],
)
def test_a_wrong_answer_is_told_with_what_would_be_right(
    advised: FakeProject, command: Callable[..., Ran], answer: str, found: str, hint: str
) -> None:
    done = command("advise", "--answer", answer)
    assert done.code == 2
    assert found in done.err
    assert hint in done.err
    assert not done.out


def test_an_answer_twice_is_refused(advised: FakeProject, command: Callable[..., Ran]) -> None:
    done = command("advise", "--answer", "gap_left=yes", "--answer", "gap_left=no")
    assert (done.code, "answered twice" in done.err) == (2, True)


def test_at_a_terminal_what_is_open_is_asked_until_it_can_be_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = iter(["lots", "30", "y", "", "maybe", "n", "?"])
    monkeypatch.setattr(_advising.typer, "prompt", lambda *_, **__: next(typed))
    found = _advising.asker()(open_ones(advise(evidence())), True)
    assert found == {"corrected_per_100": "30", "gap_left": "yes", "still_changing": "no"}
    assert next(typed, None) is None
    assert capsys.readouterr().err.count("please type") == 2
    assert _advising.asker()((), False) == {}


def test_answers_are_read_as_people_type_them() -> None:
    assert checked({"gap_left": " Y", "worth_it": "NO"}) == {"gap_left": "yes", "worth_it": "no"}


def test_nothing_is_run_without_a_project(tmp_path: Path, command: Callable[..., Ran]) -> None:
    assert command("advise", "--project", str(tmp_path / "none")).code == 2


def test_what_follows_from_a_person_s_figures_is_not_called_found(
    advised: FakeProject, command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(self: FakeProject, options: AdviseOptions) -> Advised:
        return Advised(advise(evidence({"repeats": "no"}, tried=tried(0.72))), {})

    monkeypatch.setattr(FakeProject, "advise", answer, raising=False)
    words = flat(command("advise"))
    assert "You said no; your figures decide." in words
    assert "what was found" not in words
