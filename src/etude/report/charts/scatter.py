"""Quality against what it costs, or how long it takes: points with intervals both ways."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from etude.report.charts._axes import Axis, axis
from etude.report.charts._labels import Box, Wanted, distance, place
from etude.report.charts._svg import FONT, line, mark, shortened, svg, text, text_width

LEFT, TOP, RIGHT, BOTTOM = 52.0, 22.0, 14.0, 46.0
"""Room around the plot for ticks and titles, pixels."""
_ARROW = 6.0
_ARROW_ROOM = 1.25


@dataclass(frozen=True)
class Point:
    """One candidate: ``x`` in the axis' unit, ``y`` a share of 1, each (value, low, high).

    An infinite high end of ``x`` is one that isn't known: its line ends in an arrow at the edge.
    """

    title: str
    x: tuple[float, float, float]
    y: tuple[float, float, float]
    chosen: bool
    beaten: bool

    @property
    def state(self) -> str:
        """The class that the stylesheet colours."""
        return "chosen" if self.chosen else "beaten" if self.beaten else "plain"


@dataclass(frozen=True)
class Across:
    """What the horizontal axis says: its title, how a tick reads, and the bar's limit on it."""

    title: str
    tick: Callable[[float], str]
    limit: float | None = None


def scatter(
    points: Sequence[Point],
    across: Across,
    *,
    quality: str,
    minimum: float | None,
    width: float,
    height: float,
) -> Markup:
    """The chart: better is up and to the left. ``points`` must not be empty.

    Args:
        quality: the vertical axis' title.
        minimum: the bar's least quality, a share of 1.
    """
    x, y = _axes(points, across, minimum, width, height)
    words = _bar_words(points, x, y, across, minimum)
    parts = [*_frame(x, y, across, width), *_limits(x, y, across, minimum, words)]
    for point in points:
        parts += _whiskers(point, x, y)
    parts += [
        mark(x.at(p.x[0]), y.at(p.y[0]), f"mark {p.state}", p.title, diamond=p.chosen)
        for p in points
    ]
    parts += _labels(points, x, y, width, words, _limit_boxes(x, y, across, minimum))
    parts.append(text(4, 12, quality, "axis-title"))
    log = " (each step is ten times the last)" if x.log and width > 400 else ""
    middle = (x.start + x.end) / 2
    parts.append(text(middle, height - 6, across.title + log, "axis-title", "middle"))
    said = f"{quality} against {across.title}: " + ", ".join(p.title for p in points)
    return svg(width, height, said, *parts, class_="chart")


def _axes(
    points: Sequence[Point], across: Across, minimum: float | None, width: float, height: float
) -> tuple[Axis, Axis]:
    xs = [value for point in points for value in point.x if math.isfinite(value)]
    # Room for the arrow of the furthest one.
    xs += [_ARROW_ROOM * point.x[0] for point in points if math.isinf(point.x[2])]
    # A limit far from every point would push them all into a corner; it is then said in words.
    if across.limit is not None and across.limit <= 4 * max(xs):
        xs.append(across.limit)
    ys = [value for point in points for value in point.y]
    ys += [minimum] if minimum is not None else []
    return (
        axis(xs, LEFT, width - RIGHT, may_log=True, floor=0.0),
        axis(ys, height - BOTTOM, TOP, floor=0.0, ceiling=1.0, least=0.05),
    )


def _frame(x: Axis, y: Axis, across: Across, width: float) -> list[Markup]:
    parts = [line(x.start, y.start, x.end, y.start, "axis")]
    for tick in y.ticks(6):
        parts.append(line(x.start, y.at(tick), x.end, y.at(tick), "grid"))
        parts.append(text(x.start - 6, y.at(tick) + 4, f"{100 * tick:.6g}\u00a0%", "tick", "end"))
    edge = -1.0
    for tick in x.ticks(max(3, int(width // 75))):
        label = across.tick(tick)
        half = text_width(label) / 2
        middle = min(x.at(tick), width - half)
        parts.append(line(x.at(tick), y.end, x.at(tick), y.start, "grid"))
        if middle - half > edge:
            parts.append(text(middle, y.start + 17, label, "tick", "middle"))
            edge = middle + half + 4
    return parts


def _limits(
    x: Axis, y: Axis, across: Across, minimum: float | None, words: Box | None
) -> list[Markup]:
    parts = []
    if minimum is not None and words is not None:
        parts.append(line(x.start, y.at(minimum), x.end, y.at(minimum), "limit"))
        parts.append(text(words.x, words.y + FONT, "the bar", "limit-text"))
    if across.limit is not None and x.low <= across.limit <= x.high:
        at = x.at(across.limit)
        parts.append(line(at, y.end, at, y.start, "limit"))
    return parts


def _bar_words(
    points: Sequence[Point], x: Axis, y: Axis, across: Across, minimum: float | None
) -> Box | None:
    """Where "the bar" stands over its line: the end where it covers least."""
    if minimum is None:
        return None
    wide, high = text_width("the bar"), FONT + 4.0
    lines = [box for p in points for box in _line_boxes(p, x, y)]
    lines += _limit_boxes(x, y, across, None)
    places = [
        Box(left, y.at(minimum) - high, wide, high)
        for left in (x.end - wide, x.start + 4, (x.start + x.end - wide) / 2)
    ]
    return min(places, key=lambda box: sum(box.shared(other) for other in lines))


def _limit_boxes(x: Axis, y: Axis, across: Across, minimum: float | None) -> list[Box]:
    """The bar's lines as thin boxes, for labels to keep off."""
    boxes = []
    if minimum is not None:
        boxes.append(Box(x.start, y.at(minimum) - 1, x.end - x.start, 2))
    if across.limit is not None:
        boxes.append(Box(x.at(across.limit) - 2, y.end, 4, y.start - y.end))
    return boxes


def _whiskers(point: Point, x: Axis, y: Axis) -> list[Markup]:
    middle_x, middle_y = x.at(point.x[0]), y.at(point.y[0])
    kind = f"whisker {point.state}"
    ways = [
        line(x.at(point.x[1]), middle_y, x.at(point.x[2]), middle_y, kind),
        line(middle_x, y.at(point.y[1]), middle_x, y.at(point.y[2]), kind),
    ]
    if math.isinf(point.x[2]):
        back = x.end - _ARROW
        ways += [line(back, middle_y + by, x.end, middle_y, kind) for by in (-4.0, 4.0)]
    return ways


def _labels(
    points: Sequence[Point],
    x: Axis,
    y: Axis,
    width: float,
    words: Box | None,
    limits: Sequence[Box],
) -> list[Markup]:
    """Names beside their points; a thin line leads to a name that had to stand off."""
    high = FONT + 4.0
    names = [shortened(p.title, width / (2 if width > 400 else 2.4)) for p in points]
    wanted = [
        Wanted(x.at(p.x[0]), y.at(p.y[0]), text_width(name) + 2, high)
        for p, name in zip(points, names, strict=True)
    ]
    solid = [Box(w.x - 8, w.y - 8, 16, 16) for w in wanted]
    if words is not None:
        solid.append(words)
    lines = [*limits, *(box for p in points for box in _line_boxes(p, x, y))]
    bounds = Box(x.start + 2, y.end, x.end - x.start - 2, y.start - y.end - 2)
    parts = []
    for point, name, want, box in zip(
        points, names, wanted, place(wanted, solid, lines, bounds), strict=True
    ):
        if box is None:
            continue
        strong = "name strong" if point.chosen else "name"
        if distance(box, want.x, want.y) > 11:
            parts.append(_leader(want, box))
        parts.append(text(box.x + 1, box.y + FONT, name, strong))
    return parts


def _line_boxes(point: Point, x: Axis, y: Axis) -> list[Box]:
    middle_x, middle_y = x.at(point.x[0]), y.at(point.y[0])
    top, left = y.at(point.y[2]), x.at(point.x[1])
    return [
        Box(middle_x - 2, top, 4, y.at(point.y[1]) - top),
        Box(left, middle_y - 2, x.at(point.x[2]) - left, 4),
    ]


def _leader(want: Wanted, box: Box) -> Markup:
    x = min(max(want.x, box.x), box.x + box.width)
    y = min(max(want.y, box.y + 2), box.y + box.height - 2)
    return line(want.x, want.y, x, y, "leader")
