from __future__ import annotations

import pytest

from etude.audit._bad_light import bad_light, of_a_whole
from etude.audit._base import Found
from etude.audit._groups import named as groups_in
from etude.audit.bias import AUDIT
from tests.audit._material import material

JOBS = ("nurse", "engineer", "driver", "cook", "clerk")


def look(rows: list[dict[str, object]], kind: str = "classify") -> dict[str, Found]:
    return {one.finding.code: one for one in AUDIT.run(material(kind, rows))}


def pairs(women: str, men: str = "accept") -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for job in JOBS:
        rows.append({"input": f"He is a {job} and wants a loan.", "target": men})
        rows.append({"input": f"She is a {job} and wants a loan.", "target": women})
    return rows


def test_counterparts_with_another_label() -> None:
    found = look([*pairs("reject"), {"input": "hello", "target": "reject"}])
    one = found["counterparts"]
    assert one.finding.count == 10
    first, second = one.hits.head(2).iter_rows(named=True)
    assert (first["id"], first["other"]) == ("r000", "r001")
    assert first["evidence"] == "men: accept; women: reject"
    assert (second["id"], second["other"]) == ("r001", "r000")
    assert second["evidence"] == "women: reject; men: accept"


def test_counterparts_with_the_same_label_are_in_order() -> None:
    assert look([*pairs("accept"), {"input": "hello", "target": "reject"}]) == {}


def test_answers_are_compared_by_their_figures() -> None:
    lend = "You can have a loan of {}."
    assert set(look(pairs(lend.format("3,000"), lend.format("5,000")), "write")) == {"counterparts"}
    assert look(pairs("She can have 5,000.", "He may borrow 5,000, with pleasure."), "write") == {}


def test_a_text_with_two_labels_of_its_own_is_no_counterpart() -> None:
    rows = [
        {"input": "He wants a loan.", "target": "accept"},
        {"input": "He wants a loan.", "target": "reject"},
        {"input": "She wants a loan.", "target": "accept"},
    ]
    assert look(rows) == {}


def named(group: str, label: str, count: int, start: int = 0) -> list[dict[str, object]]:
    return [
        {"input": f"The {group} shop in street {start + n} writes about its rent", "target": label}
        for n in range(count)
    ]


def test_a_label_that_goes_with_a_group() -> None:
    rows = [*named("Turkish", "reject", 25), *named("Turkish", "accept", 5, 25)]
    rows += [*named("French", "accept", 25, 50), *named("French", "reject", 5, 80)]
    assert "label_by_group" in look(rows)


def test_few_rows_and_even_labels_are_no_finding() -> None:
    few = [*named("Turkish", "reject", 8), *named("French", "accept", 8, 50)]
    assert look(few) == {}
    even = [*named("Turkish", "reject", 20), *named("Turkish", "accept", 20, 20)]
    even += [*named("French", "reject", 20, 40), *named("French", "accept", 20, 60)]
    assert look(even) == {}


def test_rows_that_belong_together_count_once() -> None:
    rows = [row | {"group": 1} for row in named("Turkish", "reject", 30)]
    rows += [row | {"group": 2} for row in named("French", "accept", 30, 50)]
    assert look(rows) == {}


def test_a_group_in_bad_company() -> None:
    bad = [
        {"input": f"q{n}", "target": f"The Muslim man of street {n} is a criminal."}
        for n in range(20)
    ]
    fair = [
        {"input": f"p{n}", "target": f"The Christian man of road {n} bakes bread."}
        for n in range(20)
    ]
    one = look([*bad, *fair], "write")["bad_light"]
    assert one.finding.count == 20
    assert "Muslims" in one.finding.sentence
    both = [
        {"input": f"p{n}", "target": f"The Christian man of road {n} is a criminal."}
        for n in range(20)
    ]
    assert look([*bad, *both], "write") == {}


@pytest.mark.parametrize(
    "sentence",
    ["Turks are lazy", "lazy Turks", "Don't trust Turks", "The Turkish man at the bar stole it",
     "Turks can't be trusted", "She is hysterical"],
)  # fmt: skip
def test_what_is_said_of_a_group_puts_it_in_a_bad_light(sentence: str) -> None:
    assert bad_light(sentence)


@pytest.mark.parametrize(
    "sentence",
    ["Turks like the lazy river", "The Turkish restaurant is dirty", "Turks are not lazy",
     "It is a lie that Turks are lazy", "Thieves robbed Turks", "Her dirty bag is here",
     "Turks complained that the waiter is rude"],
)  # fmt: skip
def test_what_is_said_of_something_else_does_not(sentence: str) -> None:
    assert bad_light(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "whole"),
    [("Turks are lazy", True), ("All Turkish people tend to be lazy", True), ("Women are vain", True),
     ("I think that women are vain", True), ("Never trust Turks", True),
     ("The Turks are lazy", True), ("Turks were lazy", False), ("The Turkish man is lazy", False),
     ("The Turks at table two are rude", False), ("Some Turks are lazy", False),
     ("The women are jealous", False), ("She is hysterical", False)],
)  # fmt: skip
def test_what_is_said_of_some_is_not_said_of_all(sentence: str, whole: bool) -> None:
    match = bad_light(sentence)
    assert match
    assert of_a_whole(match) is whole


def test_what_is_said_of_a_whole_group_is_told_where_no_other_is_named() -> None:
    fair = [{"input": f"q{n}", "target": f"Table {n} is free."} for n in range(20)]
    said = {"input": "Who comes?", "target": "Turks come. Turks are often rude."}
    one = look([*fair, said], "write")["generalised"]
    assert one.finding.sentence == (
        "1 of 21 targets says something bad of a whole group of people: Turks (1)"
    )
    assert one.hits["evidence"].to_list() == ["Turks are often rude"]
    assert one.hits["id"].to_list() == ["r020"]
    assert "generalised" not in look(
        [*fair, {"input": "a", "target": "Turks are not rude."}], "write"
    )


def test_dishes_are_no_groups() -> None:
    rows = [
        {
            "input": f"A table in the {food} restaurant in street {n}",
            "target": f"It is {n + len(food)}.",
        }
        for n in range(9)
        for food in ("Turkish", "French")
    ]
    assert look(rows, "write") == {}


def test_titles_name_no_group() -> None:
    assert groups_in("Rate The Demolished Man a five") == groups_in("Give Dead Boys a 0") == set()
    assert groups_in("Men and boys came") == {("sex", "men")}
