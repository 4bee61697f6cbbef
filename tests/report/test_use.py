"""What a candidate takes in use: people's minutes, and the time to the first token."""

from __future__ import annotations

from etude.records.candidate import FirstToken
from etude.records.comparison import Comparison
from etude.records.estimate import Estimate
from etude.records.labour import Labour
from etude.report._how_use import of_labour
from etude.report.as_json import to_json
from etude.report.markdown import of_comparison
from etude.report.page import page

from . import fixtures
from .parsed import Read
from .test_handover import found, with_it
from .test_written import writing

NAME = "probe@builtin:minilm"


def with_labour(comparison: Comparison, labour: Labour | None, name: str = NAME) -> Comparison:
    changed = tuple(
        c.model_copy(update={"labour": labour}) if c.name == name else c
        for c in comparison.candidates
    )
    return comparison.model_copy(update={"candidates": changed})


HANDING = Labour(
    per_1000=Estimate(value=240.0, low=200.0, high=290.0, method="bootstrap"),
    wrong=0.04,
    handed=0.16,
    hands_over=True,
)


def test_people_s_minutes_are_a_column_with_what_they_are_spent_on() -> None:
    comparison = with_labour(with_it(found()), HANDING)
    text = Read(page(comparison)).text
    assert "A person's minutes per 1,000" in text
    for figure in (
        "240\u00a0min",
        "200 to 290\u00a0min",
        "4.0\u00a0% wrong, 16.0\u00a0% handed over",
    ):
        assert figure.replace("\u00a0", " ") in text.replace("\u00a0", " ")
    assert "What it is unsure of, and what gets no answer, is handed over." in text
    assert "| 240" in of_comparison(comparison)
    (told,) = [c for c in to_json(comparison)["candidates"] if c["name"] == NAME]
    assert told["person_minutes_per_1000"] == {
        "value": 240.0,
        "low": 200.0,
        "high": 290.0,
        "wrong": 0.04,
        "handed": 0.16,
        "hands_over": True,
    }


def test_what_can_not_keep_what_is_asked_hands_everything_over() -> None:
    text = Read(page(with_labour(with_it(None), HANDING))).text
    assert "It can't keep what is asked of it, so everything is handed over." in text


def test_minutes_that_nobody_counted_are_not_zero() -> None:
    comparison = with_labour(fixtures.dont_fine_tune(), None)
    assert of_labour(comparison, None, comparison.candidate(NAME)) is None
    (told,) = [c for c in to_json(comparison)["candidates"] if c["name"] == NAME]
    assert told["person_minutes_per_1000"] is None
    assert "not measured" in Read(page(comparison)).text


def test_the_first_token_is_told_of_what_is_written() -> None:
    before = writing()
    told = Read(page(before)).text
    assert "Until the first token not measured" in told
    middle = Estimate(value=31.0, low=28.0, high=35.0, method="order statistics")
    slow = Estimate(value=52.0, low=44.0, high=float("inf"), method="order statistics")
    changed = tuple(
        c.model_copy(
            update={
                "latency": c.latency
                and c.latency.model_copy(update={"first": FirstToken(p50=middle, p95=slow, n=40)})
            }
        )
        for c in before.candidates
    )
    after = before.model_copy(update={"candidates": changed})
    text = Read(page(after)).text.replace("\u00a0", " ")
    assert "31 ms; 95 of 100 within 52 ms" in text
    assert "without an upper limit" in text
    firsts = [
        c["latency_ms"]["first_token"] for c in to_json(after)["candidates"] if c["latency_ms"]
    ]
    assert firsts[0]["p50"] == 31.0
    assert firsts[0]["p95_high"] is None
    assert "Until the first token" not in Read(page(fixtures.dont_fine_tune())).text
