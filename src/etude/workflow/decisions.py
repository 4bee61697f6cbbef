"""``decisions.jsonl`` in the project's folder: people's decisions about rows, one a line.

It is made for version control: plain text, only ever added to at its end or shortened by what is
taken back. Lines that can't be read are named and left where they are. Several processes may write
at once; each sees what the others have written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from etude.data.overlay import Placed
from etude.records.dataset import Finding
from etude.records.decision import Decision
from etude.store import atomic
from etude.store.locks import locked
from etude.workflow._lines import read_lines, why_unread
from etude.workflow.session import Session

FILE = "decisions.jsonl"
WHAT = "the decisions"
_NAMED = 5


@dataclass(frozen=True)
class Decisions:
    """The file as it is: decisions with their lines, and lines that are none, with the reason."""

    placed: tuple[Placed, ...] = ()
    damaged: tuple[tuple[int, str], ...] = ()

    def findings(self) -> tuple[Finding, ...]:
        """A warning where lines can't be read."""
        if not self.damaged:
            return ()
        lines = ", ".join(str(line) for line, _ in self.damaged[:_NAMED])
        more = f" and {len(self.damaged) - _NAMED:,} more" if len(self.damaged) > _NAMED else ""
        many = len(self.damaged) > 1
        return (
            Finding(
                code="decisions_damaged",
                severity="warning",
                count=len(self.damaged),
                sentence=f"line{'s' if many else ''} {lines}{more} of {FILE} can't be read "
                f"({self.damaged[0][1]}); the other decisions are applied",
                hint="put the file back from version control, or take those lines out",
            ),
        )


def read(root: Path) -> Decisions:
    """The decisions of the project in ``root``; none where there is no file.

    Raises:
        StoreError: the file can't be read at all.
    """
    return _parsed(read_lines(root / FILE, WHAT))


def add(session: Session, decisions: Sequence[Decision]) -> None:
    """Write decisions at the end of the file, all or none.

    Raises:
        StoreError: the disk is full or refuses.
    """
    if not decisions:
        return
    with _alone(session):
        path = session.root / FILE
        lines = read_lines(path, WHAT)
        lines += [made.model_dump_json(exclude_defaults=True).encode() for made in decisions]
        atomic.write_bytes(path, b"\n".join(lines) + b"\n")


def take_back(session: Session, which: Callable[[Placed], bool]) -> tuple[Decision, ...]:
    """Take the decisions out of the file that ``which`` is true of; they are given back.

    Raises:
        StoreError: the disk is full or refuses.
    """
    with _alone(session):
        path = session.root / FILE
        lines = read_lines(path, WHAT)
        gone = [placed for placed in _parsed(lines).placed if which(placed)]
        if gone:
            numbers = {placed.line for placed in gone}
            left = [line for at, line in enumerate(lines, 1) if at not in numbers]
            atomic.write_bytes(path, b"".join(line + b"\n" for line in left))
    return tuple(placed.decision for placed in gone)


def take_back_last(session: Session, decision: Decision) -> bool:
    """Take back the newest decision that says exactly this; False where there is none."""
    found = [placed for placed in read(session.root).placed if placed.decision == decision]
    if not found:
        return False
    last = found[-1]
    return bool(take_back(session, lambda placed: placed == last))


def _alone(session: Session) -> AbstractContextManager[None]:
    lock = session.store.folder / "work" / "decisions.lock"
    return locked(lock, session.say, f"it writes {FILE}")


def _parsed(lines: Sequence[bytes]) -> Decisions:
    placed: list[Placed] = []
    damaged: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            placed.append(Placed(Decision.model_validate_json(line), number))
        except ValidationError as error:
            damaged.append((number, why_unread(error)))
    return Decisions(tuple(placed), tuple(damaged))
