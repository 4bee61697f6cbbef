"""Encoders that are no plain BERT, through transformers' ``AutoModel``.

It knows how to pad by length, pool and train such a model; transformers is loaded here and
nowhere else, on first use, with its telemetry off and a model's own code refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from etude.errors import MissingDependency, ModelError
from etude.models._base import Ability
from etude.models._encoder import unit_rows
from etude.models._fast import best_device, best_dtype
from etude.models._hashes import folder_fingerprint
from etude.models._hub import quiet
from etude.progress import Progress, Silent

PLACES_PER_BATCH = 4096


def library() -> Any:
    """The transformers package.

    Raises:
        MissingDependency: it is not installed.
    """
    quiet()
    try:
        import transformers
    except ImportError as error:
        raise MissingDependency(
            "this model needs the transformers library, which is not installed",
            hint="pip install transformers",
        ) from error
    transformers.logging.set_verbosity_error()  # type: ignore[no-untyped-call, unused-ignore]
    transformers.logging.disable_progress_bar()  # type: ignore[no-untyped-call, unused-ignore]
    return transformers


class AutoModule(nn.Module):
    """A trainable ``AutoModel`` that pools; called like ``EncoderModule``.

    Args:
        model: the transformers model.
        pooling: "mean" or "cls".
        padding: the id of padding.
        compute_dtype: precision of the forward pass (autocast); parameters stay as they are.
    """

    def __init__(
        self,
        model: nn.Module,
        pooling: str,
        padding: int,
        compute_dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.model = model
        self.pooling = pooling
        self.padding = padding
        self.compute_dtype = compute_dtype

    @property
    def dim(self) -> int:
        """Numbers of a pooled vector."""
        return int(self.model.config.hidden_size)  # type: ignore[union-attr, arg-type]

    @property
    def device(self) -> torch.device:
        """Where the parameters are."""
        return next(self.model.parameters()).device

    def forward(self, tokens: Sequence[NDArray[np.int32]]) -> Tensor:
        """Pooled vectors (N, dim), float32, not normalised, in the order of the texts."""
        width = max(len(ids) for ids in tokens)
        ids_NW = np.full((len(tokens), width), self.padding, dtype=np.int64)
        mask_NW = np.zeros((len(tokens), width), dtype=np.int64)
        for row, ids in enumerate(tokens):
            ids_NW[row, : len(ids)] = ids
            mask_NW[row, : len(ids)] = 1
        mask = torch.from_numpy(mask_NW).to(self.device)
        low = self.compute_dtype != torch.float32
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=low):
            output = self.model(
                input_ids=torch.from_numpy(ids_NW).to(self.device), attention_mask=mask
            )
        x_NWE = output.last_hidden_state.float()
        if self.pooling == "cls":
            return x_NWE[:, 0]  # type: ignore[no-any-return]
        weights = mask[:, :, None].float()
        return (x_NWE * weights).sum(1) / weights.sum(1)  # type: ignore[no-any-return]

    def save(self, folder: Path) -> None:
        """Write ``config.json`` and ``model.safetensors``."""
        self.model.save_pretrained(folder)  # type: ignore[operator]


class AutoEncoder:
    """An encoder of any architecture in a folder (``Embedder``, ``TunableEncoder``).

    Raises:
        MissingDependency: transformers is not installed.
        ModelError: transformers can't load the folder.
    """

    abilities: frozenset[Ability] = frozenset({"embed", "tune_encoder"})

    def __init__(
        self,
        name: str,
        folder: Path,
        config: dict[str, Any],
        *,
        window: int,
        pooling: str,
    ) -> None:
        library()
        self.name = name
        self.folder = folder
        self.pooling = pooling
        self.max_tokens = window
        self.device = best_device()
        self.dtype = best_dtype(self.device)
        size = config.get("hidden_size") or config.get("dim") or config.get("d_model")
        if not size:
            raise ModelError("config.json does not say the hidden size", where=str(folder))
        self.dim = int(size)
        self.fingerprint = folder_fingerprint(
            folder, pooling, window, f"{self.device.type} {self.dtype} auto1"
        )

    def load_module(
        self, *, dropout: float | None = 0.0, compute_dtype: torch.dtype = torch.float32
    ) -> AutoModule:
        """A fresh trainable module on the CPU; ``dropout`` 0 turns all dropout off."""
        transformers = library()
        try:
            model = transformers.AutoModel.from_pretrained(
                self.folder,
                trust_remote_code=False,
                use_safetensors=True,
                local_files_only=True,
                dtype=torch.float32,
            )
        except (OSError, ValueError, ImportError, KeyError, RuntimeError) as error:
            raise ModelError(
                f"transformers can't load the model: {_first_line(error)}",
                where=str(self.folder),
                expected="an encoder with model.safetensors",
            ) from error
        for part in model.modules():
            if isinstance(part, nn.Dropout) and dropout is not None:
                part.p = dropout
        return AutoModule(model, self.pooling, self._padding, compute_dtype)

    @cached_property
    def _tokenizer(self) -> Any:
        try:
            return library().AutoTokenizer.from_pretrained(
                self.folder, trust_remote_code=False, local_files_only=True
            )
        except (OSError, ValueError, ImportError, KeyError) as error:
            raise ModelError(
                f"the tokenizer can't be loaded: {_first_line(error)}", where=str(self.folder)
            ) from error

    @property
    def _padding(self) -> int:
        return int(self._tokenizer.pad_token_id or 0)

    @cached_property
    def _module(self) -> AutoModule:
        module = self.load_module(compute_dtype=self.dtype)
        return module.eval().to(self.device)

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Unit rows (N, dim); see ``Embedder``. Texts of like length share a batch."""
        tokens = self.tokenize(texts)
        result = np.zeros((len(texts), self.dim), dtype=np.float32)
        with (progress or Silent()).step("encoding", total=len(texts), unit="texts") as step:
            for chosen in _by_length([len(ids) for ids in tokens]):
                with torch.inference_mode():
                    vectors = self._module([tokens[i] for i in chosen]).cpu().numpy()
                result[chosen] = unit_rows(vectors)
                step.advance(len(chosen))
        return result

    def count_tokens(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Tokens of each text before it is cut (N,)."""
        if not texts:
            return np.zeros(0, dtype=np.int64)
        encoded = self._tokenizer(list(texts), truncation=False, verbose=False)
        return np.array([len(ids) for ids in encoded["input_ids"]], dtype=np.int64)

    def tokenize(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Token ids of each text with the special tokens, cut to the window."""
        if not texts:
            return []
        encoded = self._tokenizer(list(texts), truncation=True, max_length=self.max_tokens)
        return [np.array(ids, dtype=np.int32) for ids in encoded["input_ids"]]

    def save_tokenizer(self, folder: Path) -> None:
        """Write the tokenizer's files."""
        self._tokenizer.save_pretrained(folder)


def _by_length(lengths: Sequence[int]) -> list[list[int]]:
    """Positions in batches of at most ``PLACES_PER_BATCH`` places, short texts first."""
    batches: list[list[int]] = []
    current: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: (lengths[i], i)):
        if current and lengths[index] * (len(current) + 1) > PLACES_PER_BATCH:
            batches.append(current)
            current = []
        current.append(index)
    return [*batches, current] if current else batches


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
