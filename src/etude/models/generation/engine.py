"""A loaded causal language model that computes packed rows behind a shared prefix.

It knows how to run one pass and where the ordinary way must be taken instead: architectures
whose attention does not go through transformers' interface, or that carry another state. Whether
a model can be run here is not believed but tried, on a few tokens, against its own forward pass.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from etude.models.generation.attention import NAME, attend, running
from etude.models.generation.direct import Direct, direct_of
from etude.models.generation.passes import EMPTY, Memory, Pass, Prefix, plan_rows

KNOWN_LAYERS = {"full_attention", "sliding_attention"}
TRIAL_TOKENS = 24
TRIAL_TOLERANCE = 2e-3
"""Largest difference of logits, as a share of their spread, that rounding may cause in float32."""
TOKENS_PER_PASS = 2048
"""Of a long prefix: later tokens attend to the earlier ones as to a prefix."""


class Engine:
    """Runs passes of one module, which stays on its device, in evaluation mode.

    Args:
        module: a transformers causal LM; its attention function is replaced.
        library: the transformers package.
    """

    def __init__(self, module: Any, library: Any) -> None:
        library.AttentionInterface.register(NAME, attend)
        self.module = module.eval()
        self.device = torch.device(module.device)
        self.vocabulary = int(module.get_output_embeddings().weight.shape[0])
        self._usual = module.config._attn_implementation
        self._keeps = "logits_to_keep" in inspect.signature(module.forward).parameters
        self._around: Callable[[], AbstractContextManager[None]] = nullcontext
        self.direct: Direct | None = None
        """Computes the passes in place of the module, where that was tried."""
        self.bytes_per_token = 1
        """Of the keys and values of all layers; known after the trial."""
        module.set_attn_implementation(NAME)

    def within(self, around: Callable[[], AbstractContextManager[None]]) -> Engine:
        """The same engine on the same module, each of its passes inside ``around()``."""
        other = copy.copy(self)
        other._around = around
        other.direct = None  # what is put around the module is in its layers
        return other

    def restore(self) -> Any:
        """The module with its own attention again."""
        self.module.set_attn_implementation(self._usual)
        return self.module

    @torch.inference_mode()
    def run(self, step: Pass, ids_N: NDArray[np.int64], keep: Tensor | None) -> Tensor:
        """Logits (K, V) in float32 of the tokens at the places ``keep`` (K,), all where None."""
        ids = torch.from_numpy(ids_N).to(self.device)
        if self.direct is not None:
            return self.direct(step, ids, keep)
        given: dict[str, Any] = {"input_ids": ids[None], "position_ids": step.position_N[None]}
        if self._keeps and keep is not None:
            given["logits_to_keep"] = keep
        with self._around(), running(step):
            logits = self.module(use_cache=False, return_dict=True, **given).logits[0]
        if not self._keeps and keep is not None:
            logits = logits[keep]
        return torch.as_tensor(logits).float()

    def extend(
        self,
        prefix: Prefix,
        memory: Memory,
        first_row: int,
        lengths: NDArray[np.int64],
        tokens: list[NDArray[np.int32]],
    ) -> Tensor:
        """Append tokens to rows; logits (R, V) after the last new token of each.

        Args:
            prefix: what stands before every row.
            memory: where the rows' own tokens are kept.
            first_row: the row of ``tokens[0]``; the others follow it.
            lengths: own tokens of each row so far (R,).
            tokens: new tokens of each row, at least one.
        """
        counts = np.array([len(ids) for ids in tokens], dtype=np.int64)
        step = plan_rows(prefix, memory, first_row, lengths, counts, self.device)
        last = torch.from_numpy(np.cumsum(counts) - 1).to(self.device)
        ids_N = np.concatenate(tokens).astype(np.int64)
        return self.run(step, ids_N, None if len(ids_N) == len(tokens) else last)

    def prefix(self, ids: NDArray[np.int32], base: Prefix = EMPTY) -> Prefix:
        """The keys and values of ``ids``, of which ``base`` holds the beginning."""
        nothing = torch.zeros(1, dtype=torch.int64, device=self.device)
        while len(base) < len(ids):
            piece = ids[len(base) : len(base) + TOKENS_PER_PASS]
            memory = Memory(1, len(piece))
            count = np.array([len(piece)], dtype=np.int64)
            step = plan_rows(base, memory, 0, np.zeros(1, dtype=np.int64), count, self.device)
            self.run(step, piece.astype(np.int64), nothing)
            base = _joined(base, piece, memory)
        return base


def _joined(base: Prefix, piece: NDArray[np.int32], memory: Memory) -> Prefix:
    layers = {index: (keys[0], values[0]) for index, (keys, values) in memory.layers.items()}
    for index, (keys, values) in base.layers.items():
        more_keys, more_values = layers[index]
        layers[index] = torch.cat((keys, more_keys), 1), torch.cat((values, more_values), 1)
    return Prefix(np.concatenate([base.ids, piece]), layers)


def unsuitable(module: Any) -> str | None:
    """Why a module can't be run by passes, as far as it says so; None where it may be tried."""
    config = module.config.get_text_config()
    if getattr(module, "_is_stateful", False):
        return "it carries a state from token to token"
    if not getattr(module, "_supports_attention_backend", False):
        return "its attention can't be replaced"
    others = set(getattr(config, "layer_types", None) or ()) - KNOWN_LAYERS
    if others:
        return f"it has layers of {', '.join(sorted(others))}"
    if module.get_output_embeddings() is None:
        return "it has no output layer of its own"
    return None


def make_engine(module: Any, library: Any) -> tuple[Engine | None, str | None]:
    """The engine of a module, or None and why the ordinary way is taken."""
    reason = unsuitable(module)
    if reason is not None:
        return None, reason
    expected = _trial_by_itself(module)
    engine = Engine(module, library)
    try:
        found = _trial(engine)
    except (RuntimeError, TypeError, AttributeError, KeyError, IndexError, ValueError) as error:
        engine.restore()
        return None, f"its attention asks for more than packed rows give ({type(error).__name__})"
    exact = module.dtype == torch.float32
    spread = float(expected.std()) + 1e-6
    worst = float((found - expected).abs().max()) / spread
    if worst > (TRIAL_TOLERANCE if exact else 0.5):
        engine.restore()
        return None, "it gives other answers for packed rows than for single ones"
    engine.direct = direct_of(module)
    if engine.direct is not None:
        worst = float((_trial(engine) - expected).abs().max()) / spread
        if worst > TRIAL_TOLERANCE:
            engine.direct = None
    return engine, None


def _trial_ids(vocabulary: int) -> NDArray[np.int64]:
    return np.random.default_rng(0).integers(0, vocabulary, TRIAL_TOKENS)


@torch.inference_mode()
def _trial_by_itself(module: Any) -> Tensor:
    """The module's own logits (2, V) of two texts."""
    vocabulary = int(module.get_output_embeddings().weight.shape[0])
    ids = torch.from_numpy(_trial_ids(vocabulary)).to(module.device)
    texts = (ids, torch.cat((ids[:10], ids[15:19])))
    found = [module(input_ids=text[None], use_cache=False).logits[0, -1] for text in texts]
    return torch.stack(found).float()


def _trial(engine: Engine) -> Tensor:
    """The same texts as two rows behind a prefix of ten tokens, in two steps each."""
    ids = _trial_ids(engine.vocabulary).astype(np.int32)
    prefix = engine.prefix(ids[:10])
    engine.bytes_per_token = max(1, prefix.bytes // len(prefix))
    memory = Memory(2, TRIAL_TOKENS)
    zeros = np.zeros(2, dtype=np.int64)
    engine.extend(prefix, memory, 0, zeros, [ids[10:23], ids[15:18]])
    lengths = np.array([13, 3], dtype=np.int64)
    return engine.extend(prefix, memory, 0, lengths, [ids[23:], ids[18:19]])
