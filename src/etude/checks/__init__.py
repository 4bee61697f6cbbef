"""One check a file: ``registry`` finds them by name. ``docs/reference/checks.md`` shows each."""

from __future__ import annotations

from etude.checks._base import CannotJudge, CheckKind, Judge, Outcome, Subject
from etude.checks._compile import (
    Check,
    check_kind,
    check_problems,
    check_types,
    compile_checks,
    registry,
)
from etude.checks._spec import Spec
from etude.checks._table import CheckTable, run_checks

__all__ = [
    "CannotJudge",
    "Check",
    "CheckKind",
    "CheckTable",
    "Judge",
    "Outcome",
    "Spec",
    "Subject",
    "check_kind",
    "check_problems",
    "check_types",
    "compile_checks",
    "registry",
    "run_checks",
]
