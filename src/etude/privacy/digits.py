"""Recognisers of numbers: a shape, a check, and the words that must stand near.

A check digit of one in ten is no evidence alone, so a number without a shape of its own needs words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from etude.privacy._base import Place, Recogniser, Sort
from etude.privacy.context import near, numbered, stands_near

SIX_DIGITS = r"[0-9](?:[^0-9\n]{0,3}[0-9]){5}"
"""The sieve of everything numeric: six digits with little between them."""


def number(
    sort: Sort,
    title: str,
    shape: str,
    valid: Callable[[str], bool],
    *,
    words: tuple[str, ...] = (),
    own: str | None = None,
    long: bool = True,
) -> Recogniser:
    """A recogniser of numbers whose letters and digits pass ``valid``.

    Args:
        sort: what is found.
        title: what it is, in words.
        shape: a regular expression; must not begin or end inside a longer number or word, which is
            added here.
        valid: letters and digits of a candidate, in capitals, to whether it can be one.
        words: one of these stands near, or it is none.
        long: it has six digits or more; else its words alone are the sieve.
        own: a shape that needs no words ("123-45-6789"), for candidates that fit it whole.
    """
    pattern = re.compile(
        rf"(?<![\w+#@/-])(?<!\d[.,])(?:{shape})(?![\w@])(?![.,/-]\d)", re.IGNORECASE
    )
    telling = near(*words) if words else None
    alone = re.compile(own) if own else None

    def find(text: str) -> Iterator[Place]:
        for match in pattern.finditer(text):
            start, end = match.span()
            told = telling is not None and stands_near(telling, text, start, end)
            shaped = alone is not None and alone.fullmatch(match.group()) is not None
            if not (told or shaped) or (not told and numbered(text, start, end)):
                continue
            if valid(re.sub(r"[\W_]", "", match.group()).upper()):
                yield Place(start, end, 0.95 if told else 0.8)

    either = [word.replace(r"\w*", "") for word in words]
    if own:
        either.append(own.removeprefix("(?i)"))
    sieves = ((SIX_DIGITS,) if long else ()) + (f"(?i)(?:{'|'.join(either)})",)
    return Recogniser(sort, title, sieves, find)


def is_day(year: int, month: int, day: int) -> bool:
    """Whether there is such a day."""
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def is_short_day(yymmdd: str) -> bool:
    """Whether six digits are a day of this century or the last."""
    year, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:6])
    return is_day(1900 + year, month, day) or is_day(2000 + year, month, day)
