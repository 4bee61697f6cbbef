"""Parts of the scored examples: which there are, which differences get a word, and how often none
that is real does."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.evaluation.judging import Judge
from etude.evaluation.scorecard import Scored
from etude.evaluation.slices import LEAST, cuts, named, slices
from etude.records.task import Task
from etude.report._slices import sentences
from etude.report.as_json import to_json
from etude.report.page import page
from tests.report import fixtures

LABELS = ("a", "b")
TASK = Task.model_validate({"task": "t", "kind": "classify", "data": {"examples": "x.csv"}})
JUDGE = Judge.of(TASK, LABELS, Path())
COUNT = 240
CHANNELS = ("mail", "chat", "phone", "shop")


def examples(count: int = COUNT) -> Examples:
    """Every second of each label; a channel for every quarter in turn; inputs of 1 to 12 words."""
    return Examples(
        ids=tuple(f"e{i}" for i in range(count)),
        inputs=tuple(" ".join(["word"] * (1 + i % 12)) for i in range(count)),
        targets=tuple(LABELS[i % 2] for i in range(count)),
        groups=np.arange(count),
        columns=tuple(
            json.dumps({"channel": CHANNELS[i % 4], "number": str(i)}) for i in range(count)
        ),
    )


def scored(right_N: NDArray[np.bool_], folds: NDArray[np.int64] | None = None) -> Scored:
    rows = examples(len(right_N))
    truth = np.arange(len(right_N)) % 2
    shares = np.full((len(right_N), 2), 0.1, dtype=np.float32)
    shares[np.arange(len(right_N)), np.where(right_N, truth, 1 - truth)] = 0.9
    answers = Answers.from_probabilities(shares, LABELS, 1.0, np.zeros(len(right_N)))
    return Scored(rows, answers, JUDGE, folds)


def test_parts_are_labels_lengths_and_columns_that_many_rows_share() -> None:
    found = cuts(examples(), LABELS, "classify")
    assert [cut.words for cut in found] == [
        *("category a", "category b"),
        *("inputs of up to 4 words", "inputs of 5 to 8 words", "inputs of over 8 words"),
        *("channel is chat", "channel is mail", "channel is phone", "channel is shop"),
    ]
    for sort in ("label", "length", "column"):
        parts = [cut.inside_N for cut in found if cut.sort == sort]
        assert np.sum(parts, axis=0).tolist() == [1] * COUNT


def test_examples_that_mean_what_one_learned_from_means_are_a_part_and_so_is_the_rest() -> None:
    near = {f"e{i}" for i in range(60)}
    first, second, *others = cuts(examples(), LABELS, "classify", near | {"learned"})
    assert (first.inside_N.sum(), second.inside_N.sum()) == (60, COUNT - 60)
    assert not (first.inside_N & second.inside_N).any()
    assert [cut.words for cut in others] == [c.words for c in cuts(examples(), LABELS, "classify")]
    assert [cut.words for cut in cuts(examples(), LABELS, "classify", {"learned"})] == [
        cut.words for cut in others
    ]
    right = np.arange(COUNT) < 60
    found = slices({"base": scored(right), "other": scored(~right)}, "base", near)
    assert found is not None
    rest = next(one for one in found.slices if one.words == "inputs unlike every one learned from")
    assert (rest.n, rest.rows[0].right.value) == (COUNT - 60, 0)


def test_a_difference_on_one_part_gets_a_word_and_the_others_none() -> None:
    base = np.arange(COUNT) % 10 != 0
    channel = np.arange(COUNT) % 4 == 3
    worse = base & ~(channel & (np.arange(COUNT) % 8 != 3))
    found = slices({"prompt": scored(base), "finetune": scored(worse)}, "prompt")
    assert found is not None
    told = [(one.words, row.candidate, row.word) for one, row in found.told]
    assert told[0] == ("channel is shop", "finetune", "worse")
    assert not [
        words for words, _, _ in told if words.startswith("channel") and "shop" not in words
    ]
    (shop,) = [one for one in found.slices if one.words == "channel is shop"]
    first, second = shop.rows
    assert (first.difference, first.adjusted, first.word) == (None, None, "")
    assert second.difference is not None
    seen = (worse[channel].mean() - base[channel].mean()).item()
    assert second.difference.value == pytest.approx(seen)
    assert second.difference.high < 0


def test_of_small_parts_nothing_is_said() -> None:
    few = 4 * LEAST - 4
    right = np.ones(few, dtype=np.bool_)
    found = slices({"a": scored(right), "b": scored(~right)}, "a")
    assert found is not None
    assert found.small == 4
    assert not [one for one in found.slices if one.sort == "column"]
    assert slices({"a": scored(right[:20])}, "a") is None
    assert slices({"a": scored(right)}, None) is None


def test_each_example_knows_the_parts_that_are_told_of() -> None:
    one = scored(np.arange(COUNT) % 3 > 0)
    found = slices({"one": one}, "one")
    assert found is not None
    told = named(one)
    assert {part.words: part.n for part in found.slices} == Counter(
        words for parts in told for words in parts
    )
    few = scored(np.ones(LEAST - 1, bool))
    assert named(few) == [[]] * (LEAST - 1)


def test_equal_candidates_seldom_get_a_word() -> None:
    random, words, runs = np.random.default_rng(5), 0, 60
    for _ in range(runs):
        right = random.random((2, COUNT)) < 0.8
        found = slices({"a": scored(right[0]), "b": scored(right[1])}, "a")
        assert found is not None
        words += bool(found.told)
    assert words <= 0.1 * runs


def test_folds_make_a_word_harder_to_get() -> None:
    base = np.arange(COUNT) % 10 != 0
    worse = base & ~((np.arange(COUNT) % 4 == 3) & (np.arange(COUNT) % 16 == 3))
    folds = np.arange(COUNT) % 5
    p_values = []
    for own in (None, folds):
        found = slices({"a": scored(base, own), "b": scored(worse, own)}, "a")
        assert found is not None
        p_values.append(min(row.adjusted or 1.0 for one in found.slices for row in one.rows))
    assert p_values[0] < p_values[1]


def test_the_page_the_terminal_and_json_say_it_is_exploratory() -> None:
    made = fixtures.cant_tell()
    names = [c.name for c in made.candidates if c.quality is not None]
    base = np.arange(COUNT) % 10 != 0
    found = slices(
        {names[0]: scored(base), names[1]: scored(base & (np.arange(COUNT) % 4 < 2))}, names[0]
    )
    comparison = made.model_copy(update={"slices": found})
    shown = page(comparison)
    assert "Parts of the examples" in shown
    assert "Exploratory: looked at afterwards" in shown
    assert "values of columns that 30 rows or more share" in shown
    (first, *_) = sentences(comparison)
    assert "is worse than" in first
    assert to_json(comparison)["slices"]["slices"][0]["words"] == "category a"
    assert "Parts of the examples" not in page(made)
    assert "slices" not in to_json(made)
