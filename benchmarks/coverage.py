"""Do the intervals hold what they promise? Simulated coverage and false calls, seeds stated.

    python benchmarks/coverage.py                 everything
    python benchmarks/coverage.py judge handover  some parts alone; --help names them
    python benchmarks/coverage.py --quick         rougher
    python benchmarks/coverage.py --factors       what other corrections for folds would cover

Every table compares intervals at 95 % with a truth that is known or measured on 20,000 fresh
items. The column `+/-` is two standard errors of the simulation itself: a coverage within it
of 95 % is as promised; above is caution, below is a broken promise.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator

import numpy as np
from scipy.special import bdtr, ndtri
from scipy.stats import binom
from threadpoolctl import threadpool_limits

import _coverage_handover as handover
import _coverage_judged as judged
import _coverage_macro_f1 as macro
import _coverage_planning as planning
import _coverage_repeats as repeated
import _coverage_scores as scores
from _coverage_macro_f1 import answers_of
from _refits import cross_fitted
from _simulated import SEED, any_call, holds, row
from etude.statistics.crossfit import difference_factor
from etude.statistics.intervals import Interval, widened
from etude.statistics.macro_f1 import macro_f1
from etude.statistics.multiple import holm
from etude.statistics.paired import (
    PairedCounts,
    bonett_price,
    bonett_price_grouped,
    count_pairs,
    mcnemar_exact,
    mcnemar_mid_p,
    tango,
)
from etude.statistics.permutation import macro_f1_permutation_test, sign_flip_test
from etude.statistics.proportions import wilson, wilson_grouped
from etude.statistics.simultaneous import pairwise_intervals
from etude.statistics.single import accuracy_interval, macro_f1_interval
from etude.statistics.summaries import intraclass_correlation

FACTOR_SEED = 777
FRESH = 20_000
RESAMPLES = 2_000


def wilson_coverage() -> None:
    print("\nWilson, one share: exact coverage (no simulation)")
    for n in (50, 200, 1000):
        cells = []
        for p in (0.7, 0.8, 0.9, 0.95, 0.99):
            k = np.arange(n + 1)
            mass = np.diff(np.concatenate([[0.0], bdtr(k, n, p)]))
            inside = [holds(wilson(int(x), n), p) for x in k]
            cells.append(f"p={p}: {100 * float(mass @ inside):.1f} %")
        print(f"  n={n:<5} " + "   ".join(cells))


def paired_coverage(draws: int) -> None:
    print(f"\nPaired difference, right/wrong: {draws} draws a line, seed {SEED}")
    rng = np.random.default_rng(SEED)
    for n in (50, 100, 200, 500):
        for discordance, gain in ((0.05, 0.0), (0.10, 0.04), (0.20, 0.0), (0.20, 0.10)):
            first, second = (discordance + gain) / 2, (discordance - gain) / 2
            drawn = rng.multinomial(n, [first, second, 1 - discordance], size=draws)[:, :2]
            kinds, times = np.unique(drawn, axis=0, return_counts=True)
            shares = []
            for method, comparisons in ((bonett_price, 1), (tango, 1), (bonett_price, 10)):
                inside = [
                    holds(method(PairedCounts(a, b, n), comparisons=comparisons), gain)
                    for a, b in kinds.tolist()
                ]
                shares.append(100 * float(times @ inside) / draws)
            print(
                f"  n={n:<4} p_d={discordance:.2f} gain={gain:.2f}   Bonett-Price {shares[0]:.1f} %"
                f"   Tango {shares[1]:.1f} %   Bonett-Price for 10 pairs (99.5 %) {shares[2]:.2f} %"
            )


def grouped_coverage(draws: int) -> None:
    print(f"\nTwo equal candidates (80 % right), groups of 5 items: {draws} draws, seed {SEED + 1}")
    rng = np.random.default_rng(SEED + 1)
    for n_groups in (12, 30, 100):
        names = np.repeat(np.arange(n_groups), 5)
        hits: dict[str, list[bool]] = {}
        rhos = []
        for _ in range(draws):
            # What is hard about a group and an item, for both candidates and for each.
            hard = 0.5 * rng.normal(size=(n_groups, 1)) + 0.4 * rng.normal(size=(n_groups, 2))
            item = 0.55 * rng.normal(size=(len(names), 1)) + 0.54 * rng.normal(size=(len(names), 2))
            right = (hard[names] + item) / np.sqrt(1.0041) < ndtri(0.8)
            first, second = right.T
            rhos.append(intraclass_correlation(first, names) or 0.0)
            mean = pairwise_intervals(right, metric="mean", groups=names, resamples=1000)
            for name, interval, truth in (
                ("Bonett-Price over groups", bonett_price_grouped(first, second, names), 0.0),
                ("max-t / sign-flip over groups", mean.pairs[0].interval, 0.0),
                ("Bonett-Price over items", bonett_price_grouped(first, second, None), 0.0),
                ("Wilson over groups", wilson_grouped(first, names), 0.8),
                ("Wilson over items", accuracy_interval(first), 0.8),
            ):
                hits.setdefault(name, []).append(holds(interval, truth))
        for name, found in hits.items():
            row(f"{n_groups} groups (rho {np.mean(rhos):.2f}): {name}", found)


def cross_fitting_coverage(draws: int) -> None:
    print(
        f"\nCross-fitting, 5 folds, real refits; truth = the candidate fitted on all: {draws} draws"
    )
    cases = [
        ("logistic", "centroid", 150, 4, 0.40),
        ("logistic", "neighbour", 150, 4, 0.40),
        ("seeded", "seeded", 150, 4, 0.40),
        ("seeded", "logistic", 300, 8, 0.60),
        ("logistic", "centroid", 500, 8, 0.60),
    ]
    for case, (first, second, n, labels, apart) in enumerate(cases):
        hits: dict[str, list[bool]] = {}
        widths: dict[str, list[float]] = {}
        for found in refits((first, second), n, labels, apart, SEED + 10 + case, draws):
            for name, interval, truth in found:
                hits.setdefault(name, []).append(holds(interval, truth))
                widths.setdefault(name, []).append(interval.width)
        print(f" {first} against {second}, n={n}, {labels} labels, seed {SEED + 10 + case}")
        for name in hits:
            row(name, hits[name], float(np.mean(widths[name])))


FACTORS = (1.0, 1.25, 1.5, 1.625, 1.75, 2.0, 2.25)


def cross_fitting_factors(draws: int) -> None:
    """What a factor on the variance would cover: the ground for the one that is used."""
    print(f"\nCross-fitting, 5 folds, by the factor on the variance: {draws} draws")
    print(" " * 44 + "".join(f"{factor:>8}" for factor in FACTORS))
    cases = [
        ("logistic", "centroid", 150, 4, 0.40),
        ("logistic", "neighbour", 150, 4, 0.40),
        ("seeded", "seeded", 150, 4, 0.40),
        ("seeded", "logistic", 300, 8, 0.60),
        ("logistic", "centroid", 500, 8, 0.60),
        ("seeded", "centroid", 100, 6, 0.50),
        ("neighbour", "centroid", 300, 6, 0.50),
    ]
    for case, (first, second, n, labels, apart) in enumerate(cases):
        hits: dict[str, list[list[bool]]] = {}
        for found in refits((first, second), n, labels, apart, FACTOR_SEED + case, draws):
            for name, interval, truth in found:
                if name.endswith("naive"):
                    each = [holds(widened(interval, factor), truth) for factor in FACTORS]
                    hits.setdefault(name.removesuffix(", naive"), []).append(each)
        print(f" {first} against {second}, n={n}, {labels} labels, seed {FACTOR_SEED + case}")
        for name, rows in hits.items():
            print(f"  {name:<42}" + "".join(f"{100 * x:8.1f}" for x in np.mean(rows, axis=0)))


def refits(
    names: tuple[str, str], n: int, labels: int, apart: float, seed: int, draws: int
) -> Iterator[list[tuple[str, Interval, float]]]:
    """The intervals of each draw of ``n`` items, with the truth of each."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(labels, 20)) * apart
    fresh_y = rng.integers(0, labels, FRESH)
    fresh = centres[fresh_y] + rng.normal(size=(FRESH, 20))
    for draw in range(draws):
        y = rng.integers(0, labels, n)
        x = centres[y] + rng.normal(size=(n, 20))
        folds = rng.permutation(np.arange(n) % 5)
        sides = [
            cross_fitted(name, x, y, folds, fresh, 1000 * draw + 500 * side)
            for side, name in enumerate(names)
        ]
        answers = np.column_stack([side[0] for side in sides])
        kept = np.column_stack([side[1] for side in sides])
        yield cross_fit_intervals(answers, kept, y, fresh_y, folds, labels)


def cross_fit_intervals(
    answers: np.ndarray,
    kept: np.ndarray,
    y: np.ndarray,
    fresh_y: np.ndarray,
    folds: np.ndarray,
    labels: int,
) -> list[tuple[str, Interval, float]]:
    right, kept_right = answers == y[:, None], (kept == fresh_y[:, None]).mean(axis=0)
    kept_f1 = macro_f1(fresh_y, kept, labels)
    gain = float(kept_right[0] - kept_right[1])
    fair = pairwise_intervals(right, folds=folds).pairs[0].interval
    f1_pair = pairwise_intervals(
        metric="macro_f1", truth=y, predictions=answers, n_labels=labels, resamples=RESAMPLES
    )
    plain_f1 = f1_pair.pairs[0].interval
    single_f1 = macro_f1_interval(y, answers[:, 0], labels, resamples=RESAMPLES)
    f1_gain = float(kept_f1[0] - kept_f1[1])
    return [
        ("difference in accuracy, naive", pairwise_intervals(right).pairs[0].interval, gain),
        ("difference in accuracy, corrected", fair, gain),
        ("difference in macro-F1, naive", plain_f1, f1_gain),
        ("difference in macro-F1, corrected", widened(plain_f1, difference_factor(folds)), f1_gain),
        ("accuracy of the first, naive", accuracy_interval(right[:, 0]), float(kept_right[0])),
        (
            "accuracy of the first, corrected",
            accuracy_interval(right[:, 0], folds=folds),
            float(kept_right[0]),
        ),
        ("macro-F1 of the first, naive", single_f1, float(kept_f1[0])),
        ("macro-F1 of the first, corrected", widened(single_f1, 2.25), float(kept_f1[0])),
    ]


def false_calls(draws: int) -> None:
    print(
        f"\nFive equal candidates: some pair called better or worse, {draws} draws, seed {SEED + 3}"
    )
    rng = np.random.default_rng(SEED + 3)
    for n in (100, 200, 500):
        joint, naive, groups, f1 = [], [], [], []
        for draw in range(draws):
            truth = rng.integers(0, 10, n)
            answers = answers_of(truth, n, [0.75] * 5, rng)
            right = answers == truth[:, None]
            joint.append(any_call(pairwise_intervals(right).pairs))
            # Bonferroni at 50 % over ten pairs is 95 % for each of them.
            naive.append(any_call(pairwise_intervals(right, level=0.5).pairs))
            mean = pairwise_intervals(
                right, metric="mean", groups=np.arange(n) // 5, resamples=1000
            )
            groups.append(any_call(mean.pairs))
            if draw % 2 == 0:
                scores = pairwise_intervals(
                    metric="macro_f1", truth=truth, predictions=answers, n_labels=10, resamples=1000
                )
                f1.append(any_call(scores.pairs))
        row(f"n={n}: right/wrong, simultaneous (Bonett-Price)", joint)
        row(f"n={n}: right/wrong, ten separate 95 % intervals", naive)
        row(f"n={n}: mean score over {n // 5} groups, max-t / sign-flip", groups)
        row(f"n={n}: macro-F1, max-t", f1)


def mid_p_exactly() -> None:
    print("\nMcNemar, mid-p: exact error and power, no simulation (5 % stated)")
    for n, discordance, gain in (
        (50, 0.10, 0.0),
        (200, 0.10, 0.0),
        (200, 0.20, 0.0),
        (1000, 0.20, 0.0),
        (200, 0.20, 0.08),
    ):
        found = rejected(n, discordance, gain)
        what = "power" if gain else "error"
        print(
            f"  n={n:<5} p_d={discordance:.2f} gain={gain:.2f}   {what}: mid-p "
            f"{100 * found['mid-p']:.1f} %   exact {100 * found['exact']:.1f} %"
        )


def rejected(n: int, discordance: float, gain: float) -> dict[str, float]:
    """Chance that each test says p <= 5 %, over every way that pairs can fall."""
    total = {"mid-p": 0.0, "exact": 0.0}
    share = (discordance + gain) / 2 / discordance
    for apart in range(n + 1):
        weight = float(binom.pmf(apart, n, discordance))
        if weight < 1e-12:
            continue
        firsts = np.arange(apart + 1)
        mass = weight * binom.pmf(firsts, apart, share)
        for name, test in (("mid-p", mcnemar_mid_p), ("exact", mcnemar_exact)):
            p = np.array([test(PairedCounts(k, apart - k, n)) for k in firsts.tolist()])
            total[name] += float(mass @ (p <= 0.05))
    return total


def error_of_tests(draws: int) -> None:
    print(f"\nEqual candidates: a test says p <= 5 %, {draws} draws, seed {SEED + 4}")
    rng = np.random.default_rng(SEED + 4)
    f1, signs, naive, holm_any = [], [], [], []
    for draw in range(draws):
        truth = rng.integers(0, 10, 200)
        answers = answers_of(truth, 200, [0.75] * 5, rng)
        right = (answers == truth[:, None]).astype(float)
        p = [mcnemar_mid_p(count_pairs(right[:, i], right[:, 0])) for i in range(1, 5)]
        naive.append(min(p) <= 0.05)
        holm_any.append(min(holm(p)) <= 0.05)
        signs.append(sign_flip_test(right[:, 1], right[:, 0], np.arange(200) // 5) <= 0.05)
        if draw % 4 == 0:
            found = macro_f1_permutation_test(truth, answers[:, 1], answers[:, 0], 10)
            f1.append(found <= 0.05)
    row("n=200: macro-F1, paired permutation", f1)
    row("n=200: mean over 40 groups, sign-flip", signs)
    row("n=200: any of four challengers, mid-p without correction", naive)
    row("n=200: any of four challengers, mid-p with Holm's", holm_any)


# Each part, and how often a line of it is drawn: in full, and roughly.
PARTS: dict[str, list[tuple[Callable[..., None], int, int]]] = {
    "shares": [(paired_coverage, 20_000, 5_000), (grouped_coverage, 1_000, 200)],
    "macro-f1": [(macro.alone, 500, 60)],
    "macro-f1-groups": [(macro.over_groups, 500, 60)],
    "folds": [(cross_fitting_coverage, 200, 25)],
    "false-calls": [(false_calls, 600, 80)],
    "tests": [(error_of_tests, 4_000, 200)],
    "scores": [(scores.means, 1_000, 100), (scores.ratios, 1_000, 100)],
    "equal-scores": [(scores.equal_scores, 400, 50)],
    "parts": [(scores.unpaired, 20_000, 2_000), (scores.parts, 2_000, 200)],
    "judge": [(judged.judge, 4_000, 400), (judged.agreement, 20_000, 2_000)],
    "blind": [(judged.blind, 200, 40)],
    "handover": [(handover.promised, 2_000, 200), (handover.hardest, 2_000, 200)],
    "handover-folds": [(handover.out_of_fold, 200, 40)],
    "repeats": [(repeated.repeats, 60, 10)],
    "planning": [(planning.detectable, 20_000, 2_000), (planning.carried, 300, 30)],
}
EXACT: dict[str, list[Callable[[], None]]] = {
    "shares": [wilson_coverage],
    "tests": [mid_p_exactly],
    "parts": [scores.times, scores.no_failure],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="about a tenth of the draws")
    parser.add_argument("--factors", action="store_true", help="corrections for folds alone")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    with threadpool_limits(1):
        if options.factors:
            cross_fitting_factors(300 if not options.quick else 30)
            return
        for part in options.parts or PARTS:
            start = time.perf_counter()
            for exactly in EXACT.get(part, []):
                exactly()
            for simulate, draws, rough in PARTS[part]:
                simulate(rough if options.quick else draws)
            print(f"\n{part}: {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
