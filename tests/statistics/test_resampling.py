from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from etude.statistics import resampling
from etude.statistics.macro_f1 import bootstrap_macro_f1, influences, macro_f1
from etude.statistics.max_t import bootstrap_intervals, max_t_quantile, sign_flip_quantile
from etude.statistics.permutation import macro_f1_permutation_test, sign_flip_test
from etude.statistics.resampling import bootstrap_means, paired_bootstrap, resampled_weights

RNG = np.random.default_rng(5)
TRUTH = RNG.integers(0, 6, 400)
ANSWERS = np.where(RNG.random((400, 3)) < 0.8, TRUTH[:, None], RNG.integers(-1, 6, (400, 3)))


def test_weights_come_in_chunks_that_draw_every_item(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resampling, "CELLS_AT_ONCE", 700)
    chunks = list(resampled_weights(100, 20, seed=1))
    assert [len(chunk) for chunk in chunks] == [7, 7, 6]
    assert all((chunk.sum(axis=1) == 100).all() for chunk in chunks)
    cells = list(resampled_weights(3, 50, 1, np.array([5.0, 0.0, 95.0])))
    assert (np.concatenate(cells).sum(axis=1) == 100).all()
    assert np.concatenate(cells)[:, 1].sum() == 0


def test_same_seed_same_replicates() -> None:
    scores = RNG.random((50, 2))
    first, again = (bootstrap_means(scores, resamples=100, seed=3) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, bootstrap_means(scores, resamples=100, seed=4))


def test_bootstrap_error_of_a_mean_is_the_known_one() -> None:
    scores = RNG.random(300)
    replicates = bootstrap_means(scores, seed=1)
    assert replicates.std() == pytest.approx(scores.std() / np.sqrt(300), rel=0.03)
    grouped = bootstrap_means(np.repeat(scores, 3), np.repeat(np.arange(300), 3), seed=1)
    assert grouped.std() == pytest.approx(scores.std() / np.sqrt(300), rel=0.03)


def test_candidates_share_their_resamples() -> None:
    scores = RNG.random(80)
    replicates = bootstrap_means(np.column_stack([scores, scores + 0.1]), resamples=200)
    assert np.allclose(replicates[:, 1] - replicates[:, 0], 0.1)
    interval = paired_bootstrap(scores + 0.1, scores)
    assert interval.width == pytest.approx(0, abs=1e-9)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=60))
def test_macro_f1_is_that_of_scikit_learn(rows: list[tuple[int, int]]) -> None:
    truth, answers = np.array(rows).T
    ours = macro_f1(truth, answers, 9)[0]
    assert ours == pytest.approx(f1_score(truth, answers, average="macro"))


def test_an_answer_that_is_no_label_is_a_miss_and_no_false_alarm() -> None:
    # label 0: one right of two, F1 = 2/3; label 1: F1 = 1
    assert macro_f1([0, 0, 1], [0, -1, 1], 2)[0] == pytest.approx((2 / 3 + 1) / 2)


def test_macro_f1_replicates_are_those_of_resampled_items() -> None:
    fast = bootstrap_macro_f1(TRUTH, ANSWERS, 6, resamples=4000, seed=1)
    rng = np.random.default_rng(2)
    slow = np.array(
        [macro_f1(TRUTH[rows], ANSWERS[rows], 6) for rows in rng.integers(0, 400, (1500, 400))]
    )
    assert np.allclose(fast.mean(axis=0), slow.mean(axis=0), atol=0.003)
    assert np.allclose(fast.std(axis=0), slow.std(axis=0), rtol=0.08)
    correlation = [np.corrcoef(r[:, 0], r[:, 1])[0, 1] for r in (fast, slow)]
    assert correlation[0] == pytest.approx(correlation[1], abs=0.08)


def test_grouped_macro_f1_draws_whole_groups() -> None:
    copies = np.repeat(np.arange(400), 4)
    grouped = bootstrap_macro_f1(TRUTH[copies], ANSWERS[copies], 6, copies, resamples=3000)
    single = bootstrap_macro_f1(TRUTH, ANSWERS, 6, resamples=3000)
    assert np.allclose(grouped.std(axis=0), single.std(axis=0), rtol=0.08)


def test_influences_are_derivatives() -> None:
    values = influences(TRUTH, ANSWERS, 6)
    assert np.allclose(values.sum(axis=0), 0)
    for item in (0, 17, 201):
        many = np.concatenate([np.tile(np.arange(400), 500), [item]])
        step = macro_f1(TRUTH[many], ANSWERS[many], 6) - macro_f1(TRUTH, ANSWERS, 6)
        assert np.allclose(step * 500, values[item], atol=1e-5)


def test_max_t_multiplier_lies_between_one_and_all_differences() -> None:
    independent = RNG.normal(size=(20_000, 6))
    assert max_t_quantile(independent, np.zeros(6), 0.95) == pytest.approx(2.631, abs=0.04)
    together = np.repeat(independent[:, :1], 6, axis=1)
    assert max_t_quantile(together, np.zeros(6), 0.95) == pytest.approx(1.96, abs=0.04)
    assert max_t_quantile(np.zeros((9, 2)), np.zeros(2), 0.95) == 0


def test_a_difference_that_never_varies_keeps_its_floor() -> None:
    replicates = np.column_stack([RNG.normal(0.2, 0.1, 5000), np.zeros(5000)])
    points, floors = np.array([0.2, 0.0]), np.array([0.0, 0.01])
    moving, still = bootstrap_intervals(points, replicates, floors, 500, 0.95)
    assert moving.width == pytest.approx(2 * 1.96 * 0.1, rel=0.04)
    assert still.width == pytest.approx(2 * 2.248 * 0.01, rel=0.01)
    factor = bootstrap_intervals(points, replicates, floors, 500, 0.95, variance_factor=4)
    assert factor[0].width == pytest.approx(2 * moving.width)


def test_few_units_widen_as_far_out_as_so_many_differences_reach() -> None:
    replicates, none = RNG.normal(size=(500, 10)), np.zeros(10)
    few, many = (bootstrap_intervals(none, replicates, none, n, 0.95)[0] for n in (40, 10**9))
    # t on 39 against the normal at 99.5 %, and the error of 40 units rather than of 39.
    assert few.width / many.width == pytest.approx(2.9760 / 2.8070 * (40 / 39) ** 0.5, rel=1e-3)


def test_sign_flips_of_few_groups() -> None:
    spread = RNG.normal(size=(15, 1))
    spread -= spread.mean()
    assert sign_flip_quantile(spread, 0.95) == pytest.approx(2.145, abs=0.35)
    assert sign_flip_quantile(spread, 0.95) >= 2.1447  # Student's t on 14
    four = sign_flip_quantile(spread[:4], 0.95)
    assert four == pytest.approx(3.182, abs=1e-3)  # too few patterns: Student's t on 3


def test_permutation_p_values_know_their_ends() -> None:
    same = RNG.random(60)
    assert sign_flip_test(same, same) == 1
    assert sign_flip_test(same + 1, same, permutations=999) == pytest.approx(1 / 1000)
    answers = ANSWERS[:, 0]
    assert macro_f1_permutation_test(TRUTH, answers, answers, 6) == 1
    worse = np.where(RNG.random(400) < 0.3, -1, answers)
    assert macro_f1_permutation_test(TRUTH, answers, worse, 6, permutations=999) < 0.01


def test_permutation_tests_agree_with_the_exact_sign_test() -> None:
    first = np.array([1] * 9 + [0] * 2 + [1] * 30)
    second = np.array([0] * 9 + [1] * 2 + [1] * 30)
    exact = 2 * (1 + 11 + 55) / 2**11
    assert sign_flip_test(first, second, permutations=40_000) == pytest.approx(exact, abs=0.006)


def test_permutation_exchanges_whole_groups() -> None:
    groups = np.arange(400) // 100
    shifted = np.where(RNG.random(400) < 0.4, -1, ANSWERS[:, 0])
    p = macro_f1_permutation_test(TRUTH, ANSWERS[:, 0], shifted, 6, groups, permutations=4000)
    assert p == pytest.approx(2 / 16, abs=0.03)  # four groups have 16 sign patterns


def test_null_p_values_are_uniform_enough() -> None:
    rng = np.random.default_rng(8)
    p_values = []
    for _ in range(200):
        truth = rng.integers(0, 3, 60)
        answers = np.where(rng.random((60, 2)) < 0.7, truth[:, None], rng.integers(0, 3, (60, 2)))
        p_values.append(macro_f1_permutation_test(truth, *answers.T, 3, permutations=200))
    assert 0.01 <= np.mean(np.array(p_values) <= 0.05) <= 0.1


def test_bad_labels_are_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.\.5"):
        macro_f1([0, 6], [0, 0], 6)
    with pytest.raises(ValueError, match="whole numbers"):
        macro_f1([0.5], [0], 6)
    with pytest.raises(ValueError, match="rows of answers"):
        macro_f1([0, 1], [0], 6)
    with pytest.raises(ValueError, match="1 or more"):
        bootstrap_means([1.0], resamples=0)
