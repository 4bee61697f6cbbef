"""The files of a release: which may be in one, their hashes, and whether they are as they were made.

It knows names and bytes, nothing of what a model is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from etude.errors import StoreError
from etude.records.release import FileEntry, ReleaseManifest, name_of
from etude.store.disk import storing

MANIFEST = "manifest.json"
PROJECT = "project"
"""Folder of the files that the task's own checks name: the one place where code may lie."""
MOST_FILES = 10_000
MOST_MANIFEST_BYTES = 16 << 20
LONGEST_NAME = 100
"""Bytes of a file's path: what the plainest kind of archive holds."""
DATA = frozenset(
    {".json", ".jsonl", ".safetensors", ".npz", ".parquet", ".txt", ".md", ".jinja", ".model"}
)
"""Endings of files that hold data alone; pickled files are never read, so never kept."""
_PART = re.compile(r"[\w+=@,][\w.+=@, -]{0,79}", re.ASCII)
_RESERVED = frozenset({"con", "prn", "aux", "nul"})


def why_not(name: str) -> str | None:
    """None where ``name`` may be a file of a release, else what is wrong with it."""
    if len(name.encode("utf-8", "surrogatepass")) > LONGEST_NAME:
        return f"the path is longer than {LONGEST_NAME} bytes"
    parts = name.split("/")
    for part in parts:
        if not _PART.fullmatch(part) or part.endswith((".", " ")):
            return "the path leads elsewhere, or has characters that not every disk takes"
        if part.partition(".")[0].lower() in _RESERVED:
            return "the path has a name that Windows keeps for itself"
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".py" and parts[0] == PROJECT:
        return None
    if suffix not in DATA:
        return f"files that end with {suffix or 'nothing'} may not be in a release"
    return None


def has_code(manifest: ReleaseManifest) -> bool:
    """Whether a file of it is run: the functions that the task's checks name."""
    return any(name.endswith(".py") for name in manifest.files)


def sha256(path: Path) -> str:
    """Of a file's bytes, in hex."""
    with storing(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def entries(folder: Path) -> dict[str, FileEntry]:
    """Every file of a folder but its manifest.

    Raises:
        StoreError: there is a link, or a file that may not be in a release.
    """
    found = {}
    for name, path in _files(folder):
        if name == MANIFEST:
            continue
        reason = why_not(name)
        if reason is not None:
            raise StoreError(f"{name!r} can't be in a release: {reason}", where=str(folder))
        found[name] = FileEntry(sha256=sha256(path), size=path.stat().st_size)
    return found


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise StoreError(
                f"{name!r} is a link or no plain file", where=str(folder), expected="plain files"
            )
        if path.is_file():
            yield name, path


def read_manifest(folder: Path) -> tuple[ReleaseManifest, str]:
    """The manifest of a release's folder, and the name that its bytes give.

    Raises:
        StoreError: it is missing, too large or damaged.
    """
    path = folder / MANIFEST
    try:
        if path.is_symlink() or path.stat().st_size > MOST_MANIFEST_BYTES:
            raise ValueError("no plain file of a manifest's size")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise damaged(folder, [f"{MANIFEST} can't be read"]) from error
    return parse_manifest(data, str(path)), name_of(data)


def parse_manifest(data: bytes, where: str) -> ReleaseManifest:
    """A manifest whose file names may all be written.

    Raises:
        StoreError: it is no manifest, or names a file that may not be in a release.
    """
    try:
        manifest = ReleaseManifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise StoreError(
            f"the manifest can't be read: {place or 'it'}: {first['msg']}",
            where=where,
            expected="the manifest.json that etude release wrote",
            hint="a newer Etude may have made it: pip install --upgrade etude; else have it "
            "exported again",
        ) from error
    _refuse_names(manifest.files, where)
    return manifest


def _refuse_names(files: Mapping[str, FileEntry], where: str) -> None:
    if len(files) > MOST_FILES:
        raise StoreError(
            f"the manifest names {len(files):,} files",
            where=where,
            expected=f"at most {MOST_FILES:,}",
        )
    for name in files:
        reason = "it is the manifest itself" if name == MANIFEST else why_not(name)
        if reason is not None:
            raise StoreError(
                f"the manifest names {name!r}: {reason}", where=where, expected="a plain data file"
            )
    if len({name.lower() for name in files}) < len(files):
        raise StoreError(
            "the manifest names two files that some disks can't tell apart", where=where
        )


def verify(folder: Path, name: str | None = None) -> ReleaseManifest:
    """The manifest of a release whose every file is as it was made.

    Args:
        folder: the release.
        name: what it is called; by default the folder's own name.

    Raises:
        StoreError: a file is damaged, missing or added, or the manifest is another one.
    """
    manifest, found = read_manifest(folder)
    called = folder.name if name is None else name
    if found != called:
        raise damaged(folder, [f"{MANIFEST} is not the one of this name"])
    there = dict(_files(folder))
    faults = [f"{one} is missing" for one in manifest.files if one not in there]
    faults += [f"{one} was added" for one in there if one not in {*manifest.files, MANIFEST}]
    for one, entry in manifest.files.items():
        path = there.get(one)
        if path is not None and (path.stat().st_size != entry.size or sha256(path) != entry.sha256):
            faults.append(f"{one} has changed")
    if faults:
        raise damaged(folder, faults)
    return manifest


def damaged(folder: Path, faults: list[str]) -> StoreError:
    """A release that is not as it was made; nothing of it is loaded."""
    more = f", and {len(faults) - 3:,} more" if len(faults) > 3 else ""
    return StoreError(
        f"this release is not as it was made: {'; '.join(faults[:3])}{more}",
        where=str(folder),
        expected="every file with the hash that its manifest says, and no other",
        hint="put it back from a copy, import it again, or make it again: etude release",
    )
