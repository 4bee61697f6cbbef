"""How llama.cpp cuts a text into ids where a GGUF file names ``tokenizer.ggml.pre = smollm``.

Its rules, written down once more from its source (``llama-vocab.cpp``): two patterns, one after the
other, then byte pairs merged by rank. Nothing of the ``tokenizers`` library is used.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import regex

PATTERNS = (
    r"\p{N}",
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)",
)


class LlamaCpp:
    """The tokenizer of a ``tokenizer.json`` as llama.cpp would run it; no special tokens."""

    def __init__(self, text: str) -> None:
        model: dict[str, Any] = json.loads(text)["model"]
        self.ids: dict[str, int] = model["vocab"]
        pairs = [pair.split(" ") if isinstance(pair, str) else pair for pair in model["merges"]]
        self.ranks = {(first, second): rank for rank, (first, second) in enumerate(pairs)}

    def encode(self, text: str) -> list[int]:
        return [self.ids[piece] for word in words(text) for piece in self._merged(word)]

    def _merged(self, word: str) -> list[str]:
        pieces = [BYTES[byte] for byte in word.encode()]
        while len(pieces) > 1:
            ranked = [
                (self.ranks[pair], place)
                for place, pair in enumerate(pairwise(pieces))
                if pair in self.ranks
            ]
            if not ranked:
                break
            _, place = min(ranked)
            pieces[place : place + 2] = [pieces[place] + pieces[place + 1]]
        return pieces


def words(text: str) -> list[str]:
    """The text cut by each pattern in turn: what matches is a word, and so is what lies between."""
    found = [text]
    for pattern in PATTERNS:
        found = [piece for part in found for piece in _cut(part, pattern)]
    return found


def _cut(text: str, pattern: str) -> list[str]:
    found, place = [], 0
    for match in regex.finditer(pattern, text):
        found += [text[place : match.start()], match.group()]
        place = match.end()
    return [piece for piece in (*found, text[place:]) if piece]


def _bytes() -> dict[int, str]:
    """GPT-2's letter for each byte: printable ones stand for themselves."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in plain]
    return {byte: chr(byte) for byte in plain} | {byte: chr(256 + n) for n, byte in enumerate(rest)}


BYTES = _bytes()
