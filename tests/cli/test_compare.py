"""The comparison at the terminal and as JSON: fits, says it in words, asks before sending."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.cells import cell_len
from rich.console import Console

from etude.cli import _comparing
from etude.cli._comparison import show
from etude.cli._drawing import Paper
from etude.errors import UsageError
from etude.records.comparison import Comparison
from etude.records.task import Bar
from etude.report.as_json import to_json
from etude.workflow.egress import Egress
from tests.report import fixtures

from .conftest import FakeProject, Ran

EGRESS = Egress("llm.example.org", "small-1", 120, 900, 1.2, "EUR", None)


def drawn(comparison: Comparison, width: int, technical: bool = False, **options: Any) -> str:
    written = io.StringIO()
    console = Console(
        width=width, highlight=False, markup=False, emoji=False, file=written, **options
    )
    show(Paper(console), comparison, Path.cwd(), technical)
    return written.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", sorted(fixtures.COMPARISONS))
def test_it_fits(name: str, width: int) -> None:
    comparison = fixtures.COMPARISONS[name]()
    text = drawn(comparison, width)
    command = comparison.verdict.next_command.split()[0]
    for line in text.splitlines():
        if command not in line:  # what is to be typed stays whole
            assert cell_len(line.rstrip()) <= width, line
    assert "\N{NO-BREAK SPACE}" not in text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e\u2028]", text)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_says_what_a_person_needs(width: int) -> None:
    text = " ".join(drawn(fixtures.dont_fine_tune(), width).split())
    for words in (
        "support-triage: 10,000 examples",
        "kept aside",
        "Look-up",
        "Fine-tuned",
        "recommended",
        "Don't fine-tune",
        "as good as",
        "under 0.01",
        "✓",
        "not met",
        "Why:",
        "Money:",
        "etude predict",
    ):
        assert words in text, words
    for term in ("p95", "mid_p", "holm", "accuracy", "finetune@", "probe@", "retrieval@"):
        assert term not in text, term


@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_figure_of_the_table_is_there_at_every_width(width: int) -> None:
    comparison = fixtures.dont_fine_tune()
    text = drawn(comparison, width)
    for candidate in comparison.candidates:
        assert candidate.quality is not None
        assert f"{100 * candidate.quality.value:.1f} %" in text


def test_80_columns_have_a_table_and_60_have_none() -> None:
    assert "────" in drawn(fixtures.dont_fine_tune(), 80)
    assert "────" not in drawn(fixtures.dont_fine_tune(), 60)


def test_unmeasured_is_said_and_never_zero() -> None:
    text = drawn(fixtures.quick(), 80)
    assert text.count("not measured") >= 5
    assert "Quick run" in text


def test_exact_terms_are_one_flag_away() -> None:
    text = " ".join(drawn(fixtures.dont_fine_tune(), 80, technical=True).split())
    for term in (
        "finetune@builtin:minilm",
        "accuracy:",
        "holm_p",
        "signs flipped at random",
        "Wilson",
        "settings:",
    ):
        assert term in text, term
    assert "mid_p" not in text
    assert "corrected for the folds" not in text


def test_colour_is_never_alone_and_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    plain = drawn(fixtures.dont_fine_tune(), 80, force_terminal=True)
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", plain)
    assert "✗ not met" in plain
    monkeypatch.delenv("NO_COLOR")
    assert re.search(
        r"\x1b\[[0-9;]*3[0-7]m", drawn(fixtures.dont_fine_tune(), 80, force_terminal=True)
    )


def test_the_verb(project: FakeProject, command: Callable[..., Ran]) -> None:
    done = command("compare", "--quick", "--seeds", "3")
    assert done.code == 0
    assert "Don't fine-tune" in done.out
    assert "Nothing leaves this machine." in done.err
    assert "Nothing leaves" not in done.out
    [(verb, (options,))] = project.calls
    assert (verb, options.quick, options.seeds, options.strict) == ("compare", True, 3, False)
    assert command("compare", "--quiet").err == ""
    assert "holm_p" in command("compare", "--technical").out


def test_json_is_the_versioned_shape_and_nothing_else(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    for builder in fixtures.COMPARISONS.values():
        project.comparison = builder()
        done = command("compare", "--json")
        assert done.code == 0
        assert done.json == json.loads(json.dumps(to_json(project.comparison)))
        assert done.json["schema"] == 1


def test_run_is_all_three(project: FakeProject, command: Callable[..., Ran]) -> None:
    done = command("run")
    assert done.code == 0
    assert [verb for verb, _ in project.calls] == ["check", "compare", "report"]
    assert done.out.index("rejects.csv") < done.out.index("report.html")
    assert done.out.rstrip().endswith('etude predict "a new text"')
    stopped = command("run", "--strict", "--json")
    assert stopped.code == 1
    assert stopped.json["compare"] is None
    assert stopped.json["check"]["dataset"]["rejected"] == 14
    told = command("run", "--json").json
    assert sorted(told) == ["check", "compare", "report", "schema"]
    assert told["compare"]["verdict"]["decision"] == "dont_fine_tune"


@pytest.mark.parametrize("verb", ["compare", "run"])
def test_gate(verb: str, project: FakeProject, command: Callable[..., Ran]) -> None:
    assert command(verb, "--gate").code == 0
    project.comparison = fixtures.none_good_enough()
    done = command(verb, "--gate")
    assert done.code == 1
    assert "None is good enough" in done.out  # the result is shown all the same
    assert "--gate" in done.err
    assert command(verb).code == 0
    in_json = command(verb, "--gate", "--json")
    assert in_json.code == 1
    assert in_json.json["schema"] == 1  # one document: the comparison


def test_a_gate_that_is_uncertain_is_not_met(capsys: pytest.CaptureFixture[str]) -> None:
    comparison = fixtures.cant_tell()
    name = comparison.verdict.recommended
    assert name is not None
    assert "uncertain" in {gate.state for gate in comparison.candidate(name).gates}
    with pytest.raises(typer.Exit) as left:
        _comparing.hold(comparison)
    assert left.value.exit_code == 1
    assert "not certain" in capsys.readouterr().err


def test_a_gate_without_a_bar_is_refused_before_the_work(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    task = project.comparison.task.model_copy(update={"bar": Bar()})
    project.comparison = project.comparison.model_copy(update={"task": task})
    assert command("compare", "--gate").code == 2
    assert not project.calls


def test_nobody_there_means_nobody_agrees(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    command("compare")
    assert project.calls[0][1][0].confirm is None
    command("compare", "--yes")
    assert project.calls[1][1][0].confirm(EGRESS) is True


@pytest.mark.parametrize(("typed", "agreed"), [("y", True), ("n", False), ("", False)])
def test_a_person_is_asked(
    typed: str,
    agreed: bool,
    project: FakeProject,
    command: Callable[..., Ran],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_comparing, "interactive", lambda: True)
    command("compare", "--quiet")
    confirm = project.calls[0][1][0].confirm
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{typed}\n"))
    assert confirm(EGRESS) is agreed


def test_refused_is_wrong_use(project: FakeProject, command: Callable[..., Ran]) -> None:
    project.fails = UsageError("nobody agreed", hint="add --yes to agree")
    done = command("compare")
    assert done.code == 2
    assert "--yes" in done.err


def test_the_next_command_names_the_project_where_that_is_needed(
    project: FakeProject, command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.root.parent)
    done = command("compare", "--project", project.root.name)
    assert done.out.rstrip().endswith(f'"a new text" --project {project.root.name}')
