"""Embeddings on disk: each text of a model is computed once, whatever asks for it and whenever.

A chunk is one file of up to 1,024 texts' hashes and vectors. Its name carries the hash of its
bytes, so a damaged chunk is found when it is read, dropped and computed again. Chunks are cut
from the missing texts in a fixed order, so a run that was killed goes on at the same boundaries
and gives the same bits. Several processes may work in one folder: a chunk appears whole or not
at all. It knows one model and one folder; which rung asks is no matter.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load, save

from etude.models._base import Embedder
from etude.progress import Progress, Silent
from etude.store import atomic

CHUNK = 1024
KEPT_CHUNKS = 256
"""Chunks kept in memory; at 384 numbers a text that is about 400 MB."""
_SUFFIX = ".safetensors"

Place = tuple[Path, int]


class CachedEmbeddings:
    """``approaches.Embeddings`` for one model over one folder.

    Args:
        model: computes what is missing.
        folder: the model's own (name it by the model's fingerprint); made when needed.
        progress: is told of texts computed, with their speed and the time that is left.
    """

    def __init__(self, model: Embedder, folder: Path, progress: Progress | None = None) -> None:
        self.model = model
        self.folder = folder
        self.progress = progress or Silent()
        self._places: dict[bytes, Place] = {}
        self._scanned: set[Path] = set()
        self._chunks: OrderedDict[Path, NDArray[np.float32]] = OrderedDict()
        self._swept = False

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows (N, dim): from the folder where they are there, else computed and kept.

        Raises:
            StoreError: the disk is full or refuses.
        """
        keys = [_key(text) for text in texts]
        by_key = dict(zip(keys, texts, strict=True))
        while True:
            self._scan()
            missing = [by_key[key] for key in by_key if key not in self._places]
            if missing:
                self._compute(missing)
            rows = self._gather(list(by_key))
            if rows is not None:
                order = {key: row for row, key in enumerate(by_key)}
                return rows[[order[key] for key in keys]]

    def missing(self, texts: Sequence[str]) -> int:
        """How many different texts would have to be computed."""
        self._scan()
        return len({_key(text) for text in texts} - self._places.keys())

    def _scan(self) -> None:
        """Learn of chunks that are new since the last look, another process's too."""
        if not self.folder.is_dir():
            return
        if not self._swept:
            atomic.sweep(self.folder)
            self._swept = True
        for path in sorted(self.folder.glob(f"[0-9a-f]*{_SUFFIX}")):
            if path not in self._scanned:
                self._scanned.add(path)
                self._learn(path)

    def _learn(self, path: Path) -> None:
        try:
            with safe_open(path, framework="numpy") as file:
                keys = file.get_tensor("keys")
        except (SafetensorError, OSError):
            self._drop(path)
            return
        for row, key in enumerate(keys):
            self._places.setdefault(key.tobytes(), (path, row))

    def _drop(self, path: Path) -> None:
        """Forget a damaged chunk and take it away; its texts are computed again."""
        atomic.remove(path)
        self._chunks.pop(path, None)
        self._scanned.discard(path)
        self._places = {k: place for k, place in self._places.items() if place[0] != path}
        self.progress.say(f"a damaged file of stored embeddings is computed again: {path.name}")

    def _gather(self, keys: Sequence[bytes]) -> NDArray[np.float32] | None:
        """The rows of these keys, or None where a chunk turned out damaged or gone."""
        result = np.zeros((len(keys), self.model.dim), dtype=np.float32)
        by_file: dict[Path, list[tuple[int, int]]] = {}
        for row, key in enumerate(keys):
            path, inside = self._places[key]
            by_file.setdefault(path, []).append((row, inside))
        for path, pairs in by_file.items():
            vectors = self._vectors(path)
            if vectors is None:
                self._drop(path)
                return None
            rows, insides = np.array(pairs).T
            result[rows] = vectors[insides]
        return result

    def _vectors(self, path: Path) -> NDArray[np.float32] | None:
        if path in self._chunks:
            self._chunks.move_to_end(path)
            return self._chunks[path]
        try:
            data = path.read_bytes()
            if path.stem.rpartition("-")[2] != _digest(data):
                return None
            vectors: NDArray[np.float32] = load(data)["vectors"]
        except (SafetensorError, OSError, KeyError):
            return None
        if vectors.ndim != 2 or vectors.shape[1] != self.model.dim:
            return None
        self._keep(path, vectors)
        return vectors

    def _keep(self, path: Path, vectors: NDArray[np.float32]) -> None:
        self._chunks[path] = vectors
        while len(self._chunks) > KEPT_CHUNKS:
            self._chunks.popitem(last=False)

    def _compute(self, missing: Sequence[str]) -> None:
        # By length, so that a chunk's texts fill their rows; by text, so that the order is fixed.
        ordered = sorted(missing, key=lambda text: (len(text), text))
        name = f"reading texts with {self.model.name}"
        with self.progress.step(name, total=len(ordered), unit="texts") as step:
            for start in range(0, len(ordered), CHUNK):
                texts = ordered[start : start + CHUNK]
                self._store(texts, self.model.embed(texts))
                step.advance(len(texts))

    def _store(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
        keys = [_key(text) for text in texts]
        table = np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(len(keys), 32)
        data = save({"keys": table.copy(), "vectors": np.ascontiguousarray(vectors)})
        path = self.folder / f"{_digest(b''.join(keys))}-{_digest(data)}{_SUFFIX}"
        atomic.write_bytes(path, data)
        self._scanned.add(path)
        self._keep(path, vectors)
        for row, key in enumerate(keys):
            self._places[key] = (path, row)


def _key(text: str) -> bytes:
    # Half an emoji can't be UTF-8; it is still a text of its own.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]
