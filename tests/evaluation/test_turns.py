"""The same wrong turn: what is named, what counts as more than chance, and which examples mend it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from etude.data.examples import Examples
from etude.evaluation.judging import Judge
from etude.evaluation.turns._base import Counter
from etude.evaluation.turns._differences import differences
from etude.evaluation.turns._formats import longer_or_shorter, rewritten
from etude.evaluation.turns.turned import ONE_OFF, Asked, Pool, Turned, turned
from etude.records.task import Task


def judge_of(kind: str, labels: Sequence[str] = (), **more: Any) -> Judge:
    task = {"task": "t", "kind": kind, "data": {"examples": "x.csv"}, **more}
    return Judge.of(Task.model_validate(task), labels, Path())


def examples(
    rows: Sequence[tuple[str, str]], prefix: str = "e", columns: Sequence[dict[str, str]] = ()
) -> Examples:
    return Examples(
        ids=tuple(f"{prefix}{i}" for i in range(len(rows))),
        inputs=tuple(text for text, _ in rows),
        targets=tuple(target for _, target in rows),
        groups=np.arange(len(rows)),
        columns=tuple(json.dumps(one) for one in columns),
    )


def look(judge: Judge, asked: Examples, outputs: Sequence[str | None], pool: Examples) -> Turned:
    failures = tuple("refusal" if output is None else None for output in outputs)
    own = Pool(judge, pool)
    return turned(Asked(judge, asked, tuple(outputs), failures, (), own), "dev")


LABELS = ("card", "lost", "fee", "login")


def mixed_up() -> tuple[Examples, list[str | None]]:
    """Of 40 lost cards six are called fee, five of them with the word abroad; one other slip."""
    rows, said = [], []
    for i in range(160):
        label = LABELS[i % 4]
        answer = label
        text = f"{label} question {i}"
        if label == "lost" and i < 24:
            text, answer = f"{label} abroad question {i}" if i < 20 else text, "fee"
        if i == 3:
            answer = "card"
        rows.append((text, label))
        said.append(answer)
    return examples(rows), said


def test_a_mix_up_is_named_with_the_word_that_misleads_and_a_single_slip_is_a_one_off() -> None:
    asked, said = mixed_up()
    pool = examples(
        [("lost abroad in Spain", "lost"), ("lost at home", "lost"), ("abroad", "fee")], "p"
    )
    found = look(judge_of("classify", LABELS), asked, said, pool)
    record = found.record
    assert [(t.name, t.wrong) for t in record.turns] == [
        ("“lost” is answered “fee” where the text says “abroad”", 5)
    ]
    assert (record.wrong, record.repeatable, record.partly) == (7, 5, 0)
    assert record.turns[0].examples == 1
    assert record.turns[0].few
    assert record.turns[0].nearest == ("p0",)
    assert found.names[1] == (record.turns[0].name,)
    assert found.names[3] == (ONE_OFF,)
    assert found.names[0] == ()


def test_mistakes_that_fall_evenly_are_no_turn_however_many() -> None:
    rows, said = [], []
    for i in range(144):
        label = LABELS[i % 4]
        rows.append((f"text{i}", label))
        said.append(LABELS[(i + 1 + i // 48) % 4] if i % 48 < 24 else label)
    record = look(judge_of("classify", LABELS), examples(rows), said, examples([])).record
    assert record.wrong == 72
    assert record.turns == ()
    assert record.repeatable == 0
    assert record.maybe == 72
    assert all(turn.chance is not None and turn.chance > record.level for turn in record.unsure)


def test_what_comes_back_among_many_mistakes_is_no_one_off_though_chance_may_explain_it() -> None:
    """Of 20 of a label 8 are taken for another, where half of all answers are wrong."""
    rows, said = [], []
    for i in range(80):
        label = LABELS[i % 4]
        rows.append((f"text{i}", label))
        place = i // 4
        other = 1 if place < 8 else 2 if place < 10 else 3 if place < 11 else 0
        said.append(LABELS[(i + other) % 4])
    found = look(judge_of("classify", LABELS), examples(rows), said, examples([]))
    assert found.record.turns == ()
    assert [turn.wrong for turn in found.record.unsure] == [8, 8, 8, 8]
    assert (found.record.repeatable, found.record.maybe) == (0, 32)
    assert found.names[0] == (found.record.unsure[0].name,)
    assert found.names[32] == (ONE_OFF,)


def test_out_of_fold_a_wrong_answer_s_candidate_had_all_examples_but_that_one() -> None:
    asked, said = mixed_up()
    own = Pool(judge_of("classify", LABELS), asked)
    found = turned(
        Asked(own.judge, asked, tuple(said), (None,) * len(said), (), own), "out-of-fold"
    )
    (turn,) = found.record.turns
    assert turn.wrong == 5
    assert turn.examples == 4
    assert turn.nearest == ()


def test_answers_of_one_group_count_once() -> None:
    asked, said = mixed_up()
    grouped = Examples(
        asked.ids,
        asked.inputs,
        asked.targets,
        np.where(np.array(said) == np.array(asked.targets), np.arange(160), 999),
    )
    assert not look(judge_of("classify", LABELS), grouped, said, examples([])).record.turns


def test_a_person_s_name_is_never_the_shared_word() -> None:
    asked, said = mixed_up()
    named = Examples(
        asked.ids,
        tuple(t.replace("abroad", "daniel") for t in asked.inputs),
        asked.targets,
        asked.groups,
    )
    record = look(judge_of("classify", LABELS), named, said, examples([])).record
    assert not any("daniel" in turn.name for turn in record.turns)


def test_chances_are_those_of_the_exact_tests() -> None:
    counter = Counter(np.arange(20))
    assert counter.evenly(range(3), range(10), 0.1, 1) == pytest.approx(0.0701908, abs=1e-6)
    # 3 of 4 against 1 of 6: C(4,3)·C(6,1)/C(10,4) and C(4,4)/C(10,4), summed.
    assert counter.more_than(range(3), range(4), 1, 6) == pytest.approx(25 / 210)


SCHEMA = {
    "type": "object",
    "properties": {
        "date": {"type": "string"},
        "total": {"type": "number"},
        "kind": {"enum": ["order", "return"]},
        "items": {
            "type": "array",
            "items": {"type": "object", "properties": {"name": {"type": "string"}}},
        },
    },
}


@pytest.mark.parametrize(
    ("wanted", "given", "said"),
    [
        ("2026-03-12", "12/03/2026", "12/03/2026 rather than 2026-03-12"),
        ("2025-11-30", "Nov 30, 2025", "Mar 12, 2026 rather than 2026-03-12"),
        ("2025-11-30", "30/11", "12/03 rather than 2026-03-12"),
        ("2025-11-30", "29/11/2025", None),
        ("17:05", "5:05 pm", "05:05 PM rather than 17:05"),
        (1200, "1,200", "a text rather than a number"),
        ("1200", "1,200", "a number with other signs"),
        ("AB-12", "ab 12", "with other signs or spaces"),
        ("AB-12", "AB-13", None),
        (True, "1", None),
    ],
)
def test_one_value_in_two_ways(wanted: Any, given: Any, said: str | None) -> None:
    assert rewritten(wanted, given) == said


def test_longer_and_shorter_are_by_whole_words() -> None:
    assert longer_or_shorter("red lamp", "one red lamp, please") == "with more around it"
    assert longer_or_shorter("red lamp", "lamp") == "cut short"
    assert longer_or_shorter("lamp", "lamps") is None


def test_each_field_is_told_by_what_is_wrong_with_it() -> None:
    wanted = {
        "date": "2026-01-02",
        "total": 5,
        "kind": "order",
        "items": [{"name": "lamp"}, {"name": "rug"}],
    }
    given = {"date": "2 January 2026", "kind": "return", "items": [{"name": "rug"}], "more": "desk"}
    found = {(d.path, d.sort) for d in differences(wanted, given, "a lamp and a rug", SCHEMA)}
    assert found == {
        (("date",), "rewritten"),
        (("total",), "left_out"),
        (("kind",), "mistaken"),
        (("items",), "left_out"),
        (("more",), "made_up"),
    }
    assert not list(differences({"a": 1, "b": None}, {"a": 1.0}, "", {}))


def test_a_date_in_another_format_is_one_rule_and_points_at_examples_of_the_right_one() -> None:
    texts = [f"on day {i}" for i in range(1, 13)]
    wanted = [json.dumps({"date": f"2026-03-{i:02}", "kind": "order"}) for i in range(1, 13)]
    said = [
        json.dumps({"date": f"{i:02}/03/2026" if i > 8 else f"2026-03-{i:02}", "kind": "order"})
        for i in range(1, 13)
    ]
    said[0] = "no JSON"
    pool = examples(
        [("one", wanted[0]), ("two", json.dumps({"date": "12.3.", "kind": "order"}))], "p"
    )
    asked = examples(list(zip(texts, wanted, strict=True)))
    found = look(judge_of("extract", schema=SCHEMA), asked, said, pool)
    (turn,) = found.record.turns
    assert turn.name == "“date” is written in another way: 12/03/2026 rather than 2026-03-12"
    assert (turn.wrong, turn.chance, turn.examples) == (4, None, 1)
    assert (found.record.wrong, found.record.repeatable) == (5, 4)
    assert found.names[0] == (ONE_OFF,)


def test_a_field_left_out_more_often_than_others_is_a_turn() -> None:
    wanted = [json.dumps({"date": f"d{i}", "total": i + 1, "kind": "order"}) for i in range(40)]
    said = [
        json.dumps({"date": f"d{i}", "kind": "order"} | ({} if i < 6 else {"total": i + 1}))
        for i in range(40)
    ]
    asked = examples([(f"t{i}", target) for i, target in enumerate(wanted)])
    record = look(judge_of("extract", schema=SCHEMA), asked, said, examples([])).record
    assert [(t.name, t.wrong) for t in record.turns] == [("“total” is left out", 6)]
    assert record.turns[0].chance is not None
    assert record.turns[0].few


CHECKS = [{"type": "word-count", "value": {"max": 5}}, {"type": "contains", "value": "{{name}}"}]


def test_written_answers_are_told_by_the_check_the_column_and_the_trait() -> None:
    rows = [(f"name: Pot{i}", f"Pot{i} is here.") for i in range(20)]
    columns = [{"name": f"Pot{i}"} for i in range(20)]
    said: list[str | None] = [target for _, target in rows]
    for i in range(4):
        said[i] = f"Pot{i} is here today and it was sold for {70 + i} euros."
    for i in range(4, 8):
        said[i] = f"Pt{i} is here."
    said[8] = None
    asked = examples(rows, columns=columns)
    found = look(judge_of("write", checks=CHECKS), asked, said, examples(rows, "p", columns))
    names = {turn.name: turn.wrong for turn in found.record.turns}
    assert names["it fails “word-count at most 5”: has … words, more than …"] == 4
    assert names["the value of “name” is miswritten"] == 4
    assert names["it says a number that was not given"] == 4
    assert any(name.startswith("it fails “contains") for name in names)
    assert not any("Pot" in name for name in names)
    assert found.record.wrong == 9
    assert found.record.repeatable == 8
    assert found.names[8] == (ONE_OFF,)
    assert all(turn.examples == 20 for turn in found.record.turns if "word-count" in turn.name)
