"""What changed between two comparisons: pairs where items are the same, else words that say so."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest

from etude.records.candidate import Cost, Gate
from etude.records.comparison import Comparison
from etude.records.task import Bar
from etude.report import changes
from etude.verdict.difference.examples import examples_change
from etude.verdict.difference.gate import objection
from etude.verdict.difference.task import task_changes, yardstick_changed
from etude.verdict.difference.whole import Told, difference
from tests.report import fixtures

NAME = "retrieval@builtin:minilm"


def answers(
    wrong: set[int], count: int = 200, side: str = "out-of-fold", **more: Any
) -> pl.DataFrame:
    """Two labels in turn; ``wrong`` items are answered with the other."""
    labels = [("a", "b")[i % 2] for i in range(count)]
    said = [("b", "a")[i % 2] if i in wrong else labels[i] for i in range(count)]
    columns: dict[str, Any] = {
        "id": [f"m{i:03}" for i in range(count)],
        "input": [f"text {i}" for i in range(count)],
        "target": labels,
        "side": [side] * count,
        "group": list(range(count)),
        "fold": [i % 5 for i in range(count)],
        f"{NAME}|output": said,
        f"{NAME}|score": [float(a == b) for a, b in zip(said, labels, strict=True)],
    }
    return pl.DataFrame(columns | more)


def told(rows: pl.DataFrame | None, value: float = 0.9, metric: str = "accuracy") -> Told:
    made = fixtures.cant_tell()
    candidates = tuple(
        c.model_copy(
            update={
                "quality": c.quality
                and c.quality.model_copy(
                    update={
                        "value": value,
                        "low": value - 0.04,
                        "high": value + 0.03,
                        "metric": metric,
                    }
                )
            }
        )
        for c in made.candidates
        if c.name == NAME
    )
    return Told(made.model_copy(update={"candidates": candidates}), rows)


def test_the_same_items_are_paired() -> None:
    old, new = told(answers(set(range(40)))), told(answers(set(range(20))))
    found = difference(old, new).candidates[0]
    assert found.quality is not None
    assert found.quality.paired
    assert found.quality.items == 200
    assert found.quality.difference is not None
    assert found.quality.difference.value == pytest.approx(0.1)
    assert found.quality.call == "better"
    assert found.newly_right.count == 20
    assert found.newly_wrong.count == 0
    assert found.newly_right.ids[0] == "m020"


def test_a_pair_is_narrower_than_two_estimates() -> None:
    wrong = set(range(40))
    paired = difference(told(answers(wrong)), told(answers(wrong))).candidates[0].quality
    apart = difference(told(None), told(answers(wrong))).candidates[0].quality
    assert paired is not None
    assert apart is not None
    assert paired.difference is not None
    assert apart.difference is not None
    assert not apart.paired
    assert "not on the same examples" in apart.note
    width = paired.difference.high - paired.difference.low
    assert 0 < width < apart.difference.high - apart.difference.low
    assert paired.call == "same"
    line = changes.quality_line(paired)
    assert line.endswith("the same answers to all 200 examples that both answered")


def test_one_other_answer_is_not_the_same() -> None:
    found = difference(told(answers({1, 2})), told(answers({1, 3}))).candidates[0].quality
    assert found is not None
    assert found.call == "cant_tell"


def test_an_edited_item_is_not_the_same() -> None:
    rows = answers(set())
    edited = rows.with_columns(pl.lit("another text").alias("input"))
    found = difference(told(rows), told(edited)).candidates[0].quality
    assert found is not None
    assert not found.paired
    assert "only 0 examples" in found.note


def test_another_metric_is_not_compared() -> None:
    old, new = told(answers(set()), metric="macro_f1"), told(answers(set()))
    found = difference(old, new).candidates[0].quality
    assert found is not None
    assert found.difference is None
    assert found.call is None
    line = changes.quality_line(found)
    assert line.startswith("F1, every category counting the same 90\u00a0% →")
    assert "→ right answers 90\u00a0%" in line
    assert line.endswith("which can't be compared")
    assert "macro_f1" not in f"{found.note} {line}"
    assert objection(difference(old, new)) is not None  # a gate that can't be held is not open


def test_macro_f1_and_ratios_are_paired_by_their_own_statistics() -> None:
    right, wrong = answers(set()), answers(set(range(0, 60, 2)))
    of = pl.lit(2.0).alias(f"{NAME}|of")
    for metric, rows in (
        ("macro_f1", (wrong, right)),
        ("field_f1", (wrong.with_columns(of), right.with_columns(of))),
    ):
        old, new = (told(one, metric=metric) for one in rows)
        labels = {"a": 100, "b": 100}
        data = new.comparison.dataset.model_copy(update={"labels": labels})
        new = Told(new.comparison.model_copy(update={"dataset": data}), new.answers)
        found = difference(old, new).candidates[0].quality
        assert found is not None
        assert found.paired
        assert found.difference is not None
        assert found.difference.low > 0


def test_rows_kept_aside_are_counted_and_not_named() -> None:
    old = told(answers({1, 2, 3}, side="holdout"))
    new = told(answers({3, 4}, side="holdout"))
    hidden = difference(old, new).candidates[0]
    assert (hidden.newly_wrong.count, hidden.newly_wrong.ids) == (1, ())
    assert hidden.held_back == 3
    shown = difference(old, new, show_holdout=True).candidates[0]
    assert shown.newly_wrong.ids == ("m004",)
    assert shown.newly_right.ids == ("m001", "m002")
    assert shown.held_back == 0
    moved = difference(old, told(answers({3, 4}, side="dev"))).candidates[0]
    assert moved.newly_wrong.ids == ()  # it was held out once


def test_the_gate_stops_what_is_certainly_worse_beyond_the_margin() -> None:
    good, poor, bit = answers(set()), answers(set(range(60))), answers({1})
    assert objection(difference(told(good), told(bit))) is None
    assert "certainly worse" in (objection(difference(told(good), told(poor))) or "")
    assert objection(difference(told(poor), told(good))) is None


def with_bar(one: Told, **bar: Any) -> Told:
    task = one.comparison.task
    task = task.model_copy(update={"bar": task.bar.model_copy(update=bar)})
    return Told(one.comparison.model_copy(update={"task": task}), one.answers)


def test_a_change_does_not_loosen_the_gate_it_is_held_to() -> None:
    old, new = told(answers(set())), told(answers(set(range(60))))
    raised = difference(with_bar(old, margin=0.02), with_bar(new, margin=0.5))
    assert "certainly worse" in (objection(raised) or "")
    assert (raised.margin, raised.old_margin, raised.new_margin) == (0.02, 0.02, 0.5)
    (caution,) = changes.cautions(raised)
    assert caution.startswith("The margin moved: 2.0\u00a0points → 50.0\u00a0points.")
    assert not changes.cautions(difference(old, new))


def gated(one: Told, limit: float, state: str) -> Told:
    gate = Gate(name="quality", limit=limit, value=0.7, state=state)  # type: ignore[arg-type]
    (candidate,) = one.comparison.candidates
    made = (candidate.model_copy(update={"gates": (gate,)}),)
    return Told(one.comparison.model_copy(update={"candidates": made}), one.answers)


def test_a_bar_that_is_met_otherwise_is_told() -> None:
    rows = told(answers(set()))
    found = difference(gated(rows, 0.8, "not_met"), gated(rows, 0.6, "met")).candidates[0]
    lines = changes.candidate_lines(found, "EUR")
    said = "the bar on quality (at least 80\u00a0% → at least 60\u00a0%): not met → met"
    assert said in lines
    (change,) = found.gates
    assert change.old is not None
    assert change.new is not None
    assert (change.old.state, change.new.state) == ("not_met", "met")
    same = difference(gated(rows, 0.8, "met"), gated(rows, 0.6, "met")).candidates[0]
    assert not any("the bar" in line for line in changes.candidate_lines(same, "EUR"))


def test_the_gate_stops_what_recommends_nothing_any_more() -> None:
    none = Told(fixtures.none_good_enough())
    assert "nothing is good enough" in (objection(difference(told(None), none)) or "")
    assert objection(difference(none, told(None))) is None


def recommending(one: Told, *of: tuple[str, str, tuple[Gate, ...]]) -> Told:
    """With other ways, each a name and its conditions; the first is recommended."""
    (candidate,) = one.comparison.candidates
    made = tuple(
        candidate.model_copy(update={"name": name, "plain_name": plain, "gates": gates})
        for name, plain, gates in of
    )
    verdict = one.comparison.verdict.model_copy(update={"recommended": of[0][0]})
    return Told(one.comparison.model_copy(update={"candidates": made, "verdict": verdict}))


def condition(state: Any, limit: float = 0.8, name: str = "quality", value: float = 0.7) -> Gate:
    if name.startswith("behaviour"):
        return Gate(
            name=name, limit=limit, value=0.2, state=state, plain_name="typos", found="9 of 40 fail"
        )
    return Gate(name=name, limit=limit, value=value, state=state)


def changed(old: Gate, new: Gate) -> str | None:
    rows = told(None)
    way = ("a@m", "look-up")
    return objection(
        difference(recommending(rows, (*way, (old,))), recommending(rows, (*way, (new,))))
    )


def test_the_gate_stops_a_condition_that_was_met_and_now_is_missed() -> None:
    assert changed(condition("met"), condition("not_met")) == (
        "“look-up”, which was recommended, met the bar, quality of at least 80 %, and now certainly "
        "does not (70 %)"
    )
    suite = "behaviour:typos"
    assert changed(condition("met", 0.05, suite), condition("not_met", 0.05, suite)) == (
        "“look-up”, which was recommended, met the gate on typos, at most 5 % of cases failing, and "
        "now certainly does not (9 of 40 fail)"
    )


def test_what_is_not_certain_or_was_asked_anew_stops_nothing() -> None:
    assert changed(condition("met"), condition("uncertain")) is None
    assert changed(condition("uncertain"), condition("not_met")) is None
    assert changed(condition("not_met"), condition("met")) is None


def test_a_limit_made_harder_is_no_fault_of_the_way_and_one_made_easier_no_excuse() -> None:
    assert changed(condition("met", 0.8), condition("not_met", 0.9)) is None
    assert "at least 75 %" in (changed(condition("met", 0.8), condition("not_met", 0.75)) or "")
    fast = {"name": "p95_ms", "value": 400.0}
    assert changed(condition("met", 300, **fast), condition("not_met", 200, **fast)) is None
    assert "within 350 ms" in (
        changed(condition("met", 300, **fast), condition("not_met", 350, **fast)) or ""
    )


def test_speeds_of_two_machines_are_not_held_against_each_other() -> None:
    rows, fast = told(None), {"name": "p95_ms", "value": 400.0, "limit": 300}
    old, new = (
        recommending(rows, ("a@m", "look-up", (condition(state, **fast),)))
        for state in ("met", "not_met")
    )
    assert "within 300 ms" in (objection(difference(old, new)) or "")
    machine = new.comparison.machine.model_copy(update={"id": "another"})
    moved = Told(new.comparison.model_copy(update={"machine": machine}))
    assert objection(difference(old, moved)) is None
    assert "different machines" in " ".join(changes.cautions(difference(old, moved)))


@pytest.mark.parametrize("by_speed", [True, False])
def test_a_cost_made_of_speed_is_not_held_against_another_machines(by_speed: bool) -> None:
    rows, dear = told(None), {"name": "cost_per_1000", "value": 1.6, "limit": 1.0}
    old, new = (
        recommending(rows, ("a@m", "look-up", (condition(state, **dear),)))
        for state in ("met", "not_met")
    )
    cost = Cost(per_1000=1.6, low=1.5, high=1.7, basis="", by_speed=by_speed)
    (candidate,) = new.comparison.candidates
    machine = new.comparison.machine.model_copy(update={"id": "another"})
    costing = (candidate.model_copy(update={"cost": cost}),)
    moved = Told(new.comparison.model_copy(update={"machine": machine, "candidates": costing}))
    assert ("certainly does not" in (objection(difference(old, moved)) or "")) is not by_speed
    assert "certainly does not" in (objection(difference(old, new)) or "")


def test_another_way_in_its_place_does_not_hide_what_broke() -> None:
    met, missed = condition("met"), condition("not_met")
    rows, a, b = told(None), ("a@m", "look-up"), ("b@m", "quick classifier")
    old = recommending(rows, (*a, (met,)), (*b, (met,)))
    new = recommending(rows, (*b, (met,)), (*a, (missed,)))
    assert "“look-up”, which was recommended" in (objection(difference(old, new)) or "")
    # That another way than the recommended one misses it is told, and stops nothing.
    other = recommending(rows, (*a, (met,)), (*b, (missed,)))
    assert objection(difference(old, other)) is None


def test_a_release_is_held_to_what_the_one_before_it_met() -> None:
    rows = told(None)
    old = recommending(rows, ("a@m", "look-up", (condition("met"),)))
    new = recommending(rows, ("b@m", "quick classifier", (condition("not_met"),)))
    assert "what is recommended now certainly does not" in (objection(difference(old, new)) or "")


def test_every_changed_field_of_the_task_is_named() -> None:
    old = fixtures.dont_fine_tune().task
    new = old.model_copy(
        update={
            "instructions": "Another.",
            "bar": Bar(at_least=0.5, margin=0.02, p95_ms=300, max_cost_per_1000=5.0),
            "checks": ({"type": "word-count", "value": {"max": 5}},),
        }
    )
    found = {change.field: (change.old, change.new) for change in task_changes(old, new)}
    assert set(found) == {"instructions", "bar.at_least", "checks"}
    assert found["bar.at_least"] == ("0.9", "0.5")
    assert found["checks"][0] is None
    assert yardstick_changed(old, new)
    assert not task_changes(old, old)


def test_examples_added_gone_edited_and_moved() -> None:
    def rows(*of: tuple[str, str, str]) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "id": [row[0] for row in of],
                "input": [row[1] for row in of],
                "target": ["x"] * len(of),
                "side": [row[2] for row in of],
            }
        )

    data = fixtures.dont_fine_tune().dataset
    other = data.model_copy(update={"id": "other"})
    old = rows(("a", "1", "train"), ("b", "2", "train"), ("c", "3", "dev"))
    new = rows(("b", "two", "train"), ("c", "3", "holdout"), ("d", "4", "dev"))
    found = examples_change(data, other, old, new)
    assert found.added.ids == ("d",)
    assert found.removed.ids == ("a",)
    assert found.edited.ids == ("b",)
    assert found.moved.ids == ("c",)
    unknown = examples_change(data, other, None, new)
    assert not unknown.rows_known
    assert examples_change(data, data, None, None).same


def test_whatever_was_compared_can_be_told() -> None:
    """Every fixture against every other: nothing fails where a candidate is new, gone or unscored."""
    made: list[Comparison] = [build() for build in fixtures.COMPARISONS.values()]
    for old, new in pairwise(made):
        found = difference(Told(old), Told(new))
        assert {c.seen for c in found.candidates} <= {"both", "old", "new"}
        assert all(np.isfinite(c.quality.new.value) for c in found.candidates if c.quality)
