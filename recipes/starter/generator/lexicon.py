"""The raw material of the generator: words and sentences.

Knows where words come from (a short list of its own, or the pretraining corpus) and nothing about
tasks. Without a corpus the built-in lists are enough to generate every family, so that tests need
no data.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_LISTS = Path(__file__).parent / "words"
NOUNS = (_LISTS / "nouns.txt").read_text().split()
ADJECTIVES = (_LISTS / "adjectives.txt").read_text().split()
# base, third person, past, -ing
VERBS = [tuple(line.split()) for line in (_LISTS / "verbs.txt").read_text().splitlines()]


@dataclass(frozen=True)
class Lexicon:
    """Words (lower case, letters only), names of people and places, and whole sentences.

    `names` and `sentences` may be empty.
    """

    words: tuple[str, ...]
    names: tuple[str, ...]
    sentences: tuple[str, ...]

    @classmethod
    def builtin(cls) -> Lexicon:
        """The lists of this file; no corpus needed."""
        verbs = [form for forms in VERBS for form in forms]
        return cls(words=tuple(NOUNS + ADJECTIVES + verbs), names=(), sentences=())

    @classmethod
    def from_texts(cls, texts: Iterable[str], words: int = 12_000, per_text: int = 4) -> Lexicon:
        """The commonest words of `texts` and up to `per_text` short sentences from each."""
        counts: Counter[str] = Counter()
        capitals: Counter[str] = Counter()
        sentences: list[str] = []
        for text in texts:
            counts.update(re.findall(r"\b[a-z]{2,12}\b", text))
            capitals.update(re.findall(r"(?<=[a-z,] )[A-Z][a-z]{2,11}\b", text))
            sentences += _plain_sentences(text)[:per_text]
        common = tuple(word for word, _ in counts.most_common(words))
        names = tuple(name for name, _ in capitals.most_common(4000))
        return cls(common, names, tuple(dict.fromkeys(sentences)))

    def save(self, path: Path) -> None:
        """Write as JSON."""
        found = {"words": self.words, "names": self.names, "sentences": self.sentences}
        path.write_text(json.dumps(found))

    @classmethod
    def load(cls, path: Path) -> Lexicon:
        """Read what `save` wrote."""
        found = json.loads(path.read_text())
        return cls(tuple(found["words"]), tuple(found["names"]), tuple(found["sentences"]))


def _plain_sentences(text: str) -> list[str]:
    """Sentences of 4 to 24 words in one line, without quotation marks or markup."""
    flat = " ".join(text.split())
    found = re.findall(r"(?<=[.!?] )[A-Z][^.!?\"“”‘`*_#\[\]{}<>|()]{15,150}[.!?](?= )", flat)
    return [one for one in found if 4 <= len(one.split()) <= 24]
