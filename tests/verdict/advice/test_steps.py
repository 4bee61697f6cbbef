"""The next step: every branch, and that fine-tuning is never advised without its numbers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.records.advice import Advice, Fault, Gap
from etude.records.task import Data, Economics
from etude.verdict.advice.advise import advise
from etude.verdict.advice.asked import ALL
from etude.verdict.advice.known import told_way

from ._evidence import evidence, examples, task, tried, way
from .test_replies import curve

LEAK = Fault(code="leaks", severity="error", count=3, sentence="3 leak", command="etude fix leaks")
TYPOS = Fault(
    code="typos", severity="warning", count=150, sentence="150 typos", command="etude fix typos"
)
PROMISING = {"tried": tried(0.72, 0.90)}


def written(**changes: Any) -> dict[str, Any]:
    return {"task": task("write"), "examples": examples(labels=0, **changes)}


BRANCHES: list[tuple[str, dict[str, Any], dict[str, str], str]] = [
    ("nothing measured", {}, {}, "sharpen_prompt"),
    (
        "no prompt",
        {**PROMISING, "task": task(instructions="", labels={"a": ""})},
        {},
        "sharpen_prompt",
    ),
    ("nobody agrees", {**PROMISING, "examples": examples(conflicting=200)}, {}, "change_workflow"),
    ("an error", {**PROMISING, "examples": examples(faults=(LEAK,))}, {}, "clean_data"),
    ("a fifth", {**PROMISING, "examples": examples(faults=(TYPOS,))}, {}, "clean_data"),
    ("good enough", {"tried": tried(0.97, 0.98)}, {}, "do_nothing"),
    (
        "few items",
        {"task": task(economics=Economics(requests_per_month=9))},
        {"few_and_varied": "yes"},
        "change_workflow",
    ),
    ("a changing voice", PROMISING, {"still_changing": "yes"}, "change_workflow"),
    ("edited anyway", {**PROMISING, **written()}, {"always_edited": "yes"}, "change_workflow"),
    ("facts from elsewhere", {**PROMISING, **written(ungiven=200)}, {}, "connect_knowledge"),
    (
        "few examples",
        {"tried": tried(0.72), "examples": examples(learned=30, independent=30)},
        {},
        "add_examples",
    ),
    (
        "few examples, and nothing tried",
        {"examples": examples(learned=45, independent=45)},
        {},
        "sharpen_prompt",
    ),
    (
        "too few examples to try anything",
        {"examples": examples(learned=9, independent=9)},
        {},
        "add_examples",
    ),
    (
        "it can't pay",
        {
            "tried": tried(0.72),
            "task": task(economics=Economics(requests_per_month=110, minutes_to_fix=0.5)),
        },
        {},
        "do_nothing",
    ),
    ("not measured", {"tried": tried(0.72)}, {}, "measure"),
    ("better for certain", PROMISING, {}, "fine_tune"),
    ("a quick look", {"tried": tried(0.72, 0.76, 0.08, quick=True)}, {}, "measure"),
    ("can't tell", {"tried": tried(0.72, 0.76, 0.08)}, {}, "add_examples"),
    ("no better", {"tried": tried(0.72, 0.71)}, {}, "sharpen_prompt"),
    (
        "open questions",
        {**PROMISING, **written(changing=50), "stated": frozenset()},
        {},
        "answer_questions",
    ),
]


@pytest.mark.parametrize(
    ("changes", "said", "key"), [b[1:] for b in BRANCHES], ids=[b[0] for b in BRANCHES]
)
def test_every_branch(changes: dict[str, Any], said: dict[str, str], key: str) -> None:
    step = advise(evidence(said, **changes)).step
    assert step.key == key
    assert step.why
    assert step.title
    assert step.command.startswith("etude ")


def test_a_person_s_word_is_no_reason_together_with_what_speaks_against_it() -> None:
    step = advise(evidence({"gap_left": "no"})).step
    assert (step.key, step.why) == ("do_nothing", "You said so.")


def test_better_and_too_dear_is_left() -> None:
    cheap = task(economics=Economics(requests_per_month=500, minutes_to_fix=1, hourly_rate=30))
    found = advise(evidence({"worth_it": "yes"}, tried=tried(0.5, 0.55), task=cheap))
    assert found.step.key == "do_nothing"
    assert "does not pay" in found.step.title


def test_fine_tuning_comes_with_examples_gain_costs_and_payback() -> None:
    found = advise(evidence(**PROMISING))
    said = " ".join((found.step.why, *found.step.takes))
    assert "16 to 20 points" in said
    assert "500 examples" in said
    assert "EUR at the worst" in said
    assert "It pays back after" in said
    assert said.count("It hangs on") == 2
    assert found.outlook is not None
    assert found.gain is not None


def test_shorter_prompts_are_told() -> None:
    ways = (way("prompt", 0.72, 0, tokens_in=812.0), way("finetune", 0.9, 4, tokens_in=45.0))
    found = advise(evidence(tried=tried(0.72, 0.9).model_copy(update={"ways": ways})))
    assert "An answer reads 45 tokens instead of 812." in found.step.takes


def test_three_failures_stand_under_a_sharper_prompt() -> None:
    step = advise(evidence(tried=tried(0.72, 0.71))).step
    assert len(step.failures) == 3
    assert step.title == "Sharpen the instructions"


def test_where_instructions_are_far_behind_the_best_simple_way_that_is_worked_on() -> None:
    ways = (way("prompt", 0.56, 0), way("probe", 0.81, 3), way("finetune", 0.81, 4))
    gap = Gap(way="finetune@m", against="probe@m", value=0.0, low=-0.02, high=0.01, n=480)
    step = advise(evidence(tried=tried(ways=ways, gaps=(gap,), told="probe@m"))).step
    assert (step.key, step.title) == ("improve_simple", "Improve the best simple way, “probe”")
    assert len(step.failures) == 3
    assert not any("sentence" in line for line in step.takes)


@pytest.mark.parametrize(
    ("prompt", "few_shot", "told"),
    [(0.56, 0.5, "probe"), (0.80, 0.5, "prompt"), (0.8, 0.805, "few_shot")],
)
def test_failures_are_told_of_the_best_simple_way_and_of_instructions_as_good(
    prompt: float, few_shot: float, told: str
) -> None:
    ways = [way("prompt", prompt, 0), way("few_shot", few_shot, 1), way("probe", 0.81, 3)]
    found = told_way([*ways, way("finetune", 0.9, 4)], 0.02)
    assert found is not None
    assert found.rung == told
    assert told_way([], 0.02) is None


def test_rows_to_clean_come_with_what_lists_them() -> None:
    step = advise(evidence(examples=examples(faults=(TYPOS, LEAK), minutes=150))).step
    assert step.takes[0] == "3 leak. Its rows: etude fix leaks"
    assert "2.5 hours" in step.takes[-1]


def test_how_many_examples_and_what_they_would_buy() -> None:
    few = examples(learned=30, independent=30, curve=curve(0.02, 0.05))
    takes = advise(evidence(examples=few, tried=tried(0.72))).step.takes
    assert "170 more examples" in takes[0]
    assert "a curve" in takes
    some = examples(labels=10, thin=7)
    thin = advise(evidence(examples=some, tried=tried(0.72))).step.takes
    assert "7 have fewer" in thin[0]


def test_look_up_is_set_up_or_used() -> None:
    unset = advise(evidence(**written(ungiven=200))).step
    assert "data: {knowledge: docs/}" in unset.takes[0]
    known = task("write", data=Data(examples="a.csv", knowledge="docs/"))
    assert (
        "docs/"
        in advise(evidence(task=known, examples=examples(labels=0, ungiven=200))).step.takes[0]
    )


def test_a_ladder_without_look_up_is_told_of() -> None:
    data = Data(examples="a.csv", knowledge="docs/")
    told = {"examples": examples(labels=0, ungiven=200), "tried": tried(0.72, 0.90)}
    short = task("write", data=data, ladder=("prompt", "finetune"))
    assert "put retrieval on the ladder" in advise(evidence(task=short, **told)).step.takes[0]
    whole = task("write", data=data)
    assert "ladder" not in advise(evidence(task=whole, **told)).step.takes[0]


def test_knowledge_that_was_looked_up_and_measured_is_not_connected_again() -> None:
    known = task("write", data=Data(examples="a.csv", knowledge="docs/"))
    changes = {"task": known, "examples": examples(labels=0, ungiven=200)}
    measured = tried(0.72, 0.90, looked_up=True)
    said = {"about_our_files": "yes", "still_changing": "no", "always_edited": "no"}
    assert advise(evidence(said, tried=tried(0.72, 0.90), **changes)).step.key == (
        "connect_knowledge"
    )
    step = advise(evidence(said, tried=measured, **changes)).step
    assert step.key == "fine_tune"
    (stale,) = [line for line in step.takes if "goes on being said" in line]
    assert stale.startswith("40 % of the answers")
    assert "finetune_retrieval" not in stale
    changes["task"] = known.model_copy(
        update={"ladder": ("retrieval", "finetune", "finetune_retrieval")}
    )
    step = advise(evidence(said, tried=measured, **changes)).step
    assert any("finetune_retrieval, which is on your ladder" in line for line in step.takes)


def test_what_sorts_is_sent_to_the_input_and_not_to_documents() -> None:
    said = {"about_our_files": "yes"}
    step = advise(evidence(said, tried=tried(0.72, 0.90))).step
    assert step.key == "connect_knowledge"
    assert any("data: {input: [text, that column]}" in line for line in step.takes)
    assert not any("knowledge:" in line for line in step.takes)
    wide = task(data=Data(examples="a.csv", input=("text", "plan")))
    assert advise(evidence(said, task=wide, tried=tried(0.72, 0.90))).step.key == "fine_tune"


def test_figures_from_before_a_change_are_called_so_and_decide_nothing() -> None:
    for prompt, tuned in ((0.72, 0.90), (0.97, 0.98), (0.72, 0.71)):
        before = tried(prompt, tuned, changed=("the instructions", "the checks"))
        found = advise(evidence(tried=before))
        assert found.step.key == "measure"
        assert "you changed the instructions and the checks" in found.step.why
        assert any("from before that" in note for note in found.notes)
        (gap,) = [one for one in found.questions if one.key == "gap_left"]
        assert "the task has changed since" in gap.evidence


def test_a_quick_look_scores_a_part_only_where_nothing_is_kept_aside() -> None:
    look = {"quick": True, "current": True}
    part = advise(evidence(tried=tried(0.72, 0.76, 0.08, **look)))
    assert any("a part of the examples" in note for note in part.notes)
    seed = advise(evidence(tried=tried(0.72, 0.76, 0.08, on="dev", **look)))
    assert any("one seed" in note for note in seed.notes)
    assert seed.step.key == "add_examples"
    assert "Twice as many" in seed.step.takes[0]


def test_all_that_was_assumed_for_the_money_is_told() -> None:
    bare = advise(evidence(tried=tried(0.72, 0.90), stated=frozenset())).notes
    (note,) = [one for one in bare if "under `economics`" in one]
    for name in ("requests_per_month 6,000", "upkeep_hours_per_month 2", "machine_per_hour 0.1"):
        assert name in note
    assert "horizon_months 12" in note
    assert "hours_to_collect" not in note
    assert any(one.startswith("Collecting counts nothing") for one in bare)
    assert "Assumed besides: 3 hours of testing, 4 retrainings a year." in bare
    stated = frozenset(f"economics.{name}" for name in Economics.model_fields)
    assert not any("economics" in one for one in advise(evidence(stated=stated)).notes)
    assert not any("besides" in one for one in advise(evidence(stated=stated)).notes)


def test_whether_fine_tuning_is_on_the_ladder_is_said() -> None:
    on = advise(evidence(tried=tried(0.72))).step
    assert "finetune is on the ladder: the comparison measures that." in on.takes
    off = task(ladder=("prompt", "probe"))
    step = advise(evidence(tried=tried(0.72), task=off)).step
    assert "finetune is not on the ladder in etude.yaml: put it there first." in step.takes


def test_long_instructions_are_measured_before_more_is_written() -> None:
    wordy = task(instructions="Choose the one label that fits. " * 20)
    step = advise(evidence(task=wordy)).step
    assert step.title == "Measure your instructions first"
    assert "They have 120 words already" in step.takes[0]
    said = advise(evidence({"prompt_untried": "yes"}, task=wordy)).step
    assert said.title == "Try clear instructions first"


def test_warnings_on_different_rows_add_up() -> None:
    some = tuple(TYPOS.model_copy(update={"count": 60, "code": f"typos{n}"}) for n in range(2))
    for rows, key in ((120, "clean_data"), (60, "fine_tune")):
        found = examples(faults=some, doubtful=rows)
        assert advise(evidence(**PROMISING | {"examples": found})).step.key == key


def test_what_sorts_has_no_voice_to_settle() -> None:
    said = {"still_changing": "yes"}
    assert advise(evidence(said)).step.title == "Settle the categories first"
    text = evidence(said, task=task("write"), examples=examples(labels=0))
    assert advise(text).step.title == "Settle the voice and the format first"


def test_too_few_yeses_are_not_called_a_gain_that_is_too_little() -> None:
    rare = Economics(requests_per_month=60, minutes_to_fix=60)
    said = dict.fromkeys(("repeats", "still_changing", "always_edited"), "no")
    found = advise(
        evidence(
            said,
            task=task("write", economics=rare),
            examples=examples(labels=0, ungiven=200),
            tried=tried(0.72, 0.90, looked_up=True),
        )
    )
    assert found.at_most == "close_gap_first"
    assert found.step.key == "sharpen_prompt"
    assert "16 to 20 points more answers right" in found.step.why
    assert "3 of 5 yes" in found.step.why


@settings(max_examples=80, deadline=None)
@given(
    said=st.dictionaries(st.sampled_from(sorted(ALL)), st.sampled_from(("yes", "no"))),
    prompt=st.floats(0.3, 0.99),
    tuned=st.none() | st.floats(0.3, 0.99),
    half=st.floats(0.001, 0.2),
    volume=st.sampled_from((5.0, 60.0, 500.0, 6000.0)),
    measured=st.booleans(),
)
def test_fine_tuning_is_never_advised_without_numbers_or_against_a_red_flag(
    said: dict[str, str],
    prompt: float,
    tuned: float | None,
    half: float,
    volume: float,
    measured: bool,
) -> None:
    given_ = task(economics=Economics(requests_per_month=volume))
    found: Advice = advise(
        evidence(said, task=given_, tried=tried(prompt, tuned, half) if measured else None)
    )
    if found.step.key == "fine_tune":
        assert found.gain is not None
        assert found.gain.low >= given_.bar.margin
        assert found.outlook is not None
        assert found.outlook.net[1] > 0
        assert found.at_least == "worth_testing"
        assert all(flag.reply != "yes" for flag in found.flags)


def test_it_is_said_whose_failures_they_are_and_what_would_have_mattered() -> None:
    step = advise(evidence(tried=tried(0.72, 0.71))).step
    assert "“prompt” gets these wrong most often; a sentence each may mend them:" in step.takes
    assert step.why == (
        "Fine-tuning adds less than the 2 points that you said would matter (−3 to 1 points)."
    )
