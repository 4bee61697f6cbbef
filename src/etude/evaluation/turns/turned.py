"""The wrong turns of one candidate: as a record for reports, and by answer for the page of rows.

Of tasks with a holdout they are those of dev: what is collected or changed because of them must not
have been seen in what the verdict stands on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from etude.evaluation.turns import fields, labels, written
from etude.evaluation.turns._asked import Asked, Pool
from etude.evaluation.turns._base import LEVEL, Turn, is_repeatable
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
    again = [turn for turn in found if is_repeatable(turn, counter)]
    again.sort(key=lambda turn: (-len(turn.rows), turn.name))
    once = {row for turn in found if turn not in again for row in turn.rows}
    record = WrongTurns(
        side=side,
        answers=len(asked.outputs),
        wrong=len(asked.wrong),
        repeatable=len(set(asked.wrong) - once),
        partly=len({row for turn in again for row in turn.rows} & once),
        level=LEVEL,
        turns=tuple(_record(asked, turn) for turn in again),
    )
    return Turned(record, _names(asked, again))


def _record(asked: Asked, turn: Turn) -> WrongTurn:
    ids, own = asked.pool.examples.ids, {asked.examples.ids[row] for row in turn.rows}
    alike = [place for place in turn.alike if ids[place] not in own]
    nearest = asked.pool.nearest([asked.texts[row] for row in turn.rows], alike, SHOWN)
    return WrongTurn(
        name=turn.name,
        wrong=len(turn.rows),
        chance=turn.chance,
        examples=len(alike),
        few=len(alike) < ENOUGH,
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
