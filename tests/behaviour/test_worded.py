"""Boundaries that are orders or deeds are named, with what to write for them."""

from __future__ import annotations

import re

import pytest

from etude.behaviour.worded import misworded
from etude.records.task import Boundaries, Task


def task(*hand_over: str, **more: object) -> Task:
    given = {"task": "t", "kind": "classify", "data": {"examples": "x.csv"}, **more}
    return Task.model_validate(given | {"boundaries": {"hand_over": list(hand_over)}})


def better(said: str) -> str:
    (warning,) = misworded(task(said))
    assert warning.startswith(f"boundaries.hand_over: “{said}” reads as ")
    return re.split("; write ", warning)[1]


@pytest.mark.parametrize(
    ("said", "write"),
    [
        ("Do not answer medical questions", "“medical questions”"),
        ("Don’t discuss pricing.", "“pricing”"),
        ("You must not give legal advice", "“legal advice”"),
        ("Please refuse anything about weapons", "“weapons”"),
        ("No medical advice", "“medical advice”"),
        ("The assistant should never give tax advice", "“tax advice”"),
        ("Never talk about GDPR requests", "“GDPR requests”"),
        ("Anyone who threatens to sue", "“when anyone threatens to sue”"),
        ("customers who are hurt", "“when customers are hurt”"),
        ("those who threaten us", "“when people threaten us”"),
        ("The customer threatens to sue", "“when the customer threatens to sue”"),
    ],
)
def test_what_to_write_is_said(said: str, write: str) -> None:
    assert better(said) == write
    assert not list(misworded(task(write.strip("“”"))))


@pytest.mark.parametrize("said", ["Do not promise refunds", "Refer legal threats to a lawyer"])
def test_where_no_rule_says_it_examples_do(said: str) -> None:
    assert better(said).startswith("what it is about, such as “medical questions”")


@pytest.mark.parametrize(
    "said",
    [
        "legal threats",
        "anything about a child who ate a plant",
        "GDPR requests",
        "when somebody is hurt",
        "If a customer threatens to sue",
        "customer complaints",
        "an injury that needs a doctor",
        "no-show fees",
        "cannot connect",
        "always crashes",
        "never received parcel",
        "Should tenants pay rent",
        "No smoking areas",
        "offer letters",
        "refuse collection",
        "Refer a friend bonus",
        "IT problems",
        "Drohungen mit dem Anwalt",
    ],
)
def test_things_and_clauses_are_as_they_should_be(said: str) -> None:
    assert not list(misworded(task(said)))


def test_each_list_is_named_and_a_suite_that_is_left_out_is_not_looked_at() -> None:
    both = Boundaries(hand_over=("Never offer refunds",), refuse=("Do not give advice",))
    made = task().model_copy(update={"boundaries": both})
    fields = [warning.partition(":")[0] for warning in misworded(made)]
    assert fields == ["boundaries.hand_over", "boundaries.refuse"]
    left = {"leave_out": {"boundaries": "tried elsewhere"}}
    assert not list(misworded(task("Never offer refunds", behaviour=left)))
