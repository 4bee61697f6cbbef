"""Versions of the libraries that results depend on: part of every stage's key."""

from __future__ import annotations

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
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
