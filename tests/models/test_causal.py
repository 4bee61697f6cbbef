"""Causal language models in a folder: opened, asked in batches, tuned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from _causal_folders import KINDS, write_causal

from etude.models._base import ChatRequest, Completion, Message, TunableCausal
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


def assert_as_likely(model: CausalModel, request: ChatRequest, one: Completion) -> None:
    """The likelihood is that of transformers' own pass over the same tokens."""
    ids, logits = one_by_one(model, request)
    kept = [i for i in ids if i not in model.format.stop_ids]
    if model.format.reply(kept) == one.text and one.tokens_out == len(ids):
        logs = logits.float().log_softmax(-1)[torch.arange(len(ids)), torch.tensor(ids)]
        assert one.likelihood.mean == pytest.approx(float(logs.mean()), abs=2e-3)
        assert one.likelihood.least == pytest.approx(float(logs.min()), abs=2e-3)


ALIKE = {"Qwen2", "Mistral", "Gemma2", "GPTNeoX"}
"""Kinds whose parts others have too."""


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[pytest.mark.soak] * (kind in ALIKE)) for kind in KINDS]
)
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
        assert_as_likely(model, request, one)
    slow = any("slow way" in notice for notice in model.notices)
    assert slow == (kind in {"Bloom", "Mamba"})
    single = model.complete(requests[3:4])[0]
    assert_same(model, requests[3], single.text)


@pytest.fixture
def folder(tmp_path) -> Path:
    return write_causal(tmp_path / "llama")


def test_requests_of_every_kind_share_a_call(folder):
    model = CausalModel("m", folder)
    free, chosen = requests_of(3), requests_of(3, choices=("positive", "negative"))
    formed = requests_of(3, json_schema='{"type": "boolean"}', max_tokens=30)
    mixed = [one for three in zip(free, chosen, formed, strict=True) for one in three]
    found = model.complete(mixed)
    assert [one.text for one in found[0::3]] == [one.text for one in model.complete(free)]
    assert {one.text for one in found[1::3]} <= {"positive", "negative"}
    assert {one.text for one in found[2::3]} <= {"true", "false"}
    assert model.complete([]) == []


def test_the_same_requests_give_the_same_answers_again(folder):
    requests = requests_of(12)
    model = CausalModel("m", folder)
    first = [one.text for one in model.complete(requests)]
    assert [one.text for one in model.complete(requests)] == first
    assert [one.text for one in CausalModel("m", folder).complete(requests)] == first


def test_prefixes_are_kept_between_calls(folder, monkeypatch):
    model = CausalModel("m", folder)
    requests = requests_of(6)
    expected = [one.text for one in model.complete(requests)]
    lengths = []
    engine = model._answering.engine
    whole = engine.prefix

    def counting(ids, base):
        lengths.append((len(ids), len(base)))
        return whole(ids, base)

    monkeypatch.setattr(engine, "prefix", counting)
    assert [model.complete([one])[0].text for one in requests] == expected
    assert lengths
    shared = len(model.format.prompt_ids([Message("system", RULES)])) - 10
    assert all(base > shared for _, base in lengths), "the rules are never computed again"
    other = ChatRequest((Message("user", "Where?"),), max_tokens=3)
    assert_same(model, other, model.complete([other])[0].text)
    assert [one.text for one in model.complete(requests)] == expected


def test_rows_join_and_leave_without_a_trace(folder, monkeypatch):
    from etude.models.generation import prefixes, writing

    requests = requests_of(23)
    expected = [one.text for one in CausalModel("m", folder).complete(requests)]
    monkeypatch.setattr(writing, "ROWS", 4)
    monkeypatch.setattr(writing, "TOKENS_PER_PASS", 50)
    monkeypatch.setattr(prefixes, "KEPT_BYTES", 0)
    assert [one.text for one in CausalModel("m", folder).complete(requests)] == expected


def test_long_attention_in_pieces_is_the_same(folder, monkeypatch):
    from etude.models.generation import attention, engine

    requests = [*requests_of(5), *requests_of(5, choices=("positive", "negative", "other"))]
    expected = CausalModel("m", folder).complete(requests)
    monkeypatch.setattr(attention, "SCORES_AT_ONCE", 300)
    monkeypatch.setattr(engine, "TOKENS_PER_PASS", 7)
    found = CausalModel("m", folder).complete(requests)
    assert [one.text for one in found] == [one.text for one in expected]
    for one, other in zip(found[5:], expected[5:], strict=True):
        assert np.allclose(one.choice_probabilities, other.choice_probabilities, atol=1e-5)


def test_a_prompt_that_does_not_fit_fails_and_a_long_answer_is_cut(tmp_path):
    model = CausalModel("m", write_causal(tmp_path, max_position_embeddings=64))
    long = ChatRequest((Message("user", "card " * 80),), max_tokens=4)
    short = ChatRequest((Message("user", "card"),), max_tokens=500)
    fits = len(model.format.prompt_ids(short.messages))
    found = model.complete([long, short, requests_of(1, choices=("one", "two"))[0]])
    assert [one.failure for one in found] == ["too_long", None, "too_long"]
    assert found[0].text is None
    assert found[0].tokens_in > 64
    assert found[1].finish_reason == "stop" or found[1].tokens_out == 64 - fits


def test_drawn_answers_repeat_and_do_not_depend_on_their_neighbours(folder):
    model = CausalModel("m", folder)
    request = requests_of(1, temperature=0.8, max_tokens=12)[0]
    alone = [one.text for one in model.complete([request] * 5)]
    assert len(set(alone)) > 2
    beside = model.complete([*requests_of(7, seed=5), *[request] * 5])[7:]
    assert [one.text for one in beside] == alone
    drawn = requests_of(1, temperature=50.0, choices=("positive", "negative"))[0]
    assert len({one.text for one in model.complete([drawn] * 20)}) == 2


def test_an_interrupt_leaves_the_model_whole(folder, monkeypatch):
    model = CausalModel("m", folder)
    requests = requests_of(6)
    expected = [one.text for one in model.complete(requests)]
    engine = model._answering.engine
    whole, calls = engine.run, []

    def breaking(*given):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return whole(*given)

    monkeypatch.setattr(engine, "run", breaking)
    with pytest.raises(KeyboardInterrupt):
        model.complete(requests)
    monkeypatch.setattr(engine, "run", whole)
    assert [one.text for one in model.complete(requests)] == expected


class Counting:
    """A progress that adds up."""

    def __init__(self) -> None:
        self.total = self.done = 0.0

    def step(self, name, total=None, unit=""):
        self.total = total
        return self

    def advance(self, amount=1.0, note=None):
        self.done += amount

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass


@pytest.mark.parametrize("kind", ["Llama", "Bloom"])
def test_every_request_is_reported(tmp_path, kind):
    model = CausalModel("m", write_causal(tmp_path, kind))
    counting = Counting()
    requests = [*requests_of(5), *requests_of(4, choices=("one", "two"))]
    model.complete(requests, counting)
    assert counting.done == counting.total == 9
