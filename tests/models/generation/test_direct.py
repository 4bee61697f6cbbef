"""Computed straight from the weights: the module's own numbers, and its own way for other shapes."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
import transformers
from tests.models._causal_folders import make_module

from etude.models.generation import direct
from etude.models.generation.direct import direct_of
from etude.models.generation.engine import make_engine
from etude.models.generation.passes import Memory

RNG = np.random.default_rng(3)
ROWS = [RNG.integers(4, 200, size).astype(np.int32) for size in (30, 3, 17)]


@pytest.mark.parametrize("most_packed", [0, direct.MOST_PACKED])
@pytest.mark.parametrize("kind", ["Llama", "Qwen2", "Mistral"])
@torch.inference_mode()
def test_rows_behind_a_prefix_have_the_modules_own_logits(
    monkeypatch: pytest.MonkeyPatch, kind: str, most_packed: int
) -> None:
    monkeypatch.setattr(direct, "MOST_PACKED", most_packed)
    module = make_module(kind, tie_word_embeddings=kind != "Qwen2")
    own = copy.deepcopy(module)
    engine, _ = make_engine(module, transformers)
    assert engine is not None
    assert engine.direct is not None
    prefix = engine.prefix(ROWS[0][:20])
    memory = Memory(2, 64)
    ends = [np.concatenate([ROWS[0][20:], ROWS[1]]), ROWS[2]]
    engine.extend(prefix, memory, 0, np.zeros(2, dtype=np.int64), [one[:-1] for one in ends])
    lengths = np.array([len(one) - 1 for one in ends], dtype=np.int64)
    found = engine.extend(prefix, memory, 0, lengths, [one[-1:] for one in ends])
    for row, end in zip(found, ends, strict=True):
        ids = torch.from_numpy(np.concatenate([ROWS[0][:20], end]).astype(np.int64))
        expected = own(input_ids=ids[None], use_cache=False).logits[0, -1]
        torch.testing.assert_close(row, expected, rtol=1e-4, atol=1e-4)


@torch.inference_mode()
def test_positions_beyond_the_first_table() -> None:
    module = make_module("Llama", max_position_embeddings=4096)
    own = copy.deepcopy(module)
    straight = direct_of(module)
    assert straight is not None
    table = straight._table(3000)
    for found, known in zip(table, straight._table(10), strict=True):
        torch.testing.assert_close(found[:10], known)
    engine, _ = make_engine(module, transformers)
    assert engine is not None
    ids = RNG.integers(4, 200, 1500).astype(np.int32)
    memory = Memory(1, 4)
    last = engine.extend(
        engine.prefix(ids[:-1]), memory, 0, np.zeros(1, dtype=np.int64), [ids[-1:]]
    )
    expected = own(input_ids=torch.from_numpy(ids.astype(np.int64))[None]).logits[0, -1]
    torch.testing.assert_close(last[0], expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("kind", ["Qwen3", "Gemma2", "GPTNeoX", "GPT2"])
def test_other_shapes_are_left_to_their_modules(kind: str) -> None:
    module = make_module(kind)
    assert direct_of(module) is None
    engine, _ = make_engine(module, transformers)
    assert engine is not None
    assert engine.direct is None


def test_other_numbers_and_other_layers_are_left_to_the_module() -> None:
    assert direct_of(make_module("Llama").to(torch.bfloat16)) is None
    assert direct_of(make_module("Llama", hidden_act="gelu")) is None
    assert direct_of(make_module("Llama", mlp_bias=True)) is None
    changed = make_module("Llama")
    changed.model.layers[0].self_attn.q_proj = torch.nn.Sequential(
        changed.model.layers[0].self_attn.q_proj
    )
    assert direct_of(changed) is None


@pytest.mark.parametrize("most_packed", [0, direct.MOST_PACKED])
@torch.inference_mode()
def test_the_module_still_computes_with_its_own_layers(
    monkeypatch: pytest.MonkeyPatch, most_packed: int
) -> None:
    monkeypatch.setattr(direct, "MOST_PACKED", most_packed)
    module = make_module("Llama")
    ids = torch.arange(4, 30)[None]
    before = module(input_ids=ids).logits
    assert direct_of(module) is not None
    torch.testing.assert_close(module(input_ids=ids).logits, before)


def test_what_is_put_around_a_module_is_computed_by_it() -> None:
    engine, _ = make_engine(make_module("Llama"), transformers)
    assert engine is not None
    assert engine.within(engine._around).direct is None
    assert engine.direct is not None
