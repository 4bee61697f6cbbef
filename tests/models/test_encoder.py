"""Our BERT against transformers' on the same weights: values, gradients, bits, neighbours."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from _folders import WORDS, random_module, some_texts, write_bert

from etude.errors import ModelError
from etude.models import _fast
from etude.models._base import Embedder, TunableEncoder
from etude.models._bert import EncoderModule
from etude.models._encoder import BertEncoder, unit_rows
from etude.models._fast import FastBert, best_dtype
from etude.models._linear import packing_works
from etude.models._packing import fill, needed_places, plan_batches


def token_lists(count: int, longest: int = 100, seed: int = 0) -> list[np.ndarray]:
    generator = np.random.default_rng(seed)
    lengths = np.clip(generator.gamma(2, 8, count).astype(int), 2, longest)
    return [generator.integers(5, len(WORDS), n).astype(np.int32) for n in lengths]


def reference_model(module):
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    settings = {k: v for k, v in module.config.items() if k not in ("model_type", "architectures")}
    model = transformers.BertModel(
        transformers.BertConfig(**settings), add_pooling_layer=False
    ).eval()
    model.load_state_dict(module.state_dict(), strict=False)
    return model


def reference_pooled(model, tokens):
    """One text at a time, so that there is no padding and no packing to agree with."""
    rows = []
    for ids in tokens:
        out = model(input_ids=torch.from_numpy(ids.astype(np.int64))[None])
        rows.append(out.last_hidden_state[0].mean(0))
    return torch.stack(rows)


@pytest.mark.parametrize("activation", ["gelu", "gelu_new", "relu"])
def test_float32_equals_transformers(activation):
    module = random_module(hidden_act=activation)
    tokens = token_lists(60)
    with torch.no_grad():
        expected = reference_pooled(reference_model(module), tokens).numpy()
        assert np.abs(module(tokens).numpy() - expected).max() < 1e-5
    fast = FastBert(module, torch.device("cpu"), torch.float32)
    assert np.abs(fast.pool(tokens) - expected).max() < 1e-5


def test_bfloat16_points_the_same_way():
    module = random_module()
    tokens = token_lists(80)
    with torch.no_grad():
        expected = unit_rows(module(tokens).numpy())
        module.compute_dtype = torch.bfloat16
        trained = unit_rows(module(tokens).numpy())
    fast = FastBert(module, torch.device("cpu"), torch.bfloat16)
    found = unit_rows(fast.pool(tokens))
    assert (found * expected).sum(1).min() > 0.999
    assert (trained * expected).sum(1).min() > 0.999


@pytest.mark.parametrize("pooling", ["mean", "cls"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_padding_that_is_left_out_changes_no_bit(monkeypatch, dtype, pooling):
    module = random_module()
    module.pooling = pooling
    fast = FastBert(module, torch.device("cpu"), dtype)
    tokens = [np.arange(5, 5 + n, dtype=np.int32) for n in (17, 20, 23, 18, 40, 3)]
    left_out = [needed_places(fill(p, tokens)) for p in plan_batches([*map(len, tokens)], 1024)]
    assert left_out[0] is not None
    found = fast.pool(tokens)
    monkeypatch.setattr(_fast, "needed_places", lambda batch: None)
    assert np.array_equal(found, fast.pool(tokens))


def test_gradients_equal_transformers():
    module = random_module()
    model = reference_model(module)
    tokens = token_lists(12)
    target = torch.randn(12, module.dim, generator=torch.Generator().manual_seed(1))
    (module(tokens) * target).sum().backward()
    (reference_pooled(model, tokens) * target).sum().backward()
    expected = dict(model.named_parameters())
    compared = 0
    for name, value in module.named_parameters():
        other = expected[name].grad
        assert value.grad is not None, name
        assert other is not None, name
        # Key biases move all scores of a query alike: their gradient is 0 but for rounding, so
        # they are held to the size of the query biases' gradient.
        scale = float(expected[name.replace("key.bias", "query.bias")].grad.norm())
        assert float((value.grad - other).norm()) / scale < 1e-4, name
        compared += 1
    assert compared == len(list(module.parameters())) > 20


def test_cls_pooling_takes_the_first_token():
    module = random_module()
    module.pooling = "cls"
    model = reference_model(module)
    tokens = token_lists(20)
    with torch.no_grad():
        expected = torch.stack(
            [
                model(input_ids=torch.from_numpy(ids.astype(np.int64))[None]).last_hidden_state[
                    0, 0
                ]
                for ids in tokens
            ]
        )
        assert (module(tokens) - expected).abs().max() < 1e-5
    fast = FastBert(module, torch.device("cpu"), torch.float32)
    assert np.abs(fast.pool(tokens) - expected.numpy()).max() < 1e-5


def test_dropout_acts_in_training_only_and_only_when_asked():
    tokens = token_lists(5)
    module = random_module()
    assert torch.equal(module.train()(tokens), module.eval()(tokens))
    module.hidden_dropout = module.attention_dropout = 0.5
    assert torch.equal(module.eval()(tokens), module(tokens))
    assert not torch.allclose(module.train()(tokens), module.eval()(tokens))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_same_list_gives_the_same_bits_and_neighbours_only_round(tmp_path, dtype):
    texts = some_texts(700)
    model = BertEncoder("tiny", write_bert(tmp_path / "m"), window=96, dtype=dtype)
    whole = model.embed(texts)
    assert np.array_equal(whole, model.embed(texts))
    alone = np.concatenate([model.embed([text]) for text in texts[:40]])
    limit = 1e-5 if dtype == torch.float32 else 0.05
    assert np.abs(alone - whole[:40]).max() < limit
    assert np.allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-5)


def test_threads_of_the_caller_are_respected(tmp_path):
    model = BertEncoder("tiny", write_bert(tmp_path / "m"), window=96)
    texts = some_texts(900)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        two = model.embed(texts)
        assert torch.get_num_threads() == 2
        torch.set_num_threads(1)
        one = model.embed(texts)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)
    assert np.array_equal(one, two)


def test_long_lists_are_tokenised_in_lots(tmp_path, monkeypatch):
    model = BertEncoder("tiny", write_bert(tmp_path / "m"), window=96, dtype=torch.float32)
    texts = some_texts(100)
    whole = model.embed(texts)
    monkeypatch.setattr("etude.models._encoder.TEXTS_AT_ONCE", 33)
    assert np.abs(model.embed(texts) - whole).max() < 1e-5


def test_no_texts_and_empty_texts(tmp_path):
    model = BertEncoder("tiny", write_bert(tmp_path / "m"), window=96)
    assert model.embed([]).shape == (0, 32)
    assert np.isfinite(model.embed(["", "card"])).all()


def test_tokens_are_cut_to_the_window_not_to_the_files_settings(tmp_path):
    model = BertEncoder("tiny", write_bert(tmp_path / "m"), window=20)
    assert isinstance(model, Embedder)
    assert isinstance(model, TunableEncoder)
    text = "card " * 50
    assert len(model.tokenize([text])[0]) == 20
    assert model.count_tokens([text, "card"]).tolist() == [52, 3]


def test_a_trained_module_saves_a_folder_that_opens_again(tmp_path):
    model = BertEncoder("tiny", write_bert(tmp_path / "m"), window=96, dtype=torch.float32)
    module = model.load_module()
    with torch.no_grad():
        next(module.parameters()).add_(0.1)
    module.save(tmp_path / "tuned")
    model.save_tokenizer(tmp_path / "tuned")
    tuned = BertEncoder("tuned", tmp_path / "tuned", window=96, dtype=torch.float32)
    assert tuned.fingerprint != model.fingerprint
    tokens = model.tokenize(["my card is lost"])
    with torch.no_grad():
        expected = unit_rows(module(tokens).numpy())
    assert np.allclose(tuned.embed(["my card is lost"]), expected, atol=1e-5)


def test_a_checkpoint_with_a_heads_prefix_is_read(tmp_path):
    from safetensors.torch import load_file, save_file

    folder = write_bert(tmp_path / "m")
    weights = load_file(folder / "model.safetensors")
    save_file({f"bert.{k}": v for k, v in weights.items()}, folder / "model.safetensors")
    assert isinstance(EncoderModule.from_folder(folder), EncoderModule)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda f: (f / "model.safetensors").unlink(), "no model.safetensors"),
        (lambda f: (f / "model.safetensors").write_bytes(b"\x00" * 99), "can't be read"),
        (lambda f: (f / "config.json").unlink(), "holds no model"),
        (lambda f: (f / "config.json").write_text("{"), "config.json can't be read"),
        (lambda f: (f / "tokenizer.json").write_text('{"model": 3}'), "tokenizer can't be read"),
        (
            lambda f: (f / "config.json").write_text(json.dumps({"model_type": "bert"})),
            "vocab_size",
        ),
    ],
)
def test_damaged_folders_are_named(tmp_path, spoil, said):
    folder = write_bert(tmp_path / "m")
    spoil(folder)
    with pytest.raises(ModelError, match=said):
        BertEncoder("tiny", folder, window=96).embed(["card"])


def test_weights_of_another_shape_are_refused(tmp_path):
    folder = write_bert(tmp_path / "m")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"intermediate_size": 65}))
    with pytest.raises(ModelError, match="do not fit"):
        EncoderModule.from_folder(folder)


def test_packed_products_are_used_where_the_processor_can():
    device = torch.device("cpu")
    if best_dtype(device) != torch.bfloat16:
        pytest.skip("this processor has no bfloat16 products")
    assert packing_works(device, torch.bfloat16)
