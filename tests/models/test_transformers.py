from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from _folders import WORDS, some_texts, write_bert, write_tokenizer

from etude.errors import MissingDependency, ModelError
from etude.models import _auto, _hub
from etude.models._auto import AutoEncoder
from etude.models._base import TunableEncoder
from etude.models._encoder import BertEncoder
from etude.models.opening import open_model
from etude.records.task import ModelRef

SIZES = {"vocab_size": len(WORDS), "pad_token_id": 0}
KINDS = {
    "Bert": {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "max_position_embeddings": 128,
    },
    "Roberta": {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "max_position_embeddings": 130,
    },
    "DistilBert": {
        "dim": 32,
        "n_layers": 2,
        "n_heads": 4,
        "hidden_dim": 64,
        "max_position_embeddings": 128,
    },
}


def write_model(folder, kind: str):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    write_tokenizer(folder)
    torch.manual_seed(1)
    config = getattr(transformers, f"{kind}Config")(**SIZES, **KINDS[kind])
    model = getattr(transformers, f"{kind}Model")(config)
    model.save_pretrained(folder)
    return model.eval()


@pytest.mark.parametrize("kind", KINDS)
def test_a_folder_of_any_encoder_embeds_as_transformers_does(tmp_path, kind):
    reference = write_model(tmp_path, kind)
    model = open_model(ModelRef(name=str(tmp_path)))
    assert isinstance(model, TunableEncoder)
    assert isinstance(model, BertEncoder if kind == "Bert" else AutoEncoder)
    assert model.dim == 32
    texts = some_texts(30)
    rows = []
    with torch.no_grad():
        for ids in model.tokenize(texts):
            out = reference(input_ids=torch.from_numpy(ids.astype(np.int64))[None])
            rows.append(torch.nn.functional.normalize(out.last_hidden_state[0].mean(0), dim=0))
        expected = torch.stack(rows).numpy()
        module = model.load_module().eval()
        found = module(model.tokenize(texts))
    unit = torch.nn.functional.normalize(found, dim=1).numpy()
    assert np.abs(unit - expected).max() < 1e-5
    vectors = model.embed(texts)
    assert (vectors * expected).sum(1).min() > 0.999
    assert np.array_equal(vectors, model.embed(texts))
    assert model.embed([]).shape == (0, 32)
    assert model.count_tokens(["card", "card " * 200]).tolist() == [3, 202]


def test_another_encoder_trains_saves_and_opens_again(tmp_path):
    write_model(tmp_path / "m", "DistilBert")
    model = open_model(ModelRef(name=str(tmp_path / "m")))
    module = model.load_module()
    tokens = model.tokenize(["my card", "money ?"])
    assert torch.equal(module.train()(tokens), module.eval()(tokens)), "dropout is off by default"
    module(tokens).sum().backward()
    assert all(p.grad is not None for p in module.parameters())
    with torch.no_grad():
        for value in module.parameters():
            value.add_(0.01)
    module.save(tmp_path / "tuned")
    model.save_tokenizer(tmp_path / "tuned")
    tuned = open_model(ModelRef(name=str(tmp_path / "tuned")))
    assert tuned.fingerprint != model.fingerprint
    with torch.no_grad():
        again = tuned.load_module()(tuned.tokenize(["my card", "money ?"]))
        assert torch.allclose(again, module(tokens), atol=1e-6)


def test_pooling_and_window_come_from_the_folder(tmp_path):
    write_bert(tmp_path)
    pooling = tmp_path / "1_Pooling"
    pooling.mkdir()
    (tmp_path / "sentence_bert_config.json").write_text('{"max_seq_length": 12}')
    (pooling / "config.json").write_text(
        json.dumps({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False})
    )
    model = open_model(ModelRef(name=str(tmp_path)))
    assert (model.pooling, model.max_tokens) == ("cls", 12)
    (pooling / "config.json").write_text('{"pooling_mode": "mean"}')
    other = open_model(ModelRef(name=str(tmp_path)))
    assert other.pooling == "mean"
    assert other.fingerprint != model.fingerprint
    (pooling / "config.json").write_text('{"pooling_mode_max_tokens": true}')
    with pytest.raises(ModelError, match="max_tokens"):
        open_model(ModelRef(name=str(tmp_path)))


def test_what_is_neither_encoder_nor_language_model_is_refused(tmp_path):
    (tmp_path / "config.json").write_text(
        json.dumps(
            {
                "model_type": "t5",
                "architectures": ["T5ForConditionalGeneration"],
                "is_encoder_decoder": True,
            }
        )
    )
    with pytest.raises(ModelError, match="neither an encoder"):
        open_model(ModelRef(name=str(tmp_path)))


def test_pickled_weights_are_never_read(tmp_path):
    write_model(tmp_path, "DistilBert")
    (tmp_path / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(ModelError, match="can't load"):
        open_model(ModelRef(name=str(tmp_path))).load_module()


def test_names_that_lead_nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match="no such folder"):
        open_model(ModelRef(name=str(tmp_path / "not-there")))
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE"):
        open_model(ModelRef(name="nobody/no-such-model-here"))
    with pytest.raises(ModelError, match="no model's name"):
        open_model(ModelRef(name="what is this?"))


def test_missing_libraries_name_the_install_line(tmp_path, monkeypatch):
    write_model(tmp_path, "DistilBert")
    monkeypatch.setitem(__import__("sys").modules, "transformers", None)
    with pytest.raises(MissingDependency, match="pip install transformers"):
        open_model(ModelRef(name=str(tmp_path)))
    assert _auto.library
    monkeypatch.setattr(_hub, "find_spec", lambda name: None)
    with pytest.raises(MissingDependency, match="pip install transformers"):
        _hub.hub_folder("org/model")
