"""Answers compared blind, on the page, in JSON and in the verdict's words."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from etude.cli._beside import show_beside
from etude.cli._drawing import Paper
from etude.evaluation.contests import Items
from etude.records.comparison import Comparison
from etude.records.judgement import JudgeReport, PairLabel, PairsByModel
from etude.records.task import Task
from etude.records.verdict import Verdict
from etude.report.as_json import to_json
from etude.report.page import page
from etude.verdict.decide import Circumstances, decide
from etude.workflow import judgements
from etude.workflow.blind_pairs import Answered
from etude.workflow.blind_pairs import words as words_of
from etude.workflow.people import people_of

from . import fixtures

BASE = "probe@builtin:minilm"
TUNED = "finetune@builtin:minilm"
COUNT = 100


def answered(names: list[str]) -> Answered:
    ids = tuple(f"r{n}" for n in range(COUNT))
    outputs = {name: tuple(f"{name} {n}" for n in range(COUNT)) for name in names}
    return Answered(ids, ids, ("",) * COUNT, outputs, Items(np.arange(COUNT), None), False)


def said(material: Answered, wins: int, losses: int, a: str = BASE, b: str = TUNED) -> list[Any]:
    """Of the first inputs: ``b`` preferred, then ``a``."""
    found = []
    for at in range(wins + losses):
        one, other = (judgements.text_hash(material.outputs[name][at] or "") for name in (a, b))
        word = "b" if at < wins else "a"
        of = material.of[at]
        found.append(PairLabel(row=f"r{at}", of=of, a=one, b=other, said=word, at=""))
    return found


def judged(wins: int, losses: int, margin: float = 0.05) -> tuple[Comparison, Verdict]:
    made = fixtures.cant_tell()
    names = [c.name for c in made.candidates]
    material = answered(names)
    people = people_of(material, words_of(said(material, wins, losses)), names, BASE, margin)
    candidates = tuple(
        c.model_copy(update={"quality": people.found.get(c.name), "gates": ()})
        for c in made.candidates
    )
    bar = made.task.bar.model_copy(update={"metric": "person", "margin": margin})
    task: Task = made.task.model_copy(update={"bar": bar, "kind": "write"})
    deciding = people.report if people.report.judged else None
    around = Circumstances(baseline=BASE, scored=COUNT, people=deciding)
    verdict = decide(task, candidates, people.pairs, around)
    update = {
        "task": task,
        "candidates": candidates,
        "pairs": people.pairs,
        "people": people.report,
        "verdict": verdict,
    }
    return made.model_copy(update=update), verdict


def test_a_clear_preference_decides_and_says_on_how_many_pairs() -> None:
    made, verdict = judged(40, 5)
    assert (verdict.decision, verdict.recommended, verdict.settled) == ("fine_tune", TUNED, True)
    assert "of blind pairs with ties as halves" in verdict.sentence
    assert (
        "45 pairs of different answers): 40 better, 0 the same, 5 worse; 55 pairs left"
        in (verdict.reasons[0])
    )
    assert "not in this verdict" in verdict.reasons[1]
    assert "“look-up”" in verdict.reasons[1]
    shown = page(made)
    assert "Answers compared blind" in shown
    assert "people have not compared enough of its answers" in shown
    told = to_json(made)["people"]
    assert (told["rows"][-1]["n"], told["judged"]) == (45, [BASE, TUNED])


def test_an_even_preference_says_how_many_more() -> None:
    verdict = judged(17, 15)[1]
    assert verdict.decision == "cant_tell"
    assert "more judged pairs would likely settle it, and 68 pairs are left" in verdict.sentence
    assert verdict.next_command == "etude review --blind"


def test_no_worse_is_no_reason_to_fine_tune() -> None:
    made, verdict = judged(40, 60, margin=0.3)
    assert (verdict.decision, verdict.recommended) == ("dont_fine_tune", BASE)
    assert "half of blind pairs by definition" in verdict.sentence
    assert made.candidate(BASE).quality is not None


@pytest.mark.parametrize(("wins", "left"), [(0, 30), (29, 1)])
def test_too_few_decide_nothing(wins: int, left: int) -> None:
    names = [BASE, TUNED]
    material = answered(names)
    people = people_of(material, words_of(said(material, wins, 0)), names, BASE, 0.05)
    assert (people.report.judged, people.report.to_judge, people.found) == ((), left, {})


def by_place(first: int, second: int) -> Comparison:
    pair = PairsByModel(
        candidate=TUNED,
        against=BASE,
        better=10,
        same=25,
        worse=5,
        identical=0,
        asked=40,
        first=first,
        second=second,
        unmeasured=3,
        value=0.5625,
        low=0.46,
        high=0.66,
        people=20,
        agreed=14,
    )
    report = JudgeReport(
        model="m", criteria={"kind": "Is it?"}, agreements=(), rows=(), trusted=False, pairs=(pair,)
    )
    return fixtures.cant_tell().model_copy(update={"judge": report})


def test_a_model_that_goes_by_the_place_is_shown_to() -> None:
    shown = page(by_place(18, 2))
    for words in ("50 % (first 18, second 2)", "10 / 25 / 5, 3 not measured", "14 of 20"):
        assert words.replace(" %", "\u00a0%") in shown
    assert "56\u00a0% (46 to 66\u00a0%)" in shown


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (18, 2, "named the place and not the answer in 20 of 40 pairs (50 %, mostly the first)"),
        (1, 3, "in 4 of 40 pairs (10 %, mostly the second)"),
        (0, 0, ""),
    ],
)
def test_the_terminal_says_when_it_goes_by_the_place(first: int, second: int, said: str) -> None:
    out = io.StringIO()
    show_beside(Paper(Console(file=out, width=100)), by_place(first, second))
    shown = " ".join(out.getvalue().replace("\u00a0", " ").split())
    assert said in shown
    assert ("nothing is decided" in shown) == bool(said)
