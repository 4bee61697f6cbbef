"""Etude: is fine-tuning worth it here?

Define one narrow task, check its examples, run the simpler rivals, fine-tune, and get a verdict
that can be defended. Public names load on first use, so that importing costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from etude.project import CompareOptions as CompareOptions
    from etude.project import Project as Project
    from etude.project import open as open

__version__ = "0.1.0"

_HOMES = {
    "Project": "etude.project",
    "open": "etude.project",
    "CompareOptions": "etude.project",
    "EtudeError": "etude.errors",
    "Comparison": "etude.records.comparison",
    "Verdict": "etude.records.verdict",
    "Task": "etude.records.task",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'etude' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
