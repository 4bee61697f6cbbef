"""JSON text, read strictly, and whether it has the shape that a JSON Schema asks for."""

from __future__ import annotations

from etude.jsonshape.places import value_places
from etude.jsonshape.reading import DEEPEST, NotJson, is_deep, read_json, same_json
from etude.jsonshape.shape import Shape
from etude.jsonshape.soundness import schema_problems

__all__ = [
    "DEEPEST",
    "NotJson",
    "Shape",
    "is_deep",
    "read_json",
    "same_json",
    "schema_problems",
    "value_places",
]
