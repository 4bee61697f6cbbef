"""A language model with what training left: whole weights or an adapter; and what opens as one."""

from __future__ import annotations

import json

import pytest
import torch
from _causal_folders import make_module, write_causal
from test_causal import assert_same, requests_of

from etude.errors import MissingDependency, ModelError
from etude.models._causal import CausalModel
from etude.models.opening import open_model
from etude.records.task import ModelRef


@pytest.fixture
def model(tmp_path) -> CausalModel:
    return CausalModel("m", write_causal(tmp_path / "base"))


def test_whole_weights_are_opened_with_the_models_tokenizer(model, tmp_path):
    module = model.load_module()
    assert module.dtype == torch.float32
    assert module.num_parameters() == model.parameters
    with torch.no_grad():
        for value in module.parameters():
            value.mul_(1.3)
    module.save_pretrained(tmp_path / "tuned")
    tuned = model.tuned(tmp_path / "tuned")
    assert tuned.fingerprint != model.fingerprint
    assert tuned.name == model.name
    requests = requests_of(6)
    found = tuned.complete(requests)
    assert [one.text for one in found] != [one.text for one in model.complete(requests)]
    for request, one in zip(requests, found, strict=True):
        assert_same(tuned, request, one.text)
    model.format.save(tmp_path / "tuned")
    alone = open_model(ModelRef(name=str(tmp_path / "tuned")))
    assert [one.text for one in alone.complete(requests)] == [one.text for one in found]


def write_adapter(model: CausalModel, folder) -> object:
    peft = pytest.importorskip("peft")
    torch.manual_seed(3)
    config = peft.LoraConfig(r=4, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM")
    tuned = peft.get_peft_model(model.load_module(), config)
    with torch.no_grad():
        for name, value in tuned.named_parameters():
            if "lora_" in name:
                value.normal_(0, 0.1)
    tuned.save_pretrained(folder)
    return tuned.eval()


def test_an_adapter_answers_as_peft_itself(model, tmp_path):
    reference = write_adapter(model, tmp_path / "adapter")
    tuned = model.tuned(tmp_path / "adapter")
    assert tuned.fingerprint != model.fingerprint
    ids = torch.arange(4, 40)[None]
    with torch.inference_mode():
        expected = reference(input_ids=ids).logits
        found = tuned.load_module().eval()(input_ids=ids).logits
    assert torch.allclose(found, expected, atol=1e-4)
    requests = requests_of(6)
    answers = tuned.complete(requests)
    assert [one.text for one in answers] != [one.text for one in model.complete(requests)]
    for request, one in zip(requests, answers, strict=True):
        assert_same(tuned, request, one.text)
    with pytest.raises(ModelError, match="is an adapter already"):
        tuned.tuned(tmp_path / "adapter")


def test_an_adapter_without_peft_names_the_install_line(model, tmp_path, monkeypatch):
    write_adapter(model, tmp_path / "adapter")
    monkeypatch.setattr("etude.models._causal_files.find_spec", lambda name: None)
    with pytest.raises(MissingDependency, match=r"etude\[lora\]"):
        model.tuned(tmp_path / "adapter").load_module()


def test_the_fingerprint_follows_the_content(tmp_path):
    folder = write_causal(tmp_path / "m")
    first = CausalModel("m", folder).fingerprint
    assert CausalModel("m", folder).fingerprint == first
    assert CausalModel("m", folder, dtype=torch.bfloat16).fingerprint != first
    template = folder / "chat_template.jinja"
    template.write_text(template.read_text() + "{# #}")
    assert CausalModel("m", folder).fingerprint != first


def test_bfloat16_answers_too(tmp_path):
    model = CausalModel("m", write_causal(tmp_path), dtype=torch.bfloat16)
    found = model.complete(requests_of(5))
    assert all(one.failure is None for one in found)
    assert not any("slow way" in notice for notice in model.notices)


@pytest.mark.parametrize(
    ("changes", "causal"),
    [
        ({}, True),
        ({"architectures": ["LlamaModel"]}, False),
        ({"architectures": []}, True),
        ({"architectures": ["BertLMHeadModel"], "model_type": "bert"}, False),
    ],
)
def test_the_config_decides_what_a_folder_is(tmp_path, changes, causal):
    folder = write_causal(tmp_path)
    config = json.loads((folder / "config.json").read_text()) | changes
    (folder / "config.json").write_text(json.dumps(config))
    try:
        found = isinstance(open_model(ModelRef(name=str(folder))), CausalModel)
    except ModelError:
        found = False
    assert found == causal


def test_an_embedding_model_made_of_a_language_model_embeds(tmp_path):
    folder = write_causal(tmp_path)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode": "mean"}')
    with pytest.raises(ModelError, match="neither an encoder"):
        open_model(ModelRef(name=str(folder)))


def test_weights_in_several_files_are_counted_and_pickles_refused(tmp_path):
    module = make_module()
    folder = write_causal(tmp_path)
    (folder / "model.safetensors").unlink()
    module.save_pretrained(folder, max_shard_size="40KB")
    assert len(list(folder.glob("*.safetensors"))) > 1
    assert CausalModel("m", folder).parameters == module.num_parameters()
    for path in folder.glob("*.safetensors*"):
        path.unlink()
    (folder / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(ModelError, match=r"no model\.safetensors"):
        CausalModel("m", folder)
