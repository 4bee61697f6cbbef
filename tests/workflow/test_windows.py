"""Texts are held against the window of each model: by its own tokenizer where that is here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from etude.audit.length import AUDIT
from etude.errors import ModelError
from etude.models.builtin import STARTER
from etude.progress import Silent
from etude.records.task import ModelRef, OpenAIModel
from etude.workflow import _windows
from etude.workflow._material import Reach
from etude.workflow._windows import Reader, reader_of
from etude.workflow.reading import about_models
from tests.audit._material import material, task

ENCODER = {"model_type": "bert", "max_position_embeddings": 16}
WRITER = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "max_position_embeddings": 64,
}
ROWS = [{"input": f"where is parcel {n} please", "target": f"It is at stop {n}."} for n in range(9)]
LONG = {"input": "now and then " * 30, "target": "It is on its way."}


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    def make(config: dict[str, Any], *, tokenizer: bool = True) -> Path:
        place = tmp_path / "model"
        place.mkdir()
        (place / "config.json").write_text(json.dumps(config))
        if tokenizer:
            made = Tokenizer(WordLevel({"?": 0}, unk_token="?"))
            made.pre_tokenizer = Whitespace()
            made.save(str(place / "tokenizer.json"))
        return tmp_path

    return make


def endpoint(window: int | None) -> ModelRef:
    settings = OpenAIModel(base_url="http://localhost:1/v1", model="m", window=window)
    return ModelRef(name="m", openai=settings)


def reach(root: Path, reference: ModelRef) -> Reach:
    made = task("write").model_copy(update={"models": (reference,)})
    read = material("write", [*ROWS, LONG], task=made)
    session = SimpleNamespace(root=root, taskfile=SimpleNamespace(task=made), progress=Silent())
    return Reach(cast("Any", session), cast("Any", SimpleNamespace(frame=read.frame, labels=())))


def told(root: Path, reference: ModelRef) -> dict[str, str]:
    found = AUDIT.run(reach(root, reference).material("rows"))
    return {one.finding.code: one.finding.sentence for one in found}


def test_an_encoder_of_ones_own_is_held_to_its_own_window(folder: Callable[..., Path]) -> None:
    root = folder(ENCODER)
    made = task("classify").model_copy(update={"models": (ModelRef(name="./model"),)})
    frame = material("classify", [*ROWS, LONG]).frame
    (one,) = about_models(made, frame, root)
    assert (one.code, one.rows) == ("too_long_for_model", ("r009",))
    assert "16 word pieces that ./model reads (the longest has 90)" in one.sentence
    assert "over_window" not in told(root, ModelRef(name="./model"))


def test_an_encoder_whose_tokenizer_is_not_here_is_estimated(folder: Callable[..., Path]) -> None:
    root = folder(ENCODER, tokenizer=False)
    made = task("classify").model_copy(update={"models": (ModelRef(name="./model"),)})
    (one,) = about_models(made, material("classify", [*ROWS, LONG]).frame, root)
    assert "rough estimate" in one.sentence


def test_a_model_that_writes_is_held_to_its_own_tokens(folder: Callable[..., Path]) -> None:
    root = folder(WRITER)
    sentence = told(root, ModelRef(name="./model"))["over_window"]
    assert "1 example of 10" in sentence
    assert "own tokenizer" in sentence
    made = task("write").model_copy(update={"models": (ModelRef(name="./model"),)})
    assert about_models(made, material("write", [*ROWS, LONG]).frame, root) == ()


def test_an_endpoint_is_estimated_where_its_window_is_known(tmp_path: Path) -> None:
    sentence = told(tmp_path, endpoint(64))["over_window"]
    assert "64 tokens" in sentence
    assert "rough estimate" in sentence
    assert "over_window" not in told(tmp_path, endpoint(4096))
    assert "over_window" not in told(tmp_path, endpoint(None))
    keys = [reach(tmp_path, endpoint(window)).tokens_key for window in (None, 64, 4096)]
    assert len(set(keys)) == 3


def test_a_builtin_that_is_not_here_is_estimated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(builtin: object, *, download: bool) -> Path:
        raise ModelError("it is not here")

    monkeypatch.setattr(_windows, "find_folder", nowhere)
    found = reader_of(ModelRef(name="builtin:starter"), tmp_path)
    assert found == Reader("builtin:starter", STARTER.window, None, True)


@pytest.mark.parametrize("name", ["./nowhere", "builtin:nobody", "nobody/has-such-a-model"])
def test_nothing_is_known_of_what_is_not_here(name: str, tmp_path: Path) -> None:
    assert reader_of(ModelRef(name=name), tmp_path) is None
