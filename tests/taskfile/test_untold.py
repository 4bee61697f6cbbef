"""Boundaries that the instructions have no word of."""

from __future__ import annotations

from typing import Any

from etude.evaluation.parts import Layout, Part
from etude.records.task import Task
from etude.taskfile.untold import untold
from etude.workflow.climb import CompareOptions, _notes
from etude.workflow.layout import no_examples

EMPTY = no_examples()
BOUNDS = {"refuse": ["medical advice"], "hand_over": ["legal threats", "Refunds over 500"]}


def task(instructions: str, kind: str = "write", bounds: Any = BOUNDS) -> Task:
    given = {"task": "t", "kind": kind, "data": {"examples": "x.csv"}, "boundaries": bounds}
    return Task.model_validate(given | {"instructions": instructions})


def test_a_boundary_is_told_where_the_instructions_have_a_word_of_it() -> None:
    assert untold(task("Reply.")) == ("medical advice", "legal threats", "Refunds over 500")
    told = task("Reply. Of a REFUND say nothing; refunds and legal matters go to Ann.")
    assert untold(told) == ("medical advice",)
    assert untold(task("Reply.", bounds={})) == ()


def test_an_answer_that_is_a_label_or_json_has_no_room_for_it() -> None:
    assert untold(task("Choose.", kind="classify")) == ()


def test_a_comparison_notes_what_no_model_was_told() -> None:
    layout = Layout((Part(0, EMPTY, EMPTY, EMPTY),), cross_fitting=False, total=0)
    (note,) = _notes(layout, CompareOptions(), task("Reply about legal and refunds."))
    assert "no word of medical advice" in note
    assert _notes(layout, CompareOptions(), task("Reply.", bounds={})) == ()
