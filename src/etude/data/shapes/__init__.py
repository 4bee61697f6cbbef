"""Shapes of examples that people have for language models, beside two plain columns.

One shape a file, found by its name: how it is told from others, and how one row is read.
"""

from __future__ import annotations

from etude.data.shapes._base import Shape
from etude.data.shapes._exchange import plain_input
from etude.data.shapes._finding import SHAPES, find_shape, shape_names
from etude.data.shapes._table import Shaped, read_shapes, shared_instructions, to_answer

__all__ = [
    "SHAPES",
    "Shape",
    "Shaped",
    "find_shape",
    "plain_input",
    "read_shapes",
    "shape_names",
    "shared_instructions",
    "to_answer",
]
