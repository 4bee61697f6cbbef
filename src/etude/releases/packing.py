"""A release as one file to carry: ``.tar.gz`` or ``.tar.zst``; and a carried one unpacked with care.

An archive comes from anywhere. Its manifest stands first, and nothing is written that the manifest
does not name, at another size or with another hash: no links, no devices, no paths that lead
elsewhere, no more bytes than were said and allowed. Only the plainest headers are read, a block at a
time, so that no header can fill the memory either.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, Any, cast

from etude.errors import EtudeError, MissingDependency, StoreError, UsageError
from etude.records.release import FileEntry, ReleaseManifest
from etude.releases.contents import MANIFEST, MOST_MANIFEST_BYTES, parse_manifest
from etude.store import atomic
from etude.store.disk import size_in_words, storing

ENDINGS = (".tar.gz", ".tgz", ".tar.zst")
OTHERS = (".zip", ".tar", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".7z", ".rar", ".gz", ".zst")
"""Endings of archives that are not written, where they are none of ``ENDINGS``."""
_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 1 << 20
_FOLDERS_ALLOWED = 10_000
_PADDING = 1 << 20
"""Bytes that may follow the last file: archives are filled up to whole records."""


def is_archive(path: Path) -> bool:
    """Whether the name is that of an archive."""
    return path.name.lower().endswith(ENDINGS)


def pack(folder: Path, target: Path) -> None:
    """Write a release's folder as an archive, the manifest first; the same bytes every time.

    Raises:
        MissingDependency: ``.tar.zst`` without the library zstandard.
        StoreError: the disk is full or refuses.
    """
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    files = [name for name in names if (folder / name).is_file() and name != MANIFEST]
    with (
        atomic.file(target) as temp,
        storing(target),
        _writing(temp, target) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.GNU_FORMAT) as archive,
    ):
        for name in [MANIFEST, *files]:
            info = tarfile.TarInfo(f"{folder.name}/{name}")
            info.size, info.mode = (folder / name).stat().st_size, 0o644
            with (folder / name).open("rb") as file:
                archive.addfile(info, file)


@contextmanager
def _writing(path: Path, target: Path) -> Iterator[IO[bytes]]:
    with path.open("wb") as raw:
        if target.name.lower().endswith(".zst"):
            packer: Any = _zstandard(target).ZstdCompressor(level=3, write_checksum=True)
            with packer.stream_writer(raw, closefd=False) as packed:
                yield packed
        else:
            with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as gz:
                yield cast("IO[bytes]", gz)


def unpack(source: Path, folder: Path, most_bytes: int) -> bytes:
    """Write what an archive's manifest names into ``folder`` (there, empty); the manifest's bytes.

    Raises:
        StoreError: the archive is damaged, or holds what it should not; ``folder`` is to be thrown
            away then.
        MissingDependency: ``.tar.zst`` without the library zstandard.
    """
    try:
        with storing(folder), _reading(source) as stream:
            return _Unpacking(stream, source, folder, most_bytes).run()
    except EtudeError:
        raise
    except (OSError, EOFError, zlib.error, tarfile.TarError, ValueError) as error:
        raise _refused(source, f"the archive is damaged: {error}") from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] == "zstandard":
            raise _refused(source, f"the archive is damaged: {error}") from error
        raise


@contextmanager
def _reading(source: Path) -> Iterator[IO[bytes]]:
    with source.open("rb") as raw:
        head = raw.read(4)
        raw.seek(0)
        if head.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=raw, mode="rb") as stream:
                yield io.BufferedReader(stream)
        elif head == b"\x28\xb5\x2f\xfd":
            reader: Any = _zstandard(source).ZstdDecompressor(max_window_size=1 << 27)
            with reader.stream_reader(raw, read_across_frames=True, closefd=False) as stream:
                yield stream
        else:
            raise _refused(source, "this is neither a .tar.gz nor a .tar.zst")


class _Unpacking:
    """One archive on its way into a folder."""

    def __init__(self, stream: IO[bytes], source: Path, folder: Path, most_bytes: int) -> None:
        self.stream = stream
        self.source = source
        self.folder = folder
        self.most_bytes = most_bytes
        self.folders_left = _FOLDERS_ALLOWED

    def run(self) -> bytes:
        """See ``unpack``."""
        first = self._next()
        if first is None or first.name.rpartition("/")[2] != MANIFEST:
            raise self._refuse(
                f"its first file is not {MANIFEST}",
                "an archive that etude release export made; or unpack it, and import the folder",
            )
        if first.size > MOST_MANIFEST_BYTES:
            raise self._refuse(f"its {MANIFEST} has {size_in_words(first.size)}")
        prefix = first.name.removesuffix(MANIFEST)
        data = self._exactly(first.size)
        self._skip_padding(first.size)
        manifest = parse_manifest(data, str(self.source))
        refuse_large(manifest, self.most_bytes, self.source)
        self._files(dict(manifest.files), prefix)
        self._end()
        (self.folder / MANIFEST).write_bytes(data)
        return data

    def _files(self, missing: dict[str, FileEntry], prefix: str) -> None:
        while (info := self._next()) is not None:
            name = info.name.removeprefix(prefix)
            entry = missing.pop(name, None)
            if entry is None:
                raise self._refuse(f"it holds {info.name!r}, which its manifest does not name")
            if info.size != entry.size:
                raise self._refuse(f"{name} has another size than its manifest says")
            self._write(name, entry)
        if missing:
            raise self._refuse(f"{next(iter(missing))} is missing")

    def _end(self) -> None:
        """Read the padding too: only then is the packer's own checksum held against the manifest."""
        left = _PADDING
        while left and (data := self.stream.read(min(left, _CHUNK))):
            left -= len(data)
        if not left:
            raise self._refuse("it goes on after its end")

    def _write(self, name: str, entry: FileEntry) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        digest, left = hashlib.sha256(), entry.size
        with path.open("xb") as file:
            while left:
                chunk = self._exactly(min(left, _CHUNK))
                digest.update(chunk)
                file.write(chunk)
                left -= len(chunk)
        if digest.hexdigest() != entry.sha256:
            raise self._refuse(f"{name} is damaged: its sha256 is not the one in the manifest")
        self._skip_padding(entry.size)

    def _next(self) -> tarfile.TarInfo | None:
        """The next plain file's header; None at the end. Folders' are passed over."""
        while True:
            block = self._read(_BLOCK)
            if len(block) < _BLOCK or not block.strip(b"\0"):
                return None
            info = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
            if info.isdir() and info.size == 0 and self.folders_left:
                self.folders_left -= 1
                continue
            if info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or info.size < 0:
                raise self._refuse(
                    f"it holds {info.name!r}, which is no plain file",
                    "plain files: no links, devices or long names",
                )
            info.name = info.name.removeprefix("./")
            return info

    def _skip_padding(self, size: int) -> None:
        self._exactly(-size % _BLOCK)

    def _exactly(self, count: int) -> bytes:
        data = self._read(count)
        if len(data) < count:
            raise self._refuse("it ends too early")
        return data

    def _read(self, count: int) -> bytes:
        parts, left = [], count
        while left:
            part = self.stream.read(left)
            if not part:
                break
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def _refuse(self, found: str, expected: str | None = None) -> StoreError:
        return _refused(self.source, found, expected)


def refuse_large(manifest: ReleaseManifest, most_bytes: int, source: Path) -> None:
    """Before anything is written.

    Raises:
        StoreError: the files are more than may be written.
    """
    total = sum(entry.size for entry in manifest.files.values())
    if total > most_bytes:
        raise StoreError(
            f"the release has {size_in_words(total)}",
            where=str(source),
            expected=f"at most {size_in_words(most_bytes)}",
            hint="if it is what you expect, allow more: --max-gb N",
        )


def _refused(source: Path, found: str, expected: str | None = None) -> StoreError:
    return StoreError(
        f"this archive is not brought in: {found}",
        where=str(source),
        expected=expected or "the archive that etude release export made, as it was",
        hint="have it exported again",
    )


def refuse_other_archive(target: Path) -> None:
    """A folder under the name of an archive would be taken for one.

    Raises:
        UsageError: the name is that of a kind of archive that is not written.
    """
    if target.name.lower().endswith(OTHERS) and not is_archive(target):
        raise UsageError(
            "this kind of archive is not written",
            where=str(target),
            expected=f"a folder's name, or one that ends with {', '.join(ENDINGS)}",
        )


def refuse_taken(target: Path) -> None:
    """Nothing that is there is written over.

    Raises:
        UsageError: something is there.
    """
    if target.exists() or target.is_symlink():
        raise UsageError(
            "this is there already",
            where=str(target),
            expected="a name that is free",
            hint="move it away, or name another",
        )


def _zstandard(where: Path) -> Any:
    try:
        return import_module("zstandard")
    except ImportError as error:
        raise MissingDependency(
            ".tar.zst needs a library that is not installed",
            where=str(where),
            hint="pip install 'etude[zst]'; or use .tar.gz",
        ) from error
