"""What ``check`` and ``report`` show."""

from __future__ import annotations

from collections.abc import Callable

from etude.cli._mixups import NO_LABEL, mixups
from tests.report import fixtures

from .conftest import FakeProject, Ran


def test_check_shows_files_columns_labels_and_findings(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    done = command("check")
    words = " ".join(done.out.split())
    assert done.code == 0
    for told in (
        "data/messages.csv",
        "14 of them can't be used",
        "rejects.csv",
        "what is read: text",
        "the right answer: category",
        "ties rows together: customer_id",
        "8 labels",
        "kept aside",
        "6 messages stand more than once",
        "a warning",
        "etude compare",
    ):
        assert told in words, told
    assert "! look at" in words
    assert "· note" in words


def test_check_strict_shows_everything_and_then_ends_with_1(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    done = command("check", "--strict")
    assert done.code == 1
    assert "6 messages stand more than once" in done.out
    assert "--strict" in done.err
    in_json = command("check", "--strict", "--json")
    assert in_json.code == 1
    assert in_json.json["dataset"]["rejected"] == 14


def test_check_strict_with_notes_alone_is_done(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    version = project.comparison.dataset
    notes = tuple(f for f in version.findings if f.severity == "note")
    clean = version.model_copy(update={"findings": notes, "rejected": 0})
    project.comparison = project.comparison.model_copy(update={"dataset": clean})
    assert command("check", "--strict").code == 0


def test_report_names_the_pages(project: FakeProject, command: Callable[..., Ran]) -> None:
    done = command("report")
    assert done.code == 0
    assert "report.html" in done.out
    assert "rows.html" in done.out
    assert "Don't fine-tune" in done.out
    told = command("report", "--json").json
    assert told == {
        "schema": 1,
        "report": str(project.root / "report.html"),
        "rows": str(project.root / "rows.html"),
        "cards": str(project.root / "cards"),
    }


def test_report_options_reach_the_project(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    command("report", "--show-holdout")
    assert project.calls == [("report", (True,))]
    assert "holm_p" in command("report", "--technical").out


def test_report_rows_says_what_is_mixed_up(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    done = command("report", "--rows")
    found = mixups(project.comparison, project.comparison.candidate("retrieval@builtin:minilm"))
    assert f"{found[0].label} → {found[0].answered}: {found[0].count}" in done.out
    assert "rows.html" in done.out


def test_mixups_are_the_wrong_answers_and_nothing_else() -> None:
    comparison = fixtures.dont_fine_tune()
    for candidate in comparison.candidates:
        found = mixups(comparison, candidate)
        matrix = candidate.confusion
        wrong = sum(map(sum, matrix)) - sum(row[i] for i, row in enumerate(matrix))
        assert sum(mixup.count for mixup in found) == wrong
        assert [m.count for m in found] == sorted((m.count for m in found), reverse=True)
        assert sum(m.count for m in found if m.answered == NO_LABEL) == candidate.invalid
