"""A causal model in two halves: the decoder, and the head from hidden states to logits.

Logits are wanted only where there is a target, so a step runs the halves by itself. What a model
does to its logits beside the matrix product (Gemma 2's soft cap, Granite's division, Cohere's
factor) is read from its config and then proved on the model: where the halves do not give the
logits of the whole, there is no ``Head`` and the whole model is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from etude.training.lm.steps.entered import entered, tried

FACTORS = ("logit_scale", "lm_head_multiplier", "output_multiplier", "logits_scaling")
"""Names in configs of what logits are multiplied with (or divided by: both are tried)."""
PROBE_TOKENS = 5


@dataclass(frozen=True)
class Head:
    """The two halves; ``output`` is a linear layer, or what PEFT has put around it."""

    decoder: Any
    output: nn.Module
    vocabulary: int
    factor: float = 1.0
    cap: float | None = None

    def hidden(self, **inputs: Any) -> Tensor:
        """The last hidden states (B, T, D)."""
        states: Tensor = self.decoder(**inputs).last_hidden_state
        return states

    def logits(self, hidden: Tensor) -> Tensor:
        """Logits (…, V) of hidden states, in the dtype that the model gives."""
        logits: Tensor = self.output(hidden)
        if self.factor != 1.0:
            logits = logits * self.factor
        if self.cap is not None:
            logits = torch.tanh(logits / self.cap) * self.cap
        return logits


def bare(module: Any) -> Any:
    """The ``transformers`` model itself; PEFT has put its layers inside of it."""
    return module.get_base_model() if hasattr(module, "get_base_model") else module


def split(module: Any) -> Head | None:
    """The model's halves, or None where they do not give the logits of the whole model."""
    model = bare(module)
    output = model.get_output_embeddings()
    decoder = model.get_decoder()
    if output is None or decoder is None or decoder is model:
        return None
    config = model.config.get_text_config()
    cap = getattr(config, "final_logit_softcapping", None)
    given = [getattr(config, name, None) for name in FACTORS]
    scales = [float(value) for value in given if value]
    factors = [1.0, *scales, *(1 / scale for scale in scales)]
    vocabulary = int(model.get_input_embeddings().weight.shape[0])
    candidates = [Head(decoder, output, vocabulary, factor, cap) for factor in factors]
    return next(_agreeing(model, candidates), None)


def _agreeing(model: Any, candidates: list[Head]) -> Any:
    device = model.get_input_embeddings().weight.device
    ids = torch.arange(PROBE_TOKENS, device=device)[None] % candidates[0].vocabulary
    training = model.training
    model.eval()
    with torch.no_grad(), tried(model):
        whole = model(input_ids=ids, use_cache=False).logits.float()
        hidden = entered(model, lambda: candidates[0].hidden(input_ids=ids, use_cache=False))
        made = entered(model, lambda: torch.stack([head.logits(hidden) for head in candidates]))
    model.train(training)
    allowed = 1e-5 * float(whole.abs().max())
    for head, logits in zip(candidates, made, strict=True):
        if logits.shape == whole.shape and float((logits.float() - whole).abs().max()) <= allowed:
            yield head
