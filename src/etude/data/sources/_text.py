"""Text files: which encoding, and lines in which undecodable bytes stay visible.

It knows bytes and characters, and nothing of rows.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from charset_normalizer import from_bytes

from etude.errors import DataError

MARK = "\udc80"
"""Stands for bytes that the encoding can't have written: no valid text holds a lone surrogate."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLOCK = 1 << 20
_SAMPLE = 1 << 16
_HIGH = re.compile(rb"[\x80-\xff]")
_WESTERN = frozenset(
    "àâäáãåæçèéêëìíîïñòóôöõøœùúûüÿßÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖÕØŒÙÚÛÜß‘’“”„–—…•€£¥¢°§©®™«»¡·ªº´½¼¾×\u00a0"
)
_FEW = 20
_TOO_FEW = 5
"""Bytes beyond ASCII of which nothing can be told: a wrong code page would change letters unseen."""
_WESTERN_SHARE = 0.08
"""Of the letters: French has 4 % with accents, Czech and Hungarian over 10 %."""


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return MARK, max(error.end, error.start + 1)


codecs.register_error("etude-mark", _mark)


@dataclass(frozen=True)
class TextFile:
    """How to read a file as text. ``clean``: no line can hold NUL or undecodable bytes."""

    path: Path
    encoding: str
    clean: bool
    bytes: int
    sha256: str

    @property
    def notes(self) -> tuple[str, ...]:
        """What was guessed: of encodings without a mark of their own only UTF-8 is certain."""
        if self.encoding.startswith("utf"):
            return ()
        return (
            f"its bytes are not UTF-8; they were read as {self.encoding}, which is a guess: "
            "look at a few accented letters in what was read, or save the file as UTF-8",
        )

    def open(self) -> TextIO:
        """The text, its line ends untouched, ``MARK`` where bytes can't be decoded."""
        return self.path.open(encoding=self.encoding, errors="etude-mark", newline="")


def trouble(text: str) -> str | None:
    """Why a line can't be used as text, or None."""
    if "\0" in text:
        return "it holds a NUL character"
    if MARK in text:
        return "it holds bytes that are not in the file's encoding"
    return None


def inspect(path: Path, shown: str) -> TextFile:
    """Read a file once: its hash, its size and its encoding.

    The byte-order mark decides, then NUL bytes in every other place (UTF-16), then whether all is
    valid UTF-8, then whether it reads as Western text, then charset-normalizer; of very few bytes
    that are neither nothing is guessed, and their rows are damaged ones.

    Raises:
        DataError: the file is not text.
    """
    digest, size, has_nul = hashlib.sha256(), 0, False
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")("strict")
    sample = bytearray()
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
        file.seek(0)
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
            has_nul = has_nul or b"\0" in block
            if len(sample) < _SAMPLE:
                sample += _lines_with_high_bytes(block, _SAMPLE - len(sample))
            if decoder is not None:
                decoder = _feed(decoder, block)
    valid = decoder is not None and _feed(decoder, b"", final=True) is not None
    encoding = _marked(head) or ("utf-8" if valid else _best(bytes(sample), head, shown))
    clean = valid and not has_nul and encoding in ("utf-8", "utf-8-sig")
    return TextFile(path, encoding, clean, size, digest.hexdigest())


def _feed(
    decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False
) -> codecs.IncrementalDecoder | None:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return None
    return decoder


def _lines_with_high_bytes(block: bytes, room: int) -> bytes:
    if block.isascii():
        return b""
    kept, length = [], 0
    for line in block.splitlines(keepends=True):
        if not line.isascii():
            kept.append(line[:room])
            length += len(line)
            if length >= room:
                break
    return b"".join(kept)[:room]


def _marked(head: bytes) -> str | None:
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    even, odd = head[0::2], head[1::2]
    if len(odd) < 2:
        return None
    nul_even, nul_odd = even.count(0) / len(even), odd.count(0) / len(odd)
    if nul_odd > 0.4 and nul_even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if nul_even > 0.4 and nul_odd < 0.1 else None


def _best(sample: bytes, head: bytes, shown: str) -> str:
    if _controls(head) > 0.02:
        raise DataError(
            "the file is not text",
            where=shown,
            expected="rows of text, as CSV, JSON Lines, an Excel workbook or Parquet",
            hint="export the examples as CSV in UTF-8",
        )
    decoded = sample.decode("utf-8", errors="replace")
    wrong = decoded.count("\ufffd")
    right = sum(1 for c in decoded if c > "\x7f") - wrong
    # Other encodings rarely happen to form UTF-8: a file with some is UTF-8 with damaged rows.
    if right >= wrong / 2:
        return "utf-8"
    if _western(sample):
        return "cp1252"
    if len(_HIGH.findall(sample)) < _TOO_FEW:
        return "utf-8"
    matches = from_bytes(sample)
    best = matches.best()
    # A mark of UTF-16 at the start of the sample is none of the file: those were looked for before.
    if best is None or best.encoding.startswith(("utf_16", "utf_32")):
        return "cp1252"
    tied = [m for m in matches if (m.chaos, m.coherence) == (best.chaos, best.coherence)]
    if any("cp1252" in m.could_be_from_charset for m in tied):
        return "cp1252"
    return best.encoding


def _controls(head: bytes) -> float:
    controls = sum(1 for byte in head if byte < 32 and byte not in b"\t\n\r\f\v\x1a")
    return controls / max(len(head), 1)


def _western(sample: bytes) -> bool:
    """Whether nearly all high bytes are letters and marks of Western European writing.

    charset-normalizer ranks short accented texts among a dozen code pages at random, while
    Windows-1252 is what spreadsheets write; so it is tried first, and only where it fits.
    """
    high = [byte.decode("cp1252", errors="replace") for byte in _HIGH.findall(sample)]
    fitting = sum(1 for c in high if c in _WESTERN)
    if fitting < 0.95 * len(high):
        return False
    letters = sum(1 for byte in sample if chr(byte).isalpha())
    accents = sum(1 for c in high if c.isalpha())
    return len(high) < _FEW or accents <= _WESTERN_SHARE * max(letters, 1)
