"""What was tried on dev, how good it was, and what each change bought."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from etude.records.candidate import Trial
from etude.report import _figures as figures
from etude.report._settings import trial_words


@dataclass(frozen=True)
class TrialView:
    """One setting tried: the mean over folds and their range, on how many examples, and what it
    gained there over what ``Against`` says (empty for that itself, and where nothing can be said)."""

    settings: str
    value: str
    spread: str
    count: str
    bought: str
    best: bool


@dataclass(frozen=True)
class Against:
    """What "bought" is held against: the words over the column, and a sentence."""

    head: str
    sentence: str


def against(trials: tuple[Trial, ...]) -> Against | None:
    """What each change is held against; None where there is nothing to hold it against."""
    if any(trial.bought is not None for trial in trials):
        return Against(
            "Bought, against the best before it",
            "Bought: what it gained over the best before it on the same examples.",
        )
    if all(trial.bought is None for trial in _against_first(trials)):
        return None
    firsts = list(_firsts(trials).values())
    said = dict(zip(map(id, trials), trial_words([t.settings for t in trials]), strict=True))
    names = {said[id(trial)] for trial in firsts}
    name = f"{names.pop()}: " if len(names) == 1 else ""
    value = figures.percent(_mean([trial.value for trial in firsts]))
    parts = " in each part" if len(firsts) > 1 else ""
    return Against(
        "Bought, against the first tried",
        f"Bought: what it gained over the first setting that was tried{parts} ({name}{value}), on the "
        "same examples, by which the best was chosen.",
    )


def trial_views(trials: tuple[Trial, ...]) -> tuple[TrialView, ...]:
    """Settings by their mean over folds and seeds: those tried on the most examples first, for only
    they could be kept; the best first among these."""
    if all(trial.bought is None for trial in trials):
        trials = _against_first(trials)
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


def _firsts(trials: Sequence[Trial]) -> dict[tuple[int | None, int | None], Trial]:
    """What each part tried first; of a training that was looked at after each epoch its best, for
    half a training is no way of doing it."""
    found: dict[tuple[int | None, int | None], Trial] = {}
    for trial in trials:
        first = found.setdefault((trial.fold, trial.seed), trial)
        if _but_epochs(trial) == _but_epochs(first) and trial.value > first.value:
            found[trial.fold, trial.seed] = trial
    return found


def _but_epochs(trial: Trial) -> dict[str, Any]:
    return {key: value for key, value in trial.settings.items() if key != "epochs"}


def _against_first(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """With what each gained over its part's first, where both were tried on as many examples."""
    firsts = _firsts(trials)

    def held(trial: Trial) -> Trial:
        first = firsts[trial.fold, trial.seed]
        if _but_epochs(trial) == _but_epochs(first) or trial.n != first.n:
            return trial
        return trial.model_copy(update={"bought": trial.value - first.value})

    return tuple(held(trial) for trial in trials)


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
