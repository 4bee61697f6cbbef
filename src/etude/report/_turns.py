"""What a candidate gets wrong again and again, in words; no rows and no ids of rows."""

from __future__ import annotations

from dataclasses import dataclass

from etude.records.candidate import CandidateReport, WrongTurn, WrongTurns
from etude.report import _figures as figures
from etude.report._behind import Behind, Link

MOST = 12


@dataclass(frozen=True)
class TurnView:
    """One turn: how often, and how many examples show how it is done right."""

    name: str
    count: str
    examples: str
    few: bool
    exact: str
    link: Link | None = None


@dataclass(frozen=True)
class TurnsView:
    """``sentence`` says how much is repeatable; ``left``: turns that are not shown."""

    sentence: str
    advice: str
    lines: tuple[TurnView, ...]
    left: int


def turns(c: CandidateReport, behind: Behind | None = None) -> TurnsView | None:
    """None where they were not looked for, or nothing was wrong."""
    found = c.wrong_turns
    if found is None or not found.wrong:
        return None
    return TurnsView(
        sentence=sentence(found),
        advice=advice(found),
        lines=tuple(_line(turn, found, _rows(c, turn, behind)) for turn in found.turns[:MOST]),
        left=len(found.turns[MOST:]),
    )


def sentence(found: WrongTurns) -> str:
    """How much of what is wrong is wrong again and again."""
    where = "examples to choose by" if found.side == "dev" else "examples"
    asked = f"{found.wrong:,} of {found.answers:,} {where} went wrong"
    if not found.turns:
        return f"{asked}; no mistake comes back often enough to be more than chance."
    share = figures.percent(found.repeatable / found.wrong, 0)
    partly = f", and in part {found.partly:,} more" if found.partly else ""
    return (
        f"{asked}. {found.repeatable:,} of these ({share}){partly} went wrong in a way that comes "
        "back: this is what training on examples can mend. The rest are one-offs."
    )


def advice(found: WrongTurns) -> str:
    """What to collect: turns that too few examples show how to avoid."""
    few = [turn for turn in found.turns if turn.few]
    if not few:
        return ""
    which = "this one" if len(found.turns) == 1 else f"{len(few):,} of them"
    return f"For {which} too few examples show how it is done right: collect those first."


def _rows(c: CandidateReport, turn: WrongTurn, behind: Behind | None) -> Link | None:
    """To its rows, which are of the side that turns were looked for on; None unless all are there."""
    if behind is None or c.wrong_turns is None:
        return None
    link = behind.on(c.wrong_turns.side).link(c.name, "row", show="wrong", turn=turn.name)
    return link if link and link.count == turn.wrong else None


def _line(turn: WrongTurn, found: WrongTurns, link: Link | None) -> TurnView:
    said = "one rule explains all"
    if turn.chance is not None:
        chance = "< 0.0001" if turn.chance < 0.0001 else f"{turn.chance:.4f}"
        said = f"chance {chance}, at most {found.level:g}, corrected for all that was looked at"
    return TurnView(
        name=turn.name,
        count=f"{turn.wrong:,} of {found.wrong:,}",
        examples=f"{turn.examples:,}",
        few=turn.few,
        exact=said,
        link=link,
    )
