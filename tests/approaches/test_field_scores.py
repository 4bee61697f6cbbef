"""How sure a model is of each field of what it wrote."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from etude.approaches.writing.candidate import Sources, WritingCandidate
from etude.approaches.writing.fields import field_scores
from etude.approaches.writing.lookup import Finder
from etude.approaches.writing.settings import Settings
from etude.approaches.writing.wording import Wording
from etude.data.answers import Answers
from etude.data.joined import join_answers
from etude.models._base import ChatRequest, Completion
from etude.models._likelihood import Likelihood
from etude.models.openai import EndpointModel
from etude.progress import Progress
from etude.records.task import OpenAIModel
from tests.approaches._writing import Parrot, notes, writing_context, writing_task
from tests.models._server import Call, Server

NAMES = ("who", "n", "items")
SCHEMA = {
    "type": "object",
    "properties": {name: {} for name in NAMES},
    "required": ["who"],
}


def said(text: str | None, failure: str | None = None, **logs: float) -> Completion:
    """``logs``: of the least sure token of fields."""
    told = Likelihood(-1.0, -2.0, tuple(logs.items())) if logs else None
    return Completion(text, failure, "stop", 7, 3, 0.5, likelihood=told)


def scores(answer: Completion, *others: Completion) -> list[float]:
    found = field_scores([answer], [others] if others else [], NAMES)
    return [math.nan] * 3 if found is None else found[0].tolist()


ONE = '{"who":"Bo","n":2,"items":[{"a":1},{"a":2}]}'


def test_the_least_sure_token_of_a_field_is_its_score() -> None:
    found = scores(said(ONE, items=-2.0, who=0.0, n=-0.5))
    assert found == pytest.approx([1, math.exp(-0.5), math.exp(-2)])


def test_what_is_said_again_counts_field_by_field() -> None:
    others = [
        said('{"who":"bo ","n":2.0,"items":[{"a":2},{"a":1}]}'),
        said('{"who":"Bo","n":3,"items":[{"a":1}]}'),
        said('{"who":"Bo","items":[{"a":1},{"a":2},{"a":3}]}'),
        said(None, "unfinished_json"),
    ]
    # The same after setting case, spaces and order aside, as records are compared.
    assert scores(said(ONE), *others) == pytest.approx([3 / 4, 1 / 4, 1 / 4])
    both = scores(said(ONE, who=-1.0, n=0.0), *others)
    assert both[0] == pytest.approx(0.7 * 3 / 4 + 0.3 * math.exp(-1))
    assert both[1:] == pytest.approx([0.7 / 4 + 0.3, 1 / 4])


def test_an_asking_that_came_to_nothing_agrees_with_no_field_not_with_an_empty_one_either() -> None:
    empty = '{"who":null,"n":"","items":[]}'
    for nothing in (said(None, "timeout"), said("no"), said("[1]")):
        assert scores(said(empty), nothing, said(empty)) == [0.5, 0.5, 0.5]
    assert scores(said(empty), said("{}")) == [1, 1, 1], "left out, and empty, are the same"


def test_nothing_is_said_of_what_is_not_there() -> None:
    absent = scores(said('{"who":"Bo","n":null}', who=-1.0, n=-0.5), said('{"who":"Di"}'))
    assert absent[:2] == pytest.approx([0.3 * math.exp(-1), 0.7 + 0.3 * math.exp(-0.5)])
    assert math.isnan(absent[2])
    for none in (said(None, "refusal"), said(ONE, "too_long", who=-1.0), said("no"), said("[1]")):
        assert np.isnan(scores(none, said(ONE))).all()
    assert field_scores([said(ONE)], [], NAMES) is None
    assert field_scores([], [], NAMES) is None
    assert field_scores([said(ONE, who=-1.0)], [], ()) is None


@dataclass
class Recorder(Parrot):
    """Writes a record whose ``n`` is another one each time."""

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        self.asked += requests
        return [
            said(json.dumps({"who": "Bo", "n": one.asking}), who=-0.1, n=-1.0) for one in requests
        ]


def candidate(model: Any, tmp_path: Path, times: int = 0, **more: Any) -> WritingCandidate:
    bar = {"metric": "exact", "hand_over": {"precision": 0.9, "ask_again": times}}
    task = writing_task(**{"kind": "extract", "schema": SCHEMA, "checks": [], "bar": bar} | more)
    nothing = Finder((), None, None, "words")
    settings = Settings(Wording(), max_tokens=90).to_json()
    sources = Sources(notes(2), nothing, (), nothing)
    return WritingCandidate(
        "prompt", writing_context(model, tmp_path, task), settings, sources, model
    )


def test_a_candidates_answers_have_the_scores_of_their_fields(tmp_path: Path) -> None:
    answers = candidate(Recorder(), tmp_path, 4).answer(["a", "b"])
    assert answers.fields == NAMES
    expected = [0.7 + 0.3 * math.exp(-0.1), 0.3 * math.exp(-1)]
    for row in answers.fields_NF:
        assert row[:2] == pytest.approx(expected)
        assert math.isnan(row[2])
    text = candidate(Recorder(), tmp_path, kind="write", schema=None, bar={"metric": "chrf"})
    assert text.answer(["a"]).fields_NF is None


def test_an_endpoint_that_tells_its_tokens_tells_of_fields(tmp_path: Path) -> None:
    def reply(call: Call) -> None:
        written = (('{"who":', 0.0), ('"Bo"', -0.7), (',"n":', 0.0), ("2", -0.2), ("}", -0.4))
        silent = "quiet" in call.said
        call.answer('{"who":"Bo","n":2}', written=() if silent else written)

    with Server(reply) as server:
        settings = OpenAIModel(base_url=server.url, model="far", max_retries=0)
        answers = candidate(EndpointModel("far", settings), tmp_path).answer(["a", "quiet"])
    assert answers.field_score("who")[0] == pytest.approx(math.exp(-0.7))
    assert answers.field_score("n")[0] == pytest.approx(math.exp(-0.4))
    assert np.isnan(answers.fields_NF[1]).all()


def test_scores_of_fields_are_kept_and_joined_by_name(tmp_path: Path) -> None:
    answers = candidate(Recorder(), tmp_path, 2).answer(["a", "b"])
    frame = answers.to_frame(["a", "b"])
    frame.write_parquet(tmp_path / "kept.parquet")
    import polars as pl

    again = Answers.from_frame(pl.read_parquet(tmp_path / "kept.parquet"))
    assert again.fields == NAMES
    assert np.array_equal(again.fields_NF, answers.fields_NF, equal_nan=True)
    before = Answers.from_frame(frame.drop("fields"))
    assert (before.fields_NF, before.fields) == (None, ())
    assert np.isnan(before.field_score("who")).all()
    # The same fields in another order: each part's columns are its own.
    turned = replace(answers, fields=NAMES[::-1], fields_NF=answers.fields_NF[:, ::-1])
    joined = join_answers([answers, before, turned])
    assert joined.fields == NAMES
    assert joined.field_score("who").tolist() == pytest.approx(
        [*answers.field_score("who"), math.nan, math.nan, *answers.field_score("who")], nan_ok=True
    )
    assert join_answers([before, before]).fields_NF is None
    assert "fields" not in before.to_frame(["a", "b"]).columns
