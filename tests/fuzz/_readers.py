"""What must hold for any bytes: no crash, and no row that is neither kept nor listed.

The rows that go in are counted by other code than the readers': for JSON Lines the lines that hold
something, for separated values the lines of a file without quotation marks.
"""

from __future__ import annotations

from pathlib import Path

from etude.data.converting import Tally, convert, reading_of
from etude.data.sources import Table, read_table
from etude.data.writers import WRITERS
from etude.data.writers._files import opened
from etude.errors import EtudeError
from etude.records.task import Data

SHAPES = ("openai_preference", "messages", "sharegpt", "gemini", "alpaca", "prompt_completion")


def check_jsonl(data: bytes, folder: Path) -> None:
    """JSON Lines: every line with something on it is a row or a reject."""
    table = read(data, folder / "t.jsonl")
    if table is None:
        return
    assert len(table) + len(table.rejects) == lines_with_something(data, table)
    unseen(table)
    every_row_is_accounted_for(table, folder)


def check_csv(data: bytes, folder: Path) -> None:
    """Separated values: every line with something on it is a row or a reject, but for the header."""
    table = read(data, folder / "t.csv")
    if table is None:
        return
    unseen(table)
    if b'"' in data or data[:4].lower() == b"sep=" or table.encoding != "utf-8":
        return  # records of several lines are counted by no other code than the reader's
    text = data.decode("utf-8", "replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    filled = [line for line in lines if line.replace(table.delimiter or "\n", "")]
    headless = any("no header row" in note for note in table.notes)
    assert len(table) + len(table.rejects) == len(filled) - (not headless)


def check_packed(data: bytes, folder: Path) -> None:
    """Packed files."""
    for magic, ending in ((b"\x1f\x8b\x08\0", ".gz"), (b"\x28\xb5\x2f\xfd", ".zst")):
        read(magic + data, folder / f"t.jsonl{ending}")


def read(data: bytes, path: Path) -> Table | None:
    path.write_bytes(data)
    try:
        return read_table(path)
    except EtudeError:
        return None


def lines_with_something(data: bytes, table: Table) -> int:
    encoding = table.encoding or "utf-8"
    text = data.decode(encoding, "replace")
    # A file's lines end in three ways, and in no other.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return sum(bool(line.strip()) for line in lines)


def unseen(table: Table) -> None:
    """No line is told twice."""
    lines = [*table.lines.tolist(), *(reject.line for reject in table.rejects)]
    assert len(set(lines)) == len(lines)


def every_row_is_accounted_for(table: Table, folder: Path) -> None:
    """Read as every shape, written as every shape: rows in are rows converted and rejected."""
    for shape in SHAPES:
        reading = reading_of(table, Data(examples="t"), shape)
        for key in ("messages", "sharegpt", "table"):
            target = folder / "out.jsonl"
            with opened(target, target.name) as file:
                told = list(convert(table, reading, WRITERS.load(key), file, lossy=True))
            tally = told[-1]
            assert isinstance(tally, Tally)
            assert tally.read == len(table) + len(table.rejects)
            assert tally.converted + len(told) - 1 == tally.read
            written = target.read_text(encoding="utf-8").split("\n")[:-1]
            assert len(written) == tally.rows
