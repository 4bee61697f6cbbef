"""What is wrong with ``schema`` and ``checks`` themselves, told with lines.

The contract's own compilers find it; this file knows where in the document each part stands.
"""

from __future__ import annotations

from pathlib import Path

from etude.checks import check_problems
from etude.contracts.schema import contract_problems
from etude.errors import Problem
from etude.taskfile.nodes import Document, dotted


def check(document: Document, folder: Path) -> list[Problem]:
    """Every fault of the schema and of the checks.

    Args:
        document: the task file.
        folder: the project's, where the files of ``python`` checks lie.
    """
    found: list[Problem] = []
    schema, checks = document.get("schema"), document.get("checks")
    if schema not in (None, {}) and document.get("kind") == "extract":
        found += contract_problems(schema)
    if isinstance(checks, list):
        found += check_problems(checks, folder)
    lines = {dotted(where): line for where, line in document.lines.items()}
    return [_placed(problem, lines) for problem in found]


def _placed(problem: Problem, lines: dict[str, int]) -> Problem:
    """With the line of its field, or of the nearest part around it that is written."""
    field = problem.field
    while field and field not in lines:
        field = field[: max(field.rfind("."), field.rfind("["), 0)]
    return Problem(lines.get(field), problem.field, problem.found, problem.expected, problem.hint)
