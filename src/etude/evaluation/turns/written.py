"""Turns of kinds that write: the check that fails and why, a column miswritten, and traits.

A failed check and a column left out are rules: their number alone counts. A trait (too long, too
short, a number or a name that was not given, the input again) is more than chance where it is
commoner than among right answers and these answers' ideal ones.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

from rapidfuzz import fuzz

from etude.evaluation.judging import SCHEMA, Fault
from etude.evaluation.turns._asked import Asked
from etude.evaluation.turns._base import Turn
from etude.metrics._given import is_given
from etude.metrics.measures.unsupported_facts import facts

LONG, SHORT = 1.5, 1 / 1.5
"""Times the ideal answer's words from which an answer is too long, or too short."""
NEAR = 80
"""Likeness (rapidfuzz's partial ratio) from which a value is miswritten rather than left out."""
_QUOTED = re.compile(r"'[^']*'(?:, '[^']*')*|“[^”]*”|\"[^\"]*\"")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_SAYS_ANYTHING = frozenset({"python", "copies"})
"""Checks whose reasons hold what a report may not: a person's own words, or values of columns."""
OTHERWISE = "it differs from the ideal answer in some other way"

Trait = Callable[[str, str, str, str], bool]
"""Whether an answer has it: source, input, ideal answer, answer."""


def turns(asked: Asked) -> list[Turn]:
    """Every wrong answer in a turn for each thing that is wrong with it."""
    found = [*_no_answers(asked), *_failed_checks(asked), *_columns(asked), *_traits(asked)]
    known = {row for turn in found for row in turn.rows}
    rest = tuple(row for row in asked.wrong if row not in known)
    return [*found, Turn(OTHERWISE, rest, 1.0, shared=False)] if rest else found


def _no_answers(asked: Asked) -> list[Turn]:
    found: dict[str, list[int]] = defaultdict(list)
    for row in asked.wrong:
        if asked.outputs[row] is None:
            found[asked.failures[row] or "failed"].append(row)
    every = tuple(range(len(asked.pool.examples)))
    return [
        Turn(f"there is no answer ({why})", tuple(rows), None, every) for why, rows in found.items()
    ]


def _failed_checks(asked: Asked) -> list[Turn]:
    found: dict[str, list[int]] = defaultdict(list)
    checks: dict[str, str] = {}
    kinds = {check.name: check.key.removeprefix("not-") for check in asked.judge.checks}
    for row in asked.wrong:
        for fault in asked.faults[row]:
            name = _fault_name(fault, kinds.get(fault.check, ""))
            found[name].append(row)
            checks[name] = fault.check
    return [
        Turn(name, tuple(rows), None, _passing(asked, checks[name])) for name, rows in found.items()
    ]


def _fault_name(fault: Fault, kind: str) -> str:
    said = f"it fails “{fault.check}”"
    if kind in _SAYS_ANYTHING or fault.check == SCHEMA:
        return said
    pattern = _NUMBER.sub("…", _QUOTED.sub("…", fault.reason.partition(":")[0]))
    return f"{said}: {pattern}"


def _passing(asked: Asked, check: str) -> tuple[int, ...]:
    """Examples that the check applies to, and whose ideal answer passes it."""
    judged = asked.pool.judged
    if judged.checks_NC is None or check not in judged.check_names:
        return tuple(range(len(asked.pool.examples)))
    column_N = judged.checks_NC[:, judged.check_names.index(check)]
    return tuple(int(place) for place in (column_N == 1).nonzero()[0])


def _columns(asked: Asked) -> list[Turn]:
    """Columns whose value stands in the ideal answer and not in the given one."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in asked.wrong:
        output, target = asked.outputs[row], asked.examples.targets[row]
        for name, value in asked.examples.fields[row].items() if output else ():
            if output and _copied(value, target) and not _copied(value, output):
                near = fuzz.partial_ratio(value.casefold(), output.casefold()) >= NEAR
                found[name, "is miswritten" if near else "is left out"].append(row)
    return [
        Turn(f"the value of “{name}” {how}", tuple(rows), None, _showing(asked, name))
        for (name, how), rows in found.items()
    ]


def _copied(value: str, text: str) -> bool:
    return len(value.strip()) > 1 and value.strip().casefold() in text.casefold()


def _showing(asked: Asked, column: str) -> tuple[int, ...]:
    pool = asked.pool.examples
    return tuple(
        place
        for place, (fields, target) in enumerate(zip(pool.fields, pool.targets, strict=True))
        if _copied(fields.get(column, ""), target)
    )


def _words(text: str) -> int:
    return len(text.split())


def _new(source: str, target: str, output: str, digits: bool) -> bool:
    known = f"{source}\n{target}"
    return any(fact[0].isdigit() == digits and not is_given(fact, known) for fact in facts(output))


_TRAITS: dict[str, Trait] = {
    f"it is over {LONG:g} times as long as the ideal answer": (
        lambda source, text, target, output: _words(output) > LONG * max(1, _words(target))
    ),
    "it is under two thirds of the ideal answer's length": (
        lambda source, text, target, output: _words(output) < SHORT * _words(target)
    ),
    "it says a number that was not given": (
        lambda source, text, target, output: _new(source, target, output, True)
    ),
    "it says a name that was not given": (
        lambda source, text, target, output: _new(source, target, output, False)
    ),
    "it gives the input back": (
        lambda source, text, target, output: output.split() == text.split() != target.split()
    ),
}


def _traits(asked: Asked) -> list[Turn]:
    wrong = [row for row in asked.wrong if asked.outputs[row] is not None]
    right = sorted(set(range(len(asked.outputs))) - set(asked.wrong))
    counter = asked.counter
    # Each wrong answer's ideal one stands among what it is compared with, and has no such trait.
    of = counter.of(right) + counter.of(wrong)
    every = tuple(range(len(asked.pool.examples)))
    found = []
    for name, trait in _TRAITS.items():
        rows = tuple(row for row in wrong if _has(asked, row, trait))
        if rows:
            other = counter.of(row for row in right if _has(asked, row, trait))
            chance = len(_TRAITS) * counter.more_than(rows, wrong, other, of)
            found.append(Turn(name, rows, min(1.0, chance), every))
    return found


def _has(asked: Asked, row: int, trait: Trait) -> bool:
    output = asked.outputs[row]
    source, target = asked.judged.sources[row], asked.examples.targets[row]
    return output is not None and trait(source, asked.examples.inputs[row], target, output)
