"""One candidate as an evaluation would have left it: counts, intervals and pairs from simulated
answers, so that they belong together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from etude.records.candidate import (
    CandidateReport,
    ClassRow,
    Cost,
    Gate,
    Latency,
    Quality,
    ReliabilityBin,
    State,
    Trial,
)
from etude.records.estimate import Estimate
from etude.records.labour import Labour
from etude.records.task import Bar
from etude.records.verdict import Pair


@dataclass(frozen=True)
class Spec:
    """A candidate to simulate: its true quality and what it costs."""

    rung: str
    plain_name: str
    order: int
    accuracy: float
    p50: float | None
    per_1000: float | None
    trained: bool = False
    model: str = "builtin:minilm"
    finalist: bool = True
    settings: dict[str, Any] = field(default_factory=dict)


LADDER = (
    Spec("prompt", "instructions only", 1, 0.78, 6.1, 0.00017, settings={"form": "meaning"}),
    Spec("few_shot", "a few examples", 2, 0.86, 6.2, 0.00017, settings={"per_label": 8}),
    Spec("retrieval", "look-up", 3, 0.925, 9.4, 0.0002, settings={"k": 9, "fusion": 0.6}),
    Spec("probe", "quick classifier", 4, 0.931, 6.3, 0.00018, settings={"strength": 3.0}),
    Spec(
        "finetune",
        "fine-tuned",
        5,
        0.937,
        6.4,
        3.01,
        trained=True,
        settings={"epochs": 6, "learning_rate": 0.0001, "seed": 2},
    ),
)


def simulate(
    specs: Sequence[Spec], labels: Sequence[str], n: int, seed: int
) -> tuple[NDArray[np.int64], dict[str, NDArray[np.int64]]]:
    """Targets (N,) and outputs by candidate (N,); an output of L is no valid answer.

    Candidates share how hard an item is, so their errors overlap as real ones do.
    """
    rng = np.random.default_rng(seed)
    size = len(labels)
    weights = rng.dirichlet(np.full(size, 4.0))
    targets = rng.choice(size, n, p=weights)
    hardness = rng.normal(size=n)
    likely_error = (targets + 1 + (targets % 3)) % size
    outputs = {}
    for spec in specs:
        noise = 0.97 * hardness + math.sqrt(1 - 0.97**2) * rng.normal(size=n)
        wrong = noise >= np.quantile(noise, spec.accuracy)
        other = np.where(rng.random(n) < 0.7, likely_error, rng.integers(0, size, n))
        other = np.where(rng.random(n) < 0.03, size, other)
        outputs[name_of(spec)] = np.where(wrong & (other != targets), other, targets)
    return targets, outputs


def name_of(spec: Spec) -> str:
    return f"{spec.rung}@{spec.model}"


def wilson(hits: int, n: int, metric: str = "accuracy", z: float = 1.96) -> Quality:
    p = hits / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    arm = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return Quality(
        value=p,
        low=min(p, max(0.0, centre - arm)),
        high=max(p, min(1.0, centre + arm)),
        method="Wilson",
        metric=metric,
        n=n,
        groups=n - n // 12,
    )


def class_rows(confusion: NDArray[np.int64], labels: Sequence[str]) -> tuple[ClassRow, ...]:
    rows = []
    for i, label in enumerate(labels):
        hits, support = int(confusion[i, i]), int(confusion[i].sum())
        predicted = int(confusion[:, i].sum())
        rows.append(
            ClassRow(
                label=label,
                support=support,
                predicted=predicted,
                precision=hits / predicted if predicted else None,
                recall=hits / support if support else None,
                f1=2 * hits / (support + predicted) if support + predicted else None,
            )
        )
    return tuple(rows)


def candidate(
    spec: Spec,
    labels: Sequence[str],
    targets: NDArray[np.int64],
    outputs: NDArray[np.int64],
    bar: Bar,
    scheme: str,
    seed: int,
) -> CandidateReport:
    n, size = len(targets), len(labels)
    confusion = np.zeros((size, size + 1), dtype=np.int64)
    np.add.at(confusion, (targets, outputs), 1)
    rng = np.random.default_rng(seed + spec.order)
    base: dict[str, Any] = {
        "name": name_of(spec),
        "rung": spec.rung,
        "plain_name": spec.plain_name,
        "model": spec.model,
        "order": spec.order,
        "trained": spec.trained,
        "finalist": spec.finalist,
        "settings": spec.settings | {"temperature": 0.83},
        "dev_value": spec.accuracy - 0.004,
        "trials": trials(spec, scheme, rng),
        "candidate_id": f"{seed:04x}{spec.order:04x}9c1e77aa",
        "fit_seconds": 12.0 * spec.order**2,
    }
    if not spec.finalist:
        return CandidateReport(quality=None, **base)
    quality = wilson(int((targets == outputs).sum()), n, bar.metric)
    latency = spec.p50 and latency_of(spec.p50)
    cost = (
        None
        if spec.per_1000 is None
        else Cost(
            per_1000=spec.per_1000,
            low=0.93 * spec.per_1000,
            high=1.08 * spec.per_1000,
            fixed_per_1000=3.0 if spec.trained else 0.0,
            basis="6.10 ms of this machine a request at 0.1 EUR an hour"
            + (", with upkeep" if spec.trained else ""),
        )
    )
    macro = float(np.mean([row.f1 for row in class_rows(confusion, labels) if row.f1 is not None]))
    return CandidateReport(
        quality=quality,
        latency=latency or None,
        cost=cost,
        labour=labour_of(quality),
        gates=gates(bar, quality, latency or None, cost),
        secondary={
            "macro_f1": Quality(
                value=macro,
                low=max(0, macro - 0.02),
                high=min(1, macro + 0.02),
                method="bootstrap",
                metric="macro_f1",
                n=n,
                groups=n,
            )
        },
        per_class=class_rows(confusion, labels),
        confusion=tuple(tuple(int(cell) for cell in row) for row in confusion),
        invalid=int(confusion[:, size].sum()),
        failures=int(confusion[:, size].sum()) // 2,
        brier=0.11,
        ece=0.031,
        reliability=reliability(rng, n),
        spread=tuple(np.round(quality.value + rng.normal(0, 0.008, 5), 4)),
        spread_over="folds" if scheme == "cross_fitting" else "seeds" if spec.trained else "",
        answers=f"answers/{spec.rung}.parquet",
        **base,
    )


def labour_of(quality: Quality) -> Labour:
    """Two minutes on each wrong answer."""
    minutes = Estimate(
        value=2000 * (1 - quality.value),
        low=2000 * (1 - quality.high),
        high=2000 * (1 - quality.low),
        method="bootstrap",
    )
    return Labour(per_1000=minutes, wrong=1 - quality.value, handed=0.0, hands_over=False)


def latency_of(p50: float) -> Latency:
    def around(value: float) -> Estimate:
        return Estimate(value=value, low=0.95 * value, high=1.07 * value, method="order statistics")

    return Latency(
        p50=around(p50), p95=around(1.9 * p50), concurrency=1, n=300, batched_per_second=412.0
    )


def reliability(rng: np.random.Generator, n: int) -> tuple[ReliabilityBin, ...]:
    centres = np.linspace(0.35, 0.97, 8)
    counts = np.maximum(1, (n * np.array([1, 1, 2, 3, 5, 9, 18, 61]) / 100).astype(int))
    return tuple(
        ReliabilityBin(
            confidence=float(c),
            accuracy=float(np.clip(c + rng.normal(0, 0.05), 0, 1)),
            count=int(k),
        )
        for c, k in zip(centres, counts, strict=True)
    )


def trials(spec: Spec, scheme: str, rng: np.random.Generator) -> tuple[Trial, ...]:
    folds: list[int | None] = list(range(5)) if scheme == "cross_fitting" else [None]
    return tuple(
        Trial(
            settings={"strength": strength, "centring": centring},
            value=float(np.clip(spec.accuracy + rng.normal(0, 0.01), 0, 1)),
            n=160,
            fold=fold,
        )
        for strength in (0.3, 1.0, 3.0)
        for centring in ("none", "mean")
        for fold in folds
    )


def at_most(low: float, high: float, limit: float) -> State:
    return "met" if high <= limit else "not_met" if low > limit else "uncertain"


def gates(
    bar: Bar, quality: Quality, latency: Latency | None, cost: Cost | None
) -> tuple[Gate, ...]:
    found = []
    if bar.at_least is not None:
        state = at_most(-quality.high, -quality.low, -bar.at_least)
        found.append(Gate(name="quality", limit=bar.at_least, value=quality.value, state=state))
    if bar.p95_ms is not None:
        p95 = latency.p95 if latency else None
        state = at_most(p95.low, p95.high, bar.p95_ms) if p95 else "uncertain"
        value = p95.value if p95 else None
        found.append(Gate(name="p95_ms", limit=bar.p95_ms, value=value, state=state))
    if bar.max_cost_per_1000 is not None:
        limit = bar.max_cost_per_1000
        state = at_most(cost.low, cost.high, limit) if cost else "uncertain"
        value = cost.per_1000 if cost else None
        found.append(Gate(name="cost_per_1000", limit=limit, value=value, state=state))
    return tuple(found)


def pair(
    a: str,
    b: str,
    targets: NDArray[np.int64],
    outputs: dict[str, NDArray[np.int64]],
    margin: float,
    comparisons: int,
) -> Pair:
    """Bonett–Price at the Bonferroni level, near enough for a picture."""
    right_a, right_b = outputs[a] == targets, outputs[b] == targets
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    n = len(targets)
    z = {1: 1.96, 3: 2.39, 6: 2.64, 10: 2.81}.get(comparisons, 2.9)
    pa, pb = (only_a + 1) / (n + 2), (only_b + 1) / (n + 2)
    arm = z * math.sqrt((pa + pb - (pb - pa) ** 2) / (n + 2))
    low, high, value = pb - pa - arm, pb - pa + arm, (only_b - only_a) / n
    call = "no_worse" if low > -margin else "worse" if high < 0 else "cant_tell"
    call = "better" if low > 0 else call
    p = math.erfc(abs(only_b - only_a) / math.sqrt(max(1, only_a + only_b)) / math.sqrt(2))
    return Pair(
        a=a,
        b=b,
        difference=Estimate(value=value, low=low, high=high, method="Bonett–Price"),
        call=call,
        worth_it=low >= margin,
        mid_p=p,
        holm_p=min(1.0, p * comparisons),  # type: ignore[arg-type]
        only_a_right=only_a,
        only_b_right=only_b,
        more_examples=840.0 if call == "cant_tell" else None,
    )
