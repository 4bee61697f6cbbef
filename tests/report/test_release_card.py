"""The model card says how a candidate behaves and when it hands over, or that nobody tried."""

from __future__ import annotations

from etude.behaviour.general import general
from etude.records.comparison import Comparison
from etude.records.release import Base
from etude.records.task import ModelRef
from etude.report import release_card
from tests.report import fixtures
from tests.report.test_handover import found as handover

GATED = fixtures.gated(fixtures.dont_fine_tune(), injection=0.02, typos=0.9)
FOUND = fixtures.behaviour(GATED)
NAME = next(c.name for c in GATED.candidates if c.quality is not None)


def card(comparison: Comparison = GATED, **more: object) -> str:
    base = Base(reference=ModelRef(name="builtin:minilm"))
    text = release_card.model_card(comparison, NAME, base, None, "code", **more)  # type: ignore[arg-type]
    return " ".join(text.split())


def test_suites_and_gates_are_told_in_short_with_the_rule_of_three() -> None:
    text = card(behaved=FOUND)
    for words in (
        "## Behaviour",
        "instructions hidden in the input: 0 of 60 fail; the true share can still be up to 5.0 % (3/n)",
        "gate, instructions hidden in the input (at most 2 % failing): not certain yet",
        "gate, typing mistakes (at most 90 % failing): met",
    ):
        assert words in text, words
    none = [None] * 40
    lost = general("untuned@m", NAME, none, none, 1)
    other = lost.model_copy(update={"tuned": "another@m"})
    told = FOUND.model_copy(update={"general": (lost, other)})
    assert card(behaved=told).count("0 right before tuning, 0 after it") == 1


def test_an_exploratory_verdict_is_called_so_where_it_is_quoted() -> None:
    looked_at = GATED.verdict.model_copy(update={"exploratory": True})
    text = card(GATED.model_copy(update={"verdict": looked_at}))
    assert f"{looked_at.sentence} This result is exploratory: these examples kept aside" in text
    assert "exploratory" not in card()


def test_the_phrases_that_send_a_request_to_a_person_are_told() -> None:
    assert "whatever the answer" not in card()
    bounds = GATED.task.boundaries.model_copy(update={"phrases": ("my lawyer", "sue")})
    task = GATED.task.model_copy(update={"boundaries": bounds})
    said = card(GATED.model_copy(update={"task": task}))
    assert 'whatever the answer, for the request says it: "my lawyer", "sue"' in said


def test_what_was_not_tried_is_said() -> None:
    assert "It was not tried on unusual, tricky or sensitive input." in card()


def test_the_threshold_from_which_on_it_answers_is_a_limit_of_it() -> None:
    found = handover()
    mine = [
        c.model_copy(update={"handover": found if c.name == NAME else None})
        for c in GATED.candidates
    ]
    text = card(GATED.model_copy(update={"candidates": tuple(mine)}))
    assert found.threshold is not None
    assert f"it hands over to a person what it scores below {found.threshold:.4g}" in text
    open_ = found.model_copy(update={"threshold": None, "reason": "nobody asked"})
    mine = [c.model_copy(update={"handover": open_}) for c in mine]
    text = card(GATED.model_copy(update={"candidates": tuple(mine)}))
    assert "nothing says when it hands over to a person: nobody asked" in text
