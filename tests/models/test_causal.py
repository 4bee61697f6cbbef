"""Causal language models in a folder: opened, asked in batches, tuned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from _causal_folders import KINDS, write_causal

from etude.models._base import ChatRequest, Message, TunableCausal
from etude.models._causal import CausalModel
from etude.models.opening import open_model
from etude.records.task import ModelRef

RULES = "Read the message and choose the one label that fits it best. " * 4
WORDS = ["card", "lost", "money", "account", "where", "please", "close", "the", "is", "my"]


def requests_of(count: int, seed: int = 0, **more) -> list[ChatRequest]:
    rng = np.random.default_rng(seed)
    found = []
    for number in range(count):
        text = " ".join(rng.choice(WORDS, int(rng.integers(1, 30))))
        limit = more.get("max_tokens", int(rng.integers(1, 24)))
        messages = (Message("system", RULES), Message("user", f"{text} {number}"))
        found.append(ChatRequest(messages, **(more | {"max_tokens": limit})))
    return found


def one_by_one(model: TunableCausal, request: ChatRequest) -> tuple[list[int], torch.Tensor]:
    """transformers' own greedy answer with its end, and its scores (T, V)."""
    module = model.load_module().eval()
    ids = torch.from_numpy(model.format.prompt_ids(request.messages).astype(np.int64))[None]
    with torch.inference_mode():
        out = module.generate(
            ids,
            attention_mask=torch.ones_like(ids),
            do_sample=False,
            max_new_tokens=request.max_tokens,
            eos_token_id=list(model.format.stop_ids),
            pad_token_id=model.format.pad_id,
            output_logits=True,
            return_dict_in_generate=True,
        )
    return out.sequences[0, ids.shape[1] :].tolist(), torch.cat(out.logits)


def assert_same(model: CausalModel, request: ChatRequest, text: str) -> None:
    """Equal but for ties: where the texts part, two tokens must be within rounding."""
    ids, logits = one_by_one(model, request)
    kept = [i for i in ids if i not in model.format.stop_ids]
    if model.format.reply(kept) == text:
        return
    top = logits.topk(2).values
    assert float((top[:, 0] - top[:, 1]).min()) < 1e-3, "no tie, and another answer"


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_answers_as_one_by_one(tmp_path, kind):
    model = open_model(ModelRef(name=str(write_causal(tmp_path, kind))))
    assert isinstance(model, CausalModel)
    assert isinstance(model, TunableCausal)
    requests = requests_of(9)
    found = model.complete(requests)
    assert len({one.text for one in found}) > 5, "the answers differ, so the test can fail"
    for request, one in zip(requests, found, strict=True):
        assert_same(model, request, one.text)
        ids, _ = one_by_one(model, request)
        if one.tokens_out == len(ids):
            stopped = ids[-1] in model.format.stop_ids
            assert one.finish_reason == ("stop" if stopped else "length")
        assert one.tokens_in == len(model.format.prompt_ids(request.messages))
        assert one.failure is None
        assert one.seconds > 0
    slow = any("slow way" in notice for notice in model.notices)
    assert slow == (kind in {"Bloom", "Mamba"})
    single = model.complete(requests[3:4])[0]
    assert_same(model, requests[3], single.text)


@pytest.fixture
def folder(tmp_path) -> Path:
    return write_causal(tmp_path / "llama")
