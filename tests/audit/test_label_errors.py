from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from etude.approaches._logistic import fit_path
from etude.approaches._scores import fit_temperature, softmax
from etude.audit import Found, Material, registry
from etude.audit._base import Predictions
from tests.audit._answered import NAMES, Made, answers, as_material
from tests.audit._material import material


def findings(read: Material) -> dict[str, Found]:
    return {one.finding.code: one for one in registry.load("label_errors").run(read)}


def positions(one: Found) -> list[int]:
    return [int(name[1:]) for name in one.hits["id"]]


def test_planted_wrong_labels_are_found_with_the_right_one_proposed() -> None:
    made = answers()
    one = findings(as_material(made))["label_errors"]
    rows = positions(one)
    planted = np.flatnonzero(made.wrong_N)
    assert len(np.intersect1d(rows, planted)) >= 0.7 * len(planted)
    assert np.mean(made.wrong_N[rows]) >= 0.8
    assert made.wrong_N[rows[:10]].all()
    right = [row for row in rows if made.wrong_N[row]]
    proposed = dict(zip(one.hits["id"], one.hits["proposal"], strict=True))
    agreeing = [proposed[f"r{row:03d}"] == NAMES[made.true_N[row]] for row in right]
    assert np.mean(agreeing) > 0.95
    assert one.finding.severity == "warning"
    assert one.finding.repair is not None
    assert one.finding.repair.apply == "relabel"
    assert one.hits["score"].is_sorted(descending=True)
    assert set(one.hits["field"]) == {"target"}
    first = one.hits.row(0, named=True)
    given = NAMES[made.given_N[rows[0]]]
    assert first["evidence"].startswith(
        f"labelled '{given}'; a classifier that has not seen it says"
    )


def test_the_share_has_an_interval_and_the_agreement_is_said() -> None:
    sentence = findings(as_material(answers()))["label_errors"].finding.sentence
    assert "of 300 labels" in sentence
    assert " % to " in sentence
    assert "It agrees with" in sentence


def test_right_labels_of_a_good_classifier_are_left_alone() -> None:
    assert findings(as_material(answers(rate=0.0, sharp=8.0))) == {}


def test_hard_but_right_labels_are_hardly_doubted() -> None:
    found = findings(as_material(answers(count=600, rate=0.0, sharp=2.5)))
    doubted = found["label_errors"].finding.count if "label_errors" in found else 0
    assert doubted <= 0.02 * 600


def test_what_is_less_sure_is_a_note_of_its_own_and_finds_more() -> None:
    made = answers(count=600, sharp=2.5)
    found = findings(as_material(made))
    sure, less = found["label_errors"], found["label_doubts"]
    assert less.finding.severity == "note"
    assert not set(sure.hits["id"]) & set(less.hits["id"])
    assert sure.hits["score"].min() >= 0.9 > less.hits["score"].max()  # type: ignore[operator]
    wrong = [made.wrong_N[positions(one)] for one in (sure, less)]
    assert wrong[1].sum() > 0
    assert wrong[0].mean() > wrong[1].mean()


def learned(seed: int, labels: int, spread: float, rate: float) -> Made:
    """Points around each label's centre, some with another's label, and what a regression that has
    not seen them answers: its mistakes are real ones."""
    random = np.random.default_rng(seed)
    centres, count = random.normal(0, 1, (labels, 16)), 100 * labels
    true = random.integers(0, labels, count)
    points = (centres[true] + random.normal(0, spread, (count, 16))).astype(np.float32)
    moved = random.random(count) < rate
    given = np.where(moved, (true + random.integers(1, labels, count)) % labels, true)
    logits, fold = np.zeros((count, labels), dtype=np.float32), np.arange(count) % 5
    for held in range(5):
        rest = fold != held
        (head,) = fit_path(points[rest], given[rest], labels, [0.03])
        logits[~rest] = head.logits(points[~rest])
    answered = softmax(logits, fit_temperature(logits, given)).astype(np.float64)
    return Made(given, true, answered)


def test_it_finds_as_well_as_cleanlab_used_plainly_with_fewer_false_alarms() -> None:
    """On the same answers, against ``find_label_issues`` as it comes: mean F1 and precision."""
    plainly = pytest.importorskip("cleanlab.filter").find_label_issues
    ours, theirs = [], []
    for seed in range(4):
        for labels, spread, rate in ((4, 1.0, 0.08), (5, 1.5, 0.1), (8, 1.5, 0.05)):
            made = learned(seed, labels, spread, rate)
            flagged = np.zeros(len(made.given_N), dtype=bool)
            flagged[positions(findings(as_material(made))["label_errors"])] = True
            ours.append(precision_and_f1(flagged, made.wrong_N))
            issues = plainly(made.given_N, made.probabilities_NL, n_jobs=1)
            theirs.append(precision_and_f1(issues, made.wrong_N))
    assert (np.mean(ours, axis=0) >= np.mean(theirs, axis=0)).all()


def precision_and_f1(flagged: np.ndarray, wrong: np.ndarray) -> tuple[float, float]:
    hits = (flagged & wrong).sum()
    return hits / max(flagged.sum(), 1), 2 * hits / (flagged.sum() + wrong.sum())


def test_labels_of_a_few_examples_are_neither_doubted_nor_suggested() -> None:
    made = answers(rate=0.0, labels=3)
    tiny = made.given_N.copy()
    tiny[:3], made.probabilities_NL[:3] = 2, (0.97, 0.02, 0.01)
    others = np.flatnonzero(made.given_N[3:] == 2) + 3
    tiny[others] = 0
    made.probabilities_NL[others] = (0.9, 0.05, 0.05)
    made.probabilities_NL[10], tiny[10] = (0.01, 0.01, 0.98), 0
    found = findings(as_material(Made(tiny, tiny, made.probabilities_NL)))
    doubted = positions(found["label_errors"]) if found else []
    assert not {0, 1, 2, 10} & set(doubted)


def test_a_text_with_two_labels_is_a_contradiction_and_not_told_again() -> None:
    made = answers()
    one = findings(as_material(made))["label_errors"]
    first, partner = positions(one)[0], int(np.flatnonzero(~made.wrong_N)[0])
    inputs = [f"message number {at}" for at in range(300)]
    inputs[partner] = inputs[first].upper()
    again = findings(as_material(made, input=inputs))["label_errors"]
    other = made.given_N[first] != made.given_N[partner]
    assert (first in positions(again)) == (not other)


def test_a_classifier_no_better_than_chance_doubts_nothing() -> None:
    made = answers(sharp=0.0)
    found = findings(as_material(made))
    assert set(found) == {"labels_not_examined"}
    assert found["labels_not_examined"].finding.severity == "note"
    assert found["labels_not_examined"].hits.is_empty()


def test_one_label_for_nearly_all_rows_is_chance_too() -> None:
    given = np.zeros(200, dtype=np.int64)
    given[:10] = 1
    constant = np.tile((0.95, 0.05), (200, 1))
    assert set(findings(as_material(Made(given, given, constant)))) == {"labels_not_examined"}


def test_held_out_labels_are_told_apart_and_without_an_answer() -> None:
    made = answers(count=400)
    side = ["holdout" if at % 4 == 0 else "train" for at in range(400)]
    found = findings(as_material(made, side=side))
    held = found["held_out_label_doubts"]
    assert held.finding.repair is not None
    assert held.finding.repair.apply == "decide"
    assert held.hits["proposal"].null_count() == len(held.hits)
    assert all(row % 4 == 0 for row in positions(held))
    for row, evidence in zip(positions(held), held.hits["evidence"], strict=True):
        assert evidence == f"labelled '{NAMES[made.given_N[row]]}'"
    assert all(row % 4 for row in positions(found["label_errors"]))
    assert "of 300 labels" in found["label_errors"].finding.sentence


def test_rows_that_were_never_scored_are_no_part_of_it() -> None:
    made = answers()
    unscored = made.probabilities_NL.copy()
    first = positions(findings(as_material(made))["label_errors"])[0]
    unscored[first] = np.nan
    one = findings(as_material(Made(made.given_N, made.true_N, unscored)))["label_errors"]
    assert first not in positions(one)
    assert "of 299 labels" in one.finding.sentence


def test_labels_of_any_script_stand_in_the_evidence_as_they_are() -> None:
    made = answers()
    names = ("счёт", "配送", "ログイン", "مسترد")
    read = as_material(made)
    frame = read.frame.with_columns(
        read.frame["target"].replace(dict(zip(NAMES, names, strict=False)))
    )
    said = replace(
        read,
        frame=frame,
        labels=names,
        predict=lambda: Predictions(names, made.probabilities_NL),
    )
    one = findings(said)["label_errors"]
    assert set(one.hits["proposal"]) <= set(names)


def test_nothing_is_said_without_predictions() -> None:
    read = material("classify", [{"input": "a", "target": "x"}, {"input": "b", "target": "y"}])
    assert list(registry.load("label_errors").run(read)) == []
