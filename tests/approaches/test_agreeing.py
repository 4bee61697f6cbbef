"""A model that is asked again: what its other answers say of the first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from etude.approaches.writing.agreeing import TEMPERATURE, again, agreements, together
from etude.approaches.writing.candidate import Sources, WritingCandidate
from etude.approaches.writing.lookup import Finder
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.wording import Wording
from etude.data.answers import Answers
from etude.models._base import ChatRequest, Completion, Message
from etude.models._likelihood import Likelihood
from etude.progress import Progress
from etude.records.task import Kind
from tests.approaches._writing import Parrot, notes, writing_context, writing_task

REQUEST = ChatRequest((Message("user", "name: Bo"),), max_tokens=9)


def said(text: str | None, failure: str | None = None, **more: Any) -> Completion:
    return replace(Completion(text, failure, "stop", 7, 3, 0.5), **more)


def agreed(kind: Kind, answer: str, *others: Completion) -> float:
    return float(agreements([said(answer)], [others], kind)[0])


def test_labels_agree_by_being_the_same() -> None:
    assert agreed("classify", "a", said("a"), said(" a "), said("b"), said("c")) == 0.5


def test_json_agrees_by_its_values() -> None:
    one = '{"who": "Bo", "items": [{"n": 2}, {"n": 3}]}'
    other = '{"items":[{"n":3},{"n":2}],"who":"bo "}'
    assert agreed("extract", one, said(other)) == 1
    # Two of three values are in the other's two: F1 of 4/5.
    assert agreed("extract", one, said('{"who": "Bo", "items": [{"n": 2}]}')) == pytest.approx(0.8)
    assert agreed("extract", one, said("no JSON"), said(one)) == 0.5
    assert agreed("extract", "no JSON", said("no JSON")) == 0
    assert agreed("extract", "{}", said('{"who": ""}')) == 1


def test_texts_agree_by_their_wording() -> None:
    same, near, far = "Bo wants tea.", "Bo wants tea now.", "Nothing alike"
    assert agreed("write", same, said(same)) == pytest.approx(1)
    assert 0.5 < agreed("write", same, said(near)) < 1
    assert agreed("write", same, said(far)) < 0.2


def test_an_asking_that_came_to_nothing_agrees_with_nothing_and_a_failure_with_none() -> None:
    assert agreed("classify", "a", said("a"), said("a", "timeout"), said(None, "refusal")) == 1 / 3
    answers = [said("a", "too_long"), said(None), said("a")]
    failed = agreements(answers, [[said("a")], [said("a")], []], "write")
    assert np.isnan(failed).all()


def test_each_asking_is_one_of_its_own_and_free() -> None:
    asked = again(REQUEST, 3)
    assert [one.asking for one in asked] == [1, 2, 3]
    assert {one.temperature for one in asked} == {TEMPERATURE}
    assert replace(asked[0], temperature=0.0, asking=0) == REQUEST


def test_what_all_askings_took_is_counted() -> None:
    more = [said("b", tokens_out=2, seconds=0.75), said("c", tokens_out=1, seconds=0.25)]
    (whole,) = together([said("a")], [more])
    assert (whole.text, whole.tokens_in, whole.tokens_out, whole.seconds) == ("a", 21, 6, 1.25)
    assert together([said("a")], [[]]) == [said("a")]


@dataclass
class Wavering(Parrot):
    """Says "sure" always where it is asked of tea, and otherwise something else each time."""

    labels: tuple[float, ...] | None = None

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        self.asked += requests
        return [self._wavered(request) for request in requests]

    def _wavered(self, request: ChatRequest) -> Completion:
        text = request.messages[-1].content
        sure = "tea" in text or not request.asking
        return said(
            "surely so" if sure else f"{request.asking} xyz"[::-1],
            "too_long" if "long" in text else None,
            likelihood=Likelihood(-1.0, -2.0),
            choice_probabilities=self.labels,
        )


def candidate(model: Parrot, tmp_path: Path, times: int, **more: Any) -> WritingCandidate:
    bar = {"metric": "all_checks", "hand_over": {"precision": 0.9, "ask_again": times}}
    context = writing_context(model, tmp_path, writing_task(bar=bar, **more))
    nothing = Finder((), None, None, "words")
    settings = Settings(Wording(), max_tokens=9).to_json()
    return WritingCandidate(
        "prompt", context, settings, Sources(notes(2), nothing, (), nothing), model
    )


def test_a_candidate_ranks_its_answers_by_how_far_it_agrees_with_itself(tmp_path: Path) -> None:
    model = Wavering()
    answers = candidate(model, tmp_path, 4).answer(["of tea", "of rope", "too long"])
    assert answers.outputs == ("surely so", "surely so", None)
    assert answers.agreement is not None
    assert answers.agreement[0] == pytest.approx(1)
    assert answers.agreement[1] < 0.1
    # 70 % agreement and 30 % likelihood.
    assert answers.score[0] == pytest.approx(0.7 + 0.3 * np.exp(-1))
    assert answers.score[1] < answers.score[0]
    assert np.isnan(answers.score[2])
    # What failed is not asked again; what was asked again is counted.
    assert len(model.asked) == 3 + 2 * 4
    assert answers.tokens_out.tolist() == [15, 15, 3]
    kept = Answers.from_frame(answers.to_frame(["a", "b", "c"]))
    assert kept.score[:2].tolist() == answers.score[:2].tolist()


def test_nothing_is_asked_again_unless_the_task_says_so_or_where_labels_have_probabilities(
    tmp_path: Path,
) -> None:
    once = Wavering()
    assert candidate(once, tmp_path, 0).answer(["of rope"]).agreement is None
    labelled = Wavering(labels=(0.4, 0.6))
    assert candidate(labelled, tmp_path, 4).answer(["of rope"]).agreement is None
    assert (len(once.asked), len(labelled.asked)) == (1, 1)


def test_a_table_of_before_has_no_agreement(tmp_path: Path) -> None:
    answers = candidate(Wavering(), tmp_path, 2).answer(["of tea"])
    before = answers.to_frame(["a"]).drop("agreement")
    assert Answers.from_frame(before).agreement is None
