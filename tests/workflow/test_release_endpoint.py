"""A release of a model that answers elsewhere: nothing of it can be hashed, its key is not in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from etude.errors import ModelError, UsageError
from etude.models.opening import open_model
from etude.records.release import Base
from etude.records.task import ModelRef, OpenAIModel
from etude.releases import bases
from etude.report.release_card import model_card
from etude.workflow.release import ReleaseOptions, release
from tests.models._server import Server
from tests.report import fixtures
from tests.workflow import _sealed

KEY = "sk-a-secret-of-somebody"
ELSEWHERE = ModelRef(
    name="far",
    openai=OpenAIModel(base_url="http://127.0.0.1:9/v1", model="far", api_key_env="FAR_KEY"),
)


def test_it_names_the_endpoint_and_never_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAR_KEY", KEY)
    base = bases.describe(ELSEWHERE, open_model(ELSEWHERE))
    assert (base.files, base.hash, base.place) == ({}, None, None)
    text = base.model_dump_json()
    assert KEY not in text
    assert json.loads(text)["reference"]["openai"]["api_key_env"] == "FAR_KEY"


def test_its_weights_can_not_be_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAR_KEY", KEY)
    model = open_model(ELSEWHERE)
    with pytest.raises(ModelError, match="far is an endpoint") as caught:
        bases.copy(bases.describe(ELSEWHERE, model), model, tmp_path / "base")
    assert caught.value.where == "--whole"
    assert not (tmp_path / "base").exists()


def test_it_is_asked_about_it_is_tried_and_no_file_holds_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAR_KEY", KEY)
    with Server(lambda call: call.answer(f"lamp {len(call.said)}")) as server:
        own = f"[{{openai: {{base_url: '{server.url}', model: far, api_key_env: FAR_KEY}}}}]"
        task = _sealed.TASK.replace("[./model]", own).replace("[prompt, finetune]", "[prompt]")
        session = _sealed.compared(tmp_path / "p", task=task, name="prompt@openai:far")
        with pytest.raises(UsageError, match=r"nobody agreed to send rows to 127\.0\.0\.1"):
            release(session, None, ReleaseOptions())
        made = release(session, None, ReleaseOptions(confirm=lambda egress: True))
        assert set(server.keys) == {f"Bearer {KEY}"}
    legs = made.manifest.parity.legs
    assert [leg.name for leg in legs] == [
        "the kept candidate",
        "the release as loaded",
        "the release as served",
    ]
    assert made.manifest.parity.same
    assert made.manifest.base.files == {}
    stored = [path for path in (tmp_path / "p").rglob("*") if path.is_file()]
    assert made.folder / "manifest.json" in stored
    assert not [path for path in stored if KEY.encode() in path.read_bytes()]
    session.store.close()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("me/model", "me/model"),
        ("transformers:me/model@main", "me/model"),
        ("./model", None),
        ("/home/mara/private/model", None),
        ("builtin:starter", None),
    ],
)
def test_a_card_names_a_base_model_that_hubs_know(name: str, shown: str | None) -> None:
    made = fixtures.dont_fine_tune()
    base = Base(reference=ModelRef(name=name))
    head = model_card(made, made.candidates[0].name, base, None, "code").split("\n---", 1)[0]
    found = [
        line.partition(": ")[2] for line in head.splitlines() if line.startswith("base_model:")
    ]
    assert found == ([] if shown is None else [json.dumps(shown)])


def test_a_card_of_an_endpoint_names_no_base_model() -> None:
    made = fixtures.dont_fine_tune()
    card = model_card(made, made.candidates[0].name, Base(reference=ELSEWHERE), None, "code")
    assert "base_model:" not in card.split("\n---", 1)[0]
    assert "an endpoint at http://127.0.0.1:9/v1; its weights are not here" in card
