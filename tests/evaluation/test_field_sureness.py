"""How well it is known which fields are right, on answers made by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.evaluation.field_sureness import field_probabilities, right_field, sure_fields
from etude.evaluation.handover import handover, scores_of
from etude.evaluation.judging import Judge
from etude.evaluation.scorecard import Scored, field_rows
from etude.records.handover import Handover
from etude.records.task import Task

N = 300
FIELDS = ("who", "n", "items")
RANDOM = np.random.default_rng(0)
SCORE_NF = RANDOM.beta(3, 0.6, (2 * N, 2))
RIGHT_NF = RANDOM.random((2 * N, 2)) < SCORE_NF
FIRST, SECOND = slice(0, N), slice(N, 2 * N)
WANTED = json.dumps({"who": "Bo", "n": 2, "items": [{"a": 1}]})


def judge() -> Judge:
    task = {
        "task": "t",
        "kind": "extract",
        "schema": {
            "type": "object",
            "properties": {"who": {"type": "string"}, "n": {"type": "integer"}, "items": {}},
        },
        "data": {"examples": "x.csv"},
    }
    return Judge.of(Task.model_validate(task), (), Path())


def answered(rows: slice, folds: np.ndarray | None = None) -> Scored:
    """Records whose first two fields are right where ``RIGHT_NF`` says, as sure as ``SCORE_NF``; the
    third is always right."""
    records = [
        {"who": "bo " if who else "Di", "n": 2 if n else 3, "items": [{"a": 1}]}
        for who, n in RIGHT_NF[rows]
    ]
    none = np.zeros(len(records))
    answers = Answers(
        outputs=tuple(map(json.dumps, records)),
        probabilities_NL=None,
        failures=(None,) * len(records),
        seconds=none,
        tokens_in=none.astype(np.int64),
        tokens_out=none.astype(np.int64),
        likelihood=SCORE_NF[rows].min(axis=1),
        fields_NF=np.column_stack([SCORE_NF[rows], np.full(len(records), 0.9)]),
        fields=FIELDS,
    )
    examples = Examples(
        ids=tuple(f"e{i}" for i in range(len(records))),
        inputs=tuple(f"text {i}" for i in range(len(records))),
        targets=(WANTED,) * len(records),
        groups=np.arange(len(records)),
    )
    return Scored(examples, answers, judge(), folds)


def test_a_field_is_right_as_the_table_of_fields_counts_it() -> None:
    scored = answered(FIRST)
    for place, row in enumerate(field_rows(scored)[:2]):
        assert right_field(scored, row.name).sum() == RIGHT_NF[FIRST, place].sum() == row.hits
    more = json.dumps({"who": "Bo", "n": 2, "items": [{"a": 1}, {"a": 2}]})
    outputs = (more, json.dumps({"who": "", "n": 2}), None, "no JSON", *scored.answers.outputs[4:])
    other = replace(scored, answers=replace(scored.answers, outputs=outputs))
    assert right_field(other, "items")[:4].tolist() == [0, 0, 0, 0], "none may be too many"
    assert right_field(other, "n")[:4].tolist() == [1, 1, 0, 0]


def test_the_map_comes_from_calibration_and_the_figures_from_what_is_scored() -> None:
    found = handover(answered(FIRST), answered(SECOND))
    assert found is not None
    assert [one.name for one in found.fields] == list(FIELDS)
    for place, one in enumerate(found.fields[:2]):
        assert one.n == N
        assert one.right == pytest.approx(RIGHT_NF[FIRST, place].mean())
        assert one.auroc is not None
        assert one.auroc > 0.7
        assert one.ece is not None
        assert one.ece < 0.1
        assert one.calibrator is not None
        assert one.calibrator.slope == pytest.approx(1, abs=0.5)
    turned = handover(answered(SECOND), answered(FIRST))
    assert turned is not None
    assert turned.fields[0].calibrator != found.fields[0].calibrator
    assert Handover.model_validate_json(found.model_dump_json()) == found


def test_cross_fitting_measures_the_error_on_other_folds() -> None:
    folded = answered(FIRST, np.arange(N) % 5)
    (who, *_) = sure_fields(folded, folded)
    (apart, *_) = sure_fields(answered(SECOND), answered(FIRST))
    assert who.calibrator == apart.calibrator
    assert who.ece is not None
    assert 0 < who.ece < 0.1


def test_a_field_that_is_always_right_is_as_sure_as_so_many_examples_allow() -> None:
    found = handover(answered(FIRST), answered(SECOND))
    assert found is not None
    items = found.fields[2]
    assert (items.right, items.auroc) == (1, None)
    sure = field_probabilities(found, answered(slice(0, 1)).answers)[0]["items"]
    assert sure == pytest.approx((N + 1) / (N + 2), abs=1e-4)


def test_what_fails_the_schema_counts_too_for_that_is_what_people_look_at() -> None:
    scored = answered(FIRST)
    broken = json.dumps({"who": "Bo", "n": "two", "items": [{"a": 1}]})
    outputs = (broken, *scored.answers.outputs[1:])
    with_it = replace(scored, answers=replace(scored.answers, outputs=outputs))
    assert np.isnan(scores_of(with_it.judge, with_it)[0])
    assert [one.n for one in sure_fields(scored, with_it)] == [N] * 3


def test_without_calibration_examples_there_is_no_map_and_without_scores_no_field() -> None:
    scored = answered(FIRST)
    (who, *_) = sure_fields(scored, None)
    assert (who.n, who.calibrator, who.ece) == (0, None, None)
    assert who.auroc is not None
    blind = replace(scored, answers=replace(scored.answers, fields_NF=None, fields=()))
    assert sure_fields(blind, scored) == ()
    partly = scored.answers.fields_NF.copy()
    partly[:, 1] = np.nan
    some = replace(scored, answers=replace(scored.answers, fields_NF=partly))
    assert [one.name for one in sure_fields(some, scored)] == ["who", "items"]
    old = handover(blind, blind)
    assert old is not None
    assert old.fields == ()


def test_probabilities_are_told_by_name_as_far_as_they_are_known() -> None:
    found = handover(answered(FIRST), answered(SECOND))
    answers = answered(slice(0, 2)).answers
    scores = np.array([[0.9, np.nan, 0.9], [0.2, 0.9, 0.9]])
    first, second = field_probabilities(found, replace(answers, fields_NF=scores))
    assert list(first) == ["who", "items"]
    assert list(second) == list(FIELDS)
    assert first["who"] > second["who"]
    assert field_probabilities(None, answers) == ({}, {})
    unnamed = replace(answers, fields_NF=None, fields=())
    assert field_probabilities(found, unnamed) == ({}, {})
    assert found is not None
    assert field_probabilities(found.model_copy(update={"fields": ()}), answers) == ({}, {})
