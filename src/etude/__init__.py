"""Etude: is fine-tuning worth it here?

Define one narrow task, check its examples, run the simpler rivals, fine-tune, and get a verdict
that can be defended. Public names load on first use, so that importing costs nothing.

Here the house is put together: what stands below is handed what only stands above it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from etude.progress import Progress
    from etude.project import CompareOptions as CompareOptions
    from etude.project import Project as Project

__version__ = "0.1.0"

_HOMES = {
    "Project": "etude.project",
    "CompareOptions": "etude.project",
    "EtudeError": "etude.errors",
    "Comparison": "etude.records.comparison",
    "Verdict": "etude.records.verdict",
    "Task": "etude.records.task",
}

__all__ = sorted([*_HOMES, "open"])


def open(root: str | Path = ".", progress: Progress | None = None) -> Project:
    """The project in ``root``; what it releases is tried by the server's own way of answering.

    Args:
        root: the folder that holds ``etude.yaml``.
        progress: how long work shows itself; None: silently.

    Raises:
        TaskError: the task file has problems; all are named.
        StoreError: the folder can't be read or written.
    """
    opened: Project = import_module("etude.project").Project(root, progress, _as_served)
    return opened


def _as_served(*given: Any) -> Any:
    """``serving.trying.as_served``: of a surface, which a project may not import."""
    return import_module("etude.serving.trying").as_served(*given)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'etude' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
