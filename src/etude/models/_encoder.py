"""An encoder in a folder as a model of ours: it embeds, counts tokens, and can be trained.

It joins a tokenizer (``_tokens``), the fast path (``_fast``) and the trainable module
(``_bert.EncoderModule``, whose ``forward`` takes token lists and gives pooled vectors). It knows
nothing of where the folder came from.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from etude.models._base import Ability
from etude.models._bert import BertShape, EncoderModule
from etude.models._fast import VERSION, FastBert, best_device, best_dtype
from etude.models._files import read_config
from etude.models._hashes import folder_fingerprint
from etude.models._tokens import Tokens
from etude.progress import Progress, Silent

__all__ = ["BertEncoder", "EncoderModule", "unit_rows"]

TEXTS_AT_ONCE = 16384
"""Texts tokenised and sorted together; the next lot is tokenised while this one computes."""


class BertEncoder:
    """A BERT encoder on disk (``Embedder``, ``TunableEncoder``). Weights load on first use.

    Args:
        name: what people call it.
        folder: ``config.json``, ``model.safetensors`` and ``tokenizer.json``.
        window: most tokens of a text.
        pooling: "mean" or "cls".

    Raises:
        ModelError: the folder does not hold such a model.
    """

    abilities: frozenset[Ability] = frozenset({"embed", "tune_encoder"})

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        window: int,
        pooling: str = "mean",
        device: torch.device | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        self.name = name
        self.folder = folder
        self.pooling = pooling
        self.device = device or best_device()
        self.dtype = dtype or best_dtype(self.device)
        shape = BertShape.from_config(read_config(folder))
        self.dim = shape.hidden
        self.max_tokens = min(window, shape.positions)
        self.tokens = Tokens(folder, self.max_tokens)
        self.fingerprint = folder_fingerprint(
            folder, pooling, self.max_tokens, f"{self.device.type} {self.dtype} fast{VERSION}"
        )
        self._lock = threading.Lock()
        self._fast: FastBert | None = None

    @property
    def fast(self) -> FastBert:
        """The frozen weights, laid out for inference; made once."""
        with self._lock:
            if self._fast is None:
                module = EncoderModule.from_folder(self.folder, pooling=self.pooling)
                self._fast = FastBert(module, self.device, self.dtype)
            return self._fast

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Unit rows (N, dim); see ``Embedder``."""
        result = np.zeros((len(texts), self.dim), dtype=np.float32)
        with (progress or Silent()).step("encoding", total=len(texts), unit="texts") as step:
            for start, tokens in self._lots(texts):
                for places, vectors in self.fast.pool_batches(tokens):
                    result[start + places] = unit_rows(vectors)
                    step.advance(len(places))
        return result

    def _lots(self, texts: Sequence[str]) -> Iterator[tuple[int, list[NDArray[np.int32]]]]:
        """Token ids of ``TEXTS_AT_ONCE`` texts at a time, the next lot made in the background."""
        starts = range(0, len(texts), TEXTS_AT_ONCE)
        if len(starts) <= 1:
            if texts:
                yield 0, self.tokenize(texts)
            return
        with ThreadPoolExecutor(1, thread_name_prefix="etude-tokens") as ahead:
            lots = (texts[start : start + TEXTS_AT_ONCE] for start in starts)
            coming = ahead.submit(self.tokenize, next(lots))
            for start in starts:
                tokens = coming.result()
                following = next(lots, None)
                if following is not None:
                    coming = ahead.submit(self.tokenize, following)
                yield start, tokens

    def count_tokens(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Tokens of each text before it is cut (N,)."""
        return self.tokens.count(texts)

    def tokenize(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Token ids of each text with the special tokens, cut to the window."""
        return self.tokens.ids(texts)

    def load_module(
        self, *, dropout: float | None = 0.0, compute_dtype: torch.dtype = torch.float32
    ) -> EncoderModule:
        """A fresh trainable module on the CPU; see ``EncoderModule`` for the arguments."""
        return EncoderModule.from_folder(
            self.folder, pooling=self.pooling, dropout=dropout, compute_dtype=compute_dtype
        )

    def save_tokenizer(self, folder: Path) -> None:
        """Copy ``tokenizer.json`` and its settings into ``folder``."""
        self.tokens.save(folder)


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each row divided by its length; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)
