"""The plain English: reads the corpus files, cuts them into documents, keeps some aside.

Knows files of `*.txt.gz` with paragraphs between empty lines; ignores tokens and tasks.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Modern plain prose is scarce and most like what the model is for; old novels are plentiful.
SHARES = {"modern": 0.35, "classics": 0.40, "novels": 0.25}
_GROUPS = {"standardebooks": "classics", "eltec_eng_level1": "novels"}
_HELD_OUT_EVERY = 50
_DOCUMENT_CHARACTERS = 3000


@dataclass(frozen=True)
class Corpus:
    """Documents by group ("modern", "classics", "novels"), in a fixed random order."""

    documents: dict[str, list[str]]
    held_out: dict[str, list[str]]

    def training_texts(self) -> Iterator[str]:
        """Every training document."""
        for texts in self.documents.values():
            yield from texts


def read_corpus(folder: Path) -> Corpus:
    """Read all files in `folder`; every 50th document of each group is held out.

    Raises FileNotFoundError when the folder has no `*.txt.gz`.
    """
    paths = sorted(folder.glob("*.txt.gz"))
    if not paths:
        raise FileNotFoundError(f"no *.txt.gz in {folder}")
    groups: dict[str, list[str]] = {name: [] for name in SHARES}
    for path in paths:
        name = path.name.removesuffix(".txt.gz")
        groups[_GROUPS.get(name, "modern")] += _documents(path)
    train: dict[str, list[str]] = {}
    held: dict[str, list[str]] = {}
    for group, texts in groups.items():
        random.Random(group).shuffle(texts)
        held[group] = texts[::_HELD_OUT_EVERY]
        train[group] = [text for n, text in enumerate(texts) if n % _HELD_OUT_EVERY]
    return Corpus(train, held)


def _documents(path: Path) -> list[str]:
    """Runs of whole paragraphs of about 3,000 characters."""
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        paragraphs = file.read().split("\n\n")
    found: list[str] = []
    held: list[str] = []
    size = 0
    for paragraph in paragraphs:
        held.append(paragraph.strip("\n"))
        size += len(paragraph)
        if size >= _DOCUMENT_CHARACTERS:
            found.append("\n\n".join(held))
            held, size = [], 0
    return found + (["\n\n".join(held)] if held else [])
