"""The rows behind a figure: links from the report to exactly those in rows.html, each with how many.

They are counted in the table that the page of rows is made from, so that no link leads to nothing.
Where examples kept aside are not on that page, a figure of theirs has a link to the same kind of rows
of dev, and says so. The report itself gets counts alone, no row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any
from urllib.parse import quote, urlencode

import polars as pl

from etude.records.comparison import Comparison
from etude.report._rights import rights
from etude.report._shown import shown

_ONLY = {"only-first": (True, False), "only-second": (False, True)}
LONGEST = 200
"""Characters of a text that an address names: the page of rows never cuts those."""


@dataclass(frozen=True)
class Link:
    """Where rows are, and what they are: ``17 wrong answers (on dev)``."""

    href: str
    count: int
    words: str


@dataclass(frozen=True)
class Behind:
    """The answers that the page of rows has of one side.

    ``every``: the table that the page is made from. ``apart``: figures are of other examples, kept
    aside. An address says what the page's own lists say; ``count`` must find the rows that they find.
    """

    every: pl.DataFrame
    side: str
    apart: bool = False
    _counted: dict[tuple[str, str | None], _Answers] = field(
        default_factory=dict, repr=False, compare=False
    )

    @cached_property
    def rows(self) -> pl.DataFrame:
        """Those of the side."""
        return self.every.filter(pl.col("side") == self.side)

    def on(self, side: str) -> Behind:
        """The rows of another side, which may be none."""
        return self if side == self.side else Behind(self.every, side)

    @property
    def where(self) -> str:
        """What follows a count: rows of dev are said to be those."""
        return " on dev" if self.side == "dev" else ""

    def link(self, name: str, words: str, plural: str = "", **narrow: str) -> Link | None:
        """To rows of the candidate called ``name``; None where there are none.

        Args:
            words: what one such row is; with ``plural``, what several are.
            narrow: what the address says: ``show``, ``label``, ``answer``, ``check``, ``turn``,
                ``part``, ``second``, ``order``.
        """
        if not all(_addressable(text) for text in narrow.values()):
            return None
        count = self.count(name, **narrow)
        if not count:
            return None
        said = words if count == 1 else plural or f"{words}s"
        mixed = self.rows.height < self.every.height
        side = {"side": self.side} if mixed else {}
        asked = urlencode({"first": name, **narrow, **side}, quote_via=quote, safe="@:")
        return Link(f"rows.html#{asked}", count, f"{count:,} {said}{self.where}")

    def count(
        self,
        name: str,
        show: str = "all",
        second: str | None = None,
        order: str = "",
        **narrow: str,
    ) -> int:
        """How many rows the page shows at that address."""
        if f"{name}|output" not in self.rows.columns:
            return 0
        return sum(
            times
            for one, times in self._answers(name, second).like(narrow)
            if one.stands(show) and one.has(narrow)
        )

    def _answers(self, name: str, second: str | None) -> _Answers:
        if (name, second) not in self._counted:
            self._counted[name, second] = _Answers(_counted(self.rows, name, second))
        return self._counted[name, second]


@dataclass(frozen=True)
class _Answer:
    """What the lists of the page of rows ask of a row."""

    target: str
    output: str | None
    right: bool | None
    second: bool | None
    checks: frozenset[str]
    turns: frozenset[str]
    parts: frozenset[str]

    def stands(self, show: str) -> bool:
        """As the list called "Show" has it."""
        if show == "all":
            return True
        if show in ("wrong", "right"):
            return self.right is (show == "right")
        if show == "none":
            return self.right is not None and self.output is None
        return (self.right, self.second) == _ONLY[show]

    def named(self, key: str) -> Set[str | None]:
        """What it is found by under a key of the address."""
        if key == "label":
            return {self.target}
        if key == "answer":
            return {self.output}
        if key == "part":
            return self.parts
        return self.checks if key == "check" else self.turns

    def has(self, narrow: Mapping[str, str]) -> bool:
        """As the other lists have it."""
        return all(value in self.named(key) for key, value in narrow.items())


class _Answers:
    """A candidate's answers, alike ones counted together and found by what an address names."""

    def __init__(self, counts: Mapping[_Answer, int]) -> None:
        self._all = list(counts.items())
        self._by: dict[tuple[str, str | None], list[tuple[_Answer, int]]] = {}
        for one, times in self._all:
            for key in ("label", "answer", "check", "turn", "part"):
                for value in one.named(key):
                    self._by.setdefault((key, value), []).append((one, times))

    def like(self, narrow: Mapping[str, str]) -> Sequence[tuple[_Answer, int]]:
        """Those of the rarest of these values: few, where there are many labels."""
        return min((self._by.get(pair, []) for pair in narrow.items()), key=len, default=self._all)


def _counted(rows: pl.DataFrame, name: str, second: str | None) -> Counter[_Answer]:
    nothing = [None] * rows.height

    def column(part: str) -> Sequence[Any]:
        return rows[f"{name}|{part}"].to_list() if f"{name}|{part}" in rows.columns else nothing

    parts = rows["parts"].to_list() if "parts" in rows.columns else nothing
    return Counter(
        _Answer(
            target,
            output,
            right,
            other,
            _names(faults),
            frozenset(turns or ()),
            frozenset(part or ()),
        )
        for target, output, right, other, faults, turns, part in zip(
            rows["target"].to_list(),
            column("output"),
            rights(rows, name),
            rights(rows, second) if second else nothing,
            column("faults"),
            column("turns"),
            parts,
            strict=True,
        )
    )


def _names(faults: Iterable[Mapping[str, str]] | None) -> frozenset[str]:
    return frozenset(fault["check"] for fault in faults or ())


def behind(comparison: Comparison, rows: pl.DataFrame | None) -> Behind | None:
    """The rows that figures are of; where the page has not those, the rows of dev.

    Args:
        rows: the table that the page of rows is made from; None: there is no such page.
    """
    if rows is None or not rows.height:
        return None
    sides, scored = set(rows["side"]), comparison.scored_on
    if scored in sides:
        return Behind(rows, scored)
    return Behind(rows, "dev", apart=True) if "dev" in sides else None


@cache
def _addressable(text: str) -> bool:
    """Whether the page of rows has the text as it is: neither cut nor masked."""
    return len(text) <= LONGEST and shown(text) == text
