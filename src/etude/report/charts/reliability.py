"""How sure a candidate was against how often it was right."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from etude.records.candidate import ReliabilityBin
from etude.report.charts._axes import Axis
from etude.report.charts._svg import line, svg, tag, text

SIZE = 270.0


def reliability(bins: Sequence[ReliabilityBin]) -> Markup:
    """Dots by bin, their area by how many answers; on the diagonal a candidate is as right as it
    is sure. ``bins`` must not be empty."""
    x, y = Axis(0, 1, 44, SIZE - 12), Axis(0, 1, SIZE - 44, 12)
    parts = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        label = f"{100 * tick:.0f}"
        parts.append(line(x.start, y.at(tick), x.end, y.at(tick), "grid"))
        parts.append(text(x.start - 6, y.at(tick) + 4, label, "tick", "end"))
        parts.append(text(x.at(tick), y.start + 16, label, "tick", "middle"))
    parts.append(line(x.start, y.start, x.end, y.start, "axis"))
    parts.append(line(x.start, y.start, x.end, y.end, "limit"))
    most = max(max(item.count for item in bins), 1)
    for item in bins:
        if not (math.isfinite(item.confidence) and math.isfinite(item.accuracy)):
            continue
        title = (
            f"{item.count:,} answers: sure {100 * item.confidence:.0f} %, right "
            f"{100 * item.accuracy:.0f} %"
        )
        parts.append(
            tag(
                "circle",
                tag("title", title),
                cx=x.at(item.confidence),
                cy=y.at(item.accuracy),
                r=max(2.5, 11 * math.sqrt(item.count / most)),
                class_="mark plain soft",
            )
        )
    middle = (x.start + x.end) / 2
    parts.append(text(middle, SIZE - 8, "how sure it was, %", "axis-title", "middle"))
    turned = f"rotate(-90 12 {SIZE / 2:g})"
    parts.append(
        tag(
            "text",
            "how often it was right, %",
            x=12,
            y=SIZE / 2,
            class_="axis-title",
            text_anchor="middle",
            transform=turned,
        )
    )
    said = "How sure against how often right; the dashed line is where they agree"
    return svg(SIZE, SIZE, said, *parts, class_="chart")
