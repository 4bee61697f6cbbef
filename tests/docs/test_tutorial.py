"""The tutorial's commands, typed in their order in an empty folder, print what it says.

Fine-tuning and timing are cut short: what is held here is that every step works as typed, not how
good or fast it gets.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from tests._children import ETUDE, run

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "tutorial.md"
SHORT = """
from etude.approaches import _tuned
_tuned.LEAST_EXAMPLES_SEEN, _tuned.LEAST_EPOCHS = 60, 1
_tuned.RATES_WHEN_SMALL = _tuned.RATES
from etude.evaluation import latency
latency.SINGLES, latency.BATCH, latency.BATCH_ROUNDS = 4, 8, 2
"""


def blocks(language: str) -> list[str]:
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands() -> list[tuple[str, list[str]]]:
    """Each command with the lines that its output must hold."""
    found: list[tuple[str, list[str]]] = []
    for block in blocks("console"):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.strip():
                found[-1][1].append(line.strip())
    return found


def python(code: str, folder: Path, *arguments: str) -> str:
    env = {**os.environ, "HF_HUB_OFFLINE": "1", "COLUMNS": "100"}
    done = run(SHORT + code, *arguments, cwd=folder, env=env)
    assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def test_the_tutorial_runs_as_it_stands(tmp_path: Path) -> None:
    for name in ("messages.csv", "new.csv"):
        shutil.copy(ROOT / "docs" / "tutorial" / name, tmp_path)
    folder = tmp_path
    for command, expected in commands():
        words = re.findall(r'"[^"]*"|\S+', command)
        if words[0] == "cd":
            folder = folder / words[1]
            continue
        assert words[0] == "etude"
        shown = python(ETUDE, folder, *[word.strip('"') for word in words[1:]])
        flat = " ".join(shown.split())
        for line in expected:
            assert " ".join(line.split()) in flat, f"{command}: {line!r} is not in\n{shown}"
    answered = (tmp_path / "answered.csv").read_text(encoding="utf-8").splitlines()
    assert answered[0] == "ticket,message,prediction,confidence,escalate,escalate_why"
    assert len(answered) == 4
    (code,) = blocks("python")
    printed = python(code, tmp_path)
    assert "fine-tuned" in printed
