"""Examples for a prompt by what dev failed on: those of train that are nearest to it.

They are chosen by the failures of one half of the dev sample and judged on the other, and the other
way round: an example that is like a dev row would flatter itself on that row. Dev rows themselves are
never shown.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from etude.approaches.writing.lookup import Finder, finder
from etude.approaches.writing.searching import Search, Tried, spread
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.wording import plain
from etude.data.examples import Examples

COUNTS = (2, 4)
"""Examples that are added."""


def try_mending(search: Search) -> None:
    """Add examples by the failures of the best setting; kept where that does better."""
    best = search.best
    if best is None or not len(search.train) or len(np.unique(best.rows.groups)) < 2:
        return
    worst = _worst_first(search, best)
    if not worst:
        return
    context = search.context
    inputs = [plain(text, context.task.kind) for text in search.train.inputs]
    found = finder(inputs, context.lookup, context.embeddings)
    half_N = _halves(best.rows)
    for count in COUNTS:
        parts = []
        for half in (0, 1):
            others = [row for row in worst if half_N[row] != half]
            settings = _with(search, best, found, others, count)
            rows = np.flatnonzero(half_N == half)
            parts.append((rows, search.tried(settings, best.rows.take(rows))))
        search.keep(_joined(search, _with(search, best, found, worst, count), best, parts))


def _worst_first(search: Search, best: Tried) -> list[int]:
    """Dev rows whose answer is not as good as it can be."""
    context = search.context
    if context.each is None:
        return []
    score_N = context.each(best.rows, best.outputs, best.passages)
    return [int(row) for row in np.argsort(score_N, kind="stable") if score_N[row] < 1]


def _halves(rows: Examples) -> NDArray[np.int64]:
    """0 or 1 for each row (N,): whole groups together, by turns."""
    _, place_N = np.unique(rows.groups, return_inverse=True)
    return np.asarray(place_N % 2, dtype=np.int64)


def _with(search: Search, best: Tried, found: Finder, failed: list[int], count: int) -> Settings:
    """The best settings with ``count`` further examples: the nearest of each failure in turn."""
    texts = [plain(best.rows.inputs[row], search.context.task.kind) for row in failed]
    near = found.nearest(texts, count, search.context.embeddings)
    fixed, labels = best.settings.fixed, search.context.labels
    shown = set(spread(search.train, fixed, labels)) if fixed else set()
    chosen: dict[int, None] = {}
    for turn in range(count):
        for rows in near:
            if turn < len(rows) and rows[turn] not in shown and len(chosen) < count:
                chosen[rows[turn]] = None
    return replace(best.settings, mended=tuple(search.train.ids[row] for row in chosen))


def _joined(
    search: Search, settings: Settings, best: Tried, parts: list[tuple[NDArray[np.int64], Tried]]
) -> Tried:
    """Both halves as one trial, each answered with examples that the other chose."""
    order = np.concatenate([rows for rows, _ in parts])
    back = np.argsort(order, kind="stable")
    outputs = [output for _, one in parts for output in one.outputs]
    said = tuple(outputs[place] for place in back)
    logits = [one.logits_NL for _, one in parts]
    known = [rows for rows in logits if rows is not None]
    return Tried(
        settings,
        best.rows,
        float(search.context.metric(best.rows, said)),
        said,
        (),
        np.concatenate(known)[back] if len(known) == len(logits) else None,
    )
