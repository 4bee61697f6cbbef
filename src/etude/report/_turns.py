"""What a candidate gets wrong again and again, in words; no rows and no ids of rows."""

from __future__ import annotations

from dataclasses import dataclass

from etude.records.candidate import CandidateReport, WrongTurn, WrongTurns
from etude.report import _figures as figures
from etude.report._behind import Behind, Link

MOST = 12


@dataclass(frozen=True)
class TurnView:
    """One turn: how often, and how many examples show how it is done right; ``unsure`` says that it
    may be chance."""

    name: str
    count: str
    examples: str
    few: bool
    exact: str
    link: Link | None = None
    unsure: bool = False


@dataclass(frozen=True)
class TurnsView:
    """``sentence`` says how much is repeatable; ``left``: turns that are not shown, of those that are
    more than chance and of those that may be chance."""

    sentence: str
    advice: str
    lines: tuple[TurnView, ...]
    left: tuple[int, int]


def turns(c: CandidateReport, behind: Behind | None = None) -> TurnsView | None:
    """None where they were not looked for, or nothing was wrong."""
    found = c.wrong_turns
    if found is None or not found.wrong:
        return None
    sure, unsure = found.turns[:MOST], found.unsure[: max(0, MOST - len(found.turns))]
    return TurnsView(
        sentence=sentence(found),
        advice=advice(found),
        lines=tuple(_line(turn, found, _rows(c, turn, behind)) for turn in (*sure, *unsure)),
        left=(len(found.turns) - len(sure), len(found.unsure) - len(unsure)),
    )


def sentence(found: WrongTurns) -> str:
    """How much of what is wrong is wrong again and again."""
    where = "examples to choose by" if found.side == "dev" else "examples"
    asked = f"{found.wrong:,} of {found.answers:,} {where} went wrong"
    if not found.turns:
        told = f"{asked}; no mistake comes back so often that it is surely more than chance."
        return f"{told}{_may_come_back(found)}{_rest(found)}"
    share = figures.percent(found.repeatable / found.wrong, 0)
    partly = f", and in part {found.partly:,} more" if found.partly else ""
    return (
        f"{asked}. {found.repeatable:,} of these ({share}){partly} went wrong in a way that comes back "
        "more often than chance: this is what training on examples can mend."
        f"{_may_come_back(found)}{_rest(found)}"
    )


def _may_come_back(found: WrongTurns) -> str:
    """What comes back and can't be told from chance, and so from where to where the share lies."""
    if not found.maybe:
        return ""
    low = figures.percent(found.repeatable / found.wrong, 0)
    high = figures.percent((found.repeatable + found.maybe) / found.wrong, 0)
    which = f"{found.maybe:,} more" if found.turns else f"{found.maybe:,}"
    return (
        f" {which} went wrong as at least two others did, which may be chance: what training can "
        f"mend is {low} to {high} of all that went wrong."
    )


def _rest(found: WrongTurns) -> str:
    """What is left, where it was counted apart from what may come back."""
    rest = found.wrong - found.repeatable - found.partly - (found.maybe or 0)
    if rest <= 0:
        return ""
    if found.maybe is None:
        return " The rest can't be told from chance."
    return f" The other {rest:,} {'are one-offs' if rest > 1 else 'is a one-off'}."


def advice(found: WrongTurns) -> str:
    """What to collect: turns that too few examples show how to avoid."""
    few = [turn for turn in found.turns if turn.few]
    if not few:
        return ""
    which = "this one" if len(found.turns) == 1 else f"{len(few):,} of them"
    if found.unsure:
        which = f"{len(few):,} of those that are more than chance"
    return f"For {which} too few examples show how it is done right: collect those first."


def _rows(c: CandidateReport, turn: WrongTurn, behind: Behind | None) -> Link | None:
    """To its rows, which are of the side that turns were looked for on; None unless all are there."""
    if behind is None or c.wrong_turns is None:
        return None
    link = behind.on(c.wrong_turns.side).link(c.name, "row", show="wrong", turn=turn.name)
    return link if link and link.count == turn.wrong else None


def _line(turn: WrongTurn, found: WrongTurns, link: Link | None) -> TurnView:
    unsure, said = turn in found.unsure, "one rule explains all"
    if turn.chance is not None:
        chance = "< 0.0001" if turn.chance < 0.0001 else f"{turn.chance:.4f}"
        held = "more than" if unsure else "at most"
        said = f"chance {chance}, {held} {found.level:g}, corrected for all that was looked at"
    return TurnView(
        name=turn.name,
        count=f"{turn.wrong:,} of {found.wrong:,}",
        examples=f"{turn.examples:,}",
        few=turn.few,
        exact=said,
        link=link,
        unsure=unsure,
    )
