"""A trait: one thing that may be the same in most targets, with what to say about those that differ.

It knows texts, and nothing of rows, inputs or shares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
import regex

from etude.records.dataset import Severity

HAS = "has"
LACKS = "lacks"
MIXED = "+"
"""Joins the styles of a text that has several."""
_SHOWN = 60
_AROUND = 24


@dataclass(frozen=True)
class Mark:
    """A place in a text; None for all of it. ``proposal`` stands in for the place."""

    start: int | None
    end: int | None
    evidence: str
    proposal: str | None = None


Measure = Callable[[pl.Series], pl.Series]
"""Texts to values; null where a text has nothing to be judged by."""
Marker = Callable[[str, str, str], Sequence[Mark]]
"""A text, its value and the rule's value to the places that break the rule."""


def opening(text: str, value: str, rule: str) -> list[Mark]:
    """The whole text, shown by its beginning."""
    return [Mark(None, None, shown(text))]


@dataclass(frozen=True)
class Trait:
    """``code``: of the finding. ``measure``: see ``Measure``. ``says``: what texts of a value do, as
    "end with a full stop". ``among``: which targets are judged, as " that give a date"; "" for all.
    """

    code: str
    measure: Measure
    says: Callable[[str], str]
    costs: str
    mark: Marker = opening
    among: str = ""
    least: float = 0.85
    """The share that makes a rule."""
    sure: float = 0.75
    """The least lower end of that share's interval."""
    severity: Severity = "warning"
    rules: frozenset[str] | None = None
    """Values that may be a rule; None: every one."""
    copied: bool = False
    """What breaks it may be copied from the input, and then breaks nothing."""
    repair: str | None = None
    """What a proposal does, where the marks propose something."""
    noted: float | None = None
    """A lower share from which it is told as a note: fields that half of the targets have."""
    lacking: Severity | None = None
    """How grave it is where the rule is to have none, if not ``severity``."""
    conditional: bool = False
    """May hold under a condition on the input alone: a part for some, none for others."""


def shown(text: str, most: int = _SHOWN) -> str:
    """A text in quotes on one line, cut."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= most else line[: most - 1] + '…'}”"


def around(text: str, start: int, end: int) -> str:
    """A place with a little of what stands around it."""
    return shown(text[max(0, start - _AROUND) : end + _AROUND], 2 * _AROUND + end - start + 2)


def matches(
    pattern: regex.Pattern[str], text: str, propose: Callable[[str], str | None]
) -> list[Mark]:
    """Every place of a pattern, with what would stand there instead."""
    return [
        Mark(m.start(), m.end(), around(text, m.start(), m.end()), propose(m.group()))
        for m in pattern.finditer(text)
    ]


def nothing(_: str) -> None:
    """No proposal."""
    return None


def present(pattern: str) -> Measure:
    """Whether texts have a pattern (of Rust's regexes)."""

    def measure(texts: pl.Series) -> pl.Series:
        return flags(texts.str.contains(pattern))

    return measure


def flags(found: pl.Series) -> pl.Series:
    """Booleans as ``HAS`` and ``LACKS``."""
    return pl.select(pl.when(found).then(pl.lit(HAS)).otherwise(pl.lit(LACKS)))[:, 0]


def phrases(**said: str) -> Callable[[str], str]:
    """Words of values; several styles are "mix" them."""
    return lambda value: said.get(value, "mix several ways" if MIXED in value else value)


def presence(
    code: str,
    pattern: str,
    has: str,
    lacks: str,
    costs: str,
    *,
    least: float = 0.85,
    **more: object,
) -> Trait:
    """A trait that texts have or lack; places are marked where having it breaks the rule."""
    found = regex.compile(pattern)

    def mark(text: str, value: str, rule: str) -> Sequence[Mark]:
        return matches(found, text, nothing) if value == HAS else opening(text, value, rule)

    settings: dict[str, object] = {"mark": mark, "least": least, **more}
    return Trait(code, present(pattern), phrases(has=has, lacks=lacks), costs, **settings)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Style:
    """One of several ways to write the same: its pattern (both Rust's and Python's) and its words."""

    pattern: str
    says: str


def choice(
    code: str,
    styles: Mapping[str, Style],
    among: str,
    costs: str,
    *,
    propose: Callable[[str, str], str | None] | None = None,
    **more: object,
) -> Trait:
    """A trait of texts that make a choice among styles; others are not judged.

    Args:
        code: of the finding.
        styles: the ways, by key.
        among: which targets are judged.
        costs: of leaving it.
        propose: from a place and the rule's style to what would stand there instead.
        more: further fields of ``Trait``.
    """
    compiled = {name: regex.compile(style.pattern) for name, style in styles.items()}

    def measure(texts: pl.Series) -> pl.Series:
        return joined({name: texts.str.contains(s.pattern) for name, s in styles.items()})

    def mark(text: str, value: str, rule: str) -> list[Mark]:
        places: list[Mark] = []
        for name in value.split(MIXED):
            if name != rule:
                fit = (lambda found: propose(found, rule)) if propose else nothing
                places += matches(compiled[name], text, fit)
        return places

    said = phrases(**{name: style.says for name, style in styles.items()})
    settings: dict[str, object] = {"among": among, "mark": mark, **more}
    return Trait(code, measure, said, costs, **settings)  # type: ignore[arg-type]


def joined(found: Mapping[str, pl.Series]) -> pl.Series:
    """Names of what each text has, joined; null where it has nothing."""
    frame = pl.DataFrame(found)
    named = [pl.when(pl.col(name)).then(pl.lit(name)) for name in found]
    return frame.select(
        pl.when(pl.any_horizontal(pl.all())).then(
            pl.concat_str(named, separator=MIXED, ignore_nulls=True)
        )
    )[:, 0]


def alternatives(words: Iterable[str]) -> str:
    """A group of literal words for a pattern, the longest first."""
    return "(?:" + "|".join(map(regex.escape, sorted(words, key=len, reverse=True))) + ")"
