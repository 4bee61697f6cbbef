"""Examples written in the shapes that people have: one shape a file, found by its name.

A writer takes apart what a reader in ``data.shapes`` has made, and names what its shape can't hold.
"""

from __future__ import annotations

from etude.data.writers._base import CantHold, Row, Writer
from etude.data.writers._losses import LOSSES, Loss
from etude.registry import Registry

__all__ = ["LOSSES", "WRITERS", "CantHold", "Loss", "Row", "Writer"]

WRITERS = Registry("etude.data.writers", "WRITER", "shape to write")
