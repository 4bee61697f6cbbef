"""The months and days of the week that a text's dates give, in words or in digits.

It knows one text in small letters. A date in figures may be read either way round, and a span of days
("from Monday to Friday", "this week") gives every day.
"""

from __future__ import annotations

import re
from datetime import date

from etude.audit._facts import DAYS, MONTHS

_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d)-(\d\d)")
_SLASHED = re.compile(r"\b(\d{1,2})[./-](\d{1,2})(?:[./-]((?:19|20)?\d\d))?\b")


def dates_of(low: str, words: frozenset[str]) -> tuple[frozenset[int], frozenset[int]]:
    months = {MONTHS[word] for word in words if word in MONTHS}
    days = {DAYS[word.rstrip("s")] for word in words if word.rstrip("s") in DAYS}
    days |= {DAYS[word] for word in words if word in DAYS}
    full = []
    for year, month, day in _ISO.findall(low):
        full.append((int(year), int(month), int(day)))
    for first, second, year in _SLASHED.findall(low):
        for month, day in ((int(second), int(first)), (int(first), int(second))):
            if 1 <= month <= 12 and 1 <= day <= 31:
                months.add(month)
                if year:
                    full.append((int(year) + (2000 if len(year) == 2 else 0), month, day))
    for year, month, day in full:
        try:
            days.add(date(year, month, day).weekday())
        except ValueError:
            continue
        months.add(month)
    if {"today", "tomorrow", "yesterday", "tonight"} & words:
        days |= set(range(7))
    if "weekend" in words or "weekends" in words:
        days |= {4, 5, 6, 0}
    if "weekday" in words or "weekdays" in words or "week" in words:
        days |= set(range(7))
    if any(DAYS.get(word) is not None for word in words) and re.search(
        r"\b(?:to|until|through|till|-|–)\b", low
    ):
        days |= set(range(7))
    return frozenset(months), frozenset(days)
