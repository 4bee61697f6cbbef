"""Cached units of work: computed once, found again by what went into them.

    .etude/cache/<stage>/<first 2>/<hash>/   what was built, key.json, and done.json, written last
    .etude/work/<hash>/                      checkpoints of a build; survives kills, gone when done

It knows folders, hashes and locks; it ignores what the stages compute and the database.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from etude.store import atomic
from etude.store.disk import storing
from etude.store.keys import JSON, digest, plain
from etude.store.locks import Lock, Notice, is_held, locked

Build: TypeAlias = Callable[[Path, Path], None]
"""``build(out, work)``: write results to ``out``; checkpoints in ``work`` survive a kill."""

SMALL_BYTES = 1 << 20
"""Files up to this size are read and hashed whenever a unit is opened; larger ones are only
measured, because hashing a model's weights at each use would cost more than it saves."""

_OWN = ("key.json", "done.json")
_STAGE = re.compile(r"[a-z][a-z0-9_]*")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Unit:
    """One finished unit.

    ``seconds`` is the build's wall time as first measured (of the attempt that finished, where
    one was killed before); ``cached`` is False where this call computed it.
    """

    path: Path
    cached: bool
    seconds: float
    stage: str
    hash: str


@dataclass(frozen=True)
class Pruned:
    """What pruning freed."""

    units: int
    bytes: int


class Units:
    """The units below one ``.etude`` folder.

    Args:
        folder: the ``.etude`` folder.
        notice: is told when a unit that another process computes is waited for.
    """

    def __init__(self, folder: Path, notice: Notice | None = None) -> None:
        self._folder = folder
        self.cache = folder / "cache"
        self.work = folder / "work"
        self.notice = notice

    def compute(self, stage: str, key: Mapping[str, JSON], build: Build) -> Unit:
        """The unit of ``stage`` for ``key``: from the cache where it is whole, else built.

        A second process that asks for the same unit waits and then finds it done. A damaged unit
        is built again. After an error or Ctrl-C the checkpoints stay and no half unit does.

        Raises:
            StoreError: the disk is full or refuses.
            ValueError: ``stage`` is not a lower-case word, or ``build`` wrote a reserved name.
        """
        address = self._address(stage, key)
        done = _whole(address)
        if done is None:
            with locked(self._lock(address.name), self.notice, f"its step {stage!r}"):
                done = _whole(address)  # by the process that was waited for
                if done is None:
                    return self._build(address, stage, key, build)
        return Unit(address, True, float(done["seconds"]), stage, address.name)

    def find(self, stage: str, key: Mapping[str, JSON]) -> Unit | None:
        """The unit of ``stage`` for ``key`` if it is whole in the cache; nothing is built."""
        address = self._address(stage, key)
        done = _whole(address)
        if done is None:
            return None
        return Unit(address, True, float(done["seconds"]), stage, address.name)

    def _build(self, address: Path, stage: str, key: Mapping[str, JSON], build: Build) -> Unit:
        work = self.work / address.name
        if address.exists():
            atomic.discard(address, self.cache)
        with atomic.folder(address, temps=self.cache) as out:
            work.mkdir(parents=True, exist_ok=True)
            began = time.perf_counter()
            build(out, work)
            seconds = time.perf_counter() - began
            _seal(out, {"stage": stage, "key": plain(key)}, seconds)
        atomic.remove(work)
        return Unit(address, False, seconds, stage, address.name)

    @contextmanager
    def transient(self, stage: str, key: Mapping[str, JSON], build: Build) -> Iterator[Unit]:
        """A unit that is forgotten after use (a fold's weights, say); an error in between keeps
        it, so that the same command goes on from it."""
        yield self.compute(stage, key, build)
        self.forget(stage, key)

    def forget(self, stage: str, key: Mapping[str, JSON]) -> bool:
        """Remove a unit and its checkpoints; False where there was neither."""
        address = self._address(stage, key)
        work = self.work / address.name
        with locked(self._lock(address.name), self.notice, f"its step {stage!r}"):
            there = address.exists() or work.exists()
            atomic.discard(address, self.cache)
            atomic.remove(work)
        return there

    def prune(self, keep: Collection[Path]) -> Pruned:
        """Remove every unit but those whose folders are in ``keep`` and those in use, and the
        checkpoints of builds that nobody is working on."""
        units = freed = 0
        for address in self._all():
            lock = Lock(self._lock(address.name))
            if address in keep or not lock.try_acquire():
                continue
            try:
                freed += _bytes(address)
                atomic.discard(address, self.cache)
                units += 1
            finally:
                lock.release()
        for work in self._work_folders():
            if not is_held(self._lock(work.name)):
                freed += _bytes(work)
                atomic.remove(work)
        return Pruned(units, freed)

    def tidy(self) -> None:
        """Remove what killed processes left: temporary folders, checkpoints of finished units."""
        atomic.sweep(self.cache)
        finished = [work for work in self._work_folders() if self._find(work.name)]
        for work in finished:
            if not is_held(self._lock(work.name)):
                atomic.remove(work)
        for path in self.work.glob("*.lock"):
            is_held(path)  # asking removes the file of a holder that died

    def _address(self, stage: str, key: Mapping[str, JSON]) -> Path:
        if not _STAGE.fullmatch(stage):
            raise ValueError(f"a stage is a lower-case word, not {stage!r}")
        name = digest({"stage": stage, "key": key})
        return self.cache / stage / name[:2] / name

    def _lock(self, name: str) -> Path:
        return self.work / f"{name}.lock"

    def _all(self) -> list[Path]:
        return [path for path in self.cache.glob("*/??/*") if _HASH.fullmatch(path.name)]

    def _find(self, name: str) -> list[Path]:
        return list(self.cache.glob(f"*/{name[:2]}/{name}"))

    def _work_folders(self) -> list[Path]:
        return [path for path in self.work.glob("*") if _HASH.fullmatch(path.name)]


def _bytes(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            total += path.lstat().st_size
    return total


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _seal(out: Path, key: JSON, seconds: float) -> None:
    """Write ``key.json`` and, last, ``done.json`` with every file's size and sha256."""
    for name in _OWN:
        if (out / name).exists():
            raise ValueError(f"{name} is the store's own; a build must use another name")
    files: dict[str, Any] = {}
    atomic.write_json(out / "key.json", key)
    for path in sorted(out.rglob("*")):
        if path.is_symlink():
            raise ValueError(f"{path.name} is a link; a unit holds its own files only")
        if path.is_file():
            name = path.relative_to(out).as_posix()
            files[name] = {"size": path.stat().st_size, "sha256": _sha256(path)}
    atomic.write_json(out / "done.json", {"seconds": seconds, "files": files})


def _whole(address: Path) -> dict[str, Any] | None:
    """``done.json`` of a unit whose files are all as they were written, else None."""
    with storing(address):
        try:
            done: dict[str, Any] = json.loads((address / "done.json").read_bytes())
            for name, file in done["files"].items():
                path = address / name
                size = path.stat().st_size
                if size != file["size"]:
                    return None
                if size <= SMALL_BYTES and _sha256(path) != file["sha256"]:
                    return None
            float(done["seconds"])
        except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
            return None
        except AttributeError:  # done.json holds JSON of another shape
            return None
    return done
