"""``judgements.jsonl`` in the project's folder: what people said of candidates' answers, one a line.

Made for version control like ``decisions.jsonl``. A line names what it is about by hashes, so that it
stays true when examples are added, and counts no longer where the answer is another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from etude.records.judgement import Label, PairLabel
from etude.store import atomic
from etude.store.locks import locked
from etude.workflow._lines import read_lines, why_unread
from etude.workflow.session import Session

FILE = "judgements.jsonl"
WHAT = "people's judgements"
Line = Label | PairLabel
_LINE: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="sort")])


@dataclass(frozen=True)
class Judgements:
    """The file as it is; ``damaged``: numbers of lines that can't be read, with the reason."""

    labels: tuple[Label, ...] = ()
    damaged: tuple[tuple[int, str], ...] = ()
    pairs: tuple[PairLabel, ...] = ()

    @property
    def rows(self) -> frozenset[str]:
        """Ids of the examples of which somebody has seen candidates' answers."""
        labelled = (one.row for one in self.labels)
        return frozenset(labelled).union(one.row for one in self.pairs)

    @property
    def warning(self) -> str | None:
        """In words, where lines can't be read."""
        if not self.damaged:
            return None
        line, reason = self.damaged[0]
        more = f" and {len(self.damaged) - 1:,} more" if len(self.damaged) > 1 else ""
        return (
            f"Line {line}{more} of {FILE} can't be read ({reason}); the others count. Put the file "
            "back from version control, or take such lines out."
        )


def text_hash(text: str) -> str:
    """sha256 of a text, first 16 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def read(root: Path) -> Judgements:
    """The judgements of the project in ``root``; none where there is no file.

    Raises:
        StoreError: the file can't be read at all.
    """
    said: list[Line] = []
    damaged: list[tuple[int, str]] = []
    for number, line in enumerate(read_lines(root / FILE, WHAT), 1):
        if not line.strip():
            continue
        try:
            said.append(_LINE.validate_json(line))
        except ValidationError as error:
            damaged.append((number, why_unread(error)))
    return Judgements(
        tuple(one for one in said if isinstance(one, Label)),
        tuple(damaged),
        tuple(one for one in said if isinstance(one, PairLabel)),
    )


def add(session: Session, made: Sequence[Line]) -> None:
    """Write judgements at the end of the file, all or none.

    Raises:
        StoreError: the disk is full or refuses.
    """
    with _alone(session):
        path = session.root / FILE
        lines = read_lines(path, WHAT) + [_line(one) for one in made]
        atomic.write_bytes(path, b"\n".join(lines) + b"\n")


def take_back(session: Session, made: Sequence[Line]) -> None:
    """Take the newest lines that say exactly this out of the file.

    Raises:
        StoreError: the disk is full or refuses.
    """
    with _alone(session):
        path = session.root / FILE
        lines = read_lines(path, WHAT)
        for one in made:
            line = _line(one)
            if line in lines:
                del lines[len(lines) - 1 - lines[::-1].index(line)]
        atomic.write_bytes(path, b"".join(line + b"\n" for line in lines))


def _line(one: Line) -> bytes:
    return one.model_dump_json().encode()


def _alone(session: Session) -> AbstractContextManager[None]:
    lock = session.store.folder / "work" / "judgements.lock"
    return locked(lock, session.say, f"it writes {FILE}")
