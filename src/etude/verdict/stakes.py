"""What high stakes ask besides: that the candidate knows when to hand over, and a named person's word.

It works on a verdict that is decided: the choice stays, and what is missing is said with it.
"""

from __future__ import annotations

from collections.abc import Sequence

from etude.records.candidate import CandidateReport
from etude.records.sign_off import SignOff
from etude.records.task import Task
from etude.records.verdict import Verdict

SIGN = 'etude behave --sign-off "YOUR NAME"'
NOTHING = "its threshold hands nothing over"
UNSIGNED = "no named person has signed it off"


def held(
    task: Task, verdict: Verdict, candidates: Sequence[CandidateReport], signed: SignOff | None
) -> Verdict:
    """The verdict with what high stakes still ask of the recommended candidate; as it is where they
    ask nothing, or nothing is recommended.

    Args:
        task: with its stakes.
        verdict: as decided.
        candidates: all of the comparison's.
        signed: who signed the recommended candidate off.
    """
    chosen = next((c for c in candidates if c.name == verdict.recommended), None)
    if chosen is None or task.stakes != "high":
        return verdict
    found = missing(task, chosen, signed)
    idle = (f"High stakes: {NOTHING}.",) if hands_nothing_over(chosen) else ()
    if not found:
        assert signed is not None
        reason = f"High stakes: {signed.name} signed it off on {signed.time[:10]}."
        return verdict.model_copy(update={"reasons": (reason, *idle, *verdict.reasons)})
    words = "; ".join(found)
    only_signing = found == (UNSIGNED,) and verdict.next_command.startswith("etude predict")
    return verdict.model_copy(
        update={
            "settled": False,
            "missing": found,
            "sentence": f"{verdict.sentence} High stakes, so this is not complete: {words}.",
            "reasons": (f"High stakes, and not complete: {words}.", *idle, *verdict.reasons),
            "next_command": SIGN if only_signing else verdict.next_command,
        }
    )


def missing(task: Task, chosen: CandidateReport, signed: SignOff | None) -> tuple[str, ...]:
    """What is not there yet, each as a clause."""
    reason = no_hand_over(task, chosen)
    return (*((reason,) if reason else ()), *(() if signed else (UNSIGNED,)))


def hands_nothing_over(chosen: CandidateReport) -> bool:
    """Whether its threshold lets every answer out that was scored: then it keeps nothing back."""
    found = chosen.handover
    if found is None or found.threshold is None or found.coverage is None:
        return False
    return found.coverage.value == 1


def no_hand_over(task: Task, chosen: CandidateReport) -> str | None:
    """Why nothing says when the candidate hands over; None where a threshold does."""
    if task.bar.hand_over is None:
        return "bar.hand_over does not say how often its own answers must be right"
    found = chosen.handover
    if found is None:
        return "its answers have no confidence to hand over by"
    if found.threshold is None:
        return f"nothing says when it hands over ({found.reason})"
    return None
