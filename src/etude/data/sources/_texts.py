"""Folders of texts, one file an example, in the three ways that people lay them out.

``LABEL/one.txt``: the folder is the label. ``one.txt`` with ``one.target.txt``: the text and its
ideal answer. ``LABEL-1.txt``, ``LABEL-2.txt``: the name without its number is the label.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath

from etude.data.sources._base import CHUNK, Builder, Place, Table
from etude.data.sources._text import inspect, trouble
from etude.data.sources._values import columns_of
from etude.errors import DataError

KEY = "folder"
ENDINGS = (".txt", ".md", ".text")
ANSWER = re.compile(r"^(.+)\.(target|ideal|answer)$", re.IGNORECASE)
"""What the name of an answer is without its ending."""
_NUMBERED = re.compile(r"^(.*?[^\W\d].*?)[ _.\-]*\(?\d+\)?$")
_EXPECTED = (
    "a folder for each label with its texts in it; or pairs NAME.txt and NAME.target.txt; or names "
    "that are a label and a number, such as refund-1.txt"
)
Laid = dict[str, Path | str]
"""A row: files to read, or texts as they are, by column."""


def read_texts(place: Place) -> Table:
    """Every text of a folder as a row; its line is its number in the order of the names.

    Rejected: a file that is no text, or that holds bytes of another encoding; a text without its
    answer, and an answer without its text.

    Raises:
        DataError: the folder holds no text, or is laid out in none of the ways.
    """
    files = sorted(_files(place.path))
    texts = [path for path in files if path.suffix.lower() in ENDINGS]
    if not texts:
        raise DataError(
            "this is a folder, and there is no text in it",
            where=place.shown,
            expected=f"files that end in {', '.join(ENDINGS)}; {_EXPECTED}",
            hint="name one file of rows in it" if files else "check that the copy finished",
        )
    way, laid, odd = _laid(place, texts)
    builder = Builder(place)
    size, sha256 = _read_all(place, builder, laid)
    for number, (path, why) in enumerate(odd, len(laid) + 1):
        builder.reject(number, f"{_name(place, path)} is {why}", path.name)
    frame, lines, rejects = builder.done()
    if frame.is_empty():
        raise DataError(
            "no text of the folder can be read",
            where=place.shown,
            expected="texts in UTF-8",
            hint=rejects[0].reason if rejects else None,
        )
    return Table(
        path=place.shown,
        columns=tuple(frame.columns),
        frame=frame,
        lines=lines,
        rejects=rejects,
        shape=KEY,
        bytes=size,
        sha256=sha256,
        notes=(f"the folder was read as {way}", *_left_out(set(files) - set(texts))),
    )


def _read_all(place: Place, builder: Builder, laid: Sequence[Laid]) -> tuple[int, str]:
    """Give the builder every row, or why it can't be had; the bytes that were read, and their hash."""
    digest, size = hashlib.sha256(), 0
    held: list[tuple[int, dict[str, str | None]]] = []
    for number, row in enumerate(laid, 1):
        read, reason, shown, (hashed, count) = _row(place, row)
        digest.update(hashed)
        size += count
        if read is None:
            builder.reject(number, reason, shown)
            continue
        held.append((number, read))
        if len(held) >= CHUNK:
            _put_down(builder, held)
    _put_down(builder, held)
    return size, digest.hexdigest()


def _left_out(others: set[Path]) -> tuple[str, ...]:
    """A note of the files that are no texts, by their endings."""
    if not others:
        return ()
    endings = Counter(path.suffix.lower() or path.name for path in sorted(others))
    named = ", ".join(f"{name} ({count:,})" for name, count in endings.most_common(5))
    return (f"files that are no texts were left out: {named}",)


def _files(folder: Path) -> Iterator[Path]:
    """Files of the folder and of the folders in it; hidden ones are no texts of a person's."""
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file():
            yield path


def _put_down(builder: Builder, held: list[tuple[int, dict[str, str | None]]]) -> None:
    if held:
        numbers, rows = zip(*held, strict=True)
        builder.chunk(numbers, columns_of(rows))
        held.clear()


def _laid(place: Place, texts: Sequence[Path]) -> tuple[str, list[Laid], list[tuple[Path, str]]]:
    """What the layout is called, its rows, and answers that belong to no text, with the reason.

    Raises:
        DataError: it is none of the known ones.
    """
    answers = [path for path in texts if ANSWER.match(path.stem)]
    if answers:
        asked = [path for path in texts if not ANSWER.match(path.stem)]
        rows, odd = _paired(place, asked, answers)
        return "texts beside their answers (NAME.txt, NAME.target.txt)", rows, odd
    inner = [path.relative_to(place.path).parts for path in texts]
    if all(len(parts) > 1 for parts in inner):
        rows = [
            {"text": path, "label": parts[0], "file": _name(place, path)}
            for path, parts in zip(texts, inner, strict=True)
        ]
        return "a folder a label", rows, []
    labels = [label_of(path) for path in texts]
    if None not in labels and len(set(labels)) < len(labels):
        rows = [
            {"text": path, "label": str(label), "file": _name(place, path)}
            for path, label in zip(texts, labels, strict=True)
        ]
        return "texts named after their labels", rows, []
    raise DataError(
        "nothing says what the right answer to each text is",
        where=place.shown,
        expected=_EXPECTED,
    )


def _paired(
    place: Place, asked: Sequence[Path], answers: Sequence[Path]
) -> tuple[list[Laid], list[tuple[Path, str]]]:
    """A row a text, with its answer or without one; and the answers that none took."""
    of = {_asked(answer): answer for answer in answers}
    rows: list[Laid] = [
        {
            "input": path,
            "target": of.get(path.with_name(path.stem), ""),
            "file": _name(place, path),
        }
        for path in asked
    ]
    known = {path.with_name(path.stem) for path in asked}
    odd = [
        (path, "a second answer to its text" if key in known else "an answer without its text")
        for path in answers
        if (key := _asked(path)) not in known or of[key] != path
    ]
    return rows, odd


def label_of(path: PurePath) -> str | None:
    """The name without its number, where that is how a file is called."""
    match = _NUMBERED.match(path.stem)
    return match[1].rstrip(" _.-") if match else None


def _asked(answer: Path) -> Path:
    """The name, without an ending, of the text that an answer belongs to."""
    match = ANSWER.match(answer.stem)
    return answer.with_name(match[1] if match else answer.stem)


def _name(place: Place, path: Path) -> str:
    return path.relative_to(place.path).as_posix()


def _row(
    place: Place, row: Laid
) -> tuple[dict[str, str | None] | None, str, str, tuple[bytes, int]]:
    """The row's cells or None, why, what to show, and the bytes to hash with their number."""
    cells: dict[str, str | None] = {}
    name = str(row["file"])
    hashed, size = name.encode("utf-8", "surrogateescape"), 0
    if not _writable(name):
        return None, "its name is not in UTF-8", name, (hashed, 0)
    for column, value in row.items():
        if not isinstance(value, Path):
            cells[column] = value
            continue
        try:
            text = inspect(value, f"{place.shown}/{_name(place, value)}")
            with text.open() as file:
                content = file.read()
        except DataError as error:
            return None, f"{name}: {error.found}", name, (hashed, size)
        hashed, size = hashed + bytes.fromhex(text.sha256), size + text.bytes
        if (reason := trouble(content)) is not None:
            return None, f"{name}: {reason}", content, (hashed, size)
        cells[column] = content
    if cells.get("target") == "" and "target" in row and not isinstance(row["target"], Path):
        return None, f"{name} has no answer beside it", str(cells.get("input")), (hashed, size)
    return cells, "", "", (hashed, size)


def _writable(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
