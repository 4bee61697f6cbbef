"""Turns of ``extract``: a field and what is wrong with it.

A value that is right but written otherwise is one rule: its number alone counts. The other sorts
are more than chance where a field has more of them than if all mistakes fell evenly on all fields
and sorts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from etude.evaluation.turns._asked import Asked
from etude.evaluation.turns._base import Turn
from etude.evaluation.turns._differences import Difference, Path, differences, values_at
from etude.evaluation.turns._formats import date_form
from etude.metrics._fields import leaves

_WORDS = {
    "left_out": "“{field}” is left out",
    "filled_in": "“{field}” is filled in with something of the text and should be empty",
    "made_up": "“{field}” is filled in with what the text does not say",
    "rewritten": "“{field}” is written in another way: {words}",
    "cut": "“{field}” is {words}",
    "mistaken": "“{field}” is “{given}” and should be “{wanted}”",
    "from_text": "“{field}” has another value of the text",
    "not_in_text": "“{field}” has a value that the text does not have",
    "no_answer": "there is no answer ({words})",
    "no_json": "the answer is no JSON object",
    "shape": "the answer breaks the schema",
}
_RULES = frozenset({"rewritten", "cut", "no_answer", "no_json", "shape"})
_SORTS = 5
"""Of mistakes that chance could make in a field: left out, filled in, made up, and two other values."""


def turns(asked: Asked) -> list[Turn]:
    """Every wrong answer in a turn for each thing that is wrong with it."""
    found: dict[Difference, list[int]] = defaultdict(list)
    for row in asked.wrong:
        for one in dict.fromkeys(_wrong_with(asked, row)):
            found[one].append(row)
    cells = _SORTS * max(1, len({one.path for one in found} | set(_paths(asked))))
    total = sum(len(rows) for one, rows in found.items() if one.sort not in _RULES)
    rate = total / (max(1, len(asked.outputs)) * cells)
    everybody = range(len(asked.outputs))
    return [
        Turn(
            name_of(one),
            tuple(rows),
            None if one.sort in _RULES else asked.counter.evenly(rows, everybody, rate, cells),
            _alike(asked, one, rows),
        )
        for one, rows in found.items()
    ]


def name_of(one: Difference) -> str:
    """In words: “order.date” is left out."""
    wanted, given = one.values
    return _WORDS[one.sort].format(
        field=".".join(one.path), words=one.words, wanted=wanted, given=given
    )


def _paths(asked: Asked) -> list[Path]:
    contract = asked.judge.contract
    return [(name,) for name in contract.schema.get("properties", {})] if contract else []


def _wrong_with(asked: Asked, row: int) -> list[Difference]:
    judged, contract = asked.judged, asked.judge.contract
    if asked.outputs[row] is None:
        return [Difference((), "no_answer", asked.failures[row] or "failed")]
    given = judged.output_values[row]
    if given is None:
        return [Difference((), "no_json")]
    schema = contract.schema if contract else {}
    source = judged.sources[row]
    found = list(differences(judged.target_values[row] or {}, given, source, schema))
    return found or [Difference((), "shape")]


def _alike(asked: Asked, one: Difference, rows: Sequence[int]) -> tuple[int, ...]:
    """Examples whose field is as it should have been: filled, empty, in that form, of that value."""
    wanted = asked.judged.target_values
    forms = {date_form(text) for row in rows for text in values_at(wanted[row], one.path)} - {None}
    return tuple(
        place
        for place, target in enumerate(asked.pool.judged.target_values)
        if _shows(one, values_at(target, one.path), forms)
    )


def _shows(one: Difference, values: list[Any], forms: set[str | None]) -> bool:
    if not one.path:
        return True
    if one.sort in ("filled_in", "made_up"):
        return not values
    if one.sort == "mistaken":
        return any(str(value).lower() == one.values[0].lower() for value in values)
    if one.sort == "rewritten" and forms:
        return any(date_form(value) in forms for value in values)
    return any(leaves(value) for value in values)
