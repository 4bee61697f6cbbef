"""``review``: a script stands in for a person; every key does what it says."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

import etude
from etude.cli import _hands
from etude.cli._drawing import Paper
from etude.cli._walk import Hands, Walk, fitting_labels
from etude.errors import UsageError
from tests.workflow._audits import audits as audits
from tests.workflow._audits import project as made_up

from .conftest import FakeProject, Ran


class Script:
    """Keys and lines in their order."""

    def __init__(self, keys: str, *lines: str, edited: str | None = None) -> None:
        self.keys, self.lines = iter(keys), iter(lines)
        self.edited = edited

    def hands(self) -> Hands:
        return Hands(
            key=lambda: next(self.keys, "q"),
            line=lambda question: next(self.lines, ""),
            editor=lambda text: self.edited,
        )


@pytest.fixture
def folder(tmp_path: Path, audits: list[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("etude.workflow._material.Reach.encoder", None)
    return made_up(tmp_path / "p")


def walked(folder: Path, script: Script, finding: str | None = None, **more: Any) -> str:
    out = io.StringIO()
    paper = Paper(Console(file=out, width=100, highlight=False, markup=False, emoji=False))
    Walk(paper, etude.open(folder).to_review(finding), script.hands(), **more).go()
    return out.getvalue()


def decided(folder: Path) -> list[tuple[str, str, str | None]]:
    path = folder / "decisions.jsonl"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(d["row"], d["action"], d.get("value")) for d in map(json.loads, lines)]


def test_a_row_is_shown_with_its_mark_and_its_proposal(folder: Path) -> None:
    shown = walked(folder, Script("q"), "typos")
    assert "1 of 2 · typos · b1 · rows.csv, line 62" in shown
    assert "where is [[teh]] lamp for teh hall" in shown
    assert "where is [-teh-]{+the+} lamp for teh hall" in shown
    assert "[a] accept [k] keep as it is [e] edit [d] drop the row [l] another label" in shown


@pytest.mark.parametrize(
    ("read", "context", "field", "shown"),
    [
        ("Free?\n\nWhat you may use:\nIt is.", "It is.", "target", False),
        ("Free?\n\nWhat you may use:\nIt is.", "It is.", "context", True),
        ("Free?", "It is.", "target", True),
        ("Free?", None, "target", False),
    ],
)
def test_what_stands_in_the_input_already_is_not_shown_twice(
    read: str, context: str | None, field: str, shown: bool
) -> None:
    version = SimpleNamespace(columns={"context": "note"})
    review: Any = SimpleNamespace(prepared=SimpleNamespace(version=version))
    case: Any = SimpleNamespace(
        row={"input": read, "context": context}, places=(SimpleNamespace(field=field),)
    )
    walk = Walk(Paper(Console(file=io.StringIO())), review, Script("").hands())
    assert walk.shows_context(case) is shown


def test_each_key_does_what_it_says(folder: Path) -> None:
    walked(folder, Script("akd"))
    assert decided(folder) == [("b3", "drop", None), ("b4", "keep", None), ("b1", "drop", None)]
    walked(folder, Script("el", "post", edited="my own words"))
    assert decided(folder)[3:] == [("b2", "edit", "my own words"), ("b5", "relabel", "post")]
    assert "No more rows" in walked(folder, Script("")) or etude.open(folder).to_review().total == 0


def test_skipping_and_stopping_leave_rows_for_the_next_time(folder: Path) -> None:
    walked(folder, Script("sq"))
    assert decided(folder) == []
    assert etude.open(folder).to_review().total == 5
    shown = walked(folder, Script("aa"), limit=1)
    assert len(decided(folder)) == 1
    assert "1 of 5" in shown
    assert "2 of 5" not in shown


def test_the_last_can_be_taken_back(folder: Path) -> None:
    shown = walked(folder, Script("auk"))
    assert decided(folder) == [("b3", "keep", None)]
    assert "taken back" in shown
    assert "[u]" in shown


def test_what_can_not_be_done_is_said_and_the_row_stays(folder: Path) -> None:
    shown = walked(folder, Script("lle", "nothing like it at all", "", edited=" "), "typos")
    assert "no label is like" in shown
    assert "that can't be done: it would leave the row without its input" in shown
    assert decided(folder) == []


def test_its_own_label_is_no_other(folder: Path) -> None:
    shown = walked(folder, Script("l", "shop"), "typos")
    assert "shop is its label already" in shown
    assert decided(folder) == []


def test_labels_by_number_letters_and_nearness() -> None:
    labels = ["lost_card", "card_arrival", "card_payment", "refund"]
    assert fitting_labels("refund", labels) == ["refund"]
    assert fitting_labels("2", labels) == ["card_arrival"]
    assert fitting_labels("card_a", labels) == ["card_arrival"]
    assert fitting_labels("CARD", labels) == ["card_arrival", "card_payment"]
    assert fitting_labels("refnud", labels) == ["refund"]
    assert fitting_labels("arriv", labels) == ["card_arrival"]
    assert fitting_labels("zzz", labels) == []


def test_nobody_at_the_keyboard_is_refused(
    project: FakeProject, command: Callable[..., Ran]
) -> None:
    done = command("review")
    assert done.code == 2
    assert "nobody is at the keyboard" in done.err
    assert "etude fix" in done.err


def test_without_a_keyboard_what_else_is_wrong_comes_first(
    project: FakeProject, command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def refuse(*given: object, **_: object) -> None:
        asked.append(given)
        raise UsageError("the answers can be counted", where="etude review")

    for option, verb in (("--judge", "to_label"), ("--blind", "to_compare")):
        monkeypatch.setattr(FakeProject, verb, refuse, raising=False)
        done = command("review", option)
        assert done.code == 2
        assert "the answers can be counted" in done.err
        monkeypatch.setattr(FakeProject, verb, lambda *_, **__: None, raising=False)
        done = command("review", option, *(["--show-holdout"] if option == "--blind" else []))
        assert "nobody is at the keyboard" in done.err
        assert f"etude review {option} --json" in " ".join(done.err.split())
        assert "etude fix" not in done.err
    assert len(asked) == 2


def test_the_editor_is_the_persons_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "ed.py"
    script.write_text(
        "import sys, pathlib\np = pathlib.Path(sys.argv[1])\np.write_text('new\\n')\n"
    )
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    assert _hands.hands().editor("old") == "new"
    script.write_text("raise SystemExit(1)\n")
    assert _hands.hands().editor("old") is None


def test_ctrl_c_stops_a_walk(folder: Path) -> None:
    walked(folder, Script("a\x03a"))
    assert len(decided(folder)) == 1


def test_what_is_to_be_looked_at_in_json(
    folder: Path, command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    listed = command("review", "--json", "--finding", "typos").json
    assert [one["id"] for one in listed["rows"]] == ["b1", "b2"]
    assert listed["rows"][0]["places"][0]["proposal"] == "the"
