"""The cards of a comparison: one of each candidate that was scored, one of the examples.

They lie beside the report and, like it, hold no rows of data.
"""

from __future__ import annotations

import re
from pathlib import Path

from etude.errors import ModelError
from etude.models._base import Model
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.release import Base
from etude.records.task import ModelRef
from etude.releases import bases, making
from etude.report.data_card import data_card
from etude.report.release_card import is_card, model_card
from etude.store import atomic
from etude.store.layout import made
from etude.workflow import behaved
from etude.workflow.entrants import entrant_called
from etude.workflow.session import Session

FOLDER = "cards"
DATA = "examples.md"
_BEGINNING = 10_000
"""Letters of a file that say whether it is a card."""


def write_cards(session: Session, comparison: Comparison) -> Path:
    """Write the cards of ``comparison`` into ``cards/`` of the project; the folder.

    Cards that an earlier comparison left there go: they quote a verdict that no longer holds.

    Raises:
        StoreError: the disk is full or refuses.
    """
    folder = made(session.root / FOLDER)
    code = making.code_hash()
    tried = behaved.known(session, comparison.candidates)
    written = {DATA}
    for candidate in comparison.candidates:
        if candidate.quality is not None:
            base, lookup = _models(session, candidate)
            text = model_card(
                comparison, candidate.name, base, lookup, code, released=False, behaved=tried
            )
            written.add(file_name(candidate.name))
            atomic.write_text(folder / file_name(candidate.name), text)
    atomic.write_text(folder / DATA, data_card(comparison.task, comparison.dataset))
    for path in folder.glob("*.md"):
        if path.name not in written and is_card(_beginning(path)):
            atomic.remove(path)
    return folder


def _beginning(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as text:
            return text.read(_BEGINNING)
    except (OSError, UnicodeDecodeError):
        return ""


def file_name(candidate: str) -> str:
    """``probe@builtin:minilm`` as a file's name on every disk."""
    return re.sub(r"[^\w.-]+", "-", candidate.replace("@", "-"), flags=re.ASCII) + ".md"


def _models(session: Session, candidate: CandidateReport) -> tuple[Base, Base | None]:
    """What the candidate stands on; without hashes where a model can't be had any more."""
    try:
        entrant = entrant_called(session, candidate.name)
        lookup = entrant.lookup
        base = bases.describe(entrant.reference, entrant.model)
        return base, None if lookup is None else _described(lookup)
    except ModelError:
        return Base(reference=ModelRef(name=candidate.model)), None


def _described(model: Model) -> Base:
    return bases.describe(ModelRef(name=model.name), model)
