"""Each question and red flag: answered from evidence, else from a person's word, else unknown."""

from __future__ import annotations

from typing import Any

import pytest

from etude.metrics import metric
from etude.records.advice import Answered, Evidence
from etude.records.audit import LearningCurve
from etude.records.task import Bar, Economics, Opinions
from etude.verdict.advice.advise import advise, open_ones
from etude.verdict.advice.asked import ALL, CORRECTED

from ._evidence import evidence, examples, share, task, tried, way


def one(found: Evidence, key: str) -> Answered:
    advice = advise(found)
    return next(each for each in (*advice.questions, *advice.flags) if each.key == key)


def curve(low: float, high: float) -> LearningCurve:
    return LearningCurve(more=100, gain=(low + high) / 2, low=low, high=high, sentence="a curve")


def requests(count: float) -> dict[str, Any]:
    return {"task": task(economics=Economics(requests_per_month=count))}


def written(**changes: Any) -> dict[str, Any]:
    return {"task": task("write"), "examples": examples(labels=0, **changes)}


NEAR = way("prompt", 0.9, 0).model_copy(update={"value": share(0.9, 0.02)})
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("repeats", requests(6000), "yes", "etude.yaml"),
    ("repeats", requests(20), "no", "etude.yaml"),
    ("repeats", requests(60), "unknown", "nothing"),
    ("repeats", {"stated": frozenset()}, "unknown", "nothing"),
    ("enough_examples", {}, "yes", "examples"),
    ("enough_examples", {"examples": examples(independent=49)}, "no", "examples"),
    ("enough_examples", {"examples": examples(labels=10, thin=6)}, "no", "examples"),
    ("enough_examples", written(kept_checks=0.5), "no", "examples"),
    ("enough_examples", {"examples": examples(independent=100)}, "unknown", "nothing"),
    (
        "enough_examples",
        {"examples": examples(independent=100, curve=curve(0.03, 0.06))},
        "no",
        "examples",
    ),
    (
        "enough_examples",
        {"examples": examples(independent=100, curve=curve(0.0, 0.01))},
        "yes",
        "examples",
    ),
    (
        "enough_examples",
        {"examples": examples(independent=100, curve=curve(0.0, 0.05))},
        "unknown",
        "nothing",
    ),
    ("steady_answers", {}, "yes", "etude.yaml"),
    ("steady_answers", written(), "yes", "examples"),
    ("steady_answers", written(changing=150), "no", "examples"),
    ("steady_answers", written(ungiven=150), "no", "examples"),
    ("steady_answers", written(changing=50), "unknown", "nothing"),
    ("steady_answers", written(changing=None, ungiven=None), "unknown", "nothing"),
    ("gap_left", {}, "unknown", "nothing"),
    ("gap_left", {"tried": tried(0.72)}, "yes", "comparison"),
    ("gap_left", {"tried": tried(0.95)}, "no", "comparison"),
    ("gap_left", {"tried": tried(ways=(NEAR,))}, "unknown", "nothing"),
    ("gap_left", {"corrected": 0.4}, "yes", "you"),
    ("gap_left", {"corrected": 0.04, "corrected_by": "etude.yaml"}, "no", "etude.yaml"),
    ("gap_left", {"corrected": 0.1}, "unknown", "nothing"),
    ("gap_left", {"task": task(bar=Bar()), "tried": tried(0.7, 0.9)}, "yes", "comparison"),
    ("gap_left", {"task": task(bar=Bar()), "tried": tried(0.7, 0.69)}, "no", "comparison"),
    ("gap_left", {"task": task(bar=Bar()), "tried": tried(0.7, 0.72)}, "unknown", "nothing"),
    ("gap_left", {"task": task(bar=Bar()), "tried": tried(0.7)}, "unknown", "nothing"),
    ("worth_it", {}, "unknown", "nothing"),
    ("worth_it", {"tried": tried(0.72)}, "yes", "comparison"),
    ("worth_it", {"corrected": 0.4}, "yes", "you"),
    ("worth_it", {"tried": tried(0.97)}, "no", "comparison"),
    ("worth_it", {"corrected": 0.04, "corrected_by": "etude.yaml"}, "no", "etude.yaml"),
    ("worth_it", {"tried": tried(0.72), **requests(40)}, "no", "comparison"),
    ("worth_it", {"tried": tried(0.72), **requests(500)}, "unknown", "nothing"),
    ("few_and_varied", requests(20), "unknown", "nothing"),
    ("few_and_varied", requests(200), "no", "etude.yaml"),
    ("few_and_varied", requests(50), "unknown", "nothing"),
    ("few_and_varied", {"stated": frozenset()}, "unknown", "nothing"),
    ("still_changing", {}, "unknown", "nothing"),
    ("still_changing", written(wavering=120), "yes", "examples"),
    ("still_changing", written(wavering=20), "unknown", "nothing"),
    ("prompt_untried", {}, "unknown", "nothing"),
    ("prompt_untried", {"task": task(instructions="", labels={"a": ""})}, "yes", "etude.yaml"),
    (
        "prompt_untried",
        {"task": task(labels={"a": ""}), "unworded": True, "tried": tried(0.72)},
        "yes",
        "etude.yaml",
    ),
    ("prompt_untried", {"unworded": True, "tried": tried(0.72)}, "no", "comparison"),
    ("prompt_untried", {"tried": tried(0.72)}, "no", "comparison"),
    (
        "prompt_untried",
        {"tried": tried(ways=(way("prompt", 0.7, 0, wordings=0),))},
        "unknown",
        "nothing",
    ),
    (
        "prompt_untried",
        {"tried": tried(ways=(way("prompt", 0.7, 0, wordings=1),))},
        "unknown",
        "nothing",
    ),
    ("about_our_files", {}, "no", "etude.yaml"),
    ("about_our_files", written(), "no", "examples"),
    ("about_our_files", written(ungiven=150), "yes", "examples"),
    ("about_our_files", written(ungiven=50), "unknown", "nothing"),
    ("about_our_files", written(changing=None, ungiven=None), "unknown", "nothing"),
    ("always_edited", {}, "no", "etude.yaml"),
    ("always_edited", written(), "unknown", "nothing"),
    ("always_edited", {**written(), "corrected": 0.95}, "yes", "you"),
    *(
        (
            "always_edited",
            {**written(), "tried": tried(ways=(way("prompt", 0.7, 0, retyping=retyping),))},
            reply,
            source,
        )
        for retyping, reply, source in (
            (0.6, "yes", "comparison"),
            (0.05, "no", "comparison"),
            (0.3, "unknown", "nothing"),
        )
    ),
    ("cant_be_stated", {}, "no", "etude.yaml"),
    ("cant_be_stated", {"examples": examples(conflicting=120)}, "yes", "examples"),
    (
        "cant_be_stated",
        {"task": task("write", checks=()), "examples": examples(labels=0)},
        "unknown",
        "nothing",
    ),
]


@pytest.mark.parametrize(("key", "changes", "reply", "source"), CASES)
def test_each_is_answered_from_evidence_where_there_is_any(
    key: str, changes: dict[str, Any], reply: str, source: str
) -> None:
    found = one(evidence(**changes), key)
    assert (found.reply, found.source) == (reply, source)
    if reply != "unknown":
        assert found.evidence


@pytest.mark.parametrize(
    ("bar", "command"), [("judge", "etude review --judge"), ("person", "etude review --blind")]
)
def test_what_stands_in_for_the_bar_is_named_and_not_held_against_it(
    bar: str, command: str
) -> None:
    judged = tried(ways=(way("prompt", 0.95, 0, metric="all_checks"),))
    asked = task("write", bar=Bar(metric=bar, at_least=0.9))
    said = evidence(task=asked, tried=judged)
    found = one(said, "gap_left")
    assert found.reply == "unknown"
    assert "by “pass every check”" in found.evidence
    assert f"“{metric(bar).plain_name}”, nothing was measured" in found.evidence
    (note,) = [note for note in advise(said).notes if note.startswith("The bar asks")]
    assert "“pass every check”" in note
    assert command in note


def test_a_learning_curve_by_another_metric_says_by_which() -> None:
    more = {"more": 200, "low": 0.05, "high": 0.1, "gain": 0.07, "metric": "chrf", "sentence": "."}
    said = evidence(
        task=task("write", bar=Bar(metric="person", at_least=0.6)),
        examples=examples(curve=LearningCurve(**more)),
    )
    found = one(said, "enough_examples").evidence
    assert "not by the bar's “preferred by people”" in found
    plain = LearningCurve(**more | {"metric": "accuracy"})
    assert "not by" not in one(evidence(examples=examples(curve=plain)), "enough_examples").evidence


def test_evidence_decides_a_question_and_the_other_word_is_shown() -> None:
    found = one(evidence({"gap_left": "no"}, tried=tried(0.72)), "gap_left")
    assert (found.reply, found.source, found.said) == ("yes", "comparison", "no")
    assert one(evidence({"gap_left": "yes"}, tried=tried(0.72)), "gap_left").said is None


def test_a_direct_answer_goes_before_what_follows_from_another_of_the_same_person() -> None:
    found = one(evidence({"gap_left": "no"}, corrected=0.4), "gap_left")
    assert (found.reply, found.source, found.said) == ("no", "you", None)
    edited = {"always_edited": "no"}
    assert one(evidence(edited, **written(), corrected=0.95), "always_edited").reply == "no"


def test_where_evidence_can_t_tell_a_person_s_word_does() -> None:
    found = one(evidence({"gap_left": "yes"}), "gap_left")
    assert (found.reply, found.source) == ("yes", "you")


def test_a_comparison_by_another_metric_and_a_check_on_dev_are_said_to_be_that() -> None:
    found = evidence(other_metric="macro_f1")
    assert "The newest comparison was by “" in one(found, "gap_left").evidence
    step = advise(found).step
    assert (step.key, step.command) == ("measure", "etude compare")
    assert "the bar asks for “right answers” now" in step.why
    check = evidence(tried=tried(0.72, on="dev", check=True))
    assert "as a check on dev measured it" in one(check, "gap_left").evidence


def test_less_than_an_hour_a_month_is_no_real_money() -> None:
    cheap = Economics(requests_per_month=20000, minutes_to_fix=0.006, hourly_rate=30)
    cheap = cheap.model_copy(update={"upkeep_hours_per_month": 0, "hours_to_collect": 0})
    found = evidence(tried=tried(0.72), task=task(economics=cheap))
    said = one(found, "worth_it")
    assert said.reply == "no"
    assert "less than an hour of a person's time a month" in said.evidence
    much = cheap.model_copy(update={"minutes_to_fix": 1})
    assert one(evidence(tried=tried(0.72), task=task(economics=much)), "worth_it").reply == "yes"


def test_nothing_asked_and_nothing_corrected_are_said_in_words() -> None:
    assert "that nothing is asked" in one(evidence(**requests(0)), "repeats").evidence
    assert "corrects none of 100" in one(evidence(corrected=0.0), "gap_left").evidence


def test_where_no_gap_is_left_nobody_is_asked_what_closing_it_is_worth() -> None:
    found = evidence({"gap_left": "no"})
    assert one(found, "worth_it").evidence == (
        "Nothing lacks to the bar, so there is no gap to close."
    )
    assert "worth_it" not in [each.key for each in open_ones(advise(found))]


def test_that_there_are_few_items_says_nothing_of_how_varied_they_are() -> None:
    for said in ("yes", "no"):
        found = one(evidence({"few_and_varied": said}, **requests(20)), "few_and_varied")
        assert (found.reply, found.source, found.said) == (said, "you", None)
        assert "20 requests a month" in found.evidence


def test_a_person_raises_a_flag_that_evidence_can_t_see() -> None:
    assert one(evidence({"always_edited": "yes"}), "always_edited").reply == "yes"
    raised = evidence({"still_changing": "no"}, **written(wavering=120))
    assert one(raised, "still_changing").reply == "yes"
    assert one(raised, "still_changing").said == "no"


def test_open_ones_are_asked_in_the_order_of_the_page() -> None:
    keys = [each.key for each in open_ones(advise(evidence()))]
    assert keys == ["gap_left", "worth_it", "still_changing", "prompt_untried"]


def test_the_task_file_has_a_key_for_each_and_no_other() -> None:
    assert list(Opinions.model_fields) == [*ALL, CORRECTED.key]
