from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.records.comparison import Comparison
from etude.report import _charts
from etude.report.charts._axes import Axis, axis
from etude.report.charts._labels import Box, Wanted, place
from etude.report.charts._svg import shortened, tag, text_width
from etude.report.page import page

from . import fixtures

coordinate = st.floats(0, 300)
BOUNDS = Box(0, 0, 320, 260)


@given(st.lists(st.tuples(coordinate, st.floats(0, 250), st.floats(20, 130)), max_size=12))
@settings(deadline=None, derandomize=True, max_examples=40)
def test_labels_never_overlap_nor_hide_a_point(points: list[tuple[float, float, float]]) -> None:
    wanted = [Wanted(x, y, width, 16) for x, y, width in points]
    solid = [Box(w.x - 8, w.y - 8, 16, 16) for w in wanted]
    boxes = [box for box in place(wanted, solid, [], BOUNDS) if box is not None]
    for i, box in enumerate(boxes):
        assert not any(box.shared(other) > 0 for other in [*boxes[:i], *solid])
        assert box.x >= 0
        assert box.x + box.width <= 320
    if len(points) <= 4:
        assert len(boxes) == len(points)


@given(st.floats(1e-6, 1e6), st.floats(1.0001, 1e9), st.integers(2, 12))
@settings(deadline=None, derandomize=True)
def test_ticks_are_few_inside_and_rising(low: float, ratio: float, most: int) -> None:
    made = axis([low, low * ratio], 0, 100, may_log=True)
    ticks = made.ticks(most)
    assert ticks == sorted(set(ticks))
    assert len(ticks) <= most + 1
    assert all(made.low <= tick * (1 + 1e-9) and tick <= made.high * (1 + 1e-9) for tick in ticks)


def test_an_axis_is_logarithmic_only_where_the_range_is_wide_and_positive() -> None:
    assert axis([0.1, 100], 0, 1, may_log=True).log
    assert not axis([1, 10], 0, 1, may_log=True).log
    assert not axis([0, 100], 0, 1, may_log=True).log
    assert Axis(1, 100, 0, 200, log=True).at(10) == pytest.approx(100)


@given(st.text(min_size=1, max_size=80), st.floats(30, 300))
@settings(deadline=None, derandomize=True)
def test_a_shortened_name_fits(words: str, width: float) -> None:
    assert text_width(shortened(words, width)) <= width


def test_markup_in_names_is_text() -> None:
    assert "<b>" not in str(tag("text", "<b>", class_='"><script>'))


@pytest.mark.parametrize("name", fixtures.COMPARISONS)
def test_charts_are_well_formed_and_inside_their_width(name: str) -> None:
    comparison = fixtures.COMPARISONS[name]()
    drawn = [
        draw(comparison)
        for draw in (_charts.quality_chart, _charts.cost_chart, _charts.latency_chart)
    ]
    assert drawn[0] is not None
    for chart in (chart for chart in drawn if chart is not None):
        for markup in (chart.wide, chart.narrow):
            root = ElementTree.fromstring(str(markup).replace("\x00", ""))  # the page cleans it
            width = float(root.attrib["width"])
            for circle in root.iter("circle"):
                assert 0 <= float(circle.attrib["cx"]) <= width


def test_what_was_not_measured_is_named_beside_the_chart() -> None:
    comparison = fixtures.dont_fine_tune()
    first = comparison.candidates[0].model_copy(update={"cost": None})
    comparison = comparison.model_copy(update={"candidates": (first, *comparison.candidates[1:])})
    chart = _charts.cost_chart(comparison)
    assert chart is not None
    assert chart.missing == ("Instructions only",)
    assert "Instructions only" not in str(chart.wide)
    assert _charts.cost_chart(fixtures.quick()) is None


def _timed_too_seldom(comparison: Comparison) -> Comparison:
    """The recommended one with too few timings for an upper limit of the slowest answers."""
    name = comparison.verdict.recommended
    candidates = []
    for c in comparison.candidates:
        if c.name == name and c.latency is not None:
            p95 = c.latency.p95.model_copy(update={"high": math.inf})
            c = c.model_copy(update={"latency": c.latency.model_copy(update={"p95": p95})})
        candidates.append(c)
    return comparison.model_copy(update={"candidates": tuple(candidates)})


def test_without_an_upper_limit_it_is_on_the_chart_with_an_arrow() -> None:
    comparison = _timed_too_seldom(fixtures.dont_fine_tune())
    chart = _charts.latency_chart(comparison)
    assert chart is not None
    assert chart.missing == ()
    assert chart.endless == ("Look-up",)
    for markup in (chart.wide, chart.narrow):
        assert "inf" not in str(markup)
        root = ElementTree.fromstring(str(markup))
        strokes = [one.attrib for one in root.iter("line") if "chosen" in one.attrib["class"]]
        ends = [float(one["x2"]) for one in strokes]
        right = float(root.attrib["width"]) - 14
        assert sum(end == pytest.approx(right) for end in ends) == 3  # the line, and its arrow
        dot = next(one for one in root.iter("polygon")).attrib["points"].split(",")[0]
        assert float(dot) < right - 10
    html = page(comparison)
    assert "Arrow: the upper limit isn't known from so few timings: <bdi>Look-up</bdi>." in html
    assert "its speed was not measured" not in html
    assert "Arrow:" not in page(fixtures.dont_fine_tune())


def test_a_bar_that_is_not_drawn_is_not_explained() -> None:
    comparison = fixtures.dont_fine_tune()
    assert "Dashed: your bar." in page(comparison)
    judged = page(comparison.model_copy(update={"measured_by": "macro_f1"}))
    assert "Dashed: your bar." not in judged
