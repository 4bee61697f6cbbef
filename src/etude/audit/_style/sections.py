"""Parts that begin with a heading ("Title:", "## Steps", "**Note**"): which there are, their order.

It knows headings as what begins a line in many targets, and nothing of what a part says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl
import regex
from rapidfuzz.distance import OSA

from etude.audit._style._trait import HAS, LACKS, Mark, Trait, opening, phrases

HEAD = (
    r"(?m)^[ \t]*(#{1,6}[ \t]+[^\n]{1,60}|\*\*[^*\n]{1,60}\*\*:?"
    r"|\p{L}[\p{L}\d ,'’/&()-]{0,40}:)(?:[ \t]|$)"
)
_PYTHON_HEAD = regex.compile(HEAD)
SAMPLE = 20_000
RECURS = 0.1
"""The share of targets in which a heading recurs."""
COMMON = 0.85
FEWEST = 8
MOST = 24
_COSTS = "the model learns that this part may be left out or named otherwise"
_ORDER = "the model learns to mix the order of the parts"


def traits(texts: pl.Series) -> Iterator[Trait]:
    """A trait for each recurring heading, their order, and headings of one row alone."""
    heads = recurring(texts)
    for head in heads:
        yield _has(head)
    common = [head for head, share in heads.items() if share >= COMMON]
    if len(common) >= 2:
        yield _in_order(texts, common)
        yield _once(common)
        yield _no_others(list(heads))


PROPERTY = traits


def recurring(texts: pl.Series) -> dict[str, float]:
    """Headings that recur, with the share of texts that have each; the first in the text first."""
    some = texts.sample(SAMPLE, seed=0) if len(texts) > SAMPLE else texts
    found = [list(dict.fromkeys(heads_of(text))) for text in some.to_list()]
    counts = Counter(head for heads in found for head in heads)
    least = max(FEWEST, RECURS * len(some))
    kept = [head for head, count in counts.most_common(MOST) if count >= least]
    places: dict[str, list[int]] = {head: [] for head in kept}
    for heads in found:
        for at, head in enumerate(heads):
            if head in places:
                places[head].append(at)
    kept.sort(key=lambda head: sum(places[head]) / len(places[head]))
    return {head: counts[head] / len(some) for head in kept}


def heads_of(text: str) -> list[str]:
    """The headings of a text."""
    if ":" not in text and "#" not in text and "*" not in text:
        return []
    return [m.group(1).strip() for m in _PYTHON_HEAD.finditer(text)]


def _has(head: str) -> Trait:
    pattern = rf"(?m)^[ \t]*{regex.escape(head)}(?:[ \t]|$)"

    def measure(texts: pl.Series) -> pl.Series:
        there = texts.str.contains(pattern)
        return pl.select(pl.when(there).then(pl.lit(HAS)).otherwise(pl.lit(LACKS)))[:, 0]

    def mark(text: str, value: str, rule: str) -> Sequence[Mark]:
        if rule == LACKS:
            return [
                Mark(m.start(), m.end(), f"has “{head}”") for m in regex.finditer(pattern, text)
            ]
        for m in _PYTHON_HEAD.finditer(text):
            if alike(m.group(1), head):
                return [
                    Mark(
                        m.start(1),
                        m.start(1) + len(m.group(1).rstrip()),
                        f"“{m.group(1).strip()}” stands for “{head}”",
                        head,
                    )
                ]
        return [Mark(None, None, f"no “{head}” in {opening(text, value, rule)[0].evidence}")]

    return Trait(
        "section_missing",
        measure,
        phrases(has=f"have a line that begins with “{head}”", lacks=f"have no line “{head}”"),
        _COSTS,
        mark,
        repair="spell the heading as most do; where the part is missing, write it",
        conditional=True,
    )


def alike(found: str, head: str) -> bool:
    """Whether a heading is another spelling of one: case, marks, or a slip of the keys."""
    bare, wanted = (regex.sub(r"[^\w ]+", "", one).strip().casefold() for one in (found, head))
    if not bare or found.strip() == head:
        return False
    return bare == wanted or OSA.distance(bare, wanted) <= max(1, len(wanted) // 5) < len(wanted)


def _in_order(texts: pl.Series, common: list[str]) -> Trait:
    rank = {head: at for at, head in enumerate(common)}
    shown = ", ".join(f"“{head}”" for head in common[:6])

    def one(text: str) -> str:
        there = list(dict.fromkeys(rank[head] for head in heads_of(text) if head in rank))
        return "same" if there == sorted(there) else "other"

    return Trait(
        "section_order",
        lambda series: pl.Series([one(text) for text in series.to_list()], dtype=pl.String),
        phrases(same=f"have their parts in this order: {shown}", other="have another order"),
        _ORDER,
        _mark_heads,
        rules=frozenset({"same"}),
    )


def _mark_heads(text: str, value: str, rule: str) -> list[Mark]:
    return [Mark(None, None, "order: " + ", ".join(heads_of(text)[:8]))]


def _once(common: list[str]) -> Trait:
    wanted = set(common)

    def one(text: str) -> str:
        there = [head for head in heads_of(text) if head in wanted]
        return "once" if len(there) == len(set(there)) else "twice"

    return Trait(
        "section_twice",
        lambda series: pl.Series([one(text) for text in series.to_list()], dtype=pl.String),
        phrases(once="have each part once", twice="have a part twice"),
        "the model learns to repeat itself",
        _mark_heads,
        least=0.9,
        rules=frozenset({"once"}),
    )


def _no_others(known: list[str]) -> Trait:
    wanted = set(known)

    def one(text: str) -> str:
        return LACKS if wanted.issuperset(heads_of(text)) else HAS

    def mark(text: str, value: str, rule: str) -> list[Mark]:
        return [
            Mark(m.start(1), m.end(1), f"“{m.group(1).strip()}”")
            for m in _PYTHON_HEAD.finditer(text)
            if m.group(1).strip() not in wanted
        ]

    return Trait(
        "section_unusual",
        lambda series: pl.Series([one(text) for text in series.to_list()], dtype=pl.String),
        phrases(lacks="have only the usual parts", has="have a heading that hardly any other has"),
        "the model learns to add parts that nobody asked for",
        mark,
        least=0.95,
        severity="note",
        rules=frozenset({LACKS}),
    )
