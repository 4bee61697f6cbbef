"""One finalist a rung: its best model and seed on dev. Held-out examples are not touched here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from etude.approaches._base import Choice
from etude.evaluation import apart
from etude.evaluation.apart import Apart
from etude.evaluation.expected import Expected, Shares
from etude.evaluation.judging import Judge
from etude.evaluation.parts import Layout, Part
from etude.evaluation.stages import Entrant, Stages
from etude.progress import Step
from etude.records.candidate import Trial


@dataclass(frozen=True)
class Attempt:
    """One entrant, chosen in every part. ``dev_value`` is the mean over parts."""

    entrant: Entrant
    choices: tuple[Choice, ...]
    """One a part: the best seed's."""
    seeds: tuple[int, ...]
    """One a part: the seed that dev picked."""
    seed_values: tuple[float, ...]
    """With a holdout and several seeds: the dev value of each."""
    seconds: float

    @property
    def dev_value(self) -> float:
        """Mean of the parts' best dev values."""
        return mean_dev_value(self.choices)

    @property
    def dev_n(self) -> float:
        """Independent examples that ``dev_value`` is over; 0 for a mean over several devs."""
        return self.choices[0].dev_n if len(self.choices) == 1 else 0.0

    @property
    def trials(self) -> tuple[Trial, ...]:
        """Everything that was tried on dev, with the part it was tried in."""
        many = len(self.choices) > 1
        return tuple(
            trial.model_copy(update={"fold": index}) if many else trial
            for index, choice in enumerate(self.choices)
            for trial in choice.trials
        )


def mean_dev_value(choices: Sequence[Choice]) -> float:
    """Over the parts: what the models of a rung are ranked by."""
    return float(np.mean([choice.dev_value for choice in choices]))


def seeds_in(layout: Layout, entrant: Entrant, part: Part, asked: int | None) -> tuple[int, ...]:
    """The seeds that an entrant tries in a part.

    A fold has a seed of its own, so that the spread over folds shows both.
    """
    seeded = entrant.approach.seeded
    return tuple(s + (part.index if seeded else 0) for s in layout.seeds(seeded, asked))


def best_seed(tried: Mapping[int, Choice]) -> int:
    """The one that did best on dev, ties to the lower."""
    return max(tried, key=lambda seed: (tried[seed].dev_value, -seed))


@dataclass(frozen=True)
class Field:
    """All attempts, lowest rung first, and which of them are finalists."""

    attempts: tuple[Attempt, ...]
    finalists: tuple[Attempt, ...]
    apart: Apart
    """How far the finalists are apart on dev, over pairs."""

    @property
    def baseline(self) -> Attempt | None:
        """The best rung below fine-tuning on dev."""
        simple = [a for a in self.finalists if not a.entrant.approach.seeded]
        return max(simple, key=lambda a: a.dev_value, default=None)


def choose_finalists(
    stages: Stages,
    layout: Layout,
    entrants: Sequence[Entrant],
    seeds: int | None = None,
    expected: Expected | None = None,
) -> Field:
    """Choose every entrant's settings on dev, then the best model of each rung.

    Args:
        stages: of the comparison.
        layout: its parts.
        entrants: every rung with every model.
        seeds: how many to try where a rung varies with its seed; None: as the layout says.
        expected: how long each try takes, for the time left.
    """
    ordered = sorted(entrants, key=lambda e: e.approach.order)
    tries = sum(
        len(layout.parts) * len(layout.seeds(entrant.approach.seeded, seeds)) for entrant in ordered
    )
    shares = Shares((expected or Expected()).choosing, tries, "tries")
    with stages.progress.step("choosing settings", shares.total, shares.unit) as step:
        attempts = [_attempt(stages, layout, entrant, seeds, step, shares) for entrant in ordered]
    finalists = _best_of_each_rung(attempts)
    return Field(tuple(attempts), finalists, _apart(stages.judge, layout, finalists))


def _attempt(
    stages: Stages,
    layout: Layout,
    entrant: Entrant,
    asked: int | None,
    step: Step,
    shares: Shares[tuple[str, int, int]],
) -> Attempt:
    choices, picked, values, seconds = [], [], [], 0.0
    for part in layout.parts:
        seeds = seeds_in(layout, entrant, part, asked)
        tried: dict[int, Choice] = {}
        for seed in seeds:
            step.advance(0, note=_under_way(entrant, layout, part, len(tried), len(seeds)))
            tried[seed], took = stages.choose(entrant, part, seed)
            seconds += took
            step.advance(shares.of((entrant.name, part.index, seed)))
        best = best_seed(tried)
        choices.append(tried[best])
        picked.append(best)
        values = [choice.dev_value for choice in tried.values()]
    return Attempt(
        entrant,
        tuple(choices),
        tuple(picked),
        tuple(values) if len(values) > 1 else (),
        seconds,
    )


def _under_way(entrant: Entrant, layout: Layout, part: Part, tried: int, seeds: int) -> str:
    """What is being tried just now: "fine-tuned, part 2 of 5"."""
    said = entrant.approach.plain_name
    if len(layout.parts) > 1:
        said += f", part {part.index + 1} of {len(layout.parts)}"
    return said + (f", training {tried + 1} of {seeds}" if seeds > 1 else "")


def _best_of_each_rung(attempts: Sequence[Attempt]) -> tuple[Attempt, ...]:
    by_rung: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        by_rung.setdefault(attempt.entrant.approach.key, []).append(attempt)
    return tuple(max(rung, key=lambda a: a.dev_value) for rung in by_rung.values())


def _apart(judge: Judge, layout: Layout, finalists: Sequence[Attempt]) -> Apart:
    """Mean over the pairs among the better half, where a decision will lie.

    Comparing the best with zero-shot would say little about how hard the close calls are.
    """
    ranked = sorted(finalists, key=lambda a: a.dev_value, reverse=True)
    close = ranked[: max(2, (len(ranked) + 1) // 2)]
    found = (
        apart.between(judge, layout.parts, a.choices, b.choices) for a, b in combinations(close, 2)
    )
    return apart.mean([one for one in found if one is not None])
