"""Stored comparisons are found by name, and looking at rows kept aside is written down."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from etude.errors import DataError, StoreError, UnknownName
from etude.records.comparison import Comparison
from etude.records.release import Base, Parity, ReleaseManifest
from etude.records.task import ModelRef
from etude.releases.contents import MANIFEST
from etude.store import Store
from etude.workflow import shelf
from etude.workflow.diff import diff
from etude.workflow.session import Session
from tests.report import fixtures


def keep(root: Path, run: str, on_dev: bool = False) -> Comparison:
    made = fixtures.dont_fine_tune().model_copy(
        update={"run": run, "created": f"2026-02-0{run[-1]}T00:00:00Z", "on_dev": on_dev}
    )
    folder = root / ".etude" / "runs" / run
    folder.mkdir(parents=True)
    (folder / "comparison.json").write_text(made.model_dump_json(by_alias=True))
    return made


@pytest.fixture
def session(tmp_path: Path) -> Session:
    for run, on_dev in (("r1", False), ("r2", True), ("r3", False), ("r4", True)):
        keep(tmp_path, run, on_dev)
    return cast("Session", SimpleNamespace(root=tmp_path, store=Store.open(tmp_path)))


def runs(session: Session, *names: str) -> tuple[str, str]:
    found = diff(session, *names)
    return found.old.run, found.new.run


def test_previous_is_of_the_same_kind(session: Session) -> None:
    assert runs(session) == ("r2", "r4")
    assert runs(session, "previous", "r3") == ("r1", "r3")
    assert runs(session, "r1", "previous") == ("r1", "r2")


def test_a_folder_or_a_record_of_another_checkout(session: Session, tmp_path: Path) -> None:
    other = tmp_path / "other"
    keep(other, "r7")
    for name in (other, other / ".etude", other / ".etude" / "runs" / "r7"):
        assert runs(session, str(name), "r3") == ("r7", "r3")
    record = tmp_path / "record.json"
    record.write_bytes((other / ".etude/runs/r7/comparison.json").read_bytes())
    assert runs(session, str(record), "r3") == ("r7", "r3")
    assert shelf.find(session.root, str(record)).folder is None


def released(session: Session, run: str, candidate: str) -> str:
    """A release of ``candidate`` as far as ``diff`` reads it, in production."""
    made = keep_release(session, run, candidate)
    session.store.releases.move("production", made, "a test")
    return made


def keep_release(session: Session, run: str, candidate: str) -> str:
    comparison = fixtures.dont_fine_tune()
    manifest = ReleaseManifest(
        task="t",
        kind="classify",
        candidate=candidate,
        rung="probe",
        rung_version=1,
        plain_name="quick classifier",
        base=Base(reference=ModelRef(name="builtin:minilm"), files={}),
        dataset=comparison.dataset.id,
        holdout_id=None,
        task_hash="",
        comparison=run,
        quality=None,
        etude_version="0",
        code="",
        versions={},
        parity=Parity(inputs=0, legs=()),
        files={},
    )
    folder = session.store.releases.folder / manifest.name
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_bytes(manifest.canonical())
    return manifest.name


def test_a_release_stands_for_the_comparison_that_it_was_chosen_in(session: Session) -> None:
    names = [c.name for c in fixtures.dont_fine_tune().candidates if c.quality is not None]
    other = next(n for n in names if n != fixtures.dont_fine_tune().verdict.recommended)
    name = released(session, "r1", other)
    for said in ("production", name[:8]):
        found = diff(session, said, "r3")
        assert (found.old.run, found.new.run) == ("r1", "r3")
        assert found.verdict.old_recommended == other
        assert found.verdict.new_recommended == fixtures.dont_fine_tune().verdict.recommended
    with pytest.raises(DataError, match="was chosen in the comparison r9"):
        diff(session, keep_release(session, "r9", other), "r3")


def test_what_is_not_there_is_said(session: Session, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="latst") as error:
        diff(session, "latst")
    assert error.value.hint == "did you mean latest?"
    with pytest.raises(DataError, match="no comparison before r1"):
        diff(session, "previous", "r1")
    (tmp_path / "summary.json").write_text('{"schema": 1}')
    with pytest.raises(StoreError, match="no record"):
        diff(session, str(tmp_path / "summary.json"))
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(DataError, match="nothing has been compared"):
        diff(session, str(empty))


def test_rows_kept_aside_cost_a_look(session: Session) -> None:
    holdout: Any = fixtures.dont_fine_tune().dataset.holdout_id
    diff(session, "r1", "r3")
    assert session.store.looks(holdout) == []
    diff(session, "r1", "r3", show_holdout=True)
    (look,) = session.store.looks(holdout)
    assert (look.reason, look.run) == ("rows shown to a person", "r3")
