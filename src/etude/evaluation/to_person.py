"""Which answers a person is to look at, and why: by the input, the answer, and how sure it is.

One rule for ``etude predict``, the server, the behaviour suites and people's minutes. How the threshold
is found is in ``handover``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from etude.checks._words import quotes
from etude.data.answers import Answers
from etude.evaluation.handover import probabilities
from etude.evaluation.judging import Fault, Judge, failed
from etude.evaluation.phrases import phrases_in
from etude.records.handover import Handover

NO_CONFIDENCE = "its answers have no confidence to hand over by"


def why_everything(judge: Judge, found: Handover | None) -> str | None:
    """Why a person looks at every answer, as a clause: ``bar.hand_over`` asks for a threshold, and
    there is none; None where there is one, or the task file does not ask."""
    asked = judge.task.bar.hand_over
    if asked is None or (found is not None and found.threshold is not None):
        return None
    return (found and found.reason) or NO_CONFIDENCE


def to_person(
    judge: Judge,
    found: Handover | None,
    inputs: Sequence[str],
    answers: Answers,
    faults: Sequence[Sequence[Fault]],
) -> tuple[str | None, ...]:
    """Why a person is to look at each answer, as a clause; None where it may go out.

    Its input holds a phrase of the boundaries, it is none, it is known to be faulty, or it is too
    unsure. Without a threshold nothing is too unsure, or everything where ``bar.hand_over`` asks for
    one.

    Args:
        judge: of the task.
        found: when the candidate hands over.
        inputs: what was asked, in the answers' order.
        answers: what it said.
        faults: what is known against each answer.
    """
    everything = why_everything(judge, found)
    rows = zip(
        phrases_in(judge.task, inputs),
        answers.outputs,
        answers.failures,
        faults,
        _unsure(found, answers),
        strict=True,
    )
    return tuple(_why(everything, *row) for row in rows)


def _why(
    everything: str | None,
    phrases: Sequence[str],
    output: str | None,
    failure: str | None,
    faults: Sequence[Fault],
    unsure: str | None,
) -> str | None:
    if phrases:
        return f"the input says {quotes(list(phrases))}"
    if output is None:
        return f"there is no answer ({failure})" if failure else "there is no answer"
    if everything is not None:
        return f"nothing says which answers can go out: {everything}"
    if faults:
        return failed(faults)
    return unsure


def _unsure(found: Handover | None, answers: Answers) -> Iterator[str | None]:
    """Of each answer, that it is not sure enough; None where it is."""
    least = found.threshold if found is not None else None
    if found is None or least is None:
        yield from [None] * len(answers)
        return
    for score, sure in zip(answers.score, probabilities(found, answers), strict=True):
        # A comparison with NaN is false: what has no score goes to a person.
        if score >= least:
            yield None
        elif score != score:
            yield "nobody knows how sure it is"
        else:
            yield _not_sure_enough(float(sure), found.sure)


def _not_sure_enough(sure: float, least: float | None) -> str:
    if sure != sure or least is None:
        return "it is not sure enough"
    digits = 0 if f"{sure:.0%}" != f"{least:.0%}" else 2
    return f"it is {100 * sure:.{digits}f} % sure, and {100 * least:.{digits}f} % is needed"
