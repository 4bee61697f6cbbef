"""What evaluation draws came to: counts of every outcome, kept in a file and told as a table.

A training draw with fine-tuning takes minutes to an hour, so what its evaluation draws came to can be
kept (a JSON line a training draw) and a table be put together of several runs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import t as student

MARGIN = 0.02
Outcomes = Counter[Any]
"""How often a value was seen; shares are of True and False."""


@dataclass
class Tally:
    """Outcomes of the evaluation draws; ``losses`` are in shares, against the true best."""

    single: Outcomes
    """Whether an interval of two candidates covers the difference that the truth shows."""
    single_allowing: Outcomes
    """The same, allowing for the truth's own error; so do ``joint`` and what was refitted."""
    joint: Outcomes
    refit_single: Outcomes
    """Of the training draw's own comparison, by each pair's interval: its folds are real."""
    own_joint: Outcomes
    own_losses: Outcomes
    """Of that comparison's pick."""
    claims: Outcomes
    """Of each pair of a comparison: whether what is claimed of it, if anything is, is so."""
    losses: Outcomes
    settled_losses: Outcomes
    """Of the picks among those that are settled."""
    plain_losses: Outcomes
    """Where the best point estimate is the provisional pick, for contrast."""
    lowest_losses: Outcomes
    """Where it is the lowest rung whose estimate is within the margin of that."""
    wary_losses: Outcomes
    """Of the pick where a provisional one that has to be trained must be ahead by the margin."""
    knowing_losses: Outcomes
    """Of what all of the pool calls best, once a training draw: no choice by fewer examples could
    do better, for the kept candidate is another fit than those that were scored."""
    gains: Outcomes
    """Of the fine-tuned candidate on the best that needs no training, once a training draw."""
    picks: Outcomes
    decisions: Outcomes
    settled: Outcomes
    falsely: Outcomes
    """Whether one of two is called better whose answers were exchanged by a coin."""
    settled_by_more: Outcomes
    settled_by_half: Outcomes
    """By half as many: where that often does too, too many are named."""
    more: Outcomes
    not_enough: Outcomes
    """Whether too many examples were named to be tried."""

    @classmethod
    def empty(cls) -> Tally:
        """Nothing counted."""
        return cls(**{field.name: Counter() for field in fields(cls)})

    def note(self, **outcomes: Any) -> None:
        """Count one outcome by each name; numbers to the fifth place."""
        for name, value in outcomes.items():
            plain = value.item() if isinstance(value, np.generic) else value
            getattr(self, name)[round(plain, 5) if isinstance(plain, float) else plain] += 1


class Of(NamedTuple):
    """Which training draw a tally is of, and how many evaluation draws."""

    task: str
    size: int
    draw: int
    tuned: bool
    times: int


def kept(file: Path | None) -> dict[Of, Tally]:
    """What stands in the file; nothing where there is none."""
    if file is None or not file.is_file():
        return {}
    found = {}
    for line in file.read_text("utf-8").splitlines():
        said = json.loads(line)
        tally = {name: Counter(dict(pairs)) for name, pairs in said["tally"].items()}
        found[Of(*said["of"])] = Tally(**tally)
    return found


def keep(file: Path | None, of: Of, tally: Tally) -> None:
    """Add a line, where there is a file to keep it in."""
    if file is None:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    outcomes = {name: sorted(counts.items()) for name, counts in vars(tally).items()}
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({"of": of, "tally": outcomes}) + "\n")


Draws = Sequence[tuple[str, Tally]]
"""Training draws: each one's task, and what its evaluation draws came to."""


def told(draws: Draws) -> dict[str, str]:
    """What is printed, a line each."""

    def each(name: str) -> list[Any]:
        return [value for _, tally in draws for value in getattr(tally, name).elements()]

    def often(name: str) -> str:
        return ", ".join(f"{what} {times:,}" for what, times in Counter(each(name)).most_common())

    def true(name: str) -> str:
        return share([(task, getattr(tally, name)) for task, tally in draws])

    def within(name: str) -> str:
        return share([(task, _within(getattr(tally, name))) for task, tally in draws])

    losses, dropped = each("losses"), sum(each("not_enough"))
    return {
        "intervals of two candidates cover": true("single"),
        "allowing for the truth's own error": true("single_allowing"),
        "refitted: intervals cover, allowing too": true("refit_single"),
        "all pairs covered at once, allowing too": true("joint"),
        "refitted: all pairs at once, allowing too": true("own_joint"),
        "what is claimed of a pair is so": true("claims"),
        "pick within the margin of the true best": within("losses"),
        "refitted: pick within the margin": within("own_losses"),
        "the same, of those that are settled": within("settled_losses"),
        "the best point estimate within it": within("plain_losses"),
        "where what is trained must lead by it": within("wary_losses"),
        "the lowest rung estimated within it": within("lowest_losses"),
        "the best by all of the pool within it": within("knowing_losses"),
        "loss of the pick, points": f"mean {100 * np.mean(losses):.2f}, "
        f"19 of 20 below {100 * np.quantile(losses, 0.95):.1f}, most {100 * max(losses):.1f}",
        "truly gained by fine-tuning, points": ", ".join(
            f"{100 * gain:+.1f}" for gain in each("gains")
        )
        or "not run",
        "picked": often("picks"),
        "claimed of two, their answers swapped": true("falsely"),
        "verdicts": often("decisions"),
        "which rung is enough, settled": true("settled"),
        "settled by the examples named": true("settled_by_more")
        + (f"; in {dropped:,} too many were named to try" if dropped else ""),
        "settled by half of them": true("settled_by_half"),
        "examples named, beyond those there are": _quantiles(each("more")),
    }


def share(draws: Sequence[tuple[str, Outcomes]]) -> str:
    """A share of True, with half of its 95 % range over training draws.

    The draws of one task vary about that task's share: these tasks are meant, not others (a ratio of
    two sums, stratified; Cochran 1977, section 6.11). Where all are alike nothing can be said of it.
    """
    counts = [(task, hits[True], hits.total()) for task, hits in draws if hits]
    if not counts:
        return "none"
    total = sum(of for _, _, of in counts)
    whole = sum(hits for _, hits, _ in counts) / total
    variance, freedom = 0.0, 0
    for name in {task for task, _, _ in counts}:
        off = np.array([hits - whole * of for task, hits, of in counts if task == name])
        if len(off) > 1:
            variance += len(off) * float(off.var(ddof=1))
            freedom += len(off) - 1
    range_ = ""
    if variance:
        half = student.ppf(0.975, freedom) * variance**0.5 / total
        range_ = f"+/- {100 * half:.1f}; "
    return f"{100 * whole:5.1f} % ({range_}{total:,} of {len(counts)} draws)"


def _within(losses: Outcomes) -> Outcomes:
    hits: Outcomes = Counter()
    for loss, times in losses.items():
        hits[loss <= MARGIN] += times
    return hits


def _quantiles(counts: Sequence[float]) -> str:
    """The middle one, and between which nine in ten lie."""
    if not counts:
        return "none"
    low, middle, high = np.quantile(counts, [0.05, 0.5, 0.95])
    return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"
