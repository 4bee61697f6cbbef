"""What a person sees before anything runs: help, versions, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etude import __version__
from etude.cli._verbs import VERBS

from .conftest import Ran, process

HEAVY = ("torch", "polars", "transformers", "pandas", "sklearn", "scipy", "numpy", "pydantic")


@pytest.mark.parametrize(
    "program",
    [
        "import etude",
        "from etude.cli.main import run; run(['--help'])",
        "from etude.cli.main import run; run(['--version'])",
    ],
)
def test_help_and_import_bring_nothing_heavy(program: str, tmp_path: Path) -> None:
    ask = f"import sys; {program}; print(sorted(set({HEAVY}) & set(sys.modules)), file=sys.stderr)"
    done = process(cwd=tmp_path, program=ask)
    assert done.code == 0
    assert done.err.strip().splitlines()[-1] == "[]"


SELDOM = ("torch", "sklearn", "pandas", "scipy.stats", "xlsxwriter")
"""What takes long to import, and few verbs need."""


def test_opening_a_project_brings_nothing_that_few_verbs_need(tmp_path: Path) -> None:
    ask = f"import sys, etude.project; print(sorted(set({SELDOM}) & set(sys.modules)), file=sys.stderr)"
    done = process(cwd=tmp_path, program=ask)
    assert done.code == 0
    assert done.err.strip().splitlines()[-1] == "[]"


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_brings_no_torch(verb: str, tmp_path: Path) -> None:
    program = (
        "import sys; from etude.cli.main import run; "
        f"run([{verb!r}, '--help']); print('torch' in sys.modules, 'polars' in sys.modules, "
        "file=sys.stderr)"
    )
    done = process(cwd=tmp_path, program=program)
    assert done.out.startswith(f"Usage: etude {verb}")
    assert done.err.strip().splitlines()[-1] == "False False"


JOB = [
    "new",
    "check",
    "review",
    "fix",
    "compare",
    "report",
    "predict",
    "run",
    "convert",
    "doctor",
]


def test_help_lists_the_verbs_in_the_order_of_the_job(command: Callable[..., Ran]) -> None:
    done = command("--help")
    lines = [line.strip() for line in done.out.splitlines()]
    found = [line.split()[0] for line in lines if line.split(" ")[0] in VERBS]
    assert done.code == 0
    assert found == list(VERBS)
    assert [verb for verb in found if verb in JOB] == JOB
    assert all(len(line) < 80 for line in done.out.splitlines())
    for verb, words in VERBS.items():
        assert any(line.startswith(verb) and line.endswith(words) for line in lines), verb


def test_nothing_at_all_is_help(command: Callable[..., Ran]) -> None:
    assert command().out == command("--help").out == command("-h").out


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, command: Callable[..., Ran]) -> None:
    done = command(verb, "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: etude {verb}")
    assert "--json" in done.out
    assert ("--project" in done.out) == (verb != "new")
    for foreign in ("Traceback", "<path>", "list[", "{NAME}", "x<="):
        assert foreign not in done.out
    assert done.err == ""


def test_version(command: Callable[..., Ran]) -> None:
    assert command("--version").out == f"etude {__version__}\n"


def test_every_verb_is_told_in_options_with_help(command: Callable[..., Ran]) -> None:
    for verb in VERBS:
        lines = command(verb, "--help").out.splitlines()
        options = [line for line in lines if line.startswith("  -")]
        for line, following in zip(lines, [*lines[1:], ""], strict=True):
            if line in options:
                has_words = "  " in line.strip() or following.startswith("      ")
                assert has_words, (verb, line)
