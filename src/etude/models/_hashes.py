"""A model's files by their bytes: hashes, and one fingerprint of a folder.

It knows files and nothing of what is in them; no torch, so that ``doctor`` can look without it.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path


def file_hash(path: Path) -> str:
    """sha256 of a file's bytes in hex; kept by (path, size, time of change) in this process."""
    status = path.stat()
    return _hash(str(path.resolve()), status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=256)
def _hash(path: str, size: int, changed: int) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_fingerprint(folder: Path, *settings: object) -> str:
    """16 hex digits that change with the weights, the tokenizer, the config or a setting."""
    digest = hashlib.sha256(repr(settings).encode())
    names = ["config.json", "tokenizer.json"]
    names += sorted(path.name for path in folder.glob("*.safetensors"))
    for name in names:
        if (folder / name).is_file():
            digest.update(f"{name} {file_hash(folder / name)}\n".encode())
    return digest.hexdigest()[:16]
