"""Knowledge: what retrieval may read, as short passages with names.

Texts and Markdown are cut at headings and blank lines, long paragraphs at sentences; a table gives a
passage a row. It knows files and words, nothing of models.
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
SHORT = 25
"""Words below which a paragraph stands with the next one under its heading."""
OVERLAP = 30
"""Words that a last sentence may have to be said again where the next passage begins."""
_TEXTS = (".md", ".txt", ".rst")
_TABLES = (".csv", ".tsv", ".jsonl", ".json", ".parquet", ".xlsx")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_FENCES = ("```", "~~~")
_UNDERLINES = "=-~^"
_RULE = re.compile(r"[-=*_~^]{3,}")
"""A line that parts what stands above from what stands below, and says nothing itself."""


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
    """Paragraphs, each with the headings that it stands under; a short one with the next."""
    headings: list[tuple[int, str]] = []
    held: list[str] = []
    for level, block in _parts(text):
        if level:
            yield from _joined(headings, held)
            held = []
            headings = [(above, title) for above, title in headings if above < level]
            headings.append((level, block))
            continue
        held.append(block)
        if len(" ".join(held).split()) >= SHORT:
            yield from _joined(headings, held)
            held = []
    yield from _joined(headings, held)


def _joined(headings: list[tuple[int, str]], held: list[str]) -> Iterator[str]:
    if held:
        where = " > ".join(title for _, title in headings)
        body = normalise(" ".join(held))
        yield f"{where}: {body}" if where else body


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Headings with their level from 1, paragraphs with level 0. What stands in a fence is one
    paragraph, and no heading."""
    lines: list[str] = []
    fenced = False
    for line in [*text.splitlines(), ""]:
        bare = line.strip()
        if bare.startswith(_FENCES):
            fenced = not fenced
        found = None if fenced else _HEADING.match(bare)
        level = len(found[1]) if found else _underlined(bare, lines) if not fenced else 0
        if level:
            title = found[2].strip() if found else lines.pop()
        if (level or not bare) and not fenced and lines:
            yield 0, " ".join(lines)
            lines = []
        if level:
            yield level, title
        elif bare and (fenced or not _RULE.fullmatch(bare)):
            lines.append(bare)
    if lines:
        yield 0, " ".join(lines)


def _underlined(bare: str, lines: list[str]) -> int:
    """The level of a heading that this line underlines; 0 for none."""
    if len(lines) != 1 or len(bare) < 3 or len(set(bare)) != 1 or bare[0] not in _UNDERLINES:
        return 0
    return 1 if bare[0] == "=" else 2


def _cut(name: str, text: str) -> Iterator[Passage]:
    """Whole sentences up to ``LONGEST`` words, a longer sentence alone. Each passage begins with the
    last sentence of the one before, if it is short: what follows often refers to it."""
    held: list[str] = []
    part = fresh = 0
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        if fresh and len(" ".join([*held, sentence]).split()) > LONGEST:
            yield Passage(name if not part else f"{name}.{part}", " ".join(held))
            last = held[-1]
            carried = len(last.split()) <= OVERLAP and len(sentence.split()) + OVERLAP <= LONGEST
            held, part, fresh = [last] if carried else [], part + 1, 0
        held.append(sentence)
        fresh += 1
    if fresh and " ".join(held).strip():
        yield Passage(name if not part else f"{name}.{part}", " ".join(held))
