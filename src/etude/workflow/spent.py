"""What a payback is made of besides measurements: which figures the task file states, and a person's
time to clean the examples."""

from __future__ import annotations

from dataclasses import dataclass

from etude.workflow import grades
from etude.workflow.session import Session


@dataclass(frozen=True)
class Spent:
    """``stated``: dotted fields of the economics that the task file has a value for. ``cleaning``: a
    person's hours to look through what the newest look at these examples found; 0 before the first."""

    stated: frozenset[str] = frozenset()
    cleaning: float = 0.0


def spent_on(session: Session, dataset: str) -> Spent:
    """Of this project and these examples."""
    found = grades.of(session, dataset)
    minutes = found.minutes if found is not None else 0.0
    return Spent(stated(session), minutes / 60)


def stated(session: Session) -> frozenset[str]:
    """Fields of the economics that the task file has a value for."""
    economics = session.taskfile.task.economics
    assumed = {one.field for one in session.taskfile.assumptions}
    return frozenset(f"economics.{name}" for name in type(economics).model_fields) - assumed
