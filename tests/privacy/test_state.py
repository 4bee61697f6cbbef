"""What was found by other recognisers is no find of these."""

from __future__ import annotations

import shutil
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from etude.audit import private, secrets
from etude.privacy import _state, state

fresh = _state.state.__wrapped__


def test_a_changed_recogniser_is_another_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = tmp_path / "privacy"
    shutil.copytree(_state._FOLDER, copied, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(_state, "_FOLDER", copied)
    before = fresh()
    assert before == fresh() == state()
    phone = copied / "recognisers" / "phone.py"
    phone.write_text(phone.read_text("utf-8") + "# changed\n", "utf-8")
    assert fresh() != before


def test_a_recogniser_of_others_is_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fresh()
    entry = SimpleNamespace(name="badge", value="badges:RECOGNISER", module="badges")
    monkeypatch.setattr(metadata, "entry_points", lambda group: [entry])
    assert fresh() != before


def test_the_audits_that_look_for_them_hang_on_it() -> None:
    assert state() in private.AUDIT.state()
    assert state() in secrets.AUDIT.state()
