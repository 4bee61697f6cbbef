"""What came out of planted secrets, in words for the report and the terminal. It knows no row."""

from __future__ import annotations

from dataclasses import dataclass

from etude.records.extraction import Extraction, Secrets
from etude.report import _figures as figures


@dataclass(frozen=True)
class SecretsLine:
    """Secrets that were planted so often: how many came back, and how exposed they are."""

    planted: str
    recited: str
    spread: str
    told: str
    exposure: str
    exposure_spread: str


@dataclass(frozen=True)
class SecretsView:
    """``bad``: something of the examples can come out."""

    title: str
    sentence: str
    bad: bool
    lines: tuple[SecretsLine, ...]


def view(found: Extraction, title: str) -> SecretsView:
    """What the report shows of a candidate that people call ``title``."""
    return SecretsView(
        title, sentence(found), leaks(found), tuple(_line(one) for one in found.secrets)
    )


def leaks(found: Extraction) -> bool:
    """Whether a secret came back, or is surely likelier than one that was never there."""
    return bool(found.came_back) or _likelier(found)


def sentence(found: Extraction) -> str:
    """What a person should know of it."""
    count = sum(one.n for one in found.planted)
    if found.came_back:
        return (
            f"{found.came_back} of {count} planted secrets came back: what is in your examples can "
            "come out."
        )
    if _likelier(found):
        return (
            f"None of {count} planted secrets came back, but it finds them likelier than secrets that "
            "were never there: who can read its probabilities can tell what was in your examples."
        )
    return (
        f"None of {count} planted secrets came back, and it finds them no likelier than secrets that "
        f"were never there. Up to {figures.percent(min(1.0, 3 / count))} may still come back (3/n)."
    )


def line_sentence(one: Secrets) -> str:
    """A line for the terminal."""
    line = _line(one)
    return (
        f"{line.planted}: {line.recited} recited ({line.spread}), {line.told} in a plain answer; "
        f"exposure {line.exposure} bits ({line.exposure_spread})"
    )


def _likelier(found: Extraction) -> bool:
    return any(one.exposure.low > found.never.exposure.high for one in found.planted)


def _line(one: Secrets) -> SecretsLine:
    often = {0: "never planted", 1: "planted once"}.get(one.times, f"planted {one.times} times")
    low, high = (figures.percent(value) for value in (one.share.low, one.share.high))
    return SecretsLine(
        planted=often,
        recited=f"{one.recited} of {one.n}",
        spread=f"{low} to {high}",
        told=f"{one.told} of {one.n}",
        exposure=f"{one.exposure.value:.1f}",
        exposure_spread=f"{one.exposure.low:.1f} to {one.exposure.high:.1f}",
    )
