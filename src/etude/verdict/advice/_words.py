"""Figures in the sentences of advice."""

from __future__ import annotations

from collections.abc import Sequence

from etude.metrics import metric
from etude.records.advice import Evidence, Share, Tried, Way
from etude.records.task import Task
from etude.verdict.figures import limit, percent, points

__all__ = [
    "by_another_metric",
    "counted",
    "in_months",
    "limit",
    "money",
    "of_way",
    "on_what",
    "part",
    "percent",
    "points",
    "span",
    "span_of_points",
    "together",
]


def counted(number: float, noun: str, plural: str | None = None) -> str:
    """``1 example``, ``2,000 examples``."""
    return f"{number:,.0f} {noun if number == 1 else plural or noun + 's'}"


def in_months(months: float) -> str:
    """``1 month``, ``12 months``, ``1.5 months``."""
    return f"{months:g} month{'' if months == 1 else 's'}"


def together(names: Sequence[str]) -> str:
    """``the checks``, ``the schema and the checks``, with commas between more."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def span(share: Share) -> str:
    """``72 % (68 to 76 %)``."""
    low, high = percent(share.low, share.n), percent(share.high, share.n)
    return f"{percent(share.value, share.n)} ({low.removesuffix(' %')} to {high})"


def span_of_points(low: float, high: float) -> str:
    """``−0.5 to 3 points``."""
    return f"{_points(low)} to {_points(high)} points"


def _points(share: float) -> str:
    text = f"{100 * share:.1f}".removesuffix(".0").replace("-", "−")
    return "0" if text == "−0" else text


def part(rows: float, of: int) -> str:
    """``none``, ``3 of 512``, ``112 of 512 (22 %)``."""
    if not rows:
        return "none"
    share = f" ({percent(rows / of, 1)})" if rows >= 0.01 * of else ""
    return f"{rows:,.0f} of {of:,}{share}"


def money(amount: float, currency: str) -> str:
    """``1,200 EUR``."""
    return f"{round(amount) or 0:,} {currency}".replace("-", "−")


def of_way(way: Way, task: Task) -> str:
    """``“instructions only” scores 72 % (68 to 76 %) by “right answers”``, and whether that is what the
    bar asks for."""
    used = metric(way.metric or task.bar.metric).plain_name
    told = f"“{way.title}” scores {span(way.value)} by “{used}”"
    if way.by_bar:
        return told
    return f"{told}; by the bar's own, “{metric(task.bar.metric).plain_name}”, nothing was measured"


def by_another_metric(evidence: Evidence) -> str:
    """That what was compared was measured by something else than the bar asks for now."""
    before, now = evidence.other_metric, evidence.task.bar.metric
    return (
        f"The newest comparison was by “{metric(before).plain_name}”, and the bar asks for "
        f"“{metric(now).plain_name}” now"
    )


def on_what(tried: Tried) -> str:
    """Which answers a figure is read off."""
    if tried.check:
        return "as a check on dev measured it (etude compare --dev)"
    if tried.on == "dev":
        return "on examples that settings were chosen on, so a little flattering"
    return "each example answered by a candidate that had not seen it"
