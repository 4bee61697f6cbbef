"""What was tried on dev, how good it was, and what each change bought."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from etude.records.candidate import Trial
from etude.report import _figures as figures
from etude.report._settings import trial_words


@dataclass(frozen=True)
class TrialView:
    """One setting tried: the mean over folds and their range, on how many examples, and what it
    gained over the best before it there (empty where that was not looked at)."""

    settings: str
    value: str
    spread: str
    count: str
    bought: str
    best: bool


def trial_views(trials: tuple[Trial, ...]) -> tuple[TrialView, ...]:
    """Settings by their mean over folds and seeds: those tried on the most examples first, for only
    they could be kept; the best first among these."""
    by_words: dict[str, list[Trial]] = defaultdict(list)
    for said, trial in zip(trial_words([t.settings for t in trials]), trials, strict=True):
        by_words[said].append(trial)
    whole = {said: _whole(found) for said, found in by_words.items()}
    most = max((trial.n for trial in trials), default=0)

    def rank(said: str) -> tuple[int, float]:
        value = _mean([trial.value for trial in whole[said]])
        size = min(most, max(trial.n for trial in whole[said]))
        return -size, -value if math.isfinite(value) else 1.0

    ranked = sorted(whole, key=rank)
    return tuple(_view(said, whole[said], best=said == ranked[0]) for said in ranked)


def _whole(found: Sequence[Trial]) -> list[Trial]:
    """In each part the trial on the most examples: a race tries a setting on few at first."""
    last: dict[tuple[int | None, int | None], Trial] = {}
    for trial in found:
        key = (trial.fold, trial.seed)
        if key not in last or trial.n >= last[key].n:
            last[key] = trial
    return list(last.values())


def _view(said: str, found: Sequence[Trial], *, best: bool) -> TrialView:
    values = [trial.value for trial in found]
    gains = [trial.bought for trial in found if trial.bought is not None]
    sizes = sorted({trial.n for trial in found})
    return TrialView(
        settings=said,
        value=figures.percent(_mean(values)),
        spread=figures.percent_range(min(values), max(values)) if len(values) > 1 else "",
        count=f"{sizes[0]:,}" if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,}",
        bought=figures.points(_mean(gains)) if gains else "",
        best=best,
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
