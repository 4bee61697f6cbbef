"""Pages taken apart: their fenced blocks, and task files made of the fragments they show."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


def page(name: str) -> str:
    """A page of docs/, by its path there."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language, in their order."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Each command of the console blocks, with the lines that its output must hold."""
    found: list[tuple[str, list[str]]] = []
    for block in blocks(text, "console"):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            elif line.strip():
                found[-1][1].append(line.strip())
    return found


def typed(text: str) -> list[str]:
    """The etude commands that a page shows by themselves, indented by four spaces."""
    return re.findall(r"^ {4}(etude [a-z]+.*?)(?:\s{2,}.*)?$", text, re.MULTILINE)


def with_fragment(example: str, fragment: str, folder: Path) -> Path:
    """The example's project in ``folder``, its task file changed as a fragment of a page says.

    Sections are joined field by field; everything else is replaced.
    """
    shutil.copytree(EXAMPLES / example, folder, ignore=shutil.ignore_patterns(".etude"))
    path = folder / "etude.yaml"
    task = joined(yaml.safe_load(path.read_text("utf-8")), yaml.safe_load(fragment))
    # JSON is YAML, and keeps texts that look like numbers as texts.
    path.write_text(yaml.safe_dump(task, allow_unicode=True), encoding="utf-8")
    return path


def joined(task: dict[str, Any], fragment: dict[str, Any]) -> dict[str, Any]:
    """A task file's values with those of a fragment."""
    made = dict(task)
    for key, value in fragment.items():
        both = isinstance(value, dict) and isinstance(made.get(key), dict)
        made[key] = made[key] | value if both and key != "schema" else value
    return made
