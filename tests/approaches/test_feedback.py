"""What whoever rewrites instructions is told of an answer: labels mixed up, fields, failed checks."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from etude.approaches.improving.feedback import Feedback
from etude.data.examples import Examples
from etude.models._base import Completion
from tests._fakes import FakeChat, make_context
from tests.approaches._writing import Parrot, writing_context, writing_task


def _one(text: str, target: str) -> Examples:
    return Examples(("a",), (text,), (target,), np.zeros(1, dtype=np.int64), ('{"name": "Ada"}',))


def _said(text: str | None, failure: str | None = None) -> list[Completion]:
    return [Completion(text, failure, "stop", 1, 1, 0.0)]


def test_feedback_names_the_labels_that_were_mixed_up(tmp_path: Path) -> None:
    feedback = Feedback(make_context(FakeChat(), tmp_path))
    rows = _one("where is my card", "card_arrival")
    (told,) = feedback.records(rows, _said("lost_card"), ["lost_card"])
    assert told["Feedback"].startswith("Wrong. Right is card_arrival. card_arrival means: the card")
    assert "lost_card means: the card is lost" in told["Feedback"]
    (told,) = feedback.records(rows, _said("Dunno", "not_a_choice"), [None])
    assert told["Answer"] == "Dunno"
    assert told["Feedback"].startswith("No valid answer: it is none of the labels. Right is")
    (told,) = feedback.records(rows, _said("card_arrival"), ["card_arrival"])
    assert told["Feedback"] == "Right."


def test_feedback_names_checks_and_fields(tmp_path: Path) -> None:
    feedback = Feedback(writing_context(Parrot(), tmp_path))
    (told,) = feedback.records(_one("name: Ada", "Ada wants tea."), _said("Tea."), ["Tea."])
    assert "the check “" in told["Feedback"]
    assert told["Feedback"].endswith("An ideal answer: Ada wants tea.")
    schema = {
        "type": "object",
        "properties": {"who": {"type": "string"}, "count": {"type": "integer"}},
    }
    task = writing_task(kind="extract", checks=[], schema=schema, bar={"metric": "field_f1"})
    feedback = Feedback(writing_context(Parrot(), tmp_path, task))
    rows, given = _one("Ada, 3", '{"who":"Ada","count":3}'), '{"who":"ada","count":4}'
    (told,) = feedback.records(rows, _said(given), [given])
    assert "count is 4 and should be 3" in told["Feedback"]
    assert "who" not in told["Feedback"].partition("An ideal")[0]
