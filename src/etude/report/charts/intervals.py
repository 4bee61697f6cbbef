"""Quality of each candidate with its interval, the bar's line, and the margin below the best."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from etude.report.charts._axes import Axis, axis
from etude.report.charts._svg import line, mark, shortened, svg, tag, text, text_width

NARROW = 500
"""Under this width a name stands above its line instead of beside it."""


@dataclass(frozen=True)
class Bar:
    """One candidate: shares of 1, and what its figure reads as."""

    title: str
    note: str
    value: float
    low: float
    high: float
    reading: str
    """The figure with its range; ``short`` without, where there is less room."""
    short: str
    chosen: bool
    beaten: bool


def intervals(
    bars: Sequence[Bar], *, limit: float | None, margin: float, unit: str, width: float
) -> Markup:
    """The chart, ``width`` pixels wide.

    Args:
        bars: at least one.
        limit: the bar's minimum, a share of 1.
        margin: the smallest difference worth having: shaded below the best.
        unit: the axis' title.
    """
    narrow = width < NARROW
    names = 8.0 if narrow else 12 + min(230.0, max(_name_width(bar) for bar in bars))
    right = width - (14 if narrow else 20 + max(text_width(bar.reading) for bar in bars))
    row = 46 if narrow else 38
    top, bottom = 26, 26 + row * len(bars)
    ends = [end for bar in bars for end in (bar.low, bar.high) if math.isfinite(end)]
    best = max(bar.value for bar in bars)
    shown = [*ends, *(bar.value for bar in bars), best - margin]
    shown += [limit] if limit is not None else []
    x = axis(shown, names, right, floor=0.0, ceiling=1.0, least=0.05)
    parts = [_band(x, best, margin, top, bottom), *_grid(x, top, bottom, right - names)]
    parts += _limit(x, limit, top, bottom)
    for place, bar in enumerate(bars):
        parts += _row(bar, x, top + row * place, row, width, narrow)
    parts.append(text((names + right) / 2, bottom + 36, unit, "axis-title", "middle"))
    said = "; ".join(f"{bar.title}: {bar.reading}" for bar in bars)
    return svg(width, bottom + 44, f"Quality with intervals. {said}", *parts, class_="chart")


def _name_width(bar: Bar) -> float:
    return max(text_width(bar.title), text_width(bar.note)) + 6


def _band(x: Axis, best: float, margin: float, top: float, bottom: float) -> Markup:
    left, right = x.at(best - margin), x.at(best)
    return tag(
        "rect", x=left, y=top, width=max(0.0, right - left), height=bottom - top, class_="band"
    )


def _grid(x: Axis, top: float, bottom: float, width: float) -> list[Markup]:
    parts = [line(x.start, bottom, x.end, bottom, "axis")]
    for tick in x.ticks(max(2, int(width // 70))):
        parts.append(line(x.at(tick), top, x.at(tick), bottom, "grid"))
        label = f"{100 * tick:.6g}\u00a0%"
        at = min(x.at(tick), x.end + 12 - text_width(label) / 2)
        parts.append(text(at, bottom + 17, label, "tick", "middle"))
    return parts


def _limit(x: Axis, limit: float | None, top: float, bottom: float) -> list[Markup]:
    if limit is None:
        return []
    at = x.at(limit)
    words = f"the bar: {100 * limit:.6g}\u00a0%"
    half = text_width(words) / 2
    middle = min(max(at, x.start + half - 6), x.end - half + 12)
    return [line(at, top - 6, at, bottom, "limit"), text(middle, 14, words, "limit-text", "middle")]


def _row(bar: Bar, x: Axis, y: float, height: float, width: float, narrow: bool) -> list[Markup]:
    middle = y + (30 if narrow else height / 2)
    state = "chosen" if bar.chosen else "beaten" if bar.beaten else "plain"
    parts = _names(bar, x, y, middle, width, narrow)
    low = bar.low if math.isfinite(bar.low) else x.low
    high = bar.high if math.isfinite(bar.high) else x.high
    parts.append(line(x.at(low), middle, x.at(high), middle, f"whisker {state}"))
    parts += [
        line(x.at(end), middle - 4, x.at(end), middle + 4, f"whisker {state}")
        for end in (low, high)
    ]
    title = f"{bar.title}: {bar.reading}"
    parts.append(mark(x.at(bar.value), middle, f"mark {state}", title, diamond=bar.chosen))
    return parts


def _names(bar: Bar, x: Axis, y: float, middle: float, width: float, narrow: bool) -> list[Markup]:
    strong = "name strong" if bar.chosen else "name"
    if narrow:
        room = width - 30 - text_width(bar.short)
        return [
            text(8, y + 16, shortened(bar.title, room), strong),
            text(width - 8, y + 16, bar.short, "reading", "end"),
        ]
    parts = [
        text(4, middle + (-2 if bar.note else 4), shortened(bar.title, x.start - 12), strong),
        text(width - 4, middle + 4, bar.reading, "reading", "end"),
    ]
    if bar.note:
        parts.append(text(4, middle + 13, shortened(bar.note, x.start - 12), "note"))
    return parts
