"""How much a candidate answers by itself against how often that is right."""

from __future__ import annotations

from markupsafe import Markup

from etude.records.handover import Handover
from etude.report.charts._axes import Axis, axis
from etude.report.charts._svg import line, mark, svg, tag, text

WIDTH, HEIGHT = 360.0, 270.0


def coverage(found: Handover) -> Markup:
    """The curve with its band; the dashed line is what is asked, the diamond what was chosen.

    ``found.curve`` must not be empty.
    """
    asked = [] if found.precision_asked is None else [found.precision_asked]
    heights = [value for one in found.curve for value in (one.low, one.high)] + asked
    x = Axis(0, 1, 48, WIDTH - 14)
    y = axis(heights, HEIGHT - 46, 14, floor=0.0, ceiling=1.0, least=0.1)
    parts = [*_frame(x, y), _band(found, x, y), _line(found, x, y)]
    parts.extend(line(x.start, y.at(value), x.end, y.at(value), "limit") for value in asked)
    for one in found.curve:
        title = (
            f"answers {_percent(one.coverage)}, right {_percent(one.precision)} "
            f"({_percent(one.low)} to {_percent(one.high)}), from {_percent(one.sure)} sure"
        )
        at = {"cx": x.at(one.coverage), "cy": y.at(one.precision), "r": 3.0}
        parts.append(tag("circle", tag("title", title), class_="mark plain", **at))
    if found.coverage is not None and found.precision is not None:
        share, right = found.coverage.value, found.precision.value
        title = f"chosen: answers {_percent(share)}, right {_percent(right)}"
        parts.append(mark(x.at(share), y.at(right), "mark chosen", title, diamond=True))
    said = (
        "The share that it answers by itself, the surest first, against the share of these that is "
        "right"
    ) + ("; the dashed line is what is asked" if asked else "")
    return svg(WIDTH, HEIGHT, said, *parts, class_="chart")


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _frame(x: Axis, y: Axis) -> list[Markup]:
    parts = []
    for tick in y.ticks(5):
        parts.append(line(x.start, y.at(tick), x.end, y.at(tick), "grid"))
        parts.append(text(x.start - 6, y.at(tick) + 4, f"{100 * tick:g}", "tick", "end"))
    parts.extend(
        text(x.at(tick), y.start + 16, f"{100 * tick:.0f}", "tick", "middle")
        for tick in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    parts.append(line(x.start, y.start, x.end, y.start, "axis"))
    middle = (x.start + x.end) / 2
    parts.append(text(middle, HEIGHT - 10, "answered by itself, %", "axis-title", "middle"))
    high = (y.start + y.end) / 2
    parts.append(
        tag(
            "text",
            "right of these, %",
            x=12,
            y=high,
            class_="axis-title",
            text_anchor="middle",
            transform=f"rotate(-90 12 {high:g})",
        )
    )
    return parts


def _line(found: Handover, x: Axis, y: Axis) -> Markup:
    places = [f"{x.at(one.coverage):.1f},{y.at(one.precision):.1f}" for one in found.curve]
    return tag("polyline", points=" ".join(places), class_="curve", fill="none")


def _band(found: Handover, x: Axis, y: Axis) -> Markup:
    """The 95 % range of the share right, point by point."""
    upper = [f"{x.at(one.coverage):.1f},{y.at(one.high):.1f}" for one in found.curve]
    lower = [f"{x.at(one.coverage):.1f},{y.at(one.low):.1f}" for one in reversed(found.curve)]
    return tag("polygon", points=" ".join(upper + lower), class_="likely")
