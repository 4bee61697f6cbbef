"""Rendered conversations to ids, a text that many share tokenised once.

Between two special tokens a text is tokenised by itself, so a long message that a thousand
prompts share need not be read a thousand times. Whether that holds for a tokenizer is tried, not
assumed; where it does not, every text is tokenised whole.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

KEPT = 4096
"""Pieces that are remembered."""
_SAMPLES = (" one  two ", "Three\n\n", "\n4", "é ü", "x", " y", "\r\n ")
_MARKS = 8
GUARD = "\ufdd0"
"""Stands in what people wrote where it would spell a special token; Unicode keeps this character out
of every text."""


class Pieces:
    """Texts to ids with a transformers tokenizer; nothing is added before or after them."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        tokens = [t for t in tokenizer.added_tokens_decoder.values() if t.special]
        texts = sorted((t.content for t in tokens), key=len, reverse=True)
        self._special = re.compile("|".join(map(re.escape, texts))) if texts else None
        self._kept = lru_cache(KEPT)(self.whole)
        greedy = any(t.lstrip or t.rstrip or t.single_word for t in tokens)
        self.separable = bool(texts) and not greedy and all(map(self._apart, texts[:_MARKS]))

    def guarded(self, text: str) -> str:
        """A text as people wrote it, so that ``ids`` takes no part of it for a special token: whoever
        types the end of a turn must not begin the system's."""
        if self._special is None:
            return text
        return self._special.sub(lambda found: found[0][0] + GUARD + found[0][1:], text)

    def ids(self, text: str) -> NDArray[np.int32]:
        """Ids of a text that holds its special tokens in writing (T,), guarded ones as letters."""
        if self._special is None or not (self.separable or GUARD in text):
            return self.whole(text)
        pieces: list[NDArray[np.int32]] = []
        at = 0
        for found in self._special.finditer(text):
            if found.start() > at:
                pieces.append(self._kept(text[at : found.start()]))
            pieces.append(self._token(found[0]))
            at = found.end()
        if at < len(text):
            pieces.append(self._kept(text[at:]))
        return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int32)

    def whole(self, text: str) -> NDArray[np.int32]:
        """The same in one go."""
        told = {"add_special_tokens": False, "verbose": False}
        if GUARD in text:
            text, told = text.replace(GUARD, ""), told | {"split_special_tokens": True}
        return np.array(self.tokenizer(text, **told)["input_ids"], dtype=np.int32)

    def first_special(self, text: str) -> tuple[int, int] | None:
        """Where the first special token of a text begins, and its id."""
        found = self._special.search(text) if self._special else None
        return None if found is None else (found.start(), int(self._token(found[0])[0]))

    def _token(self, text: str) -> NDArray[np.int32]:
        return np.array([self.tokenizer.convert_tokens_to_ids(text)], dtype=np.int32)

    def _apart(self, mark: str) -> bool:
        """True where texts around ``mark`` are tokenised as if they stood alone."""
        token = self._token(mark)
        for sample in _SAMPLES:
            alone = self.whole(sample)
            joined = np.concatenate([alone, token, alone, token, token, alone])
            found = self.whole(f"{sample}{mark}{sample}{mark}{mark}{sample}")
            if not np.array_equal(found, joined):
                return False
        return True
