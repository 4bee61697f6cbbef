"""Texts to token ids through the ``tokenizers`` library, from a folder's ``tokenizer.json``.

It knows the window (how many tokens a model reads); truncation and padding settings inside the
file are ignored, as published files carry other values than the models were trained with.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from etude.errors import ModelError

SETTINGS = ("tokenizer_config.json", "special_tokens_map.json", "vocab.txt")
"""Files that other libraries read beside ``tokenizer.json``; copied where they are there."""


class Tokens:
    """The tokenizer of one folder.

    Args:
        folder: holds ``tokenizer.json``.
        window: most tokens of a text, special tokens counted.

    Raises:
        ModelError: the file is missing or damaged.
    """

    def __init__(self, folder: Path, window: int) -> None:
        self.folder = folder
        self.window = window
        self._cut = self._read()
        self._cut.enable_truncation(window)

    def _read(self) -> Tokenizer:
        path = self.folder / "tokenizer.json"
        if not path.is_file():
            raise ModelError(
                "the model has no tokenizer.json",
                where=str(self.folder),
                expected="a fast tokenizer's file beside the weights",
            )
        try:
            tokenizer = Tokenizer.from_str(path.read_text("utf-8"))
        except Exception as error:  # tokenizers raises nothing narrower
            raise ModelError(f"the tokenizer can't be read: {error}", where=str(path)) from error
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    @cached_property
    def _whole(self) -> Tokenizer:
        return self._read()

    def ids(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Ids of each text with its special tokens, cut to the window."""
        encodings = self._cut.encode_batch_fast(list(texts))
        return [np.array(encoding.ids, dtype=np.int32) for encoding in encodings]

    def count(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Tokens of each text before it is cut (N,)."""
        encodings = self._whole.encode_batch_fast(list(texts))
        return np.array([len(encoding.ids) for encoding in encodings], dtype=np.int64)

    def save(self, folder: Path) -> None:
        """Copy ``tokenizer.json`` and its settings."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("tokenizer.json", *SETTINGS):
            if (self.folder / name).is_file():
                shutil.copyfile(self.folder / name, folder / name)
