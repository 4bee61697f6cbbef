"""docs/cli.md is what the command line says of itself, and its examples can be typed."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

import etude
from etude.cli._verbs import VERBS, command

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "cli_reference.py"


def script() -> ModuleType:
    spec = util.spec_from_file_location("cli_reference", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def checked(script: Path) -> subprocess.CompletedProcess[str]:
    source = str(Path(etude.__file__).parents[1])
    return subprocess.run(
        [sys.executable, str(script), "--check"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": source},
    )


def test_the_page_has_not_drifted() -> None:
    done = checked(SCRIPT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_drift_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "docs").mkdir()
    copy = tmp_path / "scripts" / SCRIPT.name
    copy.write_text(SCRIPT.read_text())
    page = (ROOT / "docs" / "cli.md").read_text()
    (tmp_path / "docs" / "cli.md").write_text(page.replace("--gate", "--gates", 1))
    done = checked(copy)
    assert done.returncode == 1
    assert "--gates" in done.stdout


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_and_a_few_examples(verb: str) -> None:
    page = (ROOT / "docs" / "cli.md").read_text()
    for param in command(verb).params:
        argument = param.param_type_name == "argument"  # shown by what stands for it
        for name in [param.metavar] if argument else param.opts:
            assert name in page, name
    examples = script().EXAMPLES[verb]
    assert examples
    for typed, _ in examples:
        words = shlex.split(typed.partition("<")[0].partition(">")[0])
        assert words[:2] == ["etude", verb]
        command(verb).make_context(verb, words[2:])  # raises where an option is wrong
