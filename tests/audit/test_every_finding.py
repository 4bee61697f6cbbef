"""Every finding says what it costs to leave it, what to do, and how long that takes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import etude

FOLDER = Path(etude.__file__).parent / "audit"
FILES = sorted(path for path in FOLDER.rglob("*.py") if path.name != "_base.py")


def made(path: Path) -> list[ast.Call]:
    """The calls that make findings."""
    return [
        one
        for one in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "found"
    ]


def test_findings_are_made_where_they_are_looked_for() -> None:
    assert sum(len(made(path)) for path in FILES) > 40


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_costs_repair_and_time_are_given(path: Path) -> None:
    for call in made(path):
        given = {word.arg: word.value for word in call.keywords}
        where = f"{path.name}:{call.lineno}"
        assert {"costs", "repair"} <= given.keys(), where
        assert len({"seconds_each", "minutes"} & given.keys()) == 1, where
        for name in ("costs", "repair"):
            parts = [one.value for one in ast.walk(given[name]) if isinstance(one, ast.Constant)]
            assert None not in parts, where
