"""How a record differs from the ideal one, field by field: left out, filled in, written otherwise.

Lists are laid side by side as the metrics do it. It knows JSON values and the text they came from,
nothing of counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from etude.evaluation.turns._formats import longer_or_shorter, rewritten
from etude.metrics._fields import hits, leaves, texts

Path = tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """``sort``: left_out, filled_in, made_up, rewritten, cut, mistaken, from_text, not_in_text.

    ``words`` belong to rewritten and cut; ``values`` (ideal, answered) to mistaken, which is one of
    the schema's choices taken for another.
    """

    path: Path
    sort: str
    words: str = ""
    values: tuple[str, str] = ("", "")


def differences(
    wanted: Any, given: Any, source: str, schema: Any, path: Path = ()
) -> Iterator[Difference]:
    """Everything that is not as it should be, in the fields' order."""
    if hits(wanted, given) == leaves(wanted) == leaves(given):
        return
    if isinstance(wanted, dict) and isinstance(given, dict):
        shapes = schema.get("properties", {}) if isinstance(schema, dict) else {}
        for key in dict.fromkeys((*wanted, *given)):
            yield from differences(
                wanted.get(key), given.get(key), source, shapes.get(key), (*path, key)
            )
    elif isinstance(wanted, list) and isinstance(given, list):
        inner = schema.get("items") if isinstance(schema, dict) else None
        for mine, theirs in _aligned(wanted, given):
            yield from differences(mine, theirs, source, inner, path)
    elif not leaves(given):
        yield Difference(path, "left_out")
    elif not leaves(wanted):
        yield Difference(path, "filled_in" if _stands_in(given, source) else "made_up")
    else:
        yield _other(wanted, given, source, schema, path)


def _aligned(wanted: list[Any], given: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Items that agree best side by side; those without a partner beside None."""
    counts = np.array([[2 * hits(a, b) + (a == b) for b in given] for a in wanted])
    if not counts.size:
        yield from ((a, None) for a in wanted)
        yield from ((None, b) for b in given)
        return
    rows, columns = linear_sum_assignment(counts, maximize=True)
    pairs = dict(zip(rows.tolist(), columns.tolist(), strict=True))
    yield from ((a, given[pairs[i]] if i in pairs else None) for i, a in enumerate(wanted))
    taken = set(pairs.values())
    yield from ((None, b) for i, b in enumerate(given) if i not in taken)


def _other(wanted: Any, given: Any, source: str, schema: Any, path: Path) -> Difference:
    choices = isinstance(schema, dict) and ("enum" in schema or schema.get("type") == "boolean")
    if choices and not isinstance(wanted, dict | list) and not isinstance(given, dict | list):
        return Difference(path, "mistaken", values=(_said(wanted), _said(given)))
    if words := rewritten(wanted, given):
        return Difference(path, "rewritten", words)
    if words := longer_or_shorter(wanted, given):
        return Difference(path, "cut", words)
    return Difference(path, "from_text" if _stands_in(given, source) else "not_in_text")


def _stands_in(value: Any, source: str) -> bool:
    known = " ".join(source.split()).casefold()
    found = texts(value)
    return bool(found) and all(" ".join(text.split()).casefold() in known for text in found)


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def values_at(value: Any, path: Path) -> list[Any]:
    """What stands at a field's path; lists are gone through."""
    if isinstance(value, list):
        return [found for item in value for found in values_at(item, path)]
    if not path:
        return [value] if leaves(value) else []
    return values_at(value.get(path[0]), path[1:]) if isinstance(value, dict) else []
