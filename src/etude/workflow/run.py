"""``run``: check, compare, report."""

from __future__ import annotations

from dataclasses import dataclass

from etude.records.comparison import Comparison
from etude.workflow.check import CheckOptions, CheckResult, check
from etude.workflow.compare import CompareOptions, compare
from etude.workflow.report import Pages, report
from etude.workflow.session import Session


@dataclass(frozen=True)
class RunResult:
    """What the three verbs gave."""

    checked: CheckResult
    comparison: Comparison
    pages: Pages


def run(session: Session, options: CompareOptions) -> RunResult:
    """Check the examples, climb the ladder, write the report."""
    checked = check(session, CheckOptions(strict=options.strict, quick=options.quick))
    comparison = compare(session, options)
    return RunResult(checked, comparison, report(session))
