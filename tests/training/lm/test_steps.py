"""Every step gives the plain step's loss and gradients, on many architectures."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import peft
import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from etude.training.lm.pairs import TokenPair
from etude.training.lm.steps import attention, choose_step, flex, pieces, scores
from etude.training.lm.steps.cached import CachedStep
from etude.training.lm.steps.head import split
from etude.training.lm.steps.layout import lay_out
from etude.training.lm.steps.packed import PackedStep
from etude.training.lm.steps.padded import PaddedStep
from etude.training.lm.steps.prefix import clusters_of

from ._shapes import (
    VOCAB,
    assert_same,
    ids,
    loss_and_gradients,
    make,
    some_pairs,
    some_teacher,
)

ATTENTION_MODELS = (
    "llama",
    "qwen2",
    "qwen3",
    "gemma",
    "gemma2",
    "gemma3",
    "mistral, window",
    "gpt_neox",
    "gpt2",
    "granite",
    "cohere",
)
SHORT_OF = ("llama", "gemma2", "gpt2")
FIVE = ("llama", "qwen3", "gemma", "gpt_neox", "gpt2")


def reference(module: Any, pairs: list[TokenPair]) -> tuple[float, dict[str, torch.Tensor]]:
    """Each example alone through the whole model, by nothing but transformers and torch."""
    module.zero_grad()
    total = 0.0
    for pair in pairs:
        whole = torch.from_numpy(ids(pair.prompt, pair.target).astype(np.int64))
        logits = module(input_ids=whole[None], use_cache=False).logits[0].float()
        said = logits[len(pair.prompt) - 1 : -1]
        loss = F.cross_entropy(said, whole[len(pair.prompt) :], reduction="sum") * pair.weight
        loss.backward()
        total += float(loss.detach())
    gradients = {
        name: weight.grad.clone()
        for name, weight in module.named_parameters()
        if weight.grad is not None
    }
    return total, gradients


def chosen(module: Any, pairs: list[TokenPair], **changed: Any) -> Any:
    settings = {"checkpointing": False, "sharing": "auto", "teacher_share": 0.0, **changed}
    return choose_step(module, pairs, **settings)


@pytest.mark.parametrize("shape", ATTENTION_MODELS)
def test_every_form_is_exact(shape: str) -> None:
    module, pairs = make(shape), some_pairs()
    expected = reference(module, pairs)
    head = split(module)
    assert head is not None
    assert_same(expected, loss_and_gradients(PaddedStep(head, 0.0), module, pairs))
    assert_same(expected, loss_and_gradients(PaddedStep(None, 0.0), module, pairs))
    assert_same(expected, loss_and_gradients(CachedStep(head, 0.0), module, pairs))
    step, notices = chosen(module, pairs)
    assert (step.name, notices) == ("packed, shared prefix", ())
    assert_same(expected, loss_and_gradients(step, module, pairs))
    step, _ = chosen(module, pairs, sharing="off")
    assert step.name == "packed"
    assert_same(expected, loss_and_gradients(step, module, pairs))
    assert_same(expected, reference(module, pairs))


@pytest.mark.parametrize("shape", ATTENTION_MODELS)
def test_a_shared_prefix_is_computed_once(shape: str) -> None:
    module, pairs = make(shape), some_pairs(count=5, prefix=20)
    step, _ = chosen(module, pairs)
    loss = step.token_losses(module, pairs)
    assert loss.tokens == sum(len(pair) for pair in pairs)
    assert loss.computed == 20 + sum(len(pair) - 20 - 1 for pair in pairs)
    assert loss.weight == pytest.approx(sum(pair.weight * len(pair.target) for pair in pairs))


def adapted(shape: str) -> Any:
    """With an adapter that changes something, as it does after its first step."""
    config = peft.LoraConfig(r=4, target_modules="all-linear", lora_dropout=0.0)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="fan_in_fan_out")  # GPT-2's layers lie across
        module = peft.get_peft_model(make(shape), config).train()
    with torch.no_grad():
        for name, weight in module.named_parameters():
            if "lora_B" in name:
                weight.normal_(0, 0.1)
    return module


@pytest.mark.parametrize("shape", [*FIVE, "gemma2"])
def test_lora_gets_the_same_gradients(shape: str) -> None:
    module, pairs = adapted(shape), some_pairs()
    expected = reference(module, pairs)
    assert all("lora" in name for name in expected[1])
    step, notices = chosen(module, pairs)
    assert (step.name, notices) == ("packed, shared prefix", ())
    assert_same(expected, loss_and_gradients(step, module, pairs))
    cached = CachedStep(split(module), 0.0)  # type: ignore[arg-type]
    assert_same(expected, loss_and_gradients(cached, module, pairs))


@pytest.mark.parametrize("shape", FIVE)
@pytest.mark.parametrize("trained", [make, adapted], ids=["full", "lora"])
def test_a_batch_of_eight_is_eight_accumulated_ones(shape: str, trained: Any) -> None:
    module, pairs = trained(shape), some_pairs(count=8)
    expected = reference(module, pairs)
    for form in ("padded", "cached", "packed"):
        step = step_of(form, module)
        whole = step.token_losses(module, pairs)
        module.zero_grad()
        losses = [step.token_losses(module, [pair]) for pair in pairs]
        for loss in losses:
            loss.total.backward()
        gradients = {
            name: weight.grad
            for name, weight in module.named_parameters()
            if weight.grad is not None
        }
        total = sum(float(loss.total.detach()) for loss in losses)
        assert_same(expected, (total, gradients))
        assert float(whole.total.detach()) == pytest.approx(total, rel=1e-5)
        assert whole.weight == pytest.approx(sum(loss.weight for loss in losses))


def step_of(form: str, module: Any, share: float = 0.0) -> Any:
    head = split(module)
    assert head is not None
    if form == "packed":
        attention.register()
        module.set_attn_implementation(attention.NAME)
        return PackedStep(head, share, True)
    return CachedStep(head, share) if form == "cached" else PaddedStep(head, share)


@pytest.mark.parametrize("shape", ["llama", "gemma3"])
@pytest.mark.parametrize("sharing", ["auto", "off"])
def test_gradient_checkpointing_changes_nothing(shape: str, sharing: str) -> None:
    module, pairs = make(shape), some_pairs()
    expected = reference(module, pairs)
    module.gradient_checkpointing_enable({"use_reentrant": False})
    step, notices = chosen(module, pairs, checkpointing=True, sharing=sharing)
    assert step.name.startswith("packed")
    assert not notices
    assert_same(expected, loss_and_gradients(step, module, pairs))


@pytest.mark.parametrize("form", ["cached", "packed"])
def test_several_beginnings_in_one_batch(form: str) -> None:
    module = make("llama")
    pairs = [*some_pairs(3, 24, seed=0), *some_pairs(4, 17, seed=5), *some_pairs(1, 3, seed=9)]
    pairs = [pairs[i] for i in (0, 3, 6, 1, 7, 4, 2, 5)]
    expected = reference(module, pairs)
    step = step_of(form, module)
    assert_same(expected, loss_and_gradients(step, module, pairs))
    if form == "packed":
        saved = 2 * 24 + 3 * 17 + len(pairs)
        loss = step.token_losses(module, pairs)
        assert loss.computed == loss.tokens - saved


@pytest.mark.parametrize("form", ["padded", "cached", "packed"])
@pytest.mark.parametrize("shape", SHORT_OF)
def test_one_pair_and_no_prefix(form: str, shape: str) -> None:
    module = make(shape)
    alone, apart = some_pairs(1), some_pairs(4, prefix=0)
    one, none = reference(module, alone), reference(module, apart)
    step = step_of(form, module)
    assert_same(one, loss_and_gradients(step, module, alone))
    assert_same(none, loss_and_gradients(step, module, apart))


def test_equal_prompts_and_targets_of_one_token() -> None:
    module = make("llama")
    prompt = ids(np.arange(3, 33))
    pairs = [TokenPair(prompt, ids([i + 3])) for i in range(4)]
    expected = reference(module, pairs)
    for form in ("padded", "cached", "packed"):
        assert_same(expected, loss_and_gradients(step_of(form, module), module, pairs))


@pytest.mark.parametrize("form", ["padded", "cached", "packed"])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_teacher_is_followed_as_the_formula_says(form: str, share: float) -> None:
    module = make("llama")
    pairs = some_pairs(5)
    pairs = [
        TokenPair(p.prompt, p.target, p.weight, some_teacher(len(p.target), k=3 + i, seed=i))
        if i % 2 == 0
        else p
        for i, p in enumerate(pairs)
    ]
    expected = taught(module, pairs, share)
    assert_same(expected, loss_and_gradients(step_of(form, module, share), module, pairs))


def taught(module: Any, pairs: list[TokenPair], share: float) -> Any:
    """(1 - share) × cross-entropy + share × KL over the K ids and the rest, by autograd."""
    module.zero_grad()
    total = torch.zeros(())
    for pair in pairs:
        whole = torch.from_numpy(ids(pair.prompt, pair.target).astype(np.int64))
        logits = module(input_ids=whole[None], use_cache=False).logits[0].float()
        said = logits[len(pair.prompt) - 1 : -1].log_softmax(-1)
        losses = F.nll_loss(said, whole[len(pair.prompt) :], reduction="none")
        if pair.teacher is not None:
            chosen_TK = torch.from_numpy(pair.teacher.ids_TK.astype(np.int64))
            p_TK = torch.from_numpy(pair.teacher.log_probabilities_TK).exp()
            q_TK = said.gather(1, chosen_TK).exp()
            p = torch.cat([p_TK, 1 - p_TK.sum(1, keepdim=True)], 1)
            q = torch.cat([q_TK, 1 - q_TK.sum(1, keepdim=True)], 1)
            losses = (1 - share) * losses + share * (p * (p.log() - q.log())).sum(1)
        total = total + losses.sum() * pair.weight
    total.backward()
    return float(total.detach()), {n: w.grad.clone() for n, w in module.named_parameters()}


def test_a_teacher_that_is_certain_is_the_gold_answer() -> None:
    module, pairs = make("llama"), some_pairs(3)
    plain = loss_and_gradients(step_of("padded", module), module, pairs)
    sure = [
        TokenPair(p.prompt, p.target, p.weight, some_teacher(len(p.target), k=1, rest=0.0))
        for p in pairs
    ]
    for pair in sure:
        assert pair.teacher is not None
        pair.teacher.ids_TK[:, 0] = pair.target
    assert_same(plain, loss_and_gradients(step_of("padded", module, 1.0), module, sure), 2e-5)


@pytest.mark.parametrize("sharing", [True, False])
@pytest.mark.parametrize("shape", SHORT_OF)
def test_packed_examples_do_not_see_each_other(shape: str, sharing: bool) -> None:
    module, pairs = make(shape), some_pairs(5)
    step = step_of("packed", module)
    step.shares = sharing
    changed = list(pairs)
    changed[2] = TokenPair(
        ids(pairs[2].prompt[:24], (pairs[2].prompt[24:] + 7) % VOCAB),
        ids((pairs[2].target + 5) % VOCAB),
    )
    for index in range(5):
        before, after = (loss_of_one(step, module, batch, index) for batch in (pairs, changed))
        if index == 2:
            assert abs(before - after) > 1e-2
        else:
            assert before == pytest.approx(after, rel=1e-6)


def loss_of_one(step: Any, module: Any, pairs: list[TokenPair], index: int) -> float:
    """The loss of one example in its batch: all others weigh nothing."""
    weighed = [
        TokenPair(pair.prompt, pair.target, 1.0 if i == index else 0.0)
        for i, pair in enumerate(pairs)
    ]
    with torch.no_grad():
        return float(step.token_losses(module, weighed).total)


def test_what_does_not_fit_at_once_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    module, pairs = make("llama"), some_pairs(6)
    expected = reference(module, pairs)
    monkeypatch.setattr(pieces, "SCORES_AT_ONCE", {"cpu": 300})
    assert_same(expected, loss_and_gradients(step_of("packed", module), module, pairs))
    monkeypatch.setattr(scores, "KEPT_SCORES", 0)
    assert_same(expected, loss_and_gradients(step_of("packed", module), module, pairs))


def test_chunks_of_logits_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from etude.training.lm.steps import chunked

    module = make("gemma2")
    pairs = [
        TokenPair(p.prompt, p.target, p.weight, some_teacher(len(p.target), seed=i))
        for i, p in enumerate(some_pairs(6))
    ]
    step = step_of("padded", module, 0.4)
    whole = loss_and_gradients(step, module, pairs)
    monkeypatch.setattr(chunked, "LOGITS_AT_ONCE", VOCAB * 3)
    monkeypatch.setattr(chunked, "FEWEST_ROWS", 1)
    assert_same(whole, loss_and_gradients(step, module, pairs))


def test_no_gradient_is_made_where_none_is_wanted() -> None:
    module, pairs = make("llama"), some_pairs()
    for form in ("padded", "cached", "packed"):
        step = step_of(form, module)
        with torch.no_grad():
            total = step.token_losses(module, pairs).total
        assert not total.requires_grad
        assert float(total) == pytest.approx(loss_and_gradients(step, module, pairs)[0], rel=1e-6)


def test_bfloat16_is_as_near_as_the_plain_step() -> None:
    module, pairs = make("llama"), some_pairs(8)
    exact = loss_and_gradients(step_of("padded", module), module, pairs)[1]
    apart = {}
    for form in ("padded", "packed"):
        step = step_of(form, module)
        with torch.autocast("cpu", torch.bfloat16):
            total = step.token_losses(module, pairs).total
        assert total.dtype == torch.float32
        module.zero_grad()
        total.backward()
        gradients = dict(module.named_parameters())
        assert all(gradients[name].grad.dtype == torch.float32 for name in exact)
        wrong = sum(float((gradients[n].grad - g).square().sum()) for n, g in exact.items())
        apart[form] = wrong**0.5
    assert apart["packed"] <= 1.3 * apart["padded"]


@pytest.mark.parametrize(("window", "softcap"), [(None, None), (7, None), (None, 5.0)])
def test_the_fused_kernel_of_accelerators_is_told_the_same(
    window: int | None, softcap: float | None
) -> None:
    pairs = [*some_pairs(3, 24, seed=0), *some_pairs(2, 17, seed=5), *some_pairs(1, 0)]
    clusters = clusters_of([pair.prompt for pair in pairs])
    layout = lay_out(pairs, clusters, torch.device("cpu"))
    torch.manual_seed(0)
    query, key, value = (torch.randn(1, heads, layout.length, 16) for heads in (4, 2, 2))
    with torch.no_grad():
        fused = flex.attend(query, key, value, layout, 0.25, window, softcap)
        seen = layout.visible(window)[None, None]
        whole = attention._whole(query, key, value, seen, False, 0.25, softcap, 0.0)
        torch.testing.assert_close(fused.transpose(1, 2), whole, rtol=1e-5, atol=1e-5)
        if window is None and softcap is None:
            parts = scores.attend(query[0], key[0], value[0], layout.pieces(4), 0.25, torch.float32)
            torch.testing.assert_close(parts, fused[0], rtol=1e-5, atol=1e-5)
