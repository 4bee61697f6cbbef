"""Knowledge: what retrieval may read, as short passages with names.

Texts and Markdown are cut at blank lines and headings; a table gives a passage a row. It knows
files and words, nothing of models.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from etude.data.sources import read_table
from etude.data.text import normalise
from etude.errors import DataError

LONGEST = 120
"""Words of a passage: a few sentences."""
_TEXTS = (".md", ".txt", ".rst")
_TABLES = (".csv", ".tsv", ".jsonl", ".json", ".parquet", ".xlsx")
_HEADING = re.compile(r"^#{1,6}\s+(.*)$")


@dataclass(frozen=True)
class Passage:
    """``name`` says where it stands: ``returns.md#3``."""

    name: str
    text: str


def read_knowledge(place: str, root: Path) -> tuple[Passage, ...]:
    """The passages of a file, or of every file of a folder in the order of their names.

    Raises:
        DataError: there is nothing there, or nothing that can be read.
    """
    path = root / place
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    known = [file for file in files if file.suffix.lower() in _TEXTS + _TABLES]
    if not path.exists() or not known:
        raise DataError(
            "there is no such file or folder" if not path.exists() else "nothing here can be read",
            where=f"data.knowledge: {place}",
            expected=f"files that end in {', '.join(_TEXTS + _TABLES)}",
            hint="change data.knowledge in etude.yaml",
        )
    base = path if path.is_dir() else path.parent
    return tuple(passage for file in known for passage in _of(file, str(file.relative_to(base))))


def _of(file: Path, name: str) -> Iterator[Passage]:
    if file.suffix.lower() in _TABLES:
        for number, row in enumerate(read_table(str(file)).rows, 1):
            text = "; ".join(f"{key}: {cell}" for key, cell in row.items() if cell)
            yield from _cut(f"{name}#{number}", normalise(text))
        return
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            "a byte that is not UTF-8", where=str(file), expected="UTF-8", hint="save it as UTF-8"
        ) from error
    for number, block in enumerate(_blocks(text), 1):
        yield from _cut(f"{name}#{number}", block)


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs, each with the heading that it stands under."""
    heading = ""
    for block in re.split(r"\n\s*\n", text):
        lines = []
        for line in block.strip().splitlines():
            found = _HEADING.match(line.strip())
            if found:
                heading = found[1].strip()
            else:
                lines.append(line.strip())
        if lines:
            body = normalise(" ".join(lines))
            yield f"{heading}: {body}" if heading else body


def _cut(name: str, text: str) -> Iterator[Passage]:
    """Whole sentences up to ``LONGEST`` words; a longer sentence stands alone."""
    held: list[str] = []
    part = 0
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        if held and len(" ".join([*held, sentence]).split()) > LONGEST:
            yield Passage(name if not part else f"{name}.{part}", " ".join(held))
            held, part = [], part + 1
        held.append(sentence)
    if held and " ".join(held).strip():
        yield Passage(name if not part else f"{name}.{part}", " ".join(held))
