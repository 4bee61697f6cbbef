"""What of a comparison is still to be computed: looked up in what is stored, never computed.

It knows stages and which entrant of a rung is scored; what a stage costs is the workflow's matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from etude.approaches._base import Choice
from etude.evaluation.finalists import best_seed, mean_dev_value, seeds_in
from etude.evaluation.parts import Layout, Part
from etude.evaluation.stages import Entrant, Stages
from etude.evaluation.timed import is_timed

EVERYTHING_SEED = 0
"""Of the candidate that is fitted on all examples after cross-fitting."""


@dataclass(frozen=True)
class Left:
    """What an entrant still has to do in one part."""

    entrant: Entrant
    part: Part
    seeds: tuple[int, ...]
    """Those whose settings are to be chosen."""
    choice: Choice | None
    """The chosen settings, where all seeds are tried."""
    fit: bool
    """It is to be fitted and to answer, unless another model of its rung does better on dev."""
    timing: bool
    """Its latency is to be measured, or what it answered to be asked again."""

    @property
    def nothing(self) -> bool:
        """True where all of it is stored."""
        return not (self.seeds or self.fit or self.timing)


@dataclass(frozen=True)
class Remaining:
    """``parts``: every entrant in every part. ``last``: the entrants of which one will be fitted on
    everything in the end; none where that is done or not wanted."""

    parts: tuple[Left, ...]
    last: tuple[Left, ...]

    @property
    def nothing(self) -> bool:
        """True where the comparison computes nothing but statistics."""
        return not self.last and all(left.nothing for left in self.parts)


def remaining(
    stages: Stages,
    layout: Layout,
    entrants: Sequence[Entrant],
    seeds: int | None,
    last: Part | None = None,
) -> Remaining:
    """Look every stage of the comparison up.

    Args:
        stages: of the comparison.
        layout: its parts.
        entrants: who takes part.
        seeds: how many are tried where a rung varies with its seed; None: as the layout says.
        last: everything, where the recommended candidate is fitted on it in the end.
    """
    known = [_of_entrant(stages, layout, entrant, seeds) for entrant in entrants]
    parts = tuple(left for own in _without_losers(known) for left in own)
    if last is None:
        return Remaining(parts, ())
    may_win = {left.entrant.name: left.entrant for left in parts}.values()
    ends = [
        _left(stages, entrant, last, (EVERYTHING_SEED,), keep=True, timed=False)
        for entrant in may_win
    ]
    # Where all else is stored the verdict is too, and who was fitted on everything is who will be.
    done = all(left.nothing for left in parts) and any(left.nothing for left in ends)
    return Remaining(parts, () if done else tuple(left for left in ends if not left.nothing))


def _of_entrant(stages: Stages, layout: Layout, entrant: Entrant, asked: int | None) -> list[Left]:
    return [
        _left(
            stages,
            entrant,
            part,
            seeds_in(layout, entrant, part, asked),
            keep=part is layout.parts[0],
            timed=part is layout.parts[0],
        )
        for part in layout.parts
    ]


def _left(
    stages: Stages,
    entrant: Entrant,
    part: Part,
    seeds: Sequence[int],
    *,
    keep: bool,
    timed: bool,
) -> Left:
    tried = {seed: stages.known_choice(entrant, part, seed) for seed in seeds}
    known = {seed: choice for seed, choice in tried.items() if choice is not None}
    if len(known) < len(tried):
        open_seeds = tuple(seed for seed in seeds if seed not in known)
        return Left(entrant, part, open_seeds, None, fit=True, timing=timed)
    best = best_seed(known)
    fitted = stages.known_fit(entrant, part, known[best], best, keep=keep)
    settings, inputs = known[best].settings, part.scored.inputs
    timing = timed and not (
        fitted is not None and is_timed(stages, entrant, settings, fitted, inputs)
    )
    return Left(entrant, part, (), known[best], fit=fitted is None, timing=timing)


def _without_losers(known: Sequence[list[Left]]) -> list[list[Left]]:
    """Where dev has picked a rung's model already, the others are not fitted."""
    by_rung: dict[str, list[list[Left]]] = {}
    for own in known:
        by_rung.setdefault(own[0].entrant.approach.key, []).append(own)
    found = []
    for rung in by_rung.values():
        values = [_dev_value(own) for own in rung]
        if None in values:
            found += rung
            continue
        winner = max(range(len(rung)), key=lambda place: values[place] or 0.0)
        found.append(rung[winner])
    return found


def _dev_value(own: Sequence[Left]) -> float | None:
    """Mean over the parts, None while one is open."""
    choices = [left.choice for left in own if left.choice is not None]
    return mean_dev_value(choices) if len(choices) == len(own) else None
