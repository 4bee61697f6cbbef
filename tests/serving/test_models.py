"""Names: what can be called, what an alias stands for now, and tuned models that are removed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from tests.serving import _releases as releases
from tests.serving._engine import FakeEngine
from tests.serving._running import client_of, running
from tests.serving.conftest import Site, with_fakes

from etude.records.task import ModelRef
from etude.records.tuning import TunedModel
from etude.releases.contents import MANIFEST
from etude.serving.config import ServingConfig
from etude.serving.errors import ApiError
from etude.serving.names import Names
from etude.serving.services import make_services
from etude.store import Store
from etude.store.tuned import Tuned


def ask(client: openai.OpenAI, model: str, text: str) -> str:
    messages: Any = [{"role": "user", "content": text}]
    found = client.chat.completions.create(model=model, messages=messages)
    return str(found.model_extra["etude"]["release"])  # type: ignore[index]


def test_everything_that_can_be_called_is_listed(site: Site) -> None:
    found = {one.id: one for one in site.client.models.list()}
    assert {"production", "triage", site.labels, site.writing, "small", "gpt-4.1-mini"} <= set(
        found
    )
    assert {"builtin:minilm", "builtin:starter"} <= set(found)
    assert found["production"].model_extra == {"etude": {"kind": "release", "release": site.labels}}
    assert found["production"].owned_by == "triage"
    assert site.client.models.retrieve("production").id == "production"


def test_a_name_may_hold_slashes_and_the_list_may_end_with_one(site: Site) -> None:
    name = "acme/small/v1"
    assert site.client.models.retrieve(name).id == name
    plain = httpx2.get(f"{site.url}/v1/models/{name}")
    assert plain.json()["id"] == name
    assert ask(site.client, name, "x") == "None"
    listed = [httpx2.get(f"{site.url}/v1/models{end}").json() for end in ("", "/")]
    assert listed[0] == listed[1]


@pytest.mark.parametrize("name", ["nothing", "../etude", "a/b", "ft:x:y:z", "builtin:nothing"])
def test_what_is_not_there_is_not_found(site: Site, name: str) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        site.client.models.retrieve(name)
    assert caught.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        ask(site.client, name, "x")


def test_a_model_that_cannot_be_had_says_nothing_of_this_machine(site: Site) -> None:
    with pytest.raises(openai.InternalServerError) as caught:
        ask(site.client, "gone", "x")
    assert "nothing:here" not in str(caught.value)


def test_an_alias_moves_and_drops_nobody(site: Site) -> None:
    """Who began with the old release is answered by it; the next request by the new one."""
    move = site.services.store.releases.move
    move("canary", site.writing, "a test")
    site.engine.go.clear()
    stream = site.client.chat.completions.create(
        model="canary",
        messages=[{"role": "user", "content": "name: Bo\nthing: WAIT"}],
        stream=True,
    )
    next(stream)
    move("canary", site.other_labels, "a test")
    assert ask(site.client, "canary", "my card is lost") == site.other_labels
    site.engine.go.set()
    last = next(one for one in stream if one.choices[0].finish_reason)
    assert last.choices[0].finish_reason == "stop"
    assert last.model_extra["etude"]["release"] == site.writing  # type: ignore[index]
    assert site.client.models.retrieve("canary").model_extra == {
        "etude": {"kind": "release", "release": site.other_labels}
    }


def test_many_at_once_while_an_alias_moves_to_and_fro(site: Site) -> None:
    move, client = site.services.store.releases.move, site.client
    move("canary", site.labels, "a test")
    found: list[str] = []

    def asking() -> None:
        found.extend(ask(client, "canary", "my card is lost") for _ in range(6))

    threads = [threading.Thread(target=asking) for _ in range(4)]
    for thread in threads:
        thread.start()
    for release in (site.other_labels, site.labels) * 3:
        move("canary", release, "a test")
    for thread in threads:
        thread.join()
    assert len(found) == 24
    assert set(found) <= {site.labels, site.other_labels}


def tuned(site: Site, name: str) -> TunedModel:
    store = site.services.store
    model = TunedModel(
        name=name,
        job="ftjob-1",
        created=5,
        path="tuned/one",
        reference=ModelRef(name="fake:small"),
    )
    (store.folder / model.path).mkdir(parents=True, exist_ok=True)
    with store.database.write() as connection:
        Tuned(store.folder, store.database).add(connection, model)
    return model


def test_a_tuned_model_is_listed_called_and_deleted(site: Site) -> None:
    name = "ft:small:local:mine:abc"
    tuned(site, name)
    listed = site.client.models.retrieve(name)
    assert (listed.created, listed.owned_by) == (5, "local")
    assert ask(site.client, name, "hello") == name
    assert site.client.models.delete(name).deleted is True
    with pytest.raises(openai.NotFoundError):
        ask(site.client, name, "hello")


def test_a_damaged_release_is_told_at_the_start_and_never_answers(tmp_path: Path) -> None:
    lines: list[str] = []
    services = make_services(tmp_path, ServingConfig(), lines.append)
    with_fakes(services, FakeEngine())
    folder = releases.labels_release(services.store.folder)
    services.store.releases.move("production", folder.name, "a test")
    (folder / "candidate" / "candidate.json").write_text("{}")
    with running(services) as url:
        with pytest.raises(openai.InternalServerError) as caught:
            ask(client_of(url), "production", "my card is lost")
        assert caught.value.code == "internal_error"
        assert str(tmp_path) not in str(caught.value)
    (line,) = [one for one in lines if "production" in one]
    assert "candidate/candidate.json has changed" in line


def test_a_release_that_is_mended_has_its_task_s_name_again(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        folder = releases.labels_release(store.folder)
        store.releases.move("production", folder.name, "a test")
        manifest = folder / MANIFEST
        said, task = manifest.read_text(), json.loads(manifest.read_text())["task"]
        names = Names(store, ServingConfig())
        manifest.write_text("{")
        with pytest.raises(ApiError):
            names.target(task)
        manifest.write_text(said)
        assert names.target(task).key == folder.name


def test_what_leaves_this_machine_is_said_at_the_start(tmp_path: Path) -> None:
    lines: list[str] = []
    there = {"openai": {"base_url": "http://example.com:81/v1", "model": "m"}}
    said = {"models": {"big": there, "small": "builtin:starter"}}
    with running(make_services(tmp_path, ServingConfig.model_validate(said), lines.append)):
        assert lines == ["big: what it is asked is sent to example.com:81."]


def test_nothing_else_is_deleted(site: Site) -> None:
    for name in ("production", site.labels, "builtin:minilm", "small"):
        with pytest.raises(openai.PermissionDeniedError):
            site.client.models.delete(name)
    assert ask(site.client, "production", "my card is lost") == site.labels


def test_an_empty_folder_has_the_builtin_models(
    tmp_path: Path, served: Callable[[Path, ServingConfig], str]
) -> None:
    client = client_of(served(tmp_path, ServingConfig()))
    assert [one.id for one in client.models.list()] == ["builtin:minilm", "builtin:starter"]
    with pytest.raises(openai.NotFoundError, match="etude release --as production"):
        ask(client, "production", "x")
