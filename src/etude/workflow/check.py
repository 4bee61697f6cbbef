"""``check``: read the examples, split them, say what a person should know. Runs no model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from etude.data import stored, versions
from etude.data.stored import Prepared
from etude.errors import GateNotMet
from etude.records.dataset import DatasetVersion
from etude.store import atomic
from etude.workflow import decisions
from etude.workflow.ideals import about_ideals
from etude.workflow.reading import about_models
from etude.workflow.session import Session, recorded


@dataclass(frozen=True)
class CheckResult:
    """What was found; ``folder`` holds the examples as read, and ``rejects.csv``."""

    version: DatasetVersion
    folder: Path
    rejects: Path | None
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The versioned shape of ``etude check --json``."""
        return {
            "schema": 1,
            "dataset": self.version.model_dump(mode="json", exclude={"schema_version"}),
            "rejects": str(self.rejects) if self.rejects else None,
            "warnings": list(self.warnings),
        }


def prepare(session: Session, *, strict: bool = False) -> tuple[Prepared, Path]:
    """The current dataset version, and its folder; stored if it is new.

    Raises:
        DataError: the examples can't be used, or ``strict`` and rows were rejected.
    """
    store, task = session.store, session.taskfile.task
    decided = decisions.read(session.root)
    prepared = versions.build(
        task, session.root, store.assignments(), strict=strict, decisions=decided.placed
    )
    ideals, wrong = about_ideals(task, prepared.frame, session.root)
    warned = prepared.version.findings + about_models(task, prepared.frame) + wrong
    warned += decided.findings()
    known = {"findings": warned, "ideals": ideals}
    prepared = replace(prepared, version=prepared.version.model_copy(update=known))
    folder = store.save_version(prepared.version.id, lambda where: stored.write(prepared, where))
    if not stored.intact(folder):
        session.say(f"the stored examples were damaged and are written again: {folder}")
        with atomic.replacing(folder) as again:
            stored.write(prepared, again)
    kept = DatasetVersion.model_validate_json((folder / stored.MANIFEST).read_bytes())
    version = prepared.version.model_copy(update={"created": kept.created})
    return replace(prepared, version=version), folder


def check(session: Session, *, strict: bool = False) -> CheckResult:
    """Read, normalise, split; every finding is in the version's record.

    Raises:
        DataError: the examples can't be used at all.
        GateNotMet: ``strict``, and there are findings above a note.
    """
    with recorded(session, "check", {"strict": str(strict)}) as run:
        prepared, folder = prepare(session)
        session.store.describe_run(run.id, dataset=prepared.version.id)
        rejects = folder / "rejects.csv"
        result = CheckResult(
            version=prepared.version,
            folder=folder,
            rejects=rejects if prepared.version.rejected else None,
            warnings=session.taskfile.warnings,
        )
        serious = [f for f in prepared.version.findings if f.severity != "note"]
        if strict and (serious or prepared.version.rejected):
            raise GateNotMet(
                f"--strict: {len(serious)} findings and {prepared.version.rejected} rejected rows",
                where=str(rejects if prepared.version.rejected else folder),
                hint="mend them, or leave --strict out to go on without those rows",
            )
        return result
