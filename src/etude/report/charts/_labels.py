"""Where labels go so that none overlaps another or hides a point."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

NEAT = 16
"""A place beside the point that costs no more is taken without searching the whole plot."""


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels; ``y`` grows downwards."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two share any area."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

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
        best = _best(_beside(label, bounds), taken, cost)
        if best is None or cost(best) > NEAT:
            places = [*([best] if best else []), *_grid(label, bounds, step)]
            best = _best(places, taken, cost)
        placed.append(best)
        if best is not None:
            taken.append(best)
    return placed


def _best(places: Iterable[Box], taken: Sequence[Box], cost: Callable[[Box], float]) -> Box | None:
    free = (box for box in places if not any(box.overlaps(other) for other in taken))
    return min(free, key=cost, default=None)


def _beside(label: Wanted, bounds: Box) -> Iterable[Box]:
    for dx in (10.0, -label.width - 10, -label.width / 2):
        for dy in (-label.height / 2, -label.height - 8, 8.0):
            box = Box(label.x + dx, label.y + dy, label.width, label.height)
            if _inside(box, bounds):
                yield box


def _grid(label: Wanted, bounds: Box, step: float) -> Iterable[Box]:
    for row in range(int((bounds.height - label.height) // step) + 1):
        for column in range(int((bounds.width - label.width) // step) + 1):
            yield Box(bounds.x + column * step, bounds.y + row * step, label.width, label.height)


def _inside(box: Box, bounds: Box) -> bool:
    return (
        box.x >= bounds.x
        and box.y >= bounds.y
        and box.x + box.width <= bounds.x + bounds.width
        and box.y + box.height <= bounds.y + bounds.height
    )


def _cost(label: Wanted, rivals: Sequence[Wanted], lines: Sequence[Box], box: Box) -> float:
    """Distance from the point to the box, and fines for crossing lines and for standing nearer
    to another point, whose name it would seem to be."""
    crossed = sum(box.shared(other) for other in lines)
    own = distance(box, label.x, label.y)
    nearest = min((distance(box, other.x, other.y) for other in rivals), default=own)
    return own + 0.4 * crossed + 2 * max(0.0, own - nearest)


def distance(box: Box, x: float, y: float) -> float:
    """From a point to the nearest edge of a box."""
    dx = max(box.x - x, 0.0, x - box.x - box.width)
    dy = max(box.y - y, 0.0, y - box.y - box.height)
    return float((dx * dx + dy * dy) ** 0.5)
