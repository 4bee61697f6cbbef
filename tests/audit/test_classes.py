from __future__ import annotations

import numpy as np

from etude.audit import Found, Material, registry
from etude.audit.classes import overlapping
from tests.audit._answered import NAMES, Made, answers, as_material


def findings(read: Material) -> dict[str, Found]:
    return {one.finding.code: one for one in registry.load("classes").run(read)}


def overlapped(made: Made, first: int, second: int, share: float, seed: int = 0) -> Made:
    """The answers with a share of both labels' rows taken for the other."""
    random = np.random.default_rng(seed)
    table = made.probabilities_NL.copy()
    pair = np.isin(made.given_N, (first, second)) & (random.random(len(table)) < share)
    table[np.ix_(pair, (first, second))] = table[np.ix_(pair, (second, first))]
    return Made(made.given_N, made.true_N, table)


def test_a_pair_that_is_taken_for_one_another_is_found_with_rows_of_both() -> None:
    made = overlapped(answers(rate=0.0, sharp=6.0), 1, 3, 0.4)
    one = findings(as_material(made))["overlapping_labels"]
    assert one.finding.severity == "warning"
    assert one.finding.sentence.startswith("1 pair of labels is often taken for one another")
    assert f"'{NAMES[1]}' and '{NAMES[3]}'" in one.finding.sentence
    evidence = set(one.hits["evidence"])
    assert evidence == {
        f"labelled '{NAMES[1]}', reads like '{NAMES[3]}'",
        f"labelled '{NAMES[3]}', reads like '{NAMES[1]}'",
    }
    rows = [int(name[1:]) for name in one.hits["id"]]
    assert set(made.given_N[rows]) == {1, 3}
    assert one.finding.repair is not None
    assert one.finding.repair.apply == "decide"


def test_mistakes_that_fall_anywhere_are_no_overlap() -> None:
    assert "overlapping_labels" not in findings(as_material(answers(rate=0.25, labels=5)))


def test_a_few_mistakes_between_two_labels_are_no_overlap() -> None:
    made = overlapped(answers(rate=0.0, sharp=6.0), 0, 1, 0.06)
    assert "overlapping_labels" not in findings(as_material(made))


def test_frequent_labels_draw_mistakes_without_overlapping() -> None:
    """Mistakes of many small labels that fall on a large one by its size alone."""
    size = np.array([400, 40, 40, 40, 40])
    counts = np.diag(size)
    random = np.random.default_rng(0)
    for label in range(1, 5):
        falls = np.where(np.arange(5) == label, 0, size / (size.sum() - size[label]))
        mistakes = random.multinomial(8, falls)
        counts[label] += mistakes
        counts[label, label] -= 8
    assert overlapping(counts, np.ones(5, dtype=bool)) == []


def test_of_two_labels_an_overlap_is_told_by_its_size() -> None:
    made = overlapped(answers(rate=0.0, labels=2, sharp=6.0), 0, 1, 0.3)
    assert "overlapping_labels" in findings(as_material(made))
    assert "overlapping_labels" not in findings(as_material(answers(labels=2, rate=0.0, sharp=6.0)))


def test_copies_count_once() -> None:
    made = answers(rate=0.0, sharp=6.0)
    table, given = made.probabilities_NL.copy(), made.given_N
    rows = np.flatnonzero(given == 1)[:30]
    table[rows] = (0.0, 0.05, 0.05, 0.9)
    one_group = np.arange(len(given))
    one_group[rows] = rows[0]
    read = as_material(Made(given, given, table), group=one_group.tolist())
    assert "overlapping_labels" not in findings(read)
    assert "overlapping_labels" in findings(as_material(Made(given, given, table)))


def test_a_label_that_is_hardly_recognised_is_named() -> None:
    made = answers(count=400, labels=4, rate=0.0, sharp=6.0)
    table = made.probabilities_NL.copy()
    rest = np.flatnonzero(made.given_N == 2)
    table[rest] = np.roll(table[rest], np.random.default_rng(0).integers(1, 4), axis=1)
    random = np.random.default_rng(1)
    for row in rest:
        table[row] = np.eye(4)[random.choice((0, 1, 3))]
    one = findings(as_material(Made(made.given_N, made.given_N, table)))["unrecognised_labels"]
    assert f"'{NAMES[2]}' (0 of {len(rest)} recognised)" in one.finding.sentence
    assert one.finding.count == len(rest)


def test_a_classifier_that_does_no_better_than_chance_says_nothing() -> None:
    assert findings(as_material(answers(sharp=0.0))) == {}
