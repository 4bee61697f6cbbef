"""Which way through the model a training takes: the one that computes least and is exact.

Nothing is taken on trust. A form is considered where the model's parts allow it, and then tried on
two of the examples, cut short, against the plain step; it is used only if the losses are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import torch

from etude.training.lm.pairs import TokenPair
from etude.training.lm.steps import attention
from etude.training.lm.steps._base import Step
from etude.training.lm.steps.cached import CachedStep
from etude.training.lm.steps.dropout import dropout_of
from etude.training.lm.steps.entered import in_float32, losses, tried
from etude.training.lm.steps.head import Head, bare, split
from etude.training.lm.steps.packed import PackedStep
from etude.training.lm.steps.padded import PaddedStep
from etude.training.lm.steps.prefix import clusters_of, computed

LEAST_SAVED = 0.03
"""Share of the tokens that a shared prefix has to save before it is worth a notice."""
SAMPLE = 64
PROBE_PREFIX, PROBE_TOKENS = 12, 6
CLOSE, ROUGHLY = 1e-4, 3e-2
"""How near the losses of two forms must be: with all weights in float32, and with any in less."""
FAILURES = (
    attention.NotComputed,
    AttributeError,
    IndexError,
    KeyError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What a model's code raises when it meets a mask, a cache or a layout that it does not know."""


def choose_step(
    module: Any,
    pairs: Sequence[TokenPair],
    *,
    checkpointing: bool,
    sharing: Literal["auto", "off"],
    teacher_share: float,
    beginning: int | None = None,
) -> tuple[Step, tuple[str, ...]]:
    """The cheapest exact step for this model and these examples, and what a person should know.

    Args:
        module: the model as it will be trained, adapter included. Where the packed step is chosen
            its attention function is exchanged for one that also serves ordinary calls.
        pairs: the examples of the training (all of them, or a sample).
        checkpointing: activations are recomputed in the backward pass, so there is no cache.
        sharing: ``off`` computes every example by itself.
        teacher_share: weight of the teacher's distribution against the gold answer, 0 to 1.
        beginning: where processes must call the model equally often (its weights are sharded), the
            tokens that all prompts, dev's among them, begin with; None where they need not.
    """
    head = split(module)
    plain = PaddedStep(head, teacher_share)
    saved = _saved(pairs) if sharing == "auto" else 0.0
    shared = saved >= LEAST_SAVED
    reason = _hindrance(module, head)
    if reason is None and head is not None:
        probe = _probe(pairs, shared)
        expected = _loss(plain, module, probe)
        cacheable = shared and not checkpointing and beginning != 0
        for step in _candidates(head, teacher_share, shared, cacheable):
            if _agrees(step, module, probe, expected):
                return step.of(beginning) if isinstance(step, CachedStep) else step, ()
        reason = "its attention can't be computed in parts"
    if not shared:
        return plain, ()
    return plain, (
        f"the prompts have a beginning in common, but it is computed for every example anew: "
        f"{reason}. Sharing it would save {saved:.0%} of the tokens.",
    )


def _saved(pairs: Sequence[TokenPair]) -> float:
    """Share of the tokens that need no computing, for a sample of the pairs in one batch."""
    picks = np.unique(np.linspace(0, len(pairs) - 1, min(SAMPLE, len(pairs))).astype(int))
    sample = [pairs[i] for i in picks]
    prompts = [pair.prompt for pair in sample]
    ordinary = sum(len(prompt) for prompt in prompts)
    fewer = ordinary - computed(prompts, clusters_of(prompts))
    return fewer / sum(len(pair) for pair in sample)


def _hindrance(module: Any, head: Head | None) -> str | None:
    """Why examples must stand in rows of their own, in words, or None."""
    if head is None:
        return "this model gives logits only as a whole"
    model = bare(module)
    if getattr(model, "_is_stateful", False) or not _remembers_keys_alone(model.config):
        return "this model keeps a running state beside attention"
    dropout = dropout_of(module)
    if dropout:
        return f"dropout is on ({dropout}); set it to 0 to share the beginning"
    return None


def _remembers_keys_alone(config: Any) -> bool:
    """True where a model's whole memory of earlier tokens is keys and values."""
    from transformers.cache_utils import DynamicCache, DynamicLayer, DynamicSlidingWindowLayer

    layers = DynamicCache(config=config).layers
    return all(type(layer) in (DynamicLayer, DynamicSlidingWindowLayer) for layer in layers)


def _candidates(head: Head, share: float, shared: bool, cacheable: bool) -> Iterator[Step]:
    """Forms in the order of their speed."""
    yield PackedStep(head, share, shared)
    if cacheable:
        yield CachedStep(head, share)


def _probe(pairs: Sequence[TokenPair], shared: bool) -> list[TokenPair]:
    """Two short examples; with a beginning in common where sharing is tried."""
    first, second = pairs[0], pairs[-1]
    cut = [_short(first), replace(_short(second), weight=2.0)]
    if shared:
        start = np.resize(first.prompt, PROBE_PREFIX)
        cut = [replace(p, prompt=np.concatenate([start, p.prompt])) for p in cut]
    return cut


def _short(pair: TokenPair) -> TokenPair:
    return TokenPair(pair.prompt[-PROBE_TOKENS:], pair.target[: PROBE_TOKENS - 2])


def _loss(step: Step, module: Any, pairs: Sequence[TokenPair]) -> float:
    training = module.training
    module.eval()
    with torch.no_grad(), tried(bare(module)):
        total = float(losses(step, module, pairs).total)
    module.train(training)
    return total


def _agrees(step: Step, module: Any, pairs: Sequence[TokenPair], expected: float) -> bool:
    """Whether this step gives the plain step's loss; the model is left as it was if not."""
    model = bare(module)
    before = model.config._attn_implementation
    if isinstance(step, PackedStep):
        attention.register()
        model.set_attn_implementation(attention.NAME)
    try:
        found = _loss(step, module, pairs)
    except FAILURES:
        found = float("nan")
    if abs(found - expected) <= (CLOSE if in_float32(model) else ROUGHLY) * abs(expected):
        return True
    if isinstance(step, PackedStep):
        model.set_attn_implementation(before)
    return False
