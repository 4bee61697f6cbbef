"""A release's folder, filled, sealed, and given the name that its contents make.

It knows which part of a candidate goes where; whether it answers as it should is asked before it is
sealed, by whoever makes it.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import etude
from etude.errors import StoreError
from etude.models._base import Model
from etude.records.release import Asked, Base, ReleaseManifest, name_of
from etude.releases.bases import copy
from etude.releases.contents import MANIFEST, PROJECT, verify, why_not
from etude.releases.loading import ASKED, CANDIDATE
from etude.store import atomic
from etude.store.disk import storing

SCORECARD, MODEL_CARD, DATA_CARD = "scorecard.json", "MODEL_CARD.md", "DATA_CARD.md"
BASE, LOOKUP = "base", "lookup"


@contextmanager
def staged(home: Path) -> Iterator[Path]:
    """A temporary folder in ``home``, where releases lie; removed unless it was sealed."""
    temp = atomic.temporary(home, "release")
    with storing(home):
        temp.mkdir(parents=True)
        try:
            yield temp
        finally:
            atomic.remove(temp)


def fill(folder: Path, candidate: Path, asked: Asked, texts: Mapping[str, str], root: Path) -> None:
    """Write everything but the manifest, the cards and copies of models.

    Args:
        folder: of the release to be.
        candidate: where the kept candidate lies.
        asked: what the release answers.
        texts: further files by name, such as the scorecard.
        root: the project, where files that the task's checks name lie.

    Raises:
        StoreError: a file of the candidate may not be in a release.
    """
    with storing(folder):
        shutil.copytree(candidate, folder / CANDIDATE, symlinks=True)
        write(folder, {ASKED: asked.model_dump_json(indent=1, by_alias=True) + "\n", **texts})
        (folder / PROJECT).mkdir()
        for name in check_files(asked):
            _copy_code(root, name, folder)


def write(folder: Path, texts: Mapping[str, str]) -> None:
    """Text files into a folder that is there."""
    with storing(folder):
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")


def check_files(asked: Asked) -> list[str]:
    """Files in the project that hold functions of the task's checks, as the task names them."""
    found = []
    for check in asked.task.checks:
        if str(check.get("type", "")).removeprefix("not-") == "python":
            value = str(check.get("value", "")).strip().removeprefix("file://")
            path, colon, name = value.rpartition(":")
            found.append(path if colon else name)
    return sorted({Path(name).as_posix() for name in found if name})


def _copy_code(root: Path, name: str, folder: Path) -> None:
    target = f"{PROJECT}/{name}"
    reason = why_not(target)
    if reason is not None:
        raise StoreError(
            f"the check's file {name} can't be in a release: {reason}",
            where=str(root / name),
            hint="give it a plain name, such as checks.py, and change etude.yaml",
        )
    (folder / target).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(root / name, folder / target)


def copied(base: Base, model: Model, folder: Path, place: str) -> Base:
    """``base`` with its files copied into the release, under ``place``.

    Raises:
        ModelError: an endpoint's weights are not here to be copied.
    """
    copy(base, model, folder / place)
    return base.model_copy(update={"place": place})


def seal(temp: Path, manifest: ReleaseManifest | bytes, home: Path) -> tuple[Path, bool]:
    """Give a filled folder its manifest and its name; (the release's folder, whether it is new).

    A release that is there already and whole stays as it is; a damaged one is replaced.

    Args:
        temp: from ``staged``.
        manifest: of its files, as they are; or the stored bytes of one.
        home: where releases lie.

    Raises:
        StoreError: the files are not those of the manifest.
    """
    data = manifest if isinstance(manifest, bytes) else manifest.canonical()
    name = name_of(data)
    with storing(home):
        (temp / MANIFEST).write_bytes(data)
        verify(temp, name)
        target = home / name
        if is_whole(target):
            return target, False
        atomic.discard(target, home)
        atomic.sync_tree(temp)
        try:
            temp.rename(target)
        except OSError:
            if not is_whole(target):  # another process has just made the same
                raise
            return target, False
        atomic.sync(home)
    return target, True


def is_whole(folder: Path) -> bool:
    """Whether a release lies there, every file as it was made."""
    try:
        verify(folder)
    except StoreError:
        return False
    return True


@cache
def code_hash() -> str:
    """sha256 over Etude's own source files, by their paths."""
    root = Path(etude.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
