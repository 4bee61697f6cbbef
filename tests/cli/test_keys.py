"""``etude keys``: in any folder, a key shown once, named by people, ended at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etude.cli import keys as verb
from etude.records.api_key import SCOPES
from etude.store import Store
from etude.store.api_keys import ApiKeys

from .conftest import Ran

Command = Callable[..., Ran]


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in: no project is needed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def test_a_key_is_made_listed_and_revoked(command: Command, empty: Path) -> None:
    made = command("keys", "create", "laptop", "--tokens-per-day", "1000000")
    assert made.code == 0
    (secret,) = [line.strip() for line in made.out.splitlines() if line.startswith("  sk-etude-")]
    assert "laptop may ask models and give feedback, at most 1,000,000 tokens a day." in made.out
    with Store.open(empty) as store:
        found = ApiKeys(store.database).find(secret)
    assert found is not None
    assert found.scopes == ("infer",)
    listed = command("keys")
    assert f"laptop  …{secret[-4:]}" in listed.out
    assert found.id in listed.out.replace("\n  ", " ")
    assert "0 tokens today" in listed.out.replace("\n  ", " ")
    assert secret[:-4] not in listed.out
    ended = command("keys", "revoke", "laptop")
    assert "is revoked" in ended.out
    assert "etude keys create NAME" in ended.out  # none is left
    assert "revoked 20" in command("keys", "list").out


def test_scripts_get_the_key_alone_or_json(command: Command) -> None:
    quiet = command("keys", "create", "ci", "--scope", "tune", "--scope", "infer", "--quiet")
    assert quiet.out.startswith("sk-etude-")
    assert quiet.out.count("\n") == 1
    made = command("keys", "create", "b", "--requests-per-minute", "60", "--json").json
    assert made["key"].endswith(made["hint"])
    assert made["requests_per_minute"] == 60
    document = command("keys", "list", "--json").json
    assert [key["name"] for key in document["keys"]] == ["ci", "b"]
    assert document["keys"][0]["scopes"] == ["tune", "infer"]
    assert made["key"] not in str(document)
    assert command("keys", "revoke", made["id"], "--json").json["revoked"] > 0


def test_in_another_folder(command: Command, empty: Path) -> None:
    other = empty / "served"
    other.mkdir()
    command("keys", "create", "x", "--project", str(other))
    assert (other / ".etude" / "etude.db").exists()
    assert "No keys yet" in command("keys").out


WRONG = [
    (["delete", "x"], "can't be done with keys"),
    (["create"], "too few words"),
    (["list", "x"], "too many words"),
    (["revoke", "x", "--scope", "infer"], "--scope goes with create alone"),
    (["create", "x", "--scope", "all"], "there is no scope 'all'"),
    (["create", "x" * 65], "can't be a key's name"),
    (["create", ""], "can't be a key's name"),
    (["revoke", "x"], "no key in force is called 'x'"),
    (["list", "--project", "/nowhere/at/all"], "there is no such folder"),
]


def test_what_can_t_be_done(command: Command) -> None:
    for typed, words in WRONG:
        done = command("keys", *typed)
        assert done.code == 2, typed
        assert words in done.err
        assert done.out == ""


def test_a_name_stands_for_one_key(command: Command) -> None:
    command("keys", "create", "x")
    again = command("keys", "create", "x")
    assert again.code == 2
    assert "etude keys revoke x" in again.err
    command("keys", "revoke", "x")
    assert command("keys", "create", "x").code == 0


def test_the_scopes_are_those_of_the_server() -> None:
    assert verb.SCOPES == SCOPES
