"""``fix`` at a terminal: lists, accepts, takes back, writes out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etude.cli import fix as verb
from tests.workflow._audits import audits as audits
from tests.workflow._audits import project as made_up

from .conftest import Ran


@pytest.fixture
def folder(tmp_path: Path, audits: list[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("etude.workflow._material.Reach.encoder", None)
    monkeypatch.setenv("COLUMNS", "100")
    made = made_up(tmp_path / "p")
    monkeypatch.chdir(made)
    return made


def test_it_lists_what_can_be_mended_with_examples(
    folder: Path, command: Callable[..., Ran]
) -> None:
    done = command("fix", "--quiet")
    assert done.code == 0
    assert "typos: 2 rows" in done.out
    assert "[-teh-]{+the+}" in done.out
    assert "b3: left out: junk one" in done.out
    assert "etude fix junk --yes" in done.out
    assert not (folder / "decisions.jsonl").exists()
    listed = command("fix", "--json").json
    assert {one["code"]: one["rows"] for one in listed["repairs"]}["typos"] == 2


def test_nothing_is_accepted_that_nobody_agreed_to(
    folder: Path, command: Callable[..., Ran]
) -> None:
    done = command("fix", "typos")
    assert done.code == 2
    assert "etude fix typos --yes" in done.err
    assert not (folder / "decisions.jsonl").exists()


def test_a_person_sees_what_is_proposed_before_agreeing(
    folder: Path, command: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verb, "interactive", lambda: True)
    for answer in (False, True):
        monkeypatch.setattr(verb.typer, "confirm", lambda asked, err, said=answer: said)
        done = command("fix", "typos")
        assert done.code == 0
        assert "[-teh-]{+the+}" in done.out
        assert ("typos: 2 rows mended" in done.out) is answer
        assert (folder / "decisions.jsonl").exists() is answer


@pytest.mark.parametrize("more", [(), ("--yes",), ("--json",)])
def test_a_wrong_name_is_told_before_anybody_is_asked(
    folder: Path, command: Callable[..., Ran], more: tuple[str, ...]
) -> None:
    done = command("fix", "tipos", *more)
    assert done.code == 2
    assert "did you mean typos?" in done.err + done.out


def test_accepted_taken_back_and_written_out(folder: Path, command: Callable[..., Ran]) -> None:
    done = command("fix", "typos", "junk", "--yes")
    assert "typos: 2 rows mended" in done.out
    assert "junk: 2 rows mended" in done.out
    assert "--undo junk" in command("fix", "--quiet").out
    assert "taken back for 2 rows" in command("fix", "--undo", "junk").out
    target = folder / "mended.csv"
    assert "65 examples: 2 rows changed" in command("fix", "--export", str(target)).out
    assert command("fix", "--export", str(target)).code == 2
    assert command("fix", "--export", str(target), "--force").code == 0
    assert command("fix", "--export", "rows.csv", "--force").code == 2
    assert "every decision fits" in command("fix", "--tidy").out


def test_one_thing_at_a_time_and_names_that_are_known(
    folder: Path, command: Callable[..., Ran]
) -> None:
    assert command("fix", "typos", "--undo", "typos").code == 2
    wrong = command("fix", "tipos", "--yes")
    assert wrong.code == 2
    assert "did you mean typos?" in wrong.err
