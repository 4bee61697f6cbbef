"""Whether two values are one value written in two ways, and in which: "12/03/2026 rather than
2026-03-12".

The words show a made-up specimen, never the values themselves.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from etude.checks._numbers import readings

SPECIMEN = datetime(2026, 3, 12, 17, 5)
_DATES = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d.%m.%y",
    "%d %B %Y",
    "%B %d, %Y",
    "%B %d %Y",
    "%d %b %Y",
    "%b %d, %Y",
    "%b %d %Y",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d %H:%M",
)
_NO_YEAR = ("%d/%m", "%m/%d", "%d.%m.", "%d %B", "%B %d", "%d %b", "%b %d", "%m-%d")
_TIMES = ("%H:%M", "%I:%M %p", "%I:%M%p", "%I %p", "%I%p", "%H:%M:%S", "%H.%M", "%Hh%M")
_SIGNS = re.compile(r"[^\w]+|_")


def rewritten(wanted: Any, given: Any) -> str | None:
    """How ``given`` writes what ``wanted`` is; None where they are not one value."""
    if type(wanted) is not type(given) and _number(wanted) & _number(given):
        return f"a {_sort(given)} rather than a {_sort(wanted)}"
    if not (isinstance(wanted, str) and isinstance(given, str)):
        return None
    for known in (_dates(wanted, given), _times(wanted, given)):
        if known:
            return known
    if readings(wanted) & readings(given):
        return "a number with other signs"
    if _bare(wanted) and _bare(wanted) == _bare(given):
        return "with other signs or spaces"
    return None


def longer_or_shorter(wanted: Any, given: Any) -> str | None:
    """Whether one text holds the other as whole words: "with more around it", "cut short"."""
    if not (isinstance(wanted, str) and isinstance(given, str)):
        return None
    a, b = (f" {_SIGNS.sub(' ', text).strip().casefold()} " for text in (wanted, given))
    if a.strip() and b.strip() and a != b:
        return "with more around it" if a in b else "cut short" if b in a else None
    return None


def date_form(text: Any) -> str | None:
    """The specimen in the way that a date is written; None for what is no date."""
    if not isinstance(text, str):
        return None
    return next((_written(form) for form in _DATES + _NO_YEAR if _read(text, form)), None)


def _dates(wanted: str, given: str) -> str | None:
    for one in _DATES + _NO_YEAR:
        first = _read(wanted, one)
        if first is None:
            continue
        for other in _DATES + _NO_YEAR:
            second = _read(given, other)
            if second is None or one == other:
                continue
            yearless = one in _NO_YEAR or other in _NO_YEAR
            same = (first.month, first.day) == (second.month, second.day)
            if same and (yearless or first.year == second.year):
                return f"{_written(other)} rather than {_written(one)}"
    return None


def _times(wanted: str, given: str) -> str | None:
    for one in _TIMES:
        first = _parsed(wanted.upper(), one)
        for other in _TIMES if first else ():
            second = _parsed(given.upper(), other)
            if first and second and one != other and first.time() == second.time():
                return f"{_written(other)} rather than {_written(one)}"
    return None


def _read(text: str, form: str) -> datetime | None:
    # A leap year, so that the 29th of February is a date without its year too.
    return _parsed(f"{text} 2024", f"{form} %Y") if form in _NO_YEAR else _parsed(text, form)


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip(), form)
    except ValueError:
        return None


def _written(form: str) -> str:
    return SPECIMEN.strftime(form)


def _number(value: Any) -> frozenset[Any]:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return frozenset()
    return readings(value.strip() if isinstance(value, str) else f"{value:.15g}")


def _sort(value: Any) -> str:
    return "text" if isinstance(value, str) else "number"


def _bare(text: str) -> str:
    return _SIGNS.sub("", text).casefold()
