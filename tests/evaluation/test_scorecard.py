"""Scorecards and pairs, on answers made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.data.joined import join_answers
from etude.evaluation.apart import Apart
from etude.evaluation.judging import Judge
from etude.evaluation.pairs import compare_pairs, detectable
from etude.evaluation.scorecard import (
    Scored,
    calibration,
    check_rows,
    measured,
    per_class,
    quality,
    secondary,
)
from etude.records.task import Task

LABELS = ("a", "b", "c")
JUDGE = Judge.of(
    Task.model_validate({"task": "t", "kind": "classify", "data": {"examples": "x.csv"}}),
    LABELS,
    Path(),
)


def examples(count: int, groups: np.ndarray | None = None) -> Examples:
    return Examples(
        ids=tuple(f"e{i}" for i in range(count)),
        inputs=tuple(f"text {i}" for i in range(count)),
        targets=tuple(LABELS[i % 3] for i in range(count)),
        groups=np.arange(count) if groups is None else groups,
    )


def scored(right: np.ndarray, groups: np.ndarray | None = None, folds=None) -> Scored:
    rows = examples(len(right), groups)
    truth = np.arange(len(right)) % 3
    answer = np.where(right, truth, (truth + 1) % 3)
    probabilities = np.full((len(right), 3), 0.1, dtype=np.float32)
    probabilities[np.arange(len(right)), answer] = 0.8
    answers = Answers.from_probabilities(probabilities, LABELS, 1.0, np.zeros(len(right)))
    return Scored(rows, answers, JUDGE, folds)


def test_accuracy_counts_and_its_interval_holds_it() -> None:
    card = scored(np.arange(100) >= 20)
    found = quality(card, "accuracy")
    assert found.value == pytest.approx(0.8)
    assert found.low == pytest.approx(0.7111, abs=1e-3)
    assert (found.n, found.groups) == (100, 100)


def test_folds_widen_and_groups_widen() -> None:
    right = np.random.default_rng(0).random(200) < 0.8
    plain = quality(scored(right), "accuracy")
    folded = quality(scored(right, folds=np.arange(200) % 5), "accuracy")
    assert folded.high - folded.low > 1.3 * (plain.high - plain.low)
    twice = np.repeat(right[:100], 2)
    grouped = quality(scored(twice, groups=np.repeat(np.arange(100), 2)), "accuracy")
    alone = quality(scored(twice), "accuracy")
    assert grouped.high - grouped.low > 1.2 * (alone.high - alone.low)


def test_failures_are_wrong_and_stand_in_their_own_column() -> None:
    rows = examples(3)
    answers = Answers(
        outputs=("a", None, "zzz"),
        probabilities_NL=None,
        failures=(None, "timeout", None),
        seconds=np.zeros(3),
        tokens_in=np.zeros(3, np.int64),
        tokens_out=np.zeros(3, np.int64),
    )
    card = Scored(rows, answers, JUDGE, None)
    assert quality(card, "accuracy").value == pytest.approx(1 / 3)
    table, confused = per_class(card)
    assert [row.support for row in table] == [1, 1, 1]
    assert table[1].precision is None
    assert [row[-1] for row in confused] == [0, 1, 1]
    assert calibration(card).brier is None


def test_calibration_of_answers_that_say_eighty_and_are_right_half_the_time() -> None:
    card = scored(np.arange(100) % 2 == 0)
    assert calibration(card).ece == pytest.approx(0.3, abs=1e-6)


def test_joined_parts_keep_order_and_lose_probabilities_only_where_one_has_none() -> None:
    a, b = scored(np.ones(4, bool)).answers, scored(np.zeros(4, bool)).answers
    joined = join_answers([a, b])
    assert joined.outputs == a.outputs + b.outputs
    assert joined.probabilities_NL is not None
    assert joined.probabilities_NL.shape == (8, 3)


def test_answers_survive_their_table() -> None:
    card = scored(np.arange(9) > 2)
    again = Answers.from_frame(card.answers.to_frame(card.examples.ids))
    assert again.outputs == card.answers.outputs
    assert np.array_equal(again.probabilities_NL, card.answers.probabilities_NL)
    empty = Answers.from_frame(
        Answers.from_probabilities(np.zeros((0, 3), np.float32), LABELS, 0.0, []).to_frame([])
    )
    assert len(empty) == 0


def test_what_was_shown_is_joined_and_survives_its_table() -> None:
    plain = scored(np.ones(2, bool)).answers
    shown = replace(plain, evidence=(("a",), ()), passages=(("It is 5.",), ()))
    joined = join_answers([plain, shown])
    assert joined.passages == ((), (), ("It is 5.",), ())
    assert joined.evidence == ((), (), ("a",), ())
    assert Answers.from_frame(joined.to_frame(["a", "b", "c", "d"])).passages == joined.passages
    assert join_answers([plain, plain]).passages == ()
    assert Answers.from_frame(plain.to_frame(["a", "b"])).passages == ()


def test_answers_are_held_against_what_they_were_shown() -> None:
    task = Task.model_validate(
        {
            "task": "t",
            "kind": "write",
            "data": {"examples": "x.csv"},
            "bar": {"metric": "all_checks"},
            "checks": [{"type": "no-new-numbers"}],
        }
    )
    judge = Judge.of(task, (), Path())
    plain = scored(np.ones(2, bool)).answers
    rows = examples(2)
    given = Answers(
        ("It is 55.", "It is 66."), None, (None, None), plain.seconds, plain.tokens_in,
        plain.tokens_out, passages=(("Always 55.",), ("Always 55.",)),
    )  # fmt: skip
    assert quality(Scored(rows, given, judge, None), "all_checks").value == pytest.approx(0.5)
    blind = replace(given, passages=())
    assert quality(Scored(rows, blind, judge, None), "all_checks").value == 0
    faults = judge.faults(rows, given.outputs, given.passages)
    assert [len(found) for found in faults] == [0, 1]


def test_a_measure_that_could_not_be_taken_is_there_and_unmeasured() -> None:
    task = Task.model_validate(
        {
            "task": "t",
            "kind": "write",
            "data": {"examples": "x.csv"},
            "bar": {"metric": "chrf"},
        }
    )
    judge = Judge.of(task, (), Path())
    card = scored(np.ones(6, bool))
    blind = {row.key: row for row in measured(Scored(card.examples, card.answers, judge, None))}
    assert (blind["cosine"].value, blind["cosine"].low, blind["cosine"].n) == (None, None, 0)
    assert blind["rouge_l"].value == 1

    def opposed(texts: Sequence[str]) -> np.ndarray:
        half = len(texts) // 2
        return np.array([[1.0]] * half + [[-1.0]] * half, dtype=np.float32)

    seeing = replace(judge, embed=opposed)
    rows = {row.key: row for row in measured(Scored(card.examples, card.answers, seeing, None))}
    assert (rows["cosine"].value, rows["cosine"].n) == (-1, 6)
    assert rows["cosine"].low == -1
    assert not {"cosine", "rouge_l"} & set(
        secondary(Scored(card.examples, card.answers, seeing, None))
    )


def test_pairs_are_later_minus_earlier_and_say_what_settles_them() -> None:
    rng = np.random.default_rng(1)
    base = rng.random(400) < 0.70
    better = base | (rng.random(400) < 0.5)
    near = base.copy()
    near[:20] = ~near[:20]
    cards = {"low": scored(base), "near": scored(near), "high": scored(better)}
    pairs = {(p.a, p.b): p for p in compare_pairs(cards, "accuracy", 0.02)}
    assert pairs["low", "high"].call == "better"
    assert pairs["low", "high"].more_examples is None
    assert pairs["low", "high"].only_a_right == 0
    assert pairs["low", "high"].mid_p < 1e-6
    open_pair = pairs["low", "near"]
    assert open_pair.difference.low < 0 < open_pair.difference.high
    assert open_pair.more_examples is None or open_pair.more_examples >= 1
    assert all(p.holm_p >= p.mid_p for p in pairs.values())
    assert {p.n for p in pairs.values()} == {400}


def test_macro_f1_pairs_use_resampling() -> None:
    rng = np.random.default_rng(2)
    cards = {"a": scored(rng.random(150) < 0.6), "b": scored(rng.random(150) < 0.9)}
    (pair,) = compare_pairs(cards, "macro_f1", 0.02)
    assert pair.call == "better"
    assert "bootstrap" in pair.difference.method


def test_one_candidate_has_no_pairs() -> None:
    assert compare_pairs({"a": scored(np.ones(30, bool))}, "accuracy", 0.02) == ()


def test_fewer_examples_detect_less() -> None:
    few = detectable(100, 1, Apart(0.2), 1.0, 1.0)
    many = detectable(2000, 1, Apart(0.2), 1.0, 1.0)
    assert few.difference == pytest.approx(0.121, abs=2e-3)
    assert many.difference == pytest.approx(0.028, abs=1e-3)
    assert not few.beyond_reach
    assert detectable(40, 1, Apart(0.1), 1.0, 1.0).beyond_reach


def test_groups_that_are_alike_detect_less() -> None:
    unknown = detectable(1000, 1, Apart(0.2), 4.0, 1.0)
    alike = detectable(1000, 1, Apart(0.2, correlation=0.5), 4.0, 1.0)
    assert alike.difference > 1.5 * unknown.difference
    assert (unknown.groups_left_out, alike.groups_left_out) == (True, False)
    assert not detectable(1000, 1, Apart(0.2), 1.0, 1.0).groups_left_out


def test_the_p_value_of_right_and_wrong_counts_a_group_once() -> None:
    first, second = np.ones(40, bool), np.ones(40, bool)
    first[:12] = False
    groups = np.repeat(np.arange(10), 4)
    alone = compare_pairs({"a": scored(first), "b": scored(second)}, "accuracy", 0.02)[0]
    grouped = compare_pairs(
        {"a": scored(first, groups), "b": scored(second, groups)}, "accuracy", 0.02
    )[0]
    assert alone.mid_p is not None
    assert grouped.mid_p is not None
    assert alone.mid_p < 0.001
    assert grouped.mid_p == pytest.approx(0.25, abs=0.02)  # three groups of one sign: 2 of 8


def test_the_interval_of_a_check_is_over_groups_and_folds() -> None:
    task = Task.model_validate(
        {
            "task": "t",
            "kind": "write",
            "data": {"examples": "x.csv"},
            "checks": [{"type": "word-count", "value": {"max": 1}}],
        }
    )
    judge, rows = Judge.of(task, (), Path()), examples(40)
    outputs = tuple("one" if i % 8 < 6 else "one two" for i in range(40))
    answers = Answers(
        outputs=outputs,
        probabilities_NL=None,
        failures=(None,) * 40,
        seconds=np.zeros(40),
        tokens_in=np.zeros(40, np.int64),
        tokens_out=np.zeros(40, np.int64),
    )
    pairs = replace(rows, groups=np.arange(40) // 2)
    widths = []
    for own, folds in ((rows, None), (pairs, None), (rows, np.arange(40) % 5)):
        (row,) = check_rows(Scored(own, answers, judge, folds))
        assert (row.applies, row.passed) == (40, 30)
        assert row.low is not None
        assert row.high is not None
        widths.append(row.high - row.low)
    assert widths[1] > 1.2 * widths[0]
    assert widths[2] > 1.2 * widths[0]
