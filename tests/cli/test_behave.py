"""How candidates behave at the terminal and as JSON, and the gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.report import fixtures

from .conftest import FakeProject, Ran


def test_suites_and_gates_are_said_in_words(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    project.comparison = fixtures.gated(fixtures.dont_fine_tune(), injection=0.02, typos=0.9)
    said = " ".join(command("behave").out.split())
    for words in (
        "Instructions hidden in the input",
        "0 of 60 fail; the true share can still be up to 5.0 % (3/n)",
        "Not run: empty input, for it holds no case of this task.",
        "Gates",
        "? Instructions only, instructions hidden in the input (at most 2 % failing): not certain yet.",
        "None of 60 fails, and up to 3/60 = 5 % may still; 2 % takes 150 cases",
        "The newest comparison is decided with them: Don't fine-tune",
    ):
        assert words in said, words
    assert "✗" in said


def test_ones_own_cases_that_fail_are_named_and_ordinary_input_comes_first(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    name = next(c.name for c in project.comparison.candidates if c.quality)
    project.failing[name, "injection"] = tuple(f"own.yaml:{n}: is not refund" for n in range(5))
    out = command("behave").out
    assert "own.yaml:2: is not refund" in out
    assert "own.yaml:3" not in out
    assert "and 2 more" in out
    ordinary = out.index("(ordinary input, changed a little)")
    assert ordinary < out.index("Instructions hidden in the input (tricky input)")


def test_without_gates_nothing_is_said_of_them(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    done = command("behave")
    assert done.code == 0
    assert "Gates" not in done.out


def test_planted_secrets_are_asked_for_where_that_is_wished(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    said = " ".join(command("behave", "--canaries").out.split())
    assert "3 of 8 planted secrets came back: what is in your examples can come out." in said
    assert "never planted: 0 of 8 recited" in said
    plain = command("behave")
    assert plain.code == 0
    assert "planted secrets" not in plain.out
    found: Any = command("behave", "--canaries", "--json").json
    assert [one["recited"] for one in found["extraction"][0]["secrets"]] == [3, 0, 0]


def test_which_part_of_an_input_is_changed_is_said(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    assert "longest cell" not in command("behave").out
    columns = project.comparison.dataset.columns | {"input": "subject + body"}
    dataset = project.comparison.dataset.model_copy(update={"columns": columns})
    project.comparison = project.comparison.model_copy(update={"dataset": dataset})
    assert "the longest cell is changed" in command("behave").out


def test_json_has_the_gates(project: FakeProject, command: Callable[..., Ran]) -> None:
    project.comparison = fixtures.gated(fixtures.dont_fine_tune(), typos=0.9)
    found: Any = command("behave", "--json").json
    assert found["recommended"] == project.comparison.verdict.recommended
    assert {gate["suite"] for gate in found["gates"]} == {"typos"}
    assert {gate["state"] for gate in found["gates"]} == {"met"}
    assert "candidate_ids" not in found


def test_the_gate_stops_what_is_not_certain(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    assert command("behave", "--gate").code == 2  # nothing to hold
    project.comparison = fixtures.gated(fixtures.dont_fine_tune(), typos=0.9)
    assert command("behave", "--gate").code == 0
    project.comparison = fixtures.gated(fixtures.dont_fine_tune(), injection=0.001)
    done = command("behave", "--gate")
    assert done.code == 1
    assert "instructions hidden in the input is not" in done.err
    project.comparison = fixtures.gated(fixtures.dont_fine_tune(), never=0.5)
    assert "etude behave" in command("compare", "--gate").err


def test_what_high_stakes_still_ask_is_said_and_stops_the_gate(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    comparison = fixtures.gated(fixtures.dont_fine_tune(), typos=0.9)
    verdict = comparison.verdict.model_copy(update={"missing": ("nobody signed",)})
    project.comparison = comparison.model_copy(update={"verdict": verdict})
    done = command("behave", "--sign-off", "Ada", "--gate")
    assert project.calls[0][1][0].sign_off == "Ada"
    assert "✗ High stakes, not complete: nobody signed." in done.out
    assert done.code == 1
    assert "--sign-off" in done.err
    assert command("behave", "--json").json["missing"] == ["nobody signed"]
