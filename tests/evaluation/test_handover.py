"""When a candidate hands over, on answers made by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from etude.data.answers import Answers
from etude.data.examples import Examples
from etude.data.joined import join_answers
from etude.evaluation.handover import (
    asked_of,
    handover,
    probabilities,
)
from etude.evaluation.judging import Fault, Judge
from etude.evaluation.labour import left_to_people
from etude.evaluation.phrases import phrases_in
from etude.evaluation.scorecard import Scored
from etude.evaluation.to_person import to_person, why_everything
from etude.records.candidate import CandidateReport
from etude.records.handover import Handover
from etude.records.task import Task

N = 300
SCORE = np.random.default_rng(0).beta(3, 0.6, 2 * N)
RIGHT = np.random.default_rng(1).random(2 * N) < SCORE


def judge(kind: str = "write", **more: Any) -> Judge:
    task = {"task": "t", "kind": kind, "data": {"examples": "x.csv"}, **more}
    return Judge.of(Task.model_validate(task), (), Path())


def answered(by: Judge, rows: slice, folds: np.ndarray | None = None) -> Scored:
    """Texts that are right where ``RIGHT`` says, as likely as ``SCORE``."""
    places = range(2 * N)[rows]
    none = np.zeros(len(places))
    answers = Answers(
        outputs=tuple(f"text {i}" if RIGHT[i] else "wrong" for i in places),
        probabilities_NL=None,
        failures=(None,) * len(places),
        seconds=none,
        tokens_in=none.astype(np.int64),
        tokens_out=none.astype(np.int64),
        likelihood=SCORE[rows],
    )
    examples = Examples(
        ids=tuple(f"e{i}" for i in places),
        inputs=tuple(f"text {i}" for i in places),
        targets=tuple(f"text {i}" for i in places),
        groups=np.arange(len(places)),
    )
    return Scored(examples, answers, by, folds)


ASKED = judge(bar={"metric": "exact", "hand_over": {"precision": 0.9}})
FIRST, SECOND = slice(0, N), slice(N, 2 * N)


def found_with(by: Judge = ASKED) -> Handover:
    found = handover(answered(by, FIRST), answered(by, SECOND))
    assert found is not None
    return found


def test_the_bar_says_what_is_asked() -> None:
    stated = asked_of(ASKED)
    assert (stated.precision, stated.confidence, stated.stated) == (0.9, 0.95, True)
    follows = asked_of(judge("classify", bar={"metric": "accuracy", "at_least": 0.8}))
    assert (follows.precision, follows.stated) == (0.8, False)
    # A minimum of another kind of figure is no share of right answers.
    assert asked_of(judge(bar={"metric": "chrf", "at_least": 0.8})) is None
    assert asked_of(judge("classify", bar={"metric": "accuracy", "at_least": 1.0})) is None
    assert asked_of(judge("classify")) is None


def test_the_threshold_comes_from_calibration_and_the_figures_from_what_is_scored() -> None:
    found = found_with()
    assert found.reason is None
    assert (found.n, found.groups, found.precision_asked) == (N, N, 0.9)
    answered_N = SCORE[FIRST] >= found.threshold
    assert found.coverage.value == pytest.approx(answered_N.mean())
    assert found.precision.value == pytest.approx(RIGHT[FIRST][answered_N].mean())
    assert found.coverage.low < found.coverage.value < found.coverage.high
    assert 0.2 < found.coverage.value < 0.9
    assert "examples set apart" in found.method
    assert found.auroc > 0.7
    assert found.ece < 0.1


def test_cross_fitting_uses_what_is_out_of_fold_and_says_so() -> None:
    folded = handover(answered(ASKED, FIRST, np.arange(N) % 5), None)
    assert folded.threshold == handover(answered(ASKED, SECOND), answered(ASKED, FIRST)).threshold
    assert "out of fold" in folded.method
    assert folded.ece < 0.1


def test_why_there_is_no_threshold_is_said() -> None:
    few = handover(answered(ASKED, FIRST), answered(ASKED, slice(0, 20)))
    assert few.threshold is None
    assert "at least 29 are needed" in few.reason
    apart = handover(answered(ASKED, FIRST), None)
    assert "set any apart" in apart.reason
    assert apart.calibrator is None
    open_ = judge(bar={"metric": "exact"})
    assert "nobody asked" in handover(answered(open_, FIRST, np.arange(N) % 5), None).reason
    strict = judge(bar={"metric": "exact", "hand_over": {"precision": 0.99, "confidence": 0.6}})
    assert "not right often enough" in found_with(strict).reason


def test_what_asking_again_bought_stands_beside_what_one_answer_told() -> None:
    """The likelihood knows nothing here, and agreement what ``SCORE`` knows."""
    by = judge(bar={"metric": "exact", "hand_over": {"precision": 0.9, "ask_again": 5}})
    first, second = answered(by, FIRST), answered(by, SECOND)

    def wavering(one: Scored) -> Scored:
        level = np.full(len(one.answers), 0.5)
        known = one.answers.likelihood
        return replace(one, answers=replace(one.answers, likelihood=level, agreement=known))

    found = handover(wavering(first), wavering(second))
    assert found is not None
    assert (found.ask_again, found.auroc_once) == (5, 0.5)
    assert found.auroc == pytest.approx(handover(first, second).auroc)
    assert "asked again 5 times, 70 % of the score" in found.score
    alone = replace(first, answers=replace(first.answers, likelihood=None, agreement=SCORE[FIRST]))
    only = handover(alone, None)
    assert only is not None
    assert only.auroc == pytest.approx(found.auroc)
    assert only.auroc_once is None
    assert "likelihood" not in only.score
    assert found_with().ask_again == 0
    assert "self-agreement is not measured" in found_with().score


def test_without_any_confidence_there_is_no_record() -> None:
    bare = answered(ASKED, FIRST)
    blind = replace(bare, answers=replace(bare.answers, likelihood=None))
    assert handover(blind, blind) is None


def test_what_fails_a_check_or_is_no_answer_goes_to_a_person() -> None:
    found = found_with()
    answers = replace(
        answered(ASKED, slice(0, 5)).answers,
        likelihood=np.array([1.0, 1.0, 0.0, np.nan, 1.0]),
        outputs=("a", "b", "c", "d", None),
    )
    faults = [(), (Fault("short", "it is long"),), (), (), ()]
    asked = ("one", "two", "three", "four", "five")
    assert to_person(ASKED, found, asked, answers, faults) == (
        None,
        "short: it is long",
        "it is 0 % sure, and 80 % is needed",
        "nobody knows how sure it is",
        "there is no answer",
    )
    sure = probabilities(found, answers)
    assert sure[0] > sure[2]
    assert np.isnan(sure[3:]).all()
    assert np.isnan(probabilities(None, answers)).all()


def test_without_a_threshold_all_goes_to_a_person_where_that_was_asked_for_and_else_faults() -> (
    None
):
    answers = replace(answered(ASKED, slice(0, 3)).answers, outputs=("a", "b", None))
    faults = [(), (Fault("short", "it is long"),), ()]
    none = found_with().model_copy(update={"threshold": None, "reason": "too few"})
    for found, why in ((none, "too few"), (None, "its answers have no confidence to hand over by")):
        assert why_everything(ASKED, found) == why
        everything = to_person(ASKED, found, ("x", "y", "z"), answers, faults)
        said = f"nothing says which answers can go out: {why}"
        assert everything == (said, said, "there is no answer")
        assert why_everything(judge(), found) is None
        assert to_person(judge(), found, ("x", "y", "z"), answers, faults) == (
            None,
            "short: it is long",
            "there is no answer",
        )
    assert why_everything(ASKED, found_with()) is None


BOUNDED = judge(
    bar={"metric": "exact", "hand_over": {"precision": 0.9}},
    boundaries={"phrases": ["text 7", "going to sue"]},
)


def test_an_input_with_a_phrase_of_the_boundaries_goes_to_a_person_however_sure() -> None:
    asked = ("I'm GOING  to sue.", "suede shoes", "text 77", "TEXT 7 and going to sue")
    assert [len(found) for found in phrases_in(BOUNDED.task, asked)] == [1, 0, 0, 2]
    answers = replace(answered(ASKED, slice(0, 4)).answers, likelihood=np.ones(4))
    nothing = [()] * 4
    whys = to_person(BOUNDED, found_with(), asked, answers, nothing)
    says = ("the input says 'going to sue'", "the input says 'text 7', 'going to sue'")
    assert whys == (says[0], None, None, says[1])
    # It needs no threshold, and nobody to have asked for one.
    free = judge(boundaries={"phrases": ["going to sue"]})
    assert to_person(free, None, asked, answers, nothing) == (says[0], None, None, says[0])
    assert to_person(judge(), None, asked, answers, nothing) == (None,) * 4


def test_of_a_conversation_what_the_user_said_counts() -> None:
    chat = judge("chat", boundaries={"phrases": ["lawyer"]})
    said = '[{"role":"%s","content":"My lawyer calls."},{"role":"user","content":"Well?"}]'
    assert phrases_in(chat.task, [said % "user", said % "assistant", "a lawyer"]) == [
        ("lawyer",),
        (),
        ("lawyer",),
    ]


def test_requests_with_a_phrase_are_not_counted_as_answered_and_cost_people_time() -> None:
    plain, bounded = (answered(by, FIRST, np.arange(N) % 5) for by in (ASKED, BOUNDED))
    held = np.array([bool(one) for one in phrases_in(BOUNDED.task, plain.examples.inputs)])
    assert held.sum() == 1
    without, found = handover(plain, None), handover(bounded, None)
    assert found.n == without.n
    loose = found.model_copy(update={"threshold": 0.0})
    assert left_to_people("a", bounded, loose).handed_N.tolist() == held.tolist()
    assert left_to_people("a", answered(judge(), FIRST), None).handed_N.sum() == 0
    unasked = judge(boundaries={"phrases": ["text 7"]})
    assert left_to_people("a", answered(unasked, FIRST), None).handed_N.tolist() == held.tolist()


def test_phrases_do_not_change_how_well_the_score_ranks_answers() -> None:
    """What is held for its input is right as often as any; counted as the least sure, AUROC fell."""
    many = judge(bar=ASKED.task.bar, boundaries={"phrases": [f"text {i}" for i in range(0, N, 2)]})
    plain, bounded = (handover(answered(by, FIRST), None) for by in (ASKED, many))
    odd = answered(ASKED, slice(1, N, 2))
    assert bounded.auroc == pytest.approx(handover(odd, None).auroc)
    assert bounded.auroc == pytest.approx(plain.auroc, abs=0.05)
    assert bounded.aurc == pytest.approx(plain.aurc, abs=0.05)
    assert bounded.curve[-1].coverage <= 0.5 < plain.curve[-1].coverage


def test_answers_known_to_fail_are_not_counted_as_answered() -> None:
    checked = judge(
        bar={"metric": "all_checks", "hand_over": {"precision": 0.9}},
        checks=[{"type": "forbidden-phrases", "value": ["wrong"]}],
    )
    found = found_with(checked)
    # What fails is known before anybody is asked: all that stands is right.
    assert found.precision.value == 1
    assert found.coverage.value == pytest.approx(RIGHT[FIRST].mean())


def test_the_curve_falls_and_is_as_sure_as_it_is_right() -> None:
    points = found_with().curve
    assert len(points) > 10
    assert points[0].coverage < points[-1].coverage == 1
    assert points[0].precision > points[-1].precision == pytest.approx(RIGHT[FIRST].mean())
    assert [one.sure for one in points] == sorted((one.sure for one in points), reverse=True)


def test_records_without_it_still_load_and_likelihoods_are_kept() -> None:
    assert CandidateReport.model_fields["handover"].default is None
    found = found_with()
    assert Handover.model_validate_json(found.model_dump_json()) == found
    answers = answered(ASKED, slice(0, 3)).answers
    again = Answers.from_frame(answers.to_frame(["a", "b", "c"]))
    assert again.likelihood.tolist() == answers.likelihood.tolist()
    blind = replace(answers, likelihood=None)
    assert Answers.from_frame(blind.to_frame(["a", "b", "c"])).likelihood is None
    joined = join_answers([answers, blind]).likelihood
    assert np.isnan(joined[3:]).all()
    assert joined[:3].tolist() == answers.likelihood.tolist()
