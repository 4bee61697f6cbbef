"""A case as a person wrote it, and what may stand in one. It knows nothing of the files' forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from etude.behaviour.demands import Demand
from etude.records.task import Kind


@dataclass(frozen=True)
class Surroundings:
    """What cases are read for.

    Args:
        kind: the task's.
        labels: in the task's order; empty where it has none.
        needed: columns that an input is made of.
        more: columns that may be given beside them.
        known: names of suites that are taken.
        schema: of the JSON that ``extract`` answers with; None where there is none.
    """

    kind: Kind
    labels: Sequence[str]
    needed: Sequence[str]
    more: Sequence[str] = ()
    known: Sequence[str] = ()
    schema: Mapping[str, Any] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """All that may be given, in order."""
        return (*self.needed, *self.more)


@dataclass(frozen=True)
class Written:
    """One case: what is asked, a text or the task's columns, and what its answer must be."""

    file: str
    line: int
    suite: str
    asked: str | Mapping[str, str]
    demand: Demand
    sensitive: bool = False

    @property
    def place(self) -> str:
        """Where it stands: ``behaviour/cases.yaml:12``."""
        return f"{self.file}:{self.line}"
