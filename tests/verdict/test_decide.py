"""The decision rules, on comparisons written by hand."""

from __future__ import annotations

import math

import pytest

from etude.records.candidate import CandidateReport, Cost, Latency, Quality, Trial
from etude.records.estimate import Estimate
from etude.records.task import Task
from etude.records.verdict import Pair
from etude.verdict.bar import gates
from etude.verdict.decide import Circumstances, decide
from etude.verdict.figures import rounded
from etude.verdict.unlike import unlike_dev

TASK = Task.model_validate(
    {"task": "t", "kind": "classify", "data": {"examples": "x.csv"}, "labels": {"a": "", "b": ""}}
)
ORDER = {"prompt": 1, "few_shot": 2, "retrieval": 3, "probe": 4, "finetune": 5, "bake": 6}


def candidate(
    rung: str,
    value: float,
    half: float = 0.03,
    *,
    cost: float = 0.1,
    p95: float = 10.0,
    task: Task = TASK,
) -> CandidateReport:
    quality = Quality(
        metric="accuracy",
        value=value,
        low=value - half,
        high=min(1, value + half),
        n=500,
        groups=500,
    )
    price = Cost(per_1000=cost, low=cost * 0.98, high=cost * 1.02, basis="test")
    speed = Latency(
        p50=Estimate(value=p95 / 2, low=p95 / 2, high=p95 / 2),
        p95=Estimate(value=p95, low=p95 * 0.98, high=p95 * 1.02),
        concurrency=1,
        n=200,
    )
    return CandidateReport(
        name=f"{rung}@m",
        rung=rung,
        plain_name=rung.replace("_", " "),
        model="m",
        order=ORDER[rung],
        trained=rung in {"finetune", "bake"},
        finalist=True,
        settings={},
        dev_value=value,
        quality=quality,
        cost=price,
        latency=speed,
        gates=gates(task.bar, quality, speed, price),
    )


def pairs(candidates: list[CandidateReport], half: float, more: float | None = 400) -> list[Pair]:
    found = []
    for i, a in enumerate(candidates):
        for b in candidates[i + 1 :]:
            gap = b.quality.value - a.quality.value
            found.append(
                Pair(
                    a=a.name,
                    b=b.name,
                    difference=Estimate(value=gap, low=gap - half, high=gap + half),
                    call="cant_tell",
                    worth_it=False,
                    more_examples=more,
                )
            )
    return found


def verdict(candidates: list[CandidateReport], half: float, task: Task = TASK, **kwargs):
    return decide(task, candidates, pairs(candidates, half), Circumstances(scored=500, **kwargs))


def test_a_simple_rung_as_good_as_fine_tuning_says_dont() -> None:
    result = verdict(
        [candidate("prompt", 0.5), candidate("probe", 0.932), candidate("finetune", 0.938)],
        half=0.01,
    )
    assert result.decision == "dont_fine_tune"
    assert result.recommended == "probe@m"
    assert result.settled
    assert "as good as fine-tuning" in result.sentence


def test_fine_tuning_clearly_better_says_so() -> None:
    result = verdict(
        [candidate("prompt", 0.5), candidate("probe", 0.80), candidate("finetune", 0.92)], half=0.03
    )
    assert (result.decision, result.recommended) == ("fine_tune", "finetune@m")
    assert result.largest_loss == 0


def test_too_few_examples_cant_tell_names_a_provisional_pick_and_the_loss() -> None:
    result = verdict(
        [candidate("prompt", 0.5), candidate("probe", 0.91), candidate("finetune", 0.90)], half=0.06
    )
    assert result.decision == "cant_tell"
    assert result.provisional
    assert not result.settled
    assert result.recommended == "probe@m"
    assert result.largest_loss == pytest.approx(0.05)
    assert result.more_examples == pytest.approx(12_000, rel=0.05)
    more, of = rounded(result.more_examples), rounded(result.more_examples + 500)
    assert f"about {more:,} more examples would likely" in result.sentence, "by folds none is aside"
    assert f"({of:,} in all)" in result.sentence


def test_how_many_more_are_kept_aside_where_some_are() -> None:
    result = verdict(
        [candidate("probe", 0.91), candidate("finetune", 0.90)], half=0.06, kept_aside=True
    )
    assert "more examples kept aside would likely settle it" in result.sentence


@pytest.mark.parametrize(
    ("probe", "tuned", "said"),
    [
        (0.90, 0.912, "“finetune” is 1.2 points ahead of “probe” here, less than the 2 points"),
        (0.90, 0.92, None),
    ],
)
def test_a_pick_that_must_be_trained_and_is_hardly_ahead_says_what_needs_no_training(
    probe: float, tuned: float, said: str | None
) -> None:
    several = [candidate("prompt", 0.5), candidate("probe", probe), candidate("finetune", tuned)]
    result = verdict(several, half=0.06)
    assert (result.recommended, result.provisional) == ("finetune@m", True)
    burden = [reason for reason in result.reasons if "a burden, take “probe”." in reason]
    assert len(burden) == (said is not None)
    assert said is None or said in burden[0]
    kept = verdict(several, half=0.06, incumbent="finetune@m")
    assert not any("a burden" in reason for reason in kept.reasons)


def test_what_costs_more_than_it_saves_is_not_named_while_nothing_is_settled() -> None:
    several = [candidate("prompt", 0.5), candidate("probe", 0.90), candidate("finetune", 0.93)]
    lost = frozenset({"finetune@m"})
    result = verdict(several, half=0.06, losing=lost)
    assert (result.recommended, result.provisional) == ("probe@m", True)
    assert result.reasons[0].startswith(
        "By its answers “finetune” would be named here, but by your"
    )
    even = [
        candidate("probe", 0.905).model_copy(update={"brier": 0.20}),
        candidate("finetune", 0.90).model_copy(update={"brier": 0.15}),
    ]
    first = verdict(even, half=0.06, losing=lost).reasons[0]
    assert first.startswith(
        "“finetune” comes to the same here and gives the better probabilities, but"
    )
    kept = verdict(several, half=0.06, losing=lost, incumbent="finetune@m")
    assert kept.recommended == "finetune@m", "what is in production stays"
    alone = verdict([several[2]], half=0.06, losing=lost)
    assert alone.recommended == "finetune@m"
    settled = verdict([*several[:2], candidate("finetune", 0.99)], half=0.02, losing=lost)
    assert (settled.decision, settled.recommended) == ("fine_tune", "finetune@m")
    behind = [candidate("probe", 0.93), candidate("finetune", 0.90)]
    first = verdict(behind, half=0.06, losing=lost).reasons[0]
    assert "would be named" not in first


def test_without_probabilities_what_is_even_and_needs_no_training_is_named() -> None:
    several = [candidate("prompt", 0.892), candidate("probe", 0.895), candidate("finetune", 0.90)]
    result = verdict(several, half=0.06)
    assert result.recommended == "probe@m"
    assert any(
        "“probe” and “finetune” come to the same here (0.5 points apart), and “probe” needs no "
        "training." in reason
        for reason in result.reasons
    )


def chosen_on(dev: float, n: int, made: CandidateReport) -> CandidateReport:
    # What a cheap rung tried was scored on some of train as well: that is no part of dev's value.
    trial = Trial(settings={}, value=dev, n=n + 300)
    return made.model_copy(update={"dev_value": dev, "dev_n": n, "trials": (trial,)})


def test_examples_unlike_those_of_dev_are_named_where_chance_does_not_explain_it() -> None:
    prompt, here = candidate("prompt", 0.01), candidate("finetune", 0.3)
    far = chosen_on(0.6, 150, here)
    told = verdict([prompt, far], half=0.02, kept_aside=True).reasons[1]
    assert "gets 60.0 %, on those that count 30.0 %" in told
    high = TASK.model_copy(update={"bar": TASK.bar.model_copy(update={"at_least": 0.9})})
    out = chosen_on(0.6, 150, candidate("finetune", 0.3, task=high))
    none = verdict(
        [candidate("prompt", 0.01, task=high), out], half=0.02, task=high, kept_aside=True
    )
    assert none.decision == "none_good_enough"
    assert "of another kind" in none.reasons[0]
    for near in (chosen_on(0.42, 150, here), chosen_on(0.6, 15, here), chosen_on(0.2, 150, here)):
        found = verdict([prompt, near], half=0.02, kept_aside=True).reasons
        assert not any("another kind" in reason for reason in found)


def test_nothing_is_said_of_another_kind_where_examples_are_learned_from_too() -> None:
    far = chosen_on(0.6, 150, candidate("finetune", 0.3))
    high = TASK.model_copy(update={"bar": TASK.bar.model_copy(update={"at_least": 0.9})})
    for task in (TASK, high):
        found = verdict([candidate("prompt", 0.01), far], half=0.02, task=task)
        assert not any("another kind" in reason for reason in found.reasons)


@pytest.mark.parametrize(("key", "told"), [("accuracy", True), ("chrf", True), ("macro_f1", False)])
def test_only_a_mean_over_examples_has_a_range_that_holds_on_dev(key: str, told: bool) -> None:
    far = chosen_on(0.6, 150, candidate("finetune", 0.3))
    assert far.quality is not None
    measured = far.model_copy(update={"quality": far.quality.model_copy(update={"metric": key})})
    assert (unlike_dev(measured) is not None) == told


@pytest.mark.parametrize(
    ("values", "pick"),
    [
        ({"prompt": 0.90, "probe": 0.91}, "probe@m"),
        ({"prompt": 0.90, "probe": 0.90}, "prompt@m"),
        ({"prompt": 0.90, "finetune": 0.908}, "prompt@m"),  # even
        ({"prompt": 0.90, "finetune": 0.91}, "finetune@m"),
        ({"finetune": 0.90, "bake": 0.91}, "bake@m"),
        ({"finetune": 0.91, "bake": 0.908}, "finetune@m"),
    ],
)
def test_the_provisional_pick_is_the_best_estimate_and_of_even_ones_what_needs_no_training(
    values: dict[str, float], pick: str
) -> None:
    result = verdict([candidate(rung, value) for rung, value in values.items()], half=0.06)
    assert result.provisional
    assert result.recommended == pick


@pytest.mark.parametrize(
    ("values", "pick"),
    [
        ({"retrieval": (0.900, 0.20), "probe": (0.892, 0.18)}, "probe@m"),
        ({"retrieval": (0.892, 0.18), "probe": (0.900, 0.20)}, "retrieval@m"),
        ({"retrieval": (0.900, 0.20), "probe": (0.890, 0.18)}, "retrieval@m"),  # not even
        ({"retrieval": (0.900, 0.20), "probe": (0.900, 0.20)}, "retrieval@m"),
        ({"retrieval": (0.900, 0.20), "probe": (0.900, None)}, "retrieval@m"),
        (
            {"retrieval": (0.900, 0.20), "probe": (0.892, 0.18), "finetune": (0.921, 0.1)},
            "finetune@m",
        ),
        (
            {"retrieval": (0.900, 0.20), "probe": (0.892, 0.18), "finetune": (0.908, 0.2)},
            "retrieval@m",
        ),
        ({"probe": (0.892, 0.18), "finetune": (0.900, 0.20)}, "probe@m"),
        ({"probe": (0.900, 0.20), "finetune": (0.892, 0.18)}, "finetune@m"),
    ],
)
def test_of_ways_that_are_even_the_one_with_the_better_probabilities_is_named(
    values: dict[str, tuple[float, float | None]], pick: str
) -> None:
    several = [
        candidate(rung, value).model_copy(update={"brier": brier})
        for rung, (value, brier) in values.items()
    ]
    result = verdict(several, half=0.06)  # a seventh of it: 0.9 points
    assert result.provisional
    assert result.recommended == pick
    said = [reason for reason in result.reasons if "come to the same here" in reason]
    ahead = max(several, key=lambda c: c.quality.value)
    assert bool(said) == (pick != ahead.name)
    if said:
        assert "0.8 points apart" in said[0]
        better, worse = (values[name.removesuffix("@m")][1] for name in (pick, ahead.name))
        assert f"Brier score {better:.3f}, not {worse:.3f}" in said[0]
    kept = verdict(several, half=0.06, incumbent=several[0].name)
    assert kept.recommended == several[0].name
    assert not any("come to the same here" in reason for reason in kept.reasons)


def test_what_is_in_production_stays_where_nothing_is_better_by_the_margin() -> None:
    near = [candidate("prompt", 0.5), candidate("probe", 0.932), candidate("finetune", 0.938)]
    kept = verdict(near, half=0.01, incumbent="finetune@m")
    assert (kept.decision, kept.recommended, kept.settled) == ("fine_tune", "finetune@m", True)
    assert kept.sentence.startswith("Keep “finetune”, which is in production: it gets 93.8 %")
    assert "nothing is better by 2 points" in kept.sentence
    simple = verdict(near, half=0.01, incumbent="probe@m")
    assert simple.recommended == "probe@m"
    assert "“probe”, which is in production, gets" in simple.sentence
    beaten = verdict(near, half=0.01, incumbent="prompt@m")
    assert beaten.recommended == "probe@m"
    assert "prompt@m is in production now." in beaten.reasons
    assert beaten.incumbent == "prompt@m"


def test_what_is_in_production_is_kept_while_nothing_is_settled_unless_it_is_surely_worse() -> None:
    several = [candidate("prompt", 0.6), candidate("probe", 0.90), candidate("finetune", 0.93)]
    assert verdict(several, half=0.06).recommended == "finetune@m"
    kept = verdict(several, half=0.06, incumbent="probe@m")
    assert (kept.decision, kept.recommended, kept.provisional) == ("cant_tell", "probe@m", True)
    assert "for now keep “probe”, which is in production" in kept.sentence
    worse = verdict(several, half=0.06, incumbent="prompt@m")
    assert worse.recommended == "finetune@m"


def test_the_best_of_bad_ones_is_said_to_be_mostly_wrong_where_no_minimum_is_set() -> None:
    bad = [candidate("prompt", 0.01), candidate("finetune", 0.2)]
    good = [candidate("prompt", 0.3), candidate("finetune", 0.9)]
    low = TASK.model_copy(update={"bar": TASK.bar.model_copy(update={"at_least": 0.1})})
    assert TASK.bar.at_least is None
    assert "wrong more often than not" in verdict(bad, half=0.02).reasons[0]
    for fine in (verdict(good, half=0.02), verdict(bad, half=0.02, task=low)):
        assert not any("more often" in reason for reason in fine.reasons)


def test_the_lowest_rung_wins_among_equals_even_where_a_higher_point_estimate_is_best() -> None:
    result = verdict(
        [candidate("retrieval", 0.925), candidate("probe", 0.93), candidate("finetune", 0.935)],
        half=0.005,
    )
    assert result.recommended == "retrieval@m"


def test_a_higher_rung_that_can_be_told_settles_nothing_while_a_lower_one_is_open() -> None:
    # Retrieval can't be told from the best; the probe is as good: still provisional.
    candidates = [candidate("retrieval", 0.90), candidate("probe", 0.93)]
    result = verdict(candidates, half=0.04)
    assert result.decision == "cant_tell"


def test_a_bar_that_is_certainly_missed_by_all_is_none_good_enough() -> None:
    task = TASK.model_copy(update={"bar": TASK.bar.model_copy(update={"at_least": 0.99})})
    candidates = [candidate("prompt", 0.5, task=task), candidate("finetune", 0.9, task=task)]
    result = verdict(candidates, half=0.02, task=task)
    assert result.decision == "none_good_enough"
    assert result.recommended is None
    assert "90.0 %" in result.sentence


def test_a_candidate_too_slow_is_out_and_the_next_is_taken() -> None:
    task = TASK.model_copy(update={"bar": TASK.bar.model_copy(update={"p95_ms": 50.0})})
    candidates = [
        candidate("retrieval", 0.9, p95=100, task=task),
        candidate("probe", 0.9, p95=10, task=task),
        candidate("finetune", 0.9, p95=12, task=task),
    ]
    result = verdict(candidates, half=0.01, task=task)
    assert result.recommended == "probe@m"
    assert any("out" in reason for reason in result.reasons)


def test_an_uncertain_bar_drops_nobody_and_is_not_settled() -> None:
    task = TASK.model_copy(update={"bar": TASK.bar.model_copy(update={"at_least": 0.92})})
    candidates = [candidate("probe", 0.93, task=task), candidate("finetune", 0.93, task=task)]
    result = verdict(candidates, half=0.01, task=task)
    assert result.decision == "dont_fine_tune"
    assert not result.settled


def test_what_was_not_measured_never_meets_the_bar() -> None:
    task = TASK.model_copy(update={"bar": TASK.bar.model_copy(update={"p95_ms": 50.0})})
    quality = candidate("probe", 0.9).quality
    (gate,) = gates(task.bar, quality, None, None)
    assert (gate.state, gate.value) == ("uncertain", None)


def test_without_a_fine_tuned_candidate_dont_needs_a_bar_that_is_met() -> None:
    simple = [candidate("prompt", 0.5), candidate("probe", 0.93)]
    assert verdict(simple, half=0.01).decision == "cant_tell"
    task = TASK.model_copy(update={"bar": TASK.bar.model_copy(update={"at_least": 0.85})})
    simple = [candidate("prompt", 0.5, task=task), candidate("probe", 0.93, task=task)]
    assert verdict(simple, half=0.01, task=task).decision == "dont_fine_tune"


def test_dominance_needs_a_clear_gain_and_no_certain_loss() -> None:
    slow = candidate("retrieval", 0.93, p95=40)
    quick = candidate("probe", 0.935, p95=10)
    result = verdict([slow, quick, candidate("finetune", 0.935, cost=5)], half=0.01)
    assert "retrieval@m" not in result.frontier
    assert "finetune@m" not in result.frontier
    assert "probe@m" in result.frontier


def test_quick_and_repeated_looks_are_said() -> None:
    candidates = [candidate("probe", 0.93), candidate("finetune", 0.93)]
    result = verdict(candidates, half=0.01, quick=True, exploratory=True)
    assert result.exploratory
    assert sum("quick run" in r or "exploratory" in r for r in result.reasons) == 2
    assert result.next_command == "etude compare"


def test_infinitely_many_examples_are_not_promised() -> None:
    candidates = [candidate("probe", 0.93), candidate("finetune", 0.93)]
    found = decide(
        TASK, candidates, pairs(candidates, 0.05, more=math.inf), Circumstances(scored=500)
    )
    assert "may not settle" in found.sentence
    assert found.model_dump(mode="json")["more_examples"] is None


def test_what_never_gets_it_right_is_never_recommended_even_without_a_bar() -> None:
    found = verdict([candidate("prompt", 0.0), candidate("finetune", 0.0)], 0.02)
    assert found.decision == "none_good_enough"
    assert found.recommended is None
    assert "None is good enough" in found.sentence
    better = verdict([candidate("prompt", 0.0), candidate("finetune", 0.4)], 0.02)
    assert better.recommended == "finetune@m"


@pytest.mark.parametrize("value", [0.5, 0.95])
def test_a_check_on_dev_says_so_and_sends_to_the_final_comparison(value: float) -> None:
    task = TASK.model_copy(update={"bar": TASK.bar.model_copy(update={"at_least": 0.9})})
    found = decide(task, [candidate("probe", value, task=task)], [], Circumstances(on_dev=True))
    assert found.next_command == "etude compare"
    assert any("--dev" in reason for reason in found.reasons)
