"""Servers that listen: ``site`` with releases of fakes, once a session; ``served`` over any folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import openai
import pytest
from tests.serving import _releases as releases
from tests.serving._engine import FakeEngine
from tests.serving._running import client_of, running

from etude.models._base import Model
from etude.serving.catalogue import Catalogue
from etude.serving.config import ServingConfig
from etude.serving.engines._base import Engine
from etude.serving.names import Names
from etude.serving.opening import Opener
from etude.serving.services import Services, make_services


@dataclass
class Site:
    """A server over a folder with releases; ``engine`` stands behind every language model."""

    url: str
    services: Services
    engine: FakeEngine
    labels: str
    other_labels: str
    writing: str
    chat: str
    choosing: str

    @property
    def client(self) -> openai.OpenAI:
        return client_of(self.url)


def with_fakes(services: Services, engine: FakeEngine) -> None:
    """Let ``engine`` answer for every language model, and fakes stand for models."""

    async def engine_of(model: Model) -> Engine:
        return engine

    store, config = services.store, services.config
    opener = Opener(store, releases.around(store.folder), config, engine_of)
    services.backgrounds.remove(services.catalogue)
    services.catalogue = Catalogue(Names(store, config), opener, config, services.say)
    services.backgrounds.append(services.catalogue)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """See ``Site``; ``production`` is a classifier."""
    root = tmp_path_factory.mktemp("site")
    said = {
        "models": {
            "small": "fake:small",
            "acme/small/v1": "fake:small",
            "words": "fake:embedder",
            "gone": "nothing:here",
        },
        "tuning": {"models": {"gpt-4.1-mini": "small"}},
    }
    services = make_services(root, ServingConfig.model_validate(said))
    engine = FakeEngine()
    with_fakes(services, engine)
    home = services.store.folder
    made = {
        "labels": releases.labels_release(home).name,
        "other_labels": releases.labels_release(home, "again").name,
        "writing": releases.writing_release(home).name,
        "chat": releases.writing_release(home, kind="chat", checks=[], data=CHATS).name,
        "choosing": releases.choosing_release(home).name,
    }
    services.store.releases.move("production", made["labels"], "a test")
    with running(services) as url:
        yield Site(url, services, engine, **made)


CHATS = {"examples": "a.jsonl"}


@pytest.fixture
def served() -> Iterator[Callable[[Path, ServingConfig], str]]:
    """Starts a server over a folder and gives its address; it ends with the test."""
    with ExitStack() as stack:

        def start(root: Path, config: ServingConfig) -> str:
            return stack.enter_context(running(make_services(root, config)))

        yield start
