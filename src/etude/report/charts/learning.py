"""How good a fast learner got with more and more of the examples."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from etude.records.audit import CurvePoint
from etude.report.charts._axes import Axis, axis
from etude.report.charts._svg import line, svg, tag, text

WIDTH, HEIGHT = 360.0, 250.0


def learning(points: Sequence[CurvePoint], unit: str) -> Markup:
    """Dots with their 95 % ranges, over examples learned from.

    Args:
        points: at least one, the fewest examples first.
        unit: what their values are, in plain words.
    """
    x = Axis(0, 1.05 * points[-1].examples, 52, WIDTH - 14)
    heights = [value for one in points for value in (one.low, one.high)]
    y = axis(heights, HEIGHT - 46, 14, floor=0.0, ceiling=1.0, least=0.1)
    path = " ".join(f"{x.at(one.examples):.1f},{y.at(one.value):.1f}" for one in points)
    parts = [*_frame(x, y, unit), tag("polyline", points=path, class_="curve", fill="none")]
    for one in points:
        at = x.at(one.examples)
        title = (
            f"{one.examples:,} examples: {_percent(one.value)} "
            f"({_percent(one.low)} to {_percent(one.high)})"
        )
        parts.append(line(at, y.at(one.low), at, y.at(one.high), "whisker"))
        dot = {"cx": at, "cy": y.at(one.value), "r": 4.0}
        parts.append(tag("circle", tag("title", title), class_="mark plain", **dot))
    said = f"{unit}, with more and more of the examples: " + "; ".join(
        f"{one.examples:,}: {_percent(one.value)}" for one in points
    )
    return svg(WIDTH, HEIGHT, said, *parts, class_="chart")


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\u00a0%"


def _frame(x: Axis, y: Axis, unit: str) -> list[Markup]:
    parts = []
    for tick in y.ticks(5):
        parts.append(line(x.start, y.at(tick), x.end, y.at(tick), "grid"))
        parts.append(text(x.start - 6, y.at(tick) + 4, f"{100 * tick:g}\u00a0%", "tick", "end"))
    parts.extend(
        text(x.at(tick), y.start + 16, f"{tick:,.0f}", "tick", "middle") for tick in x.ticks(5)
    )
    parts.append(line(x.start, y.start, x.end, y.start, "axis"))
    middle = (x.start + x.end) / 2
    parts.append(text(middle, HEIGHT - 10, "examples learned from", "axis-title", "middle"))
    high = (y.start + y.end) / 2
    turned = f"rotate(-90 10 {high:g})"
    parts.append(
        tag("text", unit, x=10, y=high, class_="axis-title", text_anchor="middle", transform=turned)
    )
    return parts
