"""What a result or a sign-off was given for: whatever changes of it, it no longer counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from etude.behaviour import suites
from etude.records.behaviour import SuiteResult
from etude.records.sign_off import SignOff
from etude.records.task import Boundaries
from etude.workflow import behave_standing as held
from etude.workflow.behave_standing import Standing
from tests.verdict.test_behaving import of
from tests.verdict.test_decide import candidate

NOW = Standing(Boundaries(refuse=("poems",)), "cases", {"probe@m": "id"}, {"probe@m": "above 0.9"})
OTHERS = {
    "boundaries": replace(NOW, boundaries=Boundaries()),
    "cases": replace(NOW, written="others"),
    "left out": replace(NOW, without=("padding",)),
    "hand_over": replace(NOW, handing={"probe@m": "above 0.8"}),
}


def tried(suite: str) -> SuiteResult:
    update = {"suite": suite, "made": NOW.made(suite), "handing": "above 0.9"}
    return of(0, 60).model_copy(update=update)


def word(*keys: str) -> SignOff:
    return SignOff(
        name="Ada",
        time="2026-01-31T11:15:00Z",
        candidate="probe@m",
        candidate_id="id",
        run="b",
        made={key: NOW.made(key) for key in keys},
        bounds=NOW.bounds,
        handing="above 0.9",
    )


@pytest.mark.parametrize(
    ("suite", "changed", "why"),
    [
        ("typos", "boundaries", None),
        ("typos", "cases", None),
        ("typos", "hand_over", held.HANDING),
        ("boundaries", "boundaries", held.BOUNDARIES),
        ("boundaries", "cases", None),
        ("money", "cases", held.WRITTEN),
        ("money", "boundaries", None),
    ],
)
def test_a_result_counts_for_what_it_was_tried_for(
    suite: str, changed: str, why: str | None
) -> None:
    assert NOW.against(tried(suite)) is None
    assert OTHERS[changed].against(tried(suite)) == why


@pytest.mark.parametrize("changed", list(OTHERS))
def test_a_word_holds_for_what_it_was_given_for(changed: str) -> None:
    assert NOW.against_word(word("typos")) is None
    assert OTHERS[changed].against_word(word("typos")) is not None


def test_phrases_are_matched_in_use_and_ask_nothing() -> None:
    said = replace(NOW, boundaries=Boundaries(refuse=("poems",), phrases=("lawyer",)))
    assert said.against(tried("boundaries")) is None
    assert said.against_word(word("boundaries")) == held.BOUNDS


def test_when_a_candidate_hands_over_holds_its_phrases() -> None:
    one = candidate("probe", 0.9)
    before = held._handing(one, ())
    assert held._handing(one, ("lawyer",)) != before
    assert held._handing(one, ()) == before


def test_another_version_of_a_suite_asks_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    before, given = tried("typos"), word("typos")
    newer = replace(suites.suite("typos"), version=1_000)
    monkeypatch.setattr(held, "suite", lambda key: newer)
    assert NOW.against(before) == held.SUITE
    assert NOW.against_word(given) == held.SUITE


def test_what_an_older_etude_left_says_nothing_of_it() -> None:
    assert NOW.against(of(0, 60)) == held.OLDER
    old = word().model_copy(update={"bounds": "", "handing": ""})
    assert NOW.against_word(old) == held.OLDER
