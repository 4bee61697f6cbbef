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

from etude.statistics.proportions import wilson

MARGIN = 0.02
Outcomes = Counter[Any]
"""How often a value was seen; shares are of True and False."""


@dataclass
class Tally:
    """Outcomes of the evaluation draws; ``losses`` are in shares, against the true best."""

    single: Outcomes
    single_allowing: Outcomes
    joint: Outcomes
    refit_single: Outcomes
    losses: Outcomes
    plain_losses: Outcomes
    """Of the best point estimate, for contrast."""
    lowest_losses: Outcomes
    """Of the lowest rung whose estimate is within the margin of that."""
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
    settled_by_more: Outcomes
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

    def add(self, other: Tally) -> None:
        """Count another's draws too."""
        for name, outcomes in vars(other).items():
            getattr(self, name).update(outcomes)


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


def told(tally: Tally) -> dict[str, str]:
    """What is printed, a line each."""
    losses = _each(tally.losses)
    return {
        "intervals of two candidates cover": share(tally.single),
        "allowing for the truth's own error": share(tally.single_allowing),
        "the same, of examples that were refitted": share(tally.refit_single),
        "all pairs of a comparison covered at once": share(tally.joint),
        "pick within the margin of the true best": _within(tally.losses),
        "the best point estimate within it": _within(tally.plain_losses),
        "where what is trained must lead by it": _within(tally.wary_losses),
        "the lowest rung estimated within it": _within(tally.lowest_losses),
        "the best by all of the pool within it": _within(tally.knowing_losses),
        "loss of the pick, points": f"mean {100 * np.mean(losses):.2f}, "
        f"19 of 20 below {100 * np.quantile(losses, 0.95):.1f}, most {100 * max(losses):.1f}",
        "truly gained by fine-tuning, points": _points(_each(tally.gains)),
        "picked": _often(tally.picks),
        "a difference claimed between equals": share(tally.falsely),
        "verdicts": _often(tally.decisions),
        "which rung is enough, settled": share(tally.settled),
        "settled by the examples named": share(tally.settled_by_more)
        + (f"; in {n:,} too many were named to try" if (n := tally.not_enough[True]) else ""),
        "examples named, beyond those there are": _quantiles(_each(tally.more)),
    }


def share(hits: Outcomes) -> str:
    """A share with its interval."""
    if not hits:
        return "none"
    found = wilson(hits[True], hits.total())
    return (
        f"{100 * hits[True] / hits.total():5.1f} % ({100 * found.low:.1f} to "
        f"{100 * found.high:.1f}; {hits.total():,})"
    )


def _within(losses: Outcomes) -> str:
    hits: Outcomes = Counter()
    for loss, times in losses.items():
        hits[loss <= MARGIN] += times
    return share(hits)


def _each(values: Outcomes) -> list[float]:
    return list(values.elements())


def _points(gains: Sequence[float]) -> str:
    return ", ".join(f"{100 * gain:+.1f}" for gain in gains) or "not run"


def _often(seen: Outcomes) -> str:
    return ", ".join(f"{what} {times:,}" for what, times in seen.most_common())


def _quantiles(counts: Sequence[float]) -> str:
    """The middle one, and between which nine in ten lie."""
    if not counts:
        return "none"
    low, middle, high = np.quantile(counts, [0.05, 0.5, 0.95])
    return f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"
