"""High stakes: what is missing is said with the verdict, and the choice stays."""

from __future__ import annotations

import pytest

from etude.errors import GateNotMet
from etude.records.candidate import CandidateReport
from etude.records.estimate import Estimate
from etude.records.handover import Handover
from etude.records.sign_off import SignOff
from etude.records.task import HandOver, Task
from etude.records.verdict import Verdict
from etude.verdict.stakes import SIGN, UNSIGNED, held
from etude.workflow.gating import refuse_unsigned
from tests.verdict.test_decide import TASK, candidate, verdict

BAR = TASK.bar.model_copy(update={"hand_over": HandOver(precision=0.9)})
HIGH = TASK.model_copy(update={"stakes": "high", "bar": BAR})
WORD = SignOff(
    name="Ada", time="2026-01-31T10:00:00Z", candidate="probe@m", candidate_id="x", run="b"
)


def knowing(threshold: float | None) -> CandidateReport:
    """A candidate that knows when to hand over; None: nothing was found that says."""
    found = Handover(
        precision_asked=0.9,
        confidence=0.95,
        stated=True,
        threshold=threshold,
        sure=None,
        reason=None if threshold is not None else "too few examples",
        n=100,
        groups=100,
        coverage=None,
        precision=None,
        curve=(),
        auroc=None,
        aurc=None,
        ece=None,
        calibrator=None,
        score="",
        method="",
    )
    return candidate("probe", 0.932).model_copy(update={"handover": found})


def decided(task: Task, threshold: float | None = 0.5, signed: SignOff | None = None) -> Verdict:
    candidates = [knowing(threshold), candidate("finetune", 0.938)]
    return held(task, verdict(candidates, half=0.01), candidates, signed)


def test_a_threshold_that_hands_nothing_over_is_said() -> None:
    every = Estimate(value=1.0, low=0.9, high=1.0, level=0.95, method="Wilson")
    chosen = knowing(0.0)
    assert chosen.handover is not None
    idle = chosen.handover.model_copy(update={"coverage": every})
    candidates = [chosen.model_copy(update={"handover": idle}), candidate("finetune", 0.938)]
    for signed in (None, WORD):
        found = held(HIGH, verdict(candidates, half=0.01), candidates, signed)
        assert "High stakes: its threshold hands nothing over." in found.reasons
    assert not any("hands nothing over" in one for one in decided(HIGH).reasons)


def test_normal_stakes_ask_nothing() -> None:
    found = decided(TASK, threshold=None)
    assert (found.missing, found.settled) == ((), True)


def test_a_sign_off_is_what_is_left_to_do() -> None:
    found = decided(HIGH)
    assert (found.missing, found.settled, found.recommended) == ((UNSIGNED,), False, "probe@m")
    assert found.next_command == SIGN
    assert found.sentence.endswith(f"this is not complete: {UNSIGNED}.")


def test_it_is_complete_with_a_threshold_and_a_name() -> None:
    found = decided(HIGH, signed=WORD)
    assert (found.missing, found.settled) == ((), True)
    assert found.reasons[0] == "High stakes: Ada signed it off on 2026-01-31."


def test_nothing_is_complete_without_a_hand_over() -> None:
    found = decided(HIGH, threshold=None, signed=WORD)
    assert found.missing == ("nothing says when it hands over (too few examples)",)
    assert found.next_command != SIGN
    unasked = HIGH.model_copy(update={"bar": TASK.bar})
    assert "bar.hand_over does not say" in decided(unasked, signed=WORD).missing[0]
    plain = [candidate("probe", 0.932), candidate("finetune", 0.938)]
    silent = held(HIGH, verdict(plain, half=0.01), plain, WORD)
    assert silent.missing == ("its answers have no confidence to hand over by",)


def test_production_waits_for_a_name() -> None:
    refuse_unsigned("normal", None)
    refuse_unsigned("high", WORD)
    with pytest.raises(GateNotMet, match="no named person") as caught:
        refuse_unsigned("high", None)
    assert SIGN in str(caught.value)
