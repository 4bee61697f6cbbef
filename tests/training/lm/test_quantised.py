"""QLoRA with the real 4-bit layers, on a CPU."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from etude.errors import MissingDependency
from etude.training.lm import _quantised
from etude.training.lm.loop import train
from etude.training.lm.methods import prepare
from etude.training.lm.steps import choose_step
from tests.training.lm._run import weights
from tests.training.lm._tiny import SETTINGS, TinySource, llama_config, pairs

QLORA = replace(SETTINGS, method="qlora", rank=4)


@pytest.fixture
def bnb() -> Any:
    return pytest.importorskip("bitsandbytes")


def source() -> TinySource:
    return TinySource(llama_config(hidden=64))  # blocks of 64 numbers share a constant


def module_of(model: TinySource) -> Any:
    torch.manual_seed(0)  # adapters begin at random
    return prepare(model.load_module(), QLORA, torch.device("cpu"), torch.float32).module


def test_layers_are_kept_in_four_bits_and_words_are_not(bnb: Any) -> None:
    module, plain = module_of(source()), source().load_module()
    layer = module.model.layers[0].mlp.up_proj.base_layer
    assert isinstance(layer, bnb.nn.Linear4bit)
    assert layer.weight.dtype == torch.uint8
    assert layer.weight.numel() * 2 == plain.model.layers[0].mlp.up_proj.weight.numel()
    assert torch.equal(module.model.embed_tokens.weight, plain.model.embed_tokens.weight)


def test_four_bits_answer_nearly_as_the_whole_weights(bnb: Any) -> None:
    module, plain = module_of(source()), source().load_module()
    ids = torch.arange(1, 60)[None]
    with torch.no_grad():
        difference = (module(ids).logits - plain(ids).logits).norm() / plain(ids).logits.norm()
    assert 0 < difference < 0.25


def test_it_learns_and_leaves_a_standard_adapter(bnb: Any, tmp_path: Path) -> None:
    result = train(source(), pairs(40), pairs(12, 1), replace(QLORA, epochs=4), tmp_path)
    looked = [row.dev_loss for row in result.log if row.dev_loss is not None]
    assert looked[-1] < 0.9 * looked[0]
    described = json.loads((result.folder / "adapter_config.json").read_text("utf-8"))
    assert (described["peft_type"], described["r"]) == ("LORA", 4)
    assert all("lora_" in name for name in weights(result.folder))


@pytest.mark.parametrize("checkpointing", [False, True])
def test_a_shared_prompt_is_exact_over_four_bits_too(bnb: Any, checkpointing: bool) -> None:
    found = {}
    for sharing in ("auto", "off"):
        module = module_of(source()).train()
        step, _ = choose_step(
            module, pairs(8), checkpointing=checkpointing, sharing=sharing, teacher_share=0.0
        )
        loss = step.token_losses(module, pairs(8)).total
        torch.autograd.backward(loss)
        grads = [p.grad for p in module.parameters() if p.grad is not None]
        found[step.name] = (loss.item(), torch.cat([g.reshape(-1) for g in grads]))
    (one, grads), (other, others) = found.values()
    assert one == pytest.approx(other, rel=1e-5)
    assert (grads - others).norm() < 1e-4 * others.norm()


def test_missing_names_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    with pytest.raises(MissingDependency, match="not installed") as caught:
        _quantised.library()
    assert "pip install 'etude[qlora]'" in str(caught.value)


def test_a_version_for_gpus_alone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    old = SimpleNamespace(__version__="0.41.0", supported_torch_devices={"cuda"})
    monkeypatch.setitem(sys.modules, "bitsandbytes", old)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(MissingDependency, match=r"0\.41\.0 computes on GPUs alone") as caught:
        _quantised.library()
    assert "--upgrade bitsandbytes" in str(caught.value)
