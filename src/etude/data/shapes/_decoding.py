"""JSON inside a cell: its value, or why it can't be used."""

from __future__ import annotations

import json
import math
from typing import Any

from etude.data.shapes._base import Unusable
from etude.data.sources._values import unpaired


def decoded(cell: str | None, column: str, belongs: str = "a list or an object") -> Any:
    """The value of a cell that holds JSON.

    Raises:
        Unusable: it holds none, half of a character, or a number that JSON does not have.
    """
    text = cell or ""
    try:
        found = json.loads(text, parse_constant=_no_number, parse_float=_number)
        # JSON inside a cell can spell what no file can hold; the readers saw only its escape.
        halved = "\\u" in text and unpaired({column: json.dumps(found, ensure_ascii=False)})
    except (ValueError, RecursionError):
        reason = f"`{column}` holds a text where {belongs} belongs"
        raise Unusable(reason, "data_type") from None
    if halved:
        raise Unusable(f"`{column}` holds half of a character (a lone \\ud83d or the like)")
    return found


def _no_number(name: str) -> float:
    raise ValueError(name)


def _number(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(digits)
    return number
