"""Broken rules as findings: the surest first, and one finding for what the same rows break.

A target without its sign-off has another last line and fewer lines: three rules, one fault.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
import regex

from etude.audit._base import HITS, Found, count_of, found
from etude.audit._style._rules import Rule
from etude.audit._style._trait import Mark
from etude.audit._textual import agreeing
from etude.records.dataset import Repair, Severity

_DENIES = regex.compile(r"\b(?:no|never)\b")
SAME = 0.5
"""Rows in common of all that two rules are broken by, from which they are one."""
INSIDE = 0.8
"""Of a smaller rule's rows, those that break a bigger one too."""
LEADING = (
    *("fenced", "json_broken", "language", "html_tags", "section_missing", "section_order"),
    *("section_twice", "section_unusual", "json_key", "json_unusual_key", "json_type"),
    *("json_absent", "json_order", "last_line", "sign_off", "greeting", "greeting_words", "list"),
    *("list_marks", "markdown", "first_capital", "casing", "emoji"),
)
"""What is told first where the same rows break several rules: the cause before what follows."""
TRAILING = (
    "opening_words",
    "final_mark",
    "kind_of_mark",
    "blank_lines",
    "sentence_count",
    "line_count",
)
"""What mostly follows from something else."""
_MOST_WAYS = 3
_SECONDS = 20.0
"""A person's time for one row."""
_GRADES = {"error": 2, "warning": 1, "note": 0}


@dataclass
class Group:
    """Rules that nearly the same rows break; the first is the surest."""

    rules: list[Rule] = field(default_factory=list)
    also: list[Rule] = field(default_factory=list)


def by_rows(rules: Sequence[Rule]) -> list[Group]:
    """Rules in groups, and those of one code together."""
    groups: list[Group] = []
    for rule in sorted(rules, key=_leading):
        near = next((group for group in groups if _same_rows(group.rules[0], rule)), None)
        if near is not None and near.rules[0].trait.code != rule.trait.code:
            near.also.append(rule)
            continue
        same = next((g for g in groups if g.rules[0].trait.code == rule.trait.code), None)
        if same is None:
            groups.append(Group([rule]))
        else:
            same.rules.append(rule)
    return sorted(groups, key=_surety)


def _leading(rule: Rule) -> tuple[int, int, float, float]:
    code = rule.trait.code
    if code in LEADING:
        place = LEADING.index(code)
    else:
        place = len(LEADING) + (1 + TRAILING.index(code) if code in TRAILING else 0)
    return (place, -_GRADES[rule.severity], -rule.low, -rule.broken)


def _surety(group: Group) -> tuple[int, float, float, str]:
    rule = group.rules[0]
    return (
        -_GRADES[_severity([*group.rules, *group.also])],
        -round(rule.low, 2),
        -rule.broken,
        rule.trait.code,
    )


def _severity(rules: Sequence[Rule]) -> Severity:
    """The gravest."""
    return max((rule.severity for rule in rules), key=lambda severity: _GRADES[severity])


def _same_rows(first: Rule, other: Rule) -> bool:
    both = int((first.broken_N & other.broken_N).sum())
    either = first.broken + other.broken - both
    inside = both >= INSIDE * other.broken and other.broken >= 2
    mendable = other.trait.repair is not None
    return both >= SAME * either or (inside and not mendable)


@dataclass(frozen=True)
class Reader:
    """What findings are made of. ``ids``, ``texts`` and ``inputs``: (N,), of all rows."""

    ids: Sequence[str]
    texts: Sequence[str]
    inputs: Sequence[str]

    def told(self, group: Group, audit: str) -> Found | None:
        """A group as a finding; None where all that breaks it is copied from the input."""
        leading, parts = self._hits(group.rules)
        if not leading:
            return None
        also = [rule for rule in group.also if self._hits([rule])[0]]
        _, more = self._hits(also)
        # What would mend a consequence (a full stop for the lost sign-off) mends nothing.
        more = [frame.with_columns(pl.lit(None, pl.String).alias("proposal")) for frame in more]
        hits = pl.concat([*parts, *more])
        first = leading[0]
        repair = _repair(first, hits)
        return found(
            audit,
            first.trait.code,
            _severity([*leading, *also]),
            _sentence(leading, also),
            hits,
            costs=first.trait.costs,
            repair=repair,
            seconds_each=_SECONDS if repair.apply == "decide" else _SECONDS / 4,
        )

    def _hits(self, rules: Sequence[Rule]) -> tuple[list[Rule], list[pl.DataFrame]]:
        """Rules that are still broken when copies are left out, and their places."""
        kept, frames = [], []
        for rule in rules:
            rule, frame = self._places(rule)
            if rule.broken and len(frame):
                kept.append(rule)
                frames.append(frame)
        return kept, frames

    def _places(self, rule: Rule) -> tuple[Rule, pl.DataFrame]:
        columns: dict[str, list[object]] = {name: [] for name in HITS}
        broken_N = rule.broken_N.copy()
        names, code_N = rule.values.names, rule.values.code_N
        for at in np.flatnonzero(rule.broken_N).tolist():
            marks = rule.trait.mark(self.texts[at], names[code_N[at]], rule.value)
            if rule.trait.copied:
                marks = [m for m in marks if not _copied(m, self.texts[at], self.inputs[at])]
            if not marks:
                broken_N[at] = False
                continue
            for mark in marks:
                columns["id"].append(self.ids[at])
                columns["start"].append(mark.start)
                columns["end"].append(mark.end)
                columns["evidence"].append(mark.evidence)
                columns["proposal"].append(mark.proposal)
        rows = len(columns["id"])
        columns["field"] = ["target"] * rows
        columns["other"] = [None] * rows
        columns["score"] = [round(rule.low, 3)] * rows
        kept = Rule(
            rule.trait, rule.value, rule.judged_N, broken_N, rule.values, rule.where, rule.note
        )
        return kept, pl.DataFrame(columns, schema=HITS)


def _copied(mark: Mark, text: str, given: str) -> bool:
    """Whether a place, or the words that it is a part of, stands in the input letter for letter."""
    if mark.start is None or mark.end is None:
        return False
    start, end = mark.start, mark.end
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    place, word = text[mark.start : mark.end].strip(), text[start:end].strip(" \n\t.,;:!?()\"'")
    # Where the mark itself is what breaks the rule, the word before it is no copy of it.
    places = {place, word} if place in word else {place}
    return any(
        place in given and regex.search(rf"(?<!\w){regex.escape(place)}(?!\w)", given) is not None
        for place in places
        if place
    )


def _repair(rule: Rule, hits: pl.DataFrame) -> Repair:
    if rule.trait.repair is not None and hits["proposal"].null_count() < len(hits):
        return Repair(apply="replace", sentence=rule.trait.repair)
    return Repair(apply="decide", sentence="make them like the others, or leave them out")


def _sentence(rules: Sequence[Rule], also: Sequence[Rule]) -> str:
    first = rules[0]
    text = f"{_most(first)}; {_few(first)}"
    for rule in rules[1:4]:
        text += f". {_most(rule)}; {_few(rule)}"
    if len(rules) > 4:
        text += f". {count_of(len(rules) - 4, 'further rule')} of this sort are broken too"
    if also:
        names = "; ".join(f"{_ways(rule, 1)} ({rule.broken:,})" for rule in also[:3])
        text += f". Most of what differs otherwise is in the same rows: {names}"
    return text


def _most(rule: Rule) -> str:
    which = f"{rule.trait.among}{rule.where}"
    return f"{percent(rule.share)} of targets{which} {rule.trait.says(rule.value)}"


def _few(rule: Rule) -> str:
    said = rule.trait.says(rule.value)
    does = agreeing("are" if said.startswith("are ") else "do", rule.broken)
    # "have no list; 3 do", but "end with a full stop; 3 don't".
    does += "" if _DENIES.search(said) else "n't"
    return f"{rule.broken:,} of {rule.judged:,} {does} ({_ways(rule)})"


def _ways(rule: Rule, most: int = _MOST_WAYS) -> str:
    """What the others do: "end without a mark: 20, break off with a comma: 3"."""
    said: Counter[str] = Counter()
    for code, count in Counter(rule.values.code_N[rule.broken_N].tolist()).items():
        said[rule.trait.says(rule.values.names[code])] += count
    if len(said) == 1:
        return agreeing(next(iter(said)), rule.broken)
    listed = [f"{words}: {count:,}" for words, count in said.most_common(most)]
    more = len(said) - len(listed)
    return ", ".join(listed) + (f", {more} other ways" if more > 0 else "")


def percent(share: float) -> str:
    """A share that never says 100 where it is less."""
    if share > 0.99:
        return f"{math.floor(share * 1000) / 10:g} %"
    return f"{share * 100:.0f} %"
