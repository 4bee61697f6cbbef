"""What a teacher says is what a plain pass over each pair gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from etude.training.lm import teaching
from etude.training.lm.pairs import TokenPair
from etude.training.lm.teaching import LIKELIEST, needed, teach
from tests.training.lm._tiny import VOCABULARY, TinySource, pairs


class Kept:
    """A ``Memory`` as the store has it: values go through JSON."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, Any]] = {}

    def recall(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        return {key: self.values[key] for key in keys if key in self.values}

    def keep(self, values: Mapping[str, dict[str, Any]]) -> None:
        self.values.update(values)


def gpt2() -> TinySource:
    """With the dropout that its config has by default."""
    config = transformers.GPT2Config(
        vocab_size=VOCABULARY, n_embd=32, n_layer=2, n_head=2, n_positions=256
    )
    return TinySource(config)


def plain(source: TinySource, pair: TokenPair) -> torch.Tensor:
    """Log probabilities (T, V) at the targets, by nothing but transformers and torch."""
    whole = torch.from_numpy(np.concatenate([pair.prompt, pair.target]).astype(np.int64))
    with torch.no_grad():
        logits = source.load_module().eval()(input_ids=whole[None], use_cache=False).logits[0]
    return torch.log_softmax(logits.float(), -1)[len(pair.prompt) - 1 : -1]


@pytest.mark.parametrize("source", [TinySource(), gpt2()], ids=["llama", "gpt2"])
@pytest.mark.parametrize("sharing", ["auto", "off"])
def test_it_is_what_a_plain_pass_over_each_pair_says(
    source: TinySource, sharing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teaching, "TOKENS_AT_ONCE", 120)  # several batches
    monkeypatch.setattr(teaching, "LOGITS_AT_ONCE", 1)
    monkeypatch.setattr(teaching, "FEWEST_ROWS", 3)  # of several pieces each
    asked = [*pairs(7), *(TokenPair(one.prompt[5:], one.target) for one in pairs(2, seed=4))]
    said = teach(source, asked, precision="fp32", sharing=sharing)
    for pair, one in zip(asked, said, strict=True):
        expected = plain(source, pair)
        ids = torch.from_numpy(one.teacher.ids_TK.astype(np.int64))
        found = torch.from_numpy(one.teacher.log_probabilities_TK)
        assert found.shape == (len(pair.target), LIKELIEST)
        torch.testing.assert_close(found, expected.gather(1, ids), rtol=1e-5, atol=1e-5)
        likeliest = expected.topk(LIKELIEST, -1).values
        torch.testing.assert_close(found, likeliest, rtol=1e-5, atol=1e-5)
        own = expected.gather(1, torch.from_numpy(pair.target.astype(np.int64))[:, None])
        assert one.known == pytest.approx(float(own.exp().sum()), rel=1e-5)


def test_a_beginning_is_computed_once_a_batch_and_logits_are_made_of_targets_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, source = pairs(9), TinySource()
    computed: list[int] = []
    rows: list[int] = []
    said, likeliest = teaching._Teacher._said, teaching._likeliest

    def counted(self: Any, batch: Sequence[TokenPair]) -> Any:
        computed.append(self.step.states(self.module, batch).computed)
        return said(self, batch)

    def seen(head: Any, hidden_ND: Any, gold_N: Any) -> Any:
        rows.append(len(hidden_ND))
        return likeliest(head, hidden_ND, gold_N)

    monkeypatch.setattr(teaching._Teacher, "_said", counted)
    monkeypatch.setattr(teaching, "_likeliest", seen)
    teach(source, asked, precision="fp32")
    shared = len("Say the word.") + 3
    assert len(computed) == 1
    assert computed[0] == shared + sum(len(pair) - 1 - shared for pair in asked)
    assert rows == [sum(len(pair.target) for pair in asked)]


def test_what_was_said_is_kept_by_content() -> None:
    class Gone(TinySource):
        def load_module(self) -> Any:
            if hasattr(self, "parameters"):
                raise AssertionError("the teacher is asked again")
            return super().load_module()

    memory = Kept()
    first = teach(TinySource(), pairs(6), precision="fp32", memory=memory)
    again = teach(Gone(), pairs(6)[::-1], precision="fp32", memory=memory)
    for one, other in zip(first, again[::-1], strict=True):
        assert np.array_equal(one.teacher.ids_TK, other.teacher.ids_TK)
        assert np.array_equal(one.teacher.log_probabilities_TK, other.teacher.log_probabilities_TK)
        assert one.known == other.known
    other = [TokenPair(pair.prompt[1:], pair.target) for pair in pairs(1)]
    with pytest.raises(AssertionError, match="asked again"):
        teach(Gone(), other, precision="fp32", memory=memory)
    with pytest.raises(AssertionError, match="asked again"):
        teach(Gone(), pairs(1), precision="bf16", memory=memory)


def test_a_large_teacher_needs_what_its_weights_need() -> None:
    source = TinySource()
    source.parameters = 7_000_000_000
    assert needed(source, "fp32").weights >= 4 * source.parameters
