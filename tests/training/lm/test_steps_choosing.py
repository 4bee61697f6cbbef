"""Which step is chosen, and what is said where a beginning can't be shared."""

from __future__ import annotations

from typing import Any

import peft
import pytest
import torch

from etude.training.lm.steps import attention, choose_step

from ._shapes import assert_same, loss_and_gradients, make, some_pairs


def choose(module: Any, **changed: Any) -> Any:
    settings = {"checkpointing": False, "sharing": "auto", "teacher_share": 0.0, **changed}
    pairs = settings.pop("pairs", None) or some_pairs()
    return choose_step(module, pairs, **settings)


def test_a_model_with_a_running_state_takes_the_plain_step_and_says_so() -> None:
    module = make("mamba")
    step, notices = choose(module)
    assert step.name == "padded"
    assert "running state" in notices[0]
    pairs = some_pairs(3, 12)
    whole = loss_and_gradients(step, module, pairs)
    module.zero_grad()
    for pair in pairs:
        step.token_losses(module, [pair]).total.backward()
    alone = {n: w.grad for n, w in module.named_parameters() if w.grad is not None}
    assert_same(whole, (whole[0], alone), 1e-4)


def test_linear_attention_is_a_running_state() -> None:
    import transformers

    config = transformers.Qwen3NextConfig(
        vocab_size=61,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        linear_key_head_dim=8,
        linear_value_head_dim=8,
        linear_num_key_heads=2,
        linear_num_value_heads=4,
        num_experts=2,
        num_experts_per_tok=1,
        moe_intermediate_size=16,
        shared_expert_intermediate_size=16,
        layer_types=["linear_attention", "full_attention"],
    )
    step, notices = choose(transformers.AutoModelForCausalLM.from_config(config))
    assert step.name == "padded"
    assert "running state" in notices[0]


def test_dropout_takes_the_plain_step_and_says_so() -> None:
    step, notices = choose(make("gpt2", resid_pdrop=0.1))
    assert step.name == "padded"
    assert "dropout is on" in notices[0]
    step, notices = choose(make("llama", attention_dropout=0.2))
    assert step.name == "padded"
    assert "attention_dropout 0.2" in notices[0]


def test_lora_dropout_is_dropout() -> None:
    config = peft.LoraConfig(r=2, target_modules=["q_proj"], lora_dropout=0.05)
    step, notices = choose(peft.get_peft_model(make("llama"), config))
    assert step.name == "padded"
    assert "lora_dropout 0.05" in notices[0]


def test_attention_that_is_not_computed_falls_back_to_the_cache() -> None:
    module = make("gpt_oss")
    before = module.config._attn_implementation
    step, notices = choose(module)
    assert (step.name, notices) == ("cached prefix", ())
    assert module.config._attn_implementation == before
    step, notices = choose(module, checkpointing=True)
    assert step.name == "padded"
    assert "can't be computed in parts" in notices[0]


def test_nothing_is_said_where_nothing_is_shared() -> None:
    apart = some_pairs(6, prefix=0)
    assert choose(make("gpt2", resid_pdrop=0.1), pairs=apart)[1] == ()
    assert choose(make("gpt2", resid_pdrop=0.1), sharing="off")[1] == ()
    assert choose(make("llama"), pairs=apart)[0].name == "packed"


def test_a_wrong_form_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(module: Any, query: Any, key: Any, value: Any, mask: Any, **others: Any) -> Any:
        return attention._whole(
            query, key, value, None, True, query.shape[-1] ** -0.5, None, 0.0
        ), None

    module = make("llama")
    monkeypatch.setattr(attention, "packed_attention", blind)
    step, _ = choose(module)
    assert step.name == "cached prefix"


def test_ordinary_calls_go_on_after_the_exchange() -> None:
    for shape in ("llama", "gemma2", "gemma3"):
        module = make(shape).eval()
        ids_BT = torch.arange(3, 43).view(2, 20)
        mask_BT = torch.ones_like(ids_BT)
        mask_BT[0, 15:] = 0
        with torch.no_grad():
            before = module(input_ids=ids_BT, attention_mask=mask_BT).logits
            assert choose(module)[0].name == "packed, shared prefix"
            after = module(input_ids=ids_BT, attention_mask=mask_BT).logits
            said = module.generate(ids_BT[1:], max_new_tokens=3, do_sample=False)
        assert not module.training
        real = mask_BT.bool()
        torch.testing.assert_close(after[real], before[real], rtol=1e-4, atol=1e-4)
        assert said.shape == (1, 23)


def test_the_exchange_is_not_saved(tmp_path: Any) -> None:
    module = make("llama")
    choose(module)
    module.save_pretrained(tmp_path)
    assert attention.NAME not in (tmp_path / "config.json").read_text("utf-8")
