"""Two ways' answers compared by a person who doesn't know whose they are."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import etude
from etude.cli._blind import Pairs, show_said
from etude.cli._drawing import Paper
from etude.cli._walk import Hands
from etude.errors import UnknownName, UsageError
from etude.evaluation.contests import Items
from etude.records.judgement import PairLabel, Preferred
from etude.workflow import judgements
from etude.workflow.blind_pairs import Answered, challengers, contest, words
from etude.workflow.session import open_session
from tests.report import fixtures
from tests.workflow._compared import compared_project


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compared_project(tmp_path_factory.mktemp("blind") / "p")


@pytest.fixture(autouse=True)
def nothing_said(folder: Path) -> None:
    (folder / judgements.FILE).unlink(missing_ok=True)


def walked(folder: Path, keys: str, limit: int | None = None, **more: Any) -> str:
    out, pressed = io.StringIO(), iter(keys)
    paper = Paper(Console(file=out, width=100, highlight=False, markup=False, emoji=False))
    blind = etude.open(folder).to_compare(**more)
    hands = Hands(key=lambda: next(pressed, "q"), line=lambda _: "", editor=lambda _: None)
    Pairs(paper, blind, hands, limit).go()
    show_said(paper, blind)
    return out.getvalue()


def lines(folder: Path) -> list[dict[str, Any]]:
    path = folder / judgements.FILE
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_names_are_told_at_the_end_and_words_are_kept(folder: Path) -> None:
    said = walked(folder, "zabsuakq")
    shown, told = said.rsplit("stop", 1)
    assert "look-up" not in shown.lower()
    assert "“Look-up” against “Quick classifier”: better on" in told
    assert "1 of 48" in shown
    assert "taken back" in shown
    assert [one["said"] for one in lines(folder)] == ["a", "b", "a"]
    assert all(one["sort"] == "pair" and one["a"] != one["b"] for one in lines(folder))


def test_it_goes_on_with_what_is_left(folder: Path) -> None:
    walked(folder, "aaaa", limit=3)
    again = etude.open(folder).to_compare()
    assert again.total == 45
    assert len(lines(folder)) == 3
    pair = again.pair()
    assert pair is not None
    assert again.answered.ids[pair.at] not in {one["row"] for one in lines(folder)}


def test_sides_are_dealt_by_chance(folder: Path) -> None:
    blind = etude.open(folder).to_compare()
    left = 0
    while (pair := blind.pair()) is not None:
        left += pair.a == blind.answered.outputs[blind.first][pair.at]
        blind.skip()
    assert 12 < left < 36
    assert blind.contest.judged == 0


def test_it_says_how_many_more_it_takes(folder: Path) -> None:
    few = walked(folder, "ab" * 8, limit=16)
    assert "It takes 10 pairs more until people's word can decide" in few
    many = walked(folder, "ab" * 9, limit=18)
    assert "more would likely settle whether the simpler of the two is as good" in many


def test_long_answers_are_shown_whole(folder: Path) -> None:
    blind = etude.open(folder).to_compare()
    at = blind.queue[0]
    long = "\n".join(f"line {n}" for n in range(60))
    given = {name: list(texts) for name, texts in blind.answered.outputs.items()}
    given[blind.other][at] = long
    blind.answered = replace(blind.answered, outputs={k: tuple(v) for k, v in given.items()})
    out = io.StringIO()
    paper = Paper(Console(file=out, width=100, highlight=False, markup=False, emoji=False))
    hands = Hands(key=lambda: "q", line=lambda _: "", editor=lambda _: None)
    Pairs(paper, blind, hands).go()
    assert "line 59" in out.getvalue()


def test_two_ways_can_be_named(folder: Path) -> None:
    blind = etude.open(folder).to_compare(("few_shot", "retrieval"))
    assert [name.split("@")[0] for name in (blind.first, blind.other)] == ["few_shot", "retrieval"]
    assert blind.to_json()["pair"] == [blind.first, blind.other]
    with pytest.raises(UsageError, match="against itself"):
        etude.open(folder).to_compare(("few_shot", "few_shot"))
    with pytest.raises(UnknownName, match="no candidate"):
        etude.open(folder).to_compare(("few_shot", "fancy"))


def test_who_compared_answers_no_longer_reviews_the_example(folder: Path) -> None:
    walked(folder, "a", limit=1)
    assert judgements.read(folder).rows == {lines(folder)[0]["row"]}


GIVEN: dict[str, tuple[str | None, ...]] = {
    "plain": ("same", "x", "y", "z", None, "same "),
    "tuned": ("same", "X", "Y", None, "w", "same"),
}


def answered(aside: bool = False) -> Answered:
    n = len(GIVEN["plain"])
    ids = tuple(f"r{at}" for at in range(n))
    return Answered(ids, ids, ("",) * n, GIVEN, Items(np.arange(n), None), aside)


def label(at: int, a: str, b: str, said: Preferred) -> PairLabel:
    one, other = judgements.text_hash(a), judgements.text_hash(b)
    of = answered().of[at]
    return PairLabel(row=f"r{at}", of=of, a=one, b=other, said=said, at="")


def test_what_is_the_same_or_missing_counts_in_proportion() -> None:
    nothing = contest(answered(), {}, "plain", "tuned")
    assert (len(nothing.rows_M), nothing.left) == (0, 2)
    half = contest(answered(), words([label(1, "X", "x", "a")]), "plain", "tuned")
    assert (half.judged, half.left, len(half.rows_M)) == (1, 1, 3)
    said = words([label(1, "X", "x", "a"), label(2, "y", "Y", "same")])
    whole = contest(answered(), said, "plain", "tuned")
    assert whole.score_M.tolist() == [0.5, 1.0, 0.5, 0.0, 1.0, 0.5]
    assert (whole.left, whole.same) == (0, 2)
    assert (
        contest(answered(), said, "tuned", "plain").score_M.tolist() == (1 - whole.score_M).tolist()
    )


def test_the_last_word_counts_and_another_answer_is_another_pair() -> None:
    said = words([label(1, "X", "x", "a"), label(1, "x", "X", "a"), label(2, "y", "other", "a")])
    found = contest(answered(), said, "plain", "tuned")
    assert (found.judged, found.left) == (1, 1)
    assert found.score_M[found.rows_M == 1].tolist() == [0.0]


def test_kept_aside_is_not_shown_and_is_written_down_where_it_is(tmp_path: Path) -> None:
    folder = compared_project(tmp_path / "p", "holdout")
    hidden = etude.open(folder).to_compare()
    assert (hidden.total, hidden.hidden) == (0, 48)
    assert hidden.pair() is None
    store = open_session(folder).store
    assert store.looks("some-holdout") == []
    shown = etude.open(folder).to_compare(show_holdout=True)
    assert (shown.total, shown.hidden) == (48, 0)
    (look,) = store.looks("some-holdout")
    assert (look.run, look.candidates) == (shown.comparison.run, ())


@pytest.mark.parametrize(
    ("recommended", "expected"),
    [
        ("retrieval", ["retrieval", "finetune", "probe", "few_shot"]),
        ("prompt", ["finetune", "probe", "retrieval", "few_shot"]),
        ("finetune", ["finetune", "probe", "retrieval", "few_shot"]),
    ],
)
def test_first_comes_what_the_verdict_hangs_on(recommended: str, expected: list[str]) -> None:
    candidates = fixtures.cant_tell().candidates
    found = challengers(candidates, "prompt@builtin:minilm", f"{recommended}@builtin:minilm")
    assert [name.split("@")[0] for name in found] == expected
