"""The wrong turns of one candidate: as a record for reports, and by answer for the page of rows.

Of tasks with a holdout they are those of dev: what is collected or changed because of them must not
have been seen in what the verdict stands on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from etude.evaluation.turns import fields, labels, written
from etude.evaluation.turns._asked import Asked, Pool
from etude.evaluation.turns._base import LEVEL, Turn, comes_back, is_repeatable
from etude.records.candidate import WrongTurn, WrongTurns
from etude.records.task import Kind

SHOWN = 3
"""Examples that each turn points at."""
ENOUGH = 10
"""Examples of a pattern below which more of them are what to collect first."""
ONE_OFF = "a one-off"
"""The turn of an answer that shares its mistake with too few others."""

Side = Literal["dev", "out-of-fold"]

_OF_KIND: dict[Kind, Callable[[Asked], list[Turn]]] = {
    "classify": labels.turns,
    "image": labels.turns,
    "extract": fields.turns,
}

__all__ = ["ENOUGH", "ONE_OFF", "Asked", "Pool", "Turned", "turned"]


@dataclass(frozen=True)
class Turned:
    """``names`` (N,): the turns of each answer; () where it is right."""

    record: WrongTurns
    names: tuple[tuple[str, ...], ...]


def turned(asked: Asked, side: Side) -> Turned:
    """What the wrong answers share.

    Args:
        asked: the answers, and the examples to learn from.
        side: where the answers stand.
    """
    found = _OF_KIND.get(asked.judge.task.kind, written.turns)(asked)
    counter = asked.counter
    found = sorted(found, key=lambda turn: (-len(turn.rows), turn.name))
    again = [turn for turn in found if is_repeatable(turn, counter)]
    unsure = [turn for turn in found if turn not in again and comes_back(turn, counter)]
    once = _rows(turn for turn in found if turn not in again and turn not in unsure)
    wrong = set(asked.wrong)
    record = WrongTurns(
        side=side,
        answers=len(asked.outputs),
        wrong=len(wrong),
        repeatable=len(wrong - once - _rows(unsure)),
        maybe=len(_rows(unsure) - once),
        partly=len(_rows(again) & once),
        level=LEVEL,
        turns=tuple(_record(asked, turn) for turn in again),
        unsure=tuple(_record(asked, turn) for turn in unsure),
    )
    return Turned(record, _names(asked, [*again, *unsure]))


def _rows(turns: Iterable[Turn]) -> set[int]:
    return {row for turn in turns for row in turn.rows}


def _record(asked: Asked, turn: Turn) -> WrongTurn:
    ids, own = asked.pool.examples.ids, {asked.examples.ids[row] for row in turn.rows}
    others = [place for place in turn.alike if ids[place] not in own]
    nearest = asked.pool.nearest([asked.texts[row] for row in turn.rows], others, SHOWN)
    # Out of fold each was answered by a candidate that learned from the other wrong ones too, so
    # that it lacked no more than itself.
    examples = len(turn.alike) - (len(others) < len(turn.alike))
    return WrongTurn(
        name=turn.name,
        wrong=len(turn.rows),
        chance=turn.chance,
        examples=examples,
        few=examples < ENOUGH,
        nearest=tuple(ids[place] for place in nearest),
    )


def _names(asked: Asked, again: list[Turn]) -> tuple[tuple[str, ...], ...]:
    names: dict[int, list[str]] = {row: [] for row in asked.wrong}
    for turn in again:
        for row in turn.rows:
            names[row].append(turn.name)
    return tuple(
        tuple(names[row] or [ONE_OFF]) if row in names else () for row in range(len(asked.outputs))
    )
