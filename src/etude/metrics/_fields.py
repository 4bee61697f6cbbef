"""JSON values compared by fields: what is the same, what is missing, what is too much.

Values are normalised by type before they are compared: spaces in a text are one space and its case
is ignored, 3 and 3.0 are one number, and null, "" and [] say what a missing field says. Items of a
list may stand in any order: those that agree best are laid side by side.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment


def normal(value: Any) -> Any:
    """A leaf as it is compared."""
    if isinstance(value, str):
        return " ".join(value.split()).casefold()
    if isinstance(value, bool) or value is None:
        return value
    return float(value)


def leaves(value: Any) -> int:
    """How many values a JSON value holds; null, "", [] and {} hold none."""
    if isinstance(value, dict):
        return sum(leaves(inner) for inner in value.values())
    if isinstance(value, list):
        return sum(leaves(inner) for inner in value)
    return 0 if value is None or value == "" else 1


def hits(target: Any, output: Any) -> int:
    """How many values of ``target`` stand in ``output`` at the same field, and are the same."""
    if isinstance(target, dict):
        if not isinstance(output, dict):
            return 0
        return sum(hits(inner, output.get(key)) for key, inner in target.items())
    if isinstance(target, list):
        return _list_hits(target, output) if isinstance(output, list) else 0
    if isinstance(output, dict | list) or not leaves(target) or not leaves(output):
        return 0
    return int(type(normal(target)) is type(normal(output)) and normal(target) == normal(output))


def _list_hits(target: list[Any], output: list[Any]) -> int:
    if not target or not output:
        return 0
    counts = np.array([[hits(mine, theirs) for theirs in output] for mine in target])
    rows, columns = linear_sum_assignment(counts, maximize=True)
    return int(counts[rows, columns].sum())


def alike(target: Any, output: Any) -> bool:
    """Whether they hold the same values: none is missing, wrong or too much."""
    return hits(target, output) == leaves(target) == leaves(output)


def same(target: Any, output: Any) -> bool:
    """Whether nothing is missing, wrong or too much, and both are of a kind."""
    return alike(target, output) and isinstance(output, type(target))


def texts(value: Any) -> list[str]:
    """Every leaf as text, numbers without a trailing .0; truth values are left out."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    if value is None or isinstance(value, bool) or value == "":
        return []
    if isinstance(value, float) and value.is_integer():
        return [str(int(value))]
    return [str(value)]
