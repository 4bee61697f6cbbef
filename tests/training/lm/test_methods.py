"""What is trained by each method, and the folders that they leave."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import peft
import pytest
import torch
import transformers

from etude.errors import MissingDependency, TrainingError
from etude.training.lm import _peft
from etude.training.lm.loop import train
from etude.training.lm.methods import prepare
from etude.training.lm.optimiser import trained_weights
from etude.training.lm.settings import LmSettings
from tests.training.lm._tiny import SETTINGS, TinySource, llama_config, pairs

CPU = torch.device("cpu")


def prepared(config: Any = None, **changes: Any) -> Any:
    settings = replace(SETTINGS, **changes)
    return prepare(TinySource(config).load_module(), settings, CPU, torch.float32)


def trained_names(module: Any) -> set[str]:
    return {name for name, weight in module.named_parameters() if weight.requires_grad}


def gpt2() -> Any:
    return transformers.GPT2Config(
        vocab_size=264, n_embd=32, n_layer=2, n_head=2, n_positions=256, eos_token_id=256
    )


def test_full_trains_everything() -> None:
    module = prepared().module
    assert trained_names(module) == {name for name, _ in module.named_parameters()}


def test_frozen_layers_stay_and_so_do_the_word_vectors(tmp_path: Path) -> None:
    names = trained_names(prepared(frozen_layers=1).module)
    assert all("layers.1." in name or name == "model.norm.weight" for name in names)
    before = TinySource().load_module().state_dict()
    result = train(TinySource(), pairs(8), [], replace(SETTINGS, frozen_layers=1), tmp_path)
    after = TinySource().tuned(result.folder).load_module().state_dict()
    moved = {name for name in before if not torch.equal(before[name], after[name])}
    assert moved == names


def test_too_many_frozen_layers_are_refused() -> None:
    with pytest.raises(TrainingError, match="2 layers are to be frozen; the model has 2"):
        prepared(frozen_layers=2)


@pytest.mark.parametrize("config", [llama_config(), gpt2()], ids=["llama", "gpt2"])
def test_lora_reaches_every_linear_layer_but_the_output(config: Any) -> None:
    made = prepared(config, method="lora", rank=4)
    names = trained_names(made.module)
    assert names
    assert all("lora_" in name for name in names)
    parts = {name.split(".lora_")[0].rpartition(".")[2] for name in names}
    llama = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}
    assert parts in (llama, {"c_attn", "c_proj", "c_fc"})


def test_lora_on_the_upper_layers_alone() -> None:
    names = trained_names(prepared(method="lora", frozen_layers=1).module)
    assert names
    assert all("layers.1." in name for name in names)


def test_an_adapter_begins_as_the_model_itself() -> None:
    ids = torch.arange(5)[None]
    with torch.no_grad():
        wanted = TinySource().load_module().eval()(ids).logits
        for changes in ({}, {"rslora": True}, {"dora": True}):
            module = prepared(method="lora", **changes).module.eval()
            assert torch.allclose(module(ids).logits, wanted, atol=1e-6)


def test_rslora_and_dora_are_what_they_say() -> None:
    plain, stable = (prepared(method="lora", rslora=on).adapter for on in (False, True))
    scale = [a.base_model.model.model.layers[0].mlp.up_proj.scaling for a in (plain, stable)]
    assert scale == [{"default": 2.0}, {"default": 8.0}]
    names = trained_names(prepared(method="lora", dora=True).module)
    assert any("magnitude" in name for name in names)


@pytest.mark.parametrize("config", [llama_config(), gpt2()], ids=["llama", "gpt2"])
def test_the_adapters_folder_is_a_standard_one(tmp_path: Path, config: Any) -> None:
    if config.model_type == "gpt2":
        config.resid_pdrop = config.embd_pdrop = config.attn_pdrop = 0.0
    source = TinySource(config)
    settings = replace(SETTINGS, method="lora", epochs=8, learning_rate=1e-2)
    result = train(source, pairs(16), pairs(8, 1), settings, tmp_path)
    names = {path.name for path in result.folder.iterdir()}
    assert names >= {"adapter_config.json", "adapter_model.safetensors", "README.md"}
    assert names >= {"tokenizer.json", "chat_template.jinja"}
    assert "model.safetensors" not in names
    said = json.loads((result.folder / "adapter_config.json").read_text("utf-8"))
    assert (said["base_model_name_or_path"], said["r"]) == ("tiny/llama", 16)
    assert "base_model: " in (result.folder / "README.md").read_text("utf-8")
    opened = peft.PeftModel.from_pretrained(source.load_module(), result.folder)
    again = train(source, pairs(16), pairs(8, 1), settings, tmp_path)  # found, not trained again
    assert again.best_dev_loss is not None
    assert again.log[0].dev_loss is not None
    assert again.best_dev_loss < again.log[0].dev_loss
    # The adapter that was read back and merged gives the loss that was said.
    merged = opened.merge_and_unload().requires_grad_(True)

    class Merged(TinySource):
        def load_module(self) -> Any:
            return merged

    judged = train(
        Merged(config), pairs(8), pairs(8, 1), replace(SETTINGS, epochs=1), tmp_path / "b"
    )
    assert judged.log[0].dev_loss == pytest.approx(again.best_dev_loss, rel=1e-4)


def test_frozen_weights_rest_in_bf16_and_adapters_in_float32() -> None:
    settings = replace(SETTINGS, method="lora")
    module = prepare(TinySource().load_module(), settings, CPU, torch.bfloat16).module
    layer = module.model.layers[0].mlp.up_proj
    assert layer.base_layer.weight.dtype == torch.bfloat16
    assert layer.lora_A["default"].weight.dtype == torch.float32
    assert module.get_output_embeddings().weight.dtype == torch.float32


def test_norms_biases_and_words_do_not_decay() -> None:
    for config in (llama_config(), gpt2()):
        module = prepared(config).module
        weights = trained_weights(module, SETTINGS)
        plain = next(g for g in weights._optimizer.param_groups if not g["weight_decay"])
        ids = {id(weight) for weight in plain["params"]}
        names = {name for name, weight in module.named_parameters() if id(weight) in ids}
        assert any("embed" in name or "wte" in name for name in names)
        assert all(
            "norm" in n or "ln_" in n or "bias" in n or "embed" in n or "wte" in n or "wpe" in n
            for n in names
        )
        assert len(plain["params"]) < len(weights.weights)


def test_peft_missing_names_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(MissingDependency) as caught:
        _peft.library()
    assert "pip install 'etude[lora]'" in str(caught.value)


def test_everything_frozen_is_refused() -> None:
    module = TinySource().load_module().requires_grad_(False)
    with pytest.raises(TrainingError, match="frozen"):
        trained_weights(module, LmSettings())
