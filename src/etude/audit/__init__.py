"""One audit a file: what is wrong with examples, row by row; ``registry`` finds them by name."""

from __future__ import annotations

from etude.audit._base import HITS, Audit, Found, Material
from etude.registry import Registry

registry = Registry("etude.audit", "AUDIT", "audit")

__all__ = ["HITS", "Audit", "Found", "Material", "registry"]
