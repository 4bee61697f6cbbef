"""JSON inside a cell: its value, or why it can't be used."""

from __future__ import annotations

import json
import math
from typing import Any

from etude.data.shapes._base import Unusable
from etude.data.sources._values import unpaired
from etude.jsonshape import is_deep


def decoded(cell: str | None, column: str, belongs: str = "a list or an object") -> Any:
    """The value of a cell that holds JSON.

    Raises:
        Unusable: it holds none, half of a character, a number that JSON does not have, or values
            that are nested too deeply.
    """
    text = cell or ""
    try:
        found = json.loads(text, parse_constant=_no_number, parse_float=_number)
    except RecursionError:
        raise Unusable(_too_deep(column), "data_type") from None
    except ValueError:
        reason = f"`{column}` holds a text where {belongs} belongs"
        raise Unusable(reason, "data_type") from None
    if is_deep(found):
        raise Unusable(_too_deep(column), "data_type")
    # JSON inside a cell can spell what no file can hold; the readers saw only its escape.
    if "\\u" in text and unpaired({column: json.dumps(found, ensure_ascii=False)}):
        raise Unusable(f"`{column}` holds half of a character (a lone \\ud83d or the like)")
    return found


def _too_deep(column: str) -> str:
    return f"`{column}` holds values that are nested too deeply"


def _no_number(name: str) -> float:
    raise ValueError(name)


def _number(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(digits)
    return number
