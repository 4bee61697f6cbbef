"""The gates of a release: parity, which a person may allow to fail, and the word high stakes ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from etude.errors import GateNotMet
from etude.records.release import Difference, Leg, Parity
from etude.records.sign_off import SignOff
from etude.releases.parity import Compared
from etude.store.releases import PRODUCTION
from etude.verdict.stakes import SIGN

SHOWN, LONGEST = 5, 120
"""Differences that are shown of each way, and letters of an answer."""


def hold(found: Parity, compared: Sequence[Compared], say: Callable[[str], None]) -> None:
    """Say how each way answered, and refuse one that is another candidate.

    Raises:
        GateNotMet: a way differs, or could not be tried, and nobody allowed it.
    """
    for one in compared:
        say(sentence(one.leg))
        if one.leg.exact or not one.leg.same:
            for difference in one.differences[:SHOWN]:
                say(f"  {shown(difference)}")
            if (more := len(one.differences) - SHOWN) > 0:
                say(f"  and {more:,} more")
    if found.same or found.allowed:
        return
    bad = next(leg for leg in found.legs if not leg.same)
    raise GateNotMet(
        f"this is not the candidate that was compared: {sentence(bad)}",
        where="parity",
        expected="the same answers in every way of running it"
        if bad.exact
        else f"a score that is certainly no worse by {100 * (bad.margin or 0):g} points",
        hint="--allow-differences goes on all the same, and writes that down"
        if bad.inputs
        else "try it where that engine is; or --allow-differences, which is written down",
    )


def refuse_unsigned(stakes: str, signed: SignOff | None) -> None:
    """Nothing goes to production while the stakes are high and nobody signed it off.

    Raises:
        GateNotMet: so it is.
    """
    if stakes == "high" and signed is None:
        raise GateNotMet(
            "the stakes are high, and no named person has signed this candidate off",
            where=PRODUCTION,
            expected="a sign-off before the release is made",
            hint=f"{SIGN}; then make the release again",
        )


def sentence(leg: Leg) -> str:
    """How one way answered, in words."""
    if not leg.inputs:
        return f"{leg.name} could not be tried: {leg.note or 'no inputs are here'}."
    if not leg.differing:
        return f"{leg.name} answered {_inputs(leg.inputs)} as the candidate did."
    told = f"{leg.name} answered {leg.differing} of {_inputs(leg.inputs)} differently"
    if leg.difference is None or leg.low is None:
        return told + "."
    return (
        f"{told}; its score is {100 * leg.difference:+.1f} points, at the worst "
        f"{100 * leg.low:+.1f}."
    )


def _inputs(count: int) -> str:
    return "1 input" if count == 1 else f"{count:,} inputs"


def shown(difference: Difference) -> str:
    """One input's two answers, cut to a line."""
    return f"input {difference.row}: {_cut(difference.expected)} became {_cut(difference.found)}"


def _cut(text: str | None) -> str:
    if text is None:
        return "no answer"
    line = " ".join(text.split())
    return f"“{line[:LONGEST]}{'…' if len(line) > LONGEST else ''}”"
