"""Versions of the libraries that results depend on: part of every stage's key."""

from __future__ import annotations

from functools import cache
from importlib import metadata

LIBRARIES = (
    "torch",
    "numpy",
    "scipy",
    "scikit-learn",
    "bm25s",
    "tokenizers",
    "transformers",
    "peft",
    "llguidance",
    "trl",
)


def library_versions() -> dict[str, str]:
    """Versions of the libraries that results depend on; those not installed are left out."""
    return dict(_found())


@cache
def _found() -> dict[str, str]:
    """Read once in a process: each is a file with a hundred lines of headers."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
