"""Which of two answers is preferred: figures, pairs, and how many more would settle it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from etude.evaluation.contests import Contest, Items, compare_contests, figure, own_figure
from etude.statistics.paired import PairedCounts, bonett_price

ALONE = Items(np.arange(200), None)


def contest(a: str, b: str, wins: int, same: int, losses: int) -> Contest:
    score = np.array([1.0] * wins + [0.5] * same + [0.0] * losses)
    return Contest(a, b, np.arange(len(score)), score, wins + losses, 0, same)


def test_wins_and_half_of_the_ties() -> None:
    found = figure(contest("base", "tuned", 30, 20, 10), ALONE, "person")
    assert found.value == pytest.approx(40 / 60)
    whole = bonett_price(PairedCounts(30, 10, 60))
    assert (found.low, found.high) == pytest.approx((0.5 + whole.low / 2, 0.5 + whole.high / 2))
    assert (found.n, found.groups) == (60, 60)


def test_groups_and_folds_make_it_wider() -> None:
    one = contest("base", "tuned", 30, 20, 10)
    alone = figure(one, ALONE, "person")
    grouped = figure(one, Items(np.arange(200) // 10, None), "person")
    folded = figure(one, Items(np.arange(200), np.arange(200) % 5), "person")
    assert grouped.high - grouped.low > alone.high - alone.low
    assert folded.high - folded.low > alone.high - alone.low


def test_a_pair_with_the_baseline_is_its_figure_less_a_half() -> None:
    one = contest("base", "tuned", 80, 10, 10)
    (pair,) = compare_contests("base", ["base", "tuned"], [one], ALONE, 0.05)
    assert pair.difference.value == pytest.approx(0.35)
    assert (pair.call, pair.worth_it, pair.more_examples) == ("better", True, None)
    (turned,) = compare_contests("tuned", ["base", "tuned"], [one.turned()], ALONE, 0.05)
    assert turned.difference == pair.difference


def test_even_is_open_and_says_how_many_more() -> None:
    (pair,) = compare_contests(
        "base", ["base", "tuned"], [contest("base", "tuned", 15, 10, 15)], ALONE, 0.05
    )
    assert pair.call == "cant_tell"
    assert pair.more_examples is not None
    assert 40 < pair.more_examples < math.inf


def test_two_others_by_their_scores_against_the_baseline_or_directly() -> None:
    wide = contest("base", "x", 30, 0, 10), contest("base", "y", 10, 0, 30)
    names = ["base", "x", "y"]
    pairs = {(p.a, p.b): p for p in compare_contests("base", names, wide, ALONE, 0.05)}
    assert pairs["x", "y"].difference.value == pytest.approx(-0.5)
    few = [*wide, contest("x", "y", 1, 0, 1)]
    pairs = {(p.a, p.b): p for p in compare_contests("base", names, few, ALONE, 0.05)}
    assert pairs["x", "y"].difference.value == pytest.approx(-0.5)
    many = [*wide, contest("x", "y", 20, 0, 20)]
    pairs = {(p.a, p.b): p for p in compare_contests("base", names, many, ALONE, 0.05)}
    assert pairs["x", "y"].difference.value == 0


def test_the_baseline_is_a_half_and_nothing_judged_says_nothing() -> None:
    own = own_figure([figure(contest("b", "x", 3, 0, 1), ALONE, "person")], "person")
    assert (own.low, own.value, own.high) == (0.5, 0.5, 0.5)
    empty = contest("b", "x", 0, 0, 0)
    assert (figure(empty, ALONE, "person").low, figure(empty, ALONE, "person").high) == (0, 1)
