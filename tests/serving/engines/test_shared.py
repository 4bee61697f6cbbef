"""Adapters computed over one copy of their base: each answers as when it is merged."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import torch
from tests.models._causal_folders import write_causal

from etude.errors import ModelError
from etude.models import _shared_base
from etude.models._base import ChatRequest, Message
from etude.models._causal import CausalModel
from etude.models._causal_files import load_module
from etude.serving.config import ServingConfig
from etude.serving.engines._base import Engine, Wanted
from etude.serving.engines.shared import SharedBases, SharedEngine
from etude.serving.opening import engines_of

peft = pytest.importorskip("peft")

RULES = Message("system", "Read the message and choose the one label that fits it best. " * 4)
ASKED = [(RULES, Message("user", text)) for text in ("card", "Where is my money?", "please")]


def adapter(base: CausalModel, folder: Path, seed: int, **more) -> CausalModel:
    torch.manual_seed(seed)
    said = {"r": 4, "lora_alpha": 16, "task_type": "CAUSAL_LM", "target_modules": "all-linear"}
    tuned = peft.get_peft_model(base.load_module(), peft.LoraConfig(**(said | more)))
    with torch.no_grad():
        for name, value in tuned.named_parameters():
            if "lora_" in name:
                value.normal_(0, 0.1)
    tuned.save_pretrained(folder)
    return base.tuned(folder)


@pytest.fixture
def models(tmp_path) -> list[CausalModel]:
    """A base and two adapters on different parts of it."""
    base = CausalModel("base", write_causal(tmp_path / "base"))
    one = adapter(base, tmp_path / "one", 1)
    return [base, one, adapter(base, tmp_path / "two", 2, r=2, target_modules=["q_proj"])]


async def texts(engine: Engine) -> list[str]:
    async def text(messages: tuple[Message, ...]) -> str:
        wanted = Wanted(messages=messages, max_tokens=12, shared=1)
        return "".join([piece.text async for piece in engine.generate(wanted)])

    return list(await asyncio.gather(*map(text, ASKED)))


def merged(model: CausalModel) -> list[str]:
    found = model.complete([ChatRequest(messages, max_tokens=12) for messages in ASKED])
    return [str(one.text) for one in found]


def test_all_at_once_and_one_after_the_other_over_one_copy(models, monkeypatch):
    expected = [merged(model) for model in models]
    assert len({tuple(each) for each in expected}) == 3, "adapters make a difference"
    loaded = []
    monkeypatch.setattr(
        _shared_base.files,
        "load_module",
        lambda *given: loaded.append(given) or load_module(*given),
    )

    async def run() -> None:
        bases = SharedBases()
        engines = [await bases.engine(model) for model in models]
        assert await asyncio.gather(*map(texts, engines)) == expected
        await engines[1].close()
        [held] = bases._held.values()
        layers = held.base._layers
        assert {name for layer in layers for name in layer.lora_A} == {"adapter1"}
        assert [await texts(engines[2]), await texts(engines[0])] == [expected[2], expected[0]]
        again = await bases.engine(models[1])
        assert await asyncio.gather(texts(again), texts(engines[2])) == expected[1:]
        for engine in (engines[0], engines[2], again):
            await engine.close()
        assert not bases._held

    asyncio.run(run())
    assert len(loaded) == 1


def test_an_adapter_with_whole_layers_is_loaded_by_itself(models, tmp_path):
    whole = adapter(models[0], tmp_path / "whole", 4, modules_to_save=["lm_head"])

    async def run() -> None:
        engines = engines_of(ServingConfig(share_bases=True))
        one, other = await engines(models[1]), await engines(whole)
        assert isinstance(other, SharedEngine)
        assert other._on_base is None
        assert [await texts(one), await texts(other)] == [merged(models[1]), merged(whole)]
        await one.close()
        await other.close()

    asyncio.run(run())


def test_an_adapter_of_other_weights_is_told(models, tmp_path):
    other = CausalModel("other", write_causal(tmp_path / "other", hidden_size=64))
    folder = adapter(other, tmp_path / "wide", 5).adapter
    broken = CausalModel("broken", models[0].folder, adapter=folder)

    async def run() -> None:
        bases = SharedBases()
        with pytest.raises(ModelError, match="the adapter can't be loaded"):
            await bases.engine(broken)
        assert not bases._held
        one = await bases.engine(models[1])
        with pytest.raises(ModelError, match="the adapter can't be loaded"):
            await bases.engine(broken)
        assert await texts(one) == merged(models[1])
        await one.close()

    asyncio.run(run())
