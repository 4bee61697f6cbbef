"""Where labels go so that none overlaps another or hides a point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NEAT = 16
"""A place beside the point that costs no more is taken without searching the whole plot."""


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels; ``y`` grows downwards."""

    x: float
    y: float
    width: float
    height: float

    def shared(self, other: Box) -> float:
        """The area that the two share."""
        wide = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        high = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(0.0, wide) * max(0.0, high)


@dataclass(frozen=True)
class Wanted:
    """A label of a size that belongs to a point."""

    x: float
    y: float
    width: float
    height: float


def place(
    labels: Sequence[Wanted],
    solid: Sequence[Box],
    lines: Sequence[Box],
    bounds: Box,
    step: float = 5,
) -> list[Box | None]:
    """A box for each label, near its point; None where there is no room left.

    Args:
        labels: placed one after another.
        solid: what no label may touch (points, other texts).
        lines: what labels should not cross if they needn't (interval lines), as thin boxes.
        bounds: labels stay inside.
        step: the grid that is searched, pixels.
    """
    taken = list(solid)
    placed: list[Box | None] = []
    for label in labels:
        cost = partial(_cost, label, [other for other in labels if other is not label], lines)
        best = _best(label, _beside(label, bounds), taken, cost)
        if best is None or best[1] > NEAT:
            grid = _grid(label, bounds, step)
            if best is not None:
                grid = np.concatenate(([[best[0].x, best[0].y]], grid))
            best = _best(label, grid, taken, cost)
        placed.append(best[0] if best is not None else None)
        if best is not None:
            taken.append(best[0])
    return placed


def _best(
    label: Wanted, corners_P2: Floats, taken: Sequence[Box], cost: Callable[[Floats], Floats]
) -> tuple[Box, float] | None:
    """The cheapest of the places that nothing has taken, and its cost; of equals the first."""
    free_P = np.ones(len(corners_P2), dtype=np.bool_)
    for other in taken:
        wide_P, high_P = _shared(label, corners_P2, other)
        free_P &= (wide_P <= 0) | (high_P <= 0)
    corners_P2 = corners_P2[free_P]
    if not len(corners_P2):
        return None
    cost_P = cost(corners_P2)
    place = int(cost_P.argmin())
    x, y = corners_P2[place].tolist()
    return Box(x, y, label.width, label.height), float(cost_P[place])


def _beside(label: Wanted, bounds: Box) -> Floats:
    """Upper left corners (P, 2) around the point, the best first."""
    corners = [
        (label.x + dx, label.y + dy)
        for dx in (10.0, -label.width - 10, -label.width / 2)
        for dy in (-label.height / 2, -label.height - 8, 8.0)
    ]
    inside = [
        bounds.x <= x <= bounds.x + bounds.width - label.width
        and bounds.y <= y <= bounds.y + bounds.height - label.height
        for x, y in corners
    ]
    return np.array(corners)[inside]


def _grid(label: Wanted, bounds: Box, step: float) -> Floats:
    """Upper left corners (P, 2) all over the plot, row by row."""
    rows = max(0, int((bounds.height - label.height) // step) + 1)
    columns = max(0, int((bounds.width - label.width) // step) + 1)
    y_P, x_P = np.divmod(np.arange(rows * columns), max(columns, 1))
    return np.stack((bounds.x + x_P * step, bounds.y + y_P * step), axis=1)


def _shared(label: Wanted, corners_P2: Floats, other: Box) -> tuple[Floats, Floats]:
    """How far the label at each corner and another box overlap, across and down; below 0 apart."""
    x_P, y_P = corners_P2.T
    wide_P = np.minimum(x_P + label.width, other.x + other.width) - np.maximum(x_P, other.x)
    high_P = np.minimum(y_P + label.height, other.y + other.height) - np.maximum(y_P, other.y)
    return wide_P, high_P


def _cost(
    label: Wanted, rivals: Sequence[Wanted], lines: Sequence[Box], corners_P2: Floats
) -> Floats:
    """Distance from the point to the box, and fines for crossing lines and for standing nearer
    to another point, whose name it would seem to be."""
    crossed_P = np.zeros(len(corners_P2))
    for other in lines:
        wide_P, high_P = _shared(label, corners_P2, other)
        crossed_P += np.maximum(0.0, wide_P) * np.maximum(0.0, high_P)
    own_P = _away(label, corners_P2, label)
    nearest_P = own_P
    if rivals:
        nearest_P = np.min([_away(label, corners_P2, other) for other in rivals], axis=0)
    cost_P: Floats = own_P + 0.4 * crossed_P + 2 * np.maximum(0.0, own_P - nearest_P)
    return cost_P


def _away(label: Wanted, corners_P2: Floats, point: Wanted) -> Floats:
    """From a point to the nearest edge of the label at each corner."""
    x_P, y_P = corners_P2.T
    dx_P = np.maximum(np.maximum(x_P - point.x, 0.0), point.x - x_P - label.width)
    dy_P = np.maximum(np.maximum(y_P - point.y, 0.0), point.y - y_P - label.height)
    away_P: Floats = np.sqrt(dx_P * dx_P + dy_P * dy_P)
    return away_P


def distance(box: Box, x: float, y: float) -> float:
    """From a point to the nearest edge of a box."""
    dx = max(box.x - x, 0.0, x - box.x - box.width)
    dy = max(box.y - y, 0.0, y - box.y - box.height)
    return float((dx * dx + dy * dy) ** 0.5)
