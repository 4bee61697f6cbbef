"""Many answers through many checks."""

from __future__ import annotations

import numpy as np
import pytest

from etude.checks import Subject, compile_checks, run_checks
from etude.errors import DataError

SPECS = [
    {"type": "contains", "value": "note", "when": "scary != ''"},
    {"type": "word-count", "value": {"max": 2}},
]


def test_passed_failed_and_does_not_apply() -> None:
    checks = compile_checks(SPECS, None)
    subjects = [
        Subject("a note", fields={"scary": "storm"}),
        Subject("nothing of it", fields={"scary": "storm"}),
        Subject("a", fields={"scary": ""}),
        Subject("a"),  # a column that others have is empty here
    ]
    table = run_checks(checks, subjects)
    assert table.passed_NC.dtype == np.int8
    assert table.passed_NC.tolist() == [[1, 1], [0, 0], [-1, 1], [-1, 1]]
    assert table.reasons == {(1, 0): "does not contain 'note'", (1, 1): "has 3 words, more than 2"}
    assert table.all_N.tolist() == [1, 0, 1, 1]
    assert table.rate_C.tolist() == [0.5, 0.75]


def test_an_answer_that_no_check_applies_to_is_not_a_passed_one() -> None:
    table = run_checks(compile_checks(SPECS[:1], None), [Subject("a", fields={"scary": ""})])
    assert table.all_N.tolist() == [-1]
    assert np.isnan(table.rate_C).all()


def test_no_answers_and_no_checks() -> None:
    assert run_checks(compile_checks(SPECS, None), []).passed_NC.shape == (0, 2)
    table = run_checks((), [Subject("a")])
    assert table.passed_NC.shape == (1, 0)
    assert table.all_N.tolist() == [-1]


def test_a_column_that_no_example_has_is_an_error() -> None:
    with pytest.raises(DataError, match="'scary'"):
        run_checks(compile_checks(SPECS, None), [Subject("a", fields={"scray": "x"})])
