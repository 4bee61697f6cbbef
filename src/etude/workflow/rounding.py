"""A lossy export's score beside the release's: no worse by the margin, by a paired interval.

Both are the same fit, so nothing is chosen here and no held-out example is scored: the examples that
settings were chosen on are (all of them in cross-fitting). That says how much rounding costs, not
how good the release is.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from etude.data import stored
from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.evaluation.judging import Judge
from etude.metrics._base import Judged
from etude.releases import parity
from etude.releases.contents import PROJECT
from etude.releases.loading import Release
from etude.statistics.intervals import Interval
from etude.statistics.simultaneous import PairwiseDifferences, pairwise_intervals
from etude.workflow.loading import judge_of
from etude.workflow.session import Place

MOST = 1_000
"""Examples that are answered twice: more would take hours on a slow engine."""


def no_worse(
    session: Place,
    release: Release,
    other: Callable[[list[str]], Answers],
    compared: parity.Compared,
) -> parity.Compared:
    """``compared`` with the difference of the scores, what ``other`` answers less the release."""
    examples = _examples(session, release)
    judge = judge_of(release.asked, release.folder / PROJECT)
    exact = release.answer(examples.inputs)
    rounded = other(list(examples.inputs))
    difference = difference_of(judge, examples, rounded, exact)
    return parity.lossy(compared, difference, release.asked.task.bar.margin)


def _examples(session: Place, release: Release) -> Examples:
    prepared = stored.read(session.store.version_folder(release.manifest.dataset))
    crossed = prepared.version.scheme == "cross_fitting"
    examples = prepared.everything() if crossed else prepared.dev()
    return examples.take(parity.places(len(examples), MOST))


def difference_of(judge: Judge, examples: Examples, first: Answers, second: Answers) -> Interval:
    """The primary metric of ``first`` less that of ``second``, on the same examples."""
    judged = [judge.judged(examples, one.outputs, one.passages) for one in (first, second)]
    (pair,) = _pairs(judge, examples, judged).pairs
    return pair.interval


def _pairs(judge: Judge, examples: Examples, judged: list[Judged]) -> PairwiseDifferences:
    metric, groups = judge.metric, examples.groups
    if metric.statistic == "macro_f1":
        known = {label: place for place, label in enumerate(judge.labels)}
        truth = np.array([known[target] for target in examples.targets])
        answered = np.array(
            [[known.get(output or "", -1) for output in one.outputs] for one in judged]
        )
        return pairwise_intervals(
            metric="macro_f1",
            truth=truth,
            predictions=answered.T,
            n_labels=len(known),
            groups=groups,
        )
    items = np.stack([metric.items(one) for one in judged], axis=1)
    if metric.statistic == "ratio":
        return pairwise_intervals(
            items[:, :, 0], metric="ratio", denominators=items[:, :, 1], groups=groups
        )
    return pairwise_intervals(items, metric=metric.statistic, groups=groups)
