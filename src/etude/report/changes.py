"""A difference of two comparisons in plain words, and its versioned JSON.

The screen, the pull request's summary and ``--watch`` are all made of these lines.
"""

from __future__ import annotations

from typing import Any

from etude.records.candidate import Gate
from etude.records.difference import (
    CandidateChange,
    Change,
    Compared,
    Difference,
    ExamplesChange,
    GateChange,
    Ids,
    QualityChange,
    Side,
)
from etude.records.verdict import Decision
from etude.report import _figures as figures
from etude.report import _words as words

SCHEMA = 1
SHOWN = 10
"""Ids that a line names; JSON has more."""
LONGEST = 60
"""Characters of a setting that a line shows."""
SIDES: dict[Side, str] = {
    "holdout": "examples kept aside",
    "out-of-fold": "examples, each answered by a candidate that had not seen it",
    "dev": "dev examples, not those kept aside: no final result",
}
CALLS = {
    "better": "better",
    "no_worse": "as good as before",
    "worse": "worse",
    "cant_tell": "can't tell",
}


def to_json(difference: Difference, objection: str | None) -> dict[str, Any]:
    """What ``etude diff --json`` prints: the record, and why ``--gate`` would end with 1 (null: it
    would not). Shares are 0 to 1; differences are new minus old."""
    document = difference.model_dump(mode="json")
    document["verdict"]["changed"] = difference.verdict.changed
    return {"schema": SCHEMA, **document, "objection": objection}


def compared(one: Compared) -> str:
    """Which comparison it was: ``20260131-1015-4f1c of 2026-01-31, 1,200 examples kept aside``."""
    quick = ", a quick run" if one.quick else ""
    return f"{one.run} ({one.created[:10]}; {one.scored:,} {SIDES[one.scored_on]}{quick})"


def task_lines(changes: tuple[Change, ...]) -> list[str]:
    """A line a field: ``bar.at_least: 0.9 → 0.92``."""
    return [f"{c.field}: {' → '.join(_parted(c.old, c.new))}" for c in changes]


def _parted(old: str | None, new: str | None) -> tuple[str, str]:
    """Both, short enough for a line; of long ones what comes where they part."""
    flat = [" ".join((text or "").split()) for text in (old, new)]
    start = 0
    if max(len(text) for text in flat) > LONGEST:
        pairs = enumerate(zip(*flat, strict=False))
        same = next((i for i, (a, b) in pairs if a != b), min(len(text) for text in flat))
        start = flat[0].rfind(" ", 0, max(0, same - LONGEST // 4)) + 1
    return _short(flat[0], start), _short(flat[1], start)


def _short(text: str, start: int) -> str:
    if not text:
        return "(nothing)"
    head = "…" if start else ""
    shown = text[start:]
    return head + (shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…")


def examples_lines(change: ExamplesChange) -> list[str]:
    """What happened to the examples; one line where nothing did."""
    if change.same:
        return [f"the same {figures.counted(change.new_rows, 'example')}"]
    if not change.rows_known:
        return [
            f"other examples: {change.old_rows:,} before, {change.new_rows:,} now; which rows "
            "changed can't be said, for the older ones are not here"
        ]
    told = [
        ("added", change.added),
        ("gone", change.removed),
        ("edited", change.edited),
        ("on another side than before", change.moved),
    ]
    lines = [f"{rows.count:,} {word}: {named(rows)}" for word, rows in told if rows.count]
    return lines or ["the same rows, in other groups or folds"]


def named(rows: Ids) -> str:
    """The first ids, and how many more there are."""
    shown = ", ".join(rows.ids[:SHOWN])
    more = rows.count - min(len(rows.ids), SHOWN)
    return f"{shown} and {more:,} more" if more and shown else shown or f"{more:,}"


def quality_line(change: QualityChange) -> str:
    """``88.1 % → 90.2 %: as good as before, −0.4 to +4.6 points (paired over 512 examples)``."""
    old, new = figures.quality_text(change.old), figures.quality_text(change.new)
    if change.old.metric != change.new.metric:
        then, now = (words.metric_name(one.metric) for one in (change.old, change.new))
        return f"{then} {old} → {now} {new}, which can't be compared"
    start = f"{words.metric_name(change.metric)} {old} → {new}"
    if change.call == "same":
        return f"{start}: the same answers to all {change.items:,} examples that both answered"
    if change.difference is None or change.call is None:
        return f"{start}: {change.note}"
    d, n = change.difference, min(change.old.n, change.new.n)
    how = f"paired over {change.items:,} examples" if change.paired else change.note
    return f"{start}: {CALLS[change.call]}, {figures.points_range(d.low, d.high, n)} points ({how})"


def candidate_lines(change: CandidateChange, currency: str) -> list[str]:
    """What became of one candidate: quality, rows, cost, speed, settings."""
    if change.seen == "new":
        return ["new: it was not scored before"]
    if change.seen == "old":
        return ["gone: it is not scored any more"]
    lines = [quality_line(change.quality)] if change.quality else []
    lines += [gate_line(gate, currency) for gate in change.gates if gate.changed]
    lines += _row_lines(change)
    cost = _moved(
        figures.money(change.old_cost, currency), figures.money(change.new_cost, currency)
    )
    speed = _moved(figures.milliseconds(change.old_p95_ms), figures.milliseconds(change.new_p95_ms))
    if cost:
        lines.append(f"cost of 1,000 requests {cost}")
    if speed:
        lines.append(f"95 of 100 answers within {speed}")
    if change.settings_changed:
        lines.append("other settings were chosen")
    return lines


def gate_line(change: GateChange, currency: str) -> str:
    """``the bar on quality (at least 80 % → at least 60 %): not met → met``."""
    known = change.new or change.old
    if known is None:
        return change.name
    gates = [gate for gate in (change.old, change.new) if gate is not None]
    limits = " → ".join(dict.fromkeys(words.gate_limit(gate, currency) for gate in gates))
    name = known.plain_name if known.of_suite else f"the bar on {words.GATES[known.name]}"
    return f"{name} ({limits}): {_gate_word(change.old)} → {_gate_word(change.new)}"


def _gate_word(gate: Gate | None) -> str:
    if gate is None:
        return "not asked"
    unmeasured = gate.value is None and gate.state == "uncertain"
    return figures.NOT_MEASURED if unmeasured else words.STATES[gate.state]


def _row_lines(change: CandidateChange) -> list[str]:
    lines = []
    for word, rows in (("newly wrong", change.newly_wrong), ("newly right", change.newly_right)):
        if rows.count:
            lines.append(f"{rows.count:,} {word}" + (f": {named(rows)}" if rows.ids else ""))
    if change.held_back:
        lines.append(
            f"{change.held_back:,} of these are examples kept aside and not named (--show-holdout)"
        )
    return lines


def _moved(old: str, new: str) -> str:
    return "" if old == new else f"{old} → {new}"


def verdict_line(difference: Difference) -> str:
    """The same verdict, or what it was and is."""
    verdict = difference.verdict
    names = {c.name: c.plain_name for c in difference.candidates}

    def said(decision: Decision, name: str | None) -> str:
        return words.HEADLINES[decision] + (f", “{names.get(name, name)}”" if name else "")

    new = said(verdict.new_decision, verdict.new_recommended)
    if not verdict.changed:
        return f"The verdict is the same: {new}."
    return f"The verdict changed: {said(verdict.old_decision, verdict.old_recommended)} → {new}."


def cautions(difference: Difference) -> list[str]:
    """What limits what the difference says."""
    found = []
    if difference.yardstick_changed:
        found.append(
            "Answers are judged otherwise than before (checks, schema or metric): part of a "
            "difference is the yardstick's."
        )
    if difference.old.scored_on != difference.new.scored_on:
        found.append("The two were scored on different kinds of examples.")
    if difference.other_machine:
        found.append(
            "The two were measured on different machines: a difference in speed, and in a cost "
            "made of it, may be theirs."
        )
    if difference.old_margin != difference.new_margin:
        moved = " → ".join(
            figures.points(margin, signed=False)
            for margin in (difference.old_margin, difference.new_margin)
        )
        found.append(f"The margin moved: {moved}. Differences are held against the smaller.")
    return found
