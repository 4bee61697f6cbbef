"""Packed files: gzip and zstandard, unpacked beside nothing of a person's, up to a stated limit.

It knows bytes and names; what is in a file is for its reader.
"""

from __future__ import annotations

import gzip
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from etude.data.sources._base import Place
from etude.errors import DataError, MissingDependency

UNPACKED_LIMIT = 8 << 30
"""Bytes: a file that unpacks to more is refused, however small it is packed."""
_BLOCK = 1 << 20
_ZSTD_BLOCK = 2 << 10
"""Packed bytes at a time: one can stand for some 30,000 unpacked ones."""
ENDINGS = {".gz": "gzip", ".gzip": "gzip", ".zst": "zstandard", ".zstd": "zstandard"}
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstandard"}


def packing_of(head: bytes) -> str | None:
    """How a file is packed by its first bytes: "gzip", "zstandard", or None."""
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)


def zstandard(where: str) -> Any:
    """The module ``zstandard``.

    Raises:
        MissingDependency: it is not installed.
    """
    try:
        return import_module("zstandard")
    except ImportError as error:
        raise MissingDependency(
            "zstandard files need a library that is not installed",
            where=where,
            hint="pip install zstandard, or unpack the file first (unzstd)",
        ) from error


@contextmanager
def unpacked(place: Place, packing: str) -> Iterator[Place]:
    """The unpacked file under the name without the ending, for as long as it is needed.

    Raises:
        DataError: the file is damaged, cut short, packed twice, or unpacks to more than the limit.
        MissingDependency: zstandard is not installed.
    """
    name = place.path.name
    if place.path.suffix.lower() in ENDINGS:
        name = place.path.stem
    with tempfile.TemporaryDirectory(prefix="etude-") as folder:
        inner = Path(folder) / name
        open_ = _gzip if packing == "gzip" else _zstandard
        with place.path.open("rb") as packed, inner.open("wb") as file:
            head = _copy(place, open_(place, packed), file)
        if packing_of(head) is not None:
            raise DataError(
                "the file is packed twice",
                where=place.shown,
                expected="rows, packed once",
                hint="unpack it once",
            )
        yield Place(inner, place.shown, place.sheet)


def _copy(place: Place, source: Callable[[int], bytes], file: IO[bytes]) -> bytes:
    """Write what comes, up to the limit; the first bytes."""
    head, size = b"", 0
    while block := source(_BLOCK):
        head = head or block[:8]
        size += len(block)
        if size > UNPACKED_LIMIT:
            raise DataError(
                f"the file unpacks to more than {UNPACKED_LIMIT / (1 << 30):,.0f} GiB",
                where=place.shown,
                expected="less: a file can be made to fill any disk",
                hint="if it is what you meant, unpack it yourself and name the unpacked file",
            )
        file.write(block)
    return head


def _gzip(place: Place, packed: IO[bytes]) -> Callable[[int], bytes]:
    stream = gzip.GzipFile(fileobj=packed)

    def read(count: int) -> bytes:
        try:
            return stream.read(count)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise _damaged(place, error) from error

    return read


def _zstandard(place: Place, packed: IO[bytes]) -> Callable[[int], bytes]:
    """Frame by frame: the library's own stream takes a file that breaks off for a whole one."""
    library = zstandard(place.shown)
    unpacking = library.ZstdDecompressor()
    frame, rest, open_ = unpacking.decompressobj(), b"", False

    def read(_: int) -> bytes:
        nonlocal frame, rest, open_
        while True:
            given, rest = rest or packed.read(_ZSTD_BLOCK), b""
            if not given:
                if open_:
                    raise _damaged(place, EOFError("the last frame is not closed"))
                return b""
            try:
                made = bytes(frame.decompress(given))
            except library.ZstdError as error:
                raise _damaged(place, error) from error
            open_ = not frame.eof
            if frame.eof:
                frame, rest = unpacking.decompressobj(), frame.unused_data
            if made:
                return made

    return read


def _damaged(place: Place, error: Exception) -> DataError:
    return DataError(
        f"the packed file is damaged or cut short: {error}",
        where=place.shown,
        expected="a whole file",
        hint="copy or download it again",
    )
