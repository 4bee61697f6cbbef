"""A release pushed to a hub by its own client: asked first, never offline, a refusal is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import constants

from etude.errors import ModelError, UsageError
from etude.workflow.session import Session
from etude.workflow.shelved import Releases
from etude.workflow.shipping import ExportOptions
from tests.releases._hub import Hub, running
from tests.releases._made import make
from tests.workflow.test_releases import project

REPOSITORY = "me/support"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    with running() as found:
        online(monkeypatch, found, tmp_path)
        yield found


def online(monkeypatch: pytest.MonkeyPatch, found: Hub, home: Path) -> None:
    """Let the client ask the stand-in and nobody else."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_ENDPOINT", found.address)
    monkeypatch.setenv("HF_TOKEN", "hf_a_token")
    monkeypatch.setenv("HF_HOME", str(home / "hf"))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    opened = project(tmp_path / "one")
    yield opened
    opened.store.close()


def test_nothing_leaves_before_somebody_agreed(session: Session, hub: Hub) -> None:
    name = make(session.store.folder / "releases").name
    said: list[str] = []

    def no(sentence: str) -> bool:
        said.append(sentence)
        return False

    for agree in (None, no):
        with pytest.raises(UsageError, match="nobody agreed"):
            Releases(session).push(name, REPOSITORY, ExportOptions(), agree)
    assert hub.asked == []
    (sentence,) = said
    assert hub.address in sentence
    assert "6 files" in sentence
    assert "with the examples that the candidate shows" in sentence
    assert Releases(session).log() == []  # nothing was sent out, so nothing says so


def test_every_file_arrives_in_a_private_repository(session: Session, hub: Hub) -> None:
    folder = make(session.store.folder / "releases")
    done = Releases(session).push(folder.name, REPOSITORY, ExportOptions(), lambda said: True)
    assert str(done.target) == REPOSITORY
    (asked,) = hub.made
    assert asked.get("visibility") == "private" or asked.get("private") is True
    assert hub.tokens == {"Bearer hf_a_token"}
    sent = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert hub.files == sent
    (line,) = Releases(session).log()
    assert line.event == "exported"
    assert f"pushed to {hub.address}/{REPOSITORY}" in (line.note or "")


def test_a_hub_that_refuses_is_told(session: Session, hub: Hub) -> None:
    name = make(session.store.folder / "releases").name
    hub.refuses = 403
    with pytest.raises(ModelError, match="the hub did not take it") as caught:
        Releases(session).push(name, REPOSITORY, ExportOptions(), lambda said: True)
    assert "HF_TOKEN" in str(caught.value.hint)
    assert "hf_a_token" not in str(caught.value)
    assert hub.files == {}
    assert Releases(session).log() == []


def test_a_repository_that_anybody_can_read_is_refused(session: Session, hub: Hub) -> None:
    name = make(session.store.folder / "releases").name
    hub.private = False
    with pytest.raises(ModelError, match="anybody can read it"):
        Releases(session).push(name, REPOSITORY, ExportOptions(), lambda said: True)
    assert hub.files == {}


def test_offline_refuses_before_anything_is_done(
    session: Session, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(UsageError, match="stay offline"):
        Releases(session).push("nothing", REPOSITORY, ExportOptions(), lambda said: True)
    assert hub.asked == []
