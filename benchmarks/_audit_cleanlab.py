"""Wrong labels beside cleanlab: the same planted labels, the same out-of-fold predictions.

cleanlab's ``find_label_issues`` in each of its ways to filter, with its own defaults; ours is the audit
``label_errors``, held-out doubts included. *found*: share of the planted labels. *at least*: share of
what is pointed at that was planted, as if every other hit were false, though the public labels have
faults of their own; so beside it stands how many of the others are pointed at in the clean data too.
*as many*: what the other's ranking finds (by cleanlab's normalized margin) among as many rows as ours
points at, so that neither gains by pointing at more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from _audit_material import material_of
from _audit_recall import share
from _planted import Clean, plant
from etude.audit import Material, registry
from etude.audit._confident import TIMES

FILTERS = (
    "prune_by_noise_rate",
    "prune_by_class",
    "both",
    "confident_learning",
    "predicted_neq_given",
    "low_normalized_margin",
    "low_self_confidence",
)
SORT = "label_errors"


@dataclass
class Line:
    """Counts of one way over seeds."""

    planted: int = 0
    found: int = 0
    hits: int = 0
    before: int = 0
    by_seed: list[float] = field(default_factory=list)

    def add(self, hits: set[str], planted: set[str], before: set[str]) -> None:
        """One seed's."""
        found = len(hits & planted)
        self.planted += len(planted)
        self.found += found
        self.hits += len(hits)
        self.before += len((hits - planted) & before)
        self.by_seed.append(found / max(1, len(planted)))

    def as_json(self) -> dict[str, Any]:
        """Counts, and shares with their intervals."""
        return {
            "found": share(self.found, self.planted),
            "precision_at_least": share(self.found, self.hits),
            "by_seed": self.by_seed,
            "hits": self.hits,
            "unplanted_hit_before": self.before,
        }


def ours(material: Material) -> list[str]:
    """Ids that the audit points at, the surest first."""
    hits = [one.hits.select("id", "score") for one in registry.load(SORT).run(material)]
    pairs = [pair for frame in hits for pair in frame.iter_rows()]
    return [name for name, _ in sorted(pairs, key=lambda pair: -pair[1])]


def surest(material: Material) -> list[str]:
    """The same without what the audit itself calls less sure: another label ten times as likely."""
    hits = [one.hits.select("id", "score") for one in registry.load(SORT).run(material)]
    return [name for frame in hits for name, score in frame.iter_rows() if score >= 1 - 1 / TIMES]


def ways() -> dict[str, Callable[[Material], list[str]]]:
    """Ways of cleanlab by name; each returns ids, the surest first."""
    from cleanlab.filter import find_label_issues

    def way(filter_by: str) -> Callable[[Material], list[str]]:
        def run(material: Material) -> list[str]:
            labels, probabilities = _given(material)
            places = find_label_issues(
                labels,
                probabilities,
                filter_by=filter_by,
                return_indices_ranked_by="normalized_margin",
                n_jobs=1,
            )
            return [material.frame["id"][int(at)] for at in places]

        return run

    return {name: way(name) for name in FILTERS}


def ranked(material: Material) -> list[str]:
    """All ids by cleanlab's score, the worst label first."""
    from cleanlab.rank import get_label_quality_scores

    labels, probabilities = _given(material)
    scores = get_label_quality_scores(labels, probabilities, method="normalized_margin")
    return [material.frame["id"][int(at)] for at in np.argsort(scores, kind="stable")]


def _given(material: Material) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    assert material.predict is not None
    predicted = material.predict()
    place = {label: at for at, label in enumerate(predicted.labels)}
    return (
        np.array([place[label] for label in material.frame["target"].to_list()]),
        predicted.probabilities_NL,
    )


def compare(clean: Clean, rate: float, seeds: int) -> dict[str, Any]:
    """Both on one set, printed and returned."""
    bare = material_of(clean.rows, clean.kind, encoder=True)
    mine = {"etude label_errors": ours, "etude, the surest": surest}
    every = mine | {f"cleanlab {n}": run for n, run in ways().items()}
    before = {name: set(run(bare)) for name, run in every.items()}
    lines = {name: Line() for name in (*every, "cleanlab, as many")}
    for seed in range(seeds):
        made = plant(clean, SORT, rate, seed)
        material = material_of(made.rows, clean.kind, encoder=True)
        planted = {truth.id for truth in made.faults}
        for name, run in every.items():
            lines[name].add(set(run(material)), planted, before[name])
        count = len(set(ours(material)))
        lines["cleanlab, as many"].add(set(ranked(material)[:count]), planted, set())
    _show(lines, clean, rate, seeds)
    return {name: line.as_json() for name, line in lines.items()}


def _show(lines: dict[str, Line], clean: Clean, rate: float, seeds: int) -> None:
    print(f"\n## {clean.name} ({len(clean.rows):,} rows, rate {rate}, {seeds} seeds)")
    print(f"{'':32} {'found':>16} {'at least':>16} {'hits':>6} {'before':>7}")
    for name, line in lines.items():
        made = line.as_json()
        cells = [_percent(made[key]) for key in ("found", "precision_at_least")]
        print(
            f"{name:32} {cells[0]:>16} {cells[1]:>16} {line.hits:>6} {line.before:>7}", flush=True
        )


def _percent(made: dict[str, float] | None) -> str:
    if made is None:
        return "–"
    return f"{100 * made['value']:.0f} % [{100 * made['low']:.0f}–{100 * made['high']:.0f}]"
