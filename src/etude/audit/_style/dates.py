"""How dates and times of day are written."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from etude.audit._style._trait import Style, Trait, choice

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_COSTS = "the model learns to write dates in several ways"
_DATES = {
    "iso": Style(r"\b(?:19|20)\d\d-\d\d-\d\d\b", "write dates as 2024-05-03"),
    "slashed": Style(r"\b\d{1,2}/\d{1,2}/(?:\d\d){1,2}\b", "write dates as 3/5/2024"),
    "dotted": Style(r"\b\d{1,2}\.\d{1,2}\.(?:19|20)\d\d\b", "write dates as 3.5.2024"),
    "hyphened": Style(r"\b\d{1,2}-\d{1,2}-(?:19|20)\d\d\b", "write dates as 3-5-2024"),
    "day_first": Style(rf"\b\d{{1,2}} {_MONTH}", "write dates as 3 May"),
    "day_first_th": Style(
        rf"\b\d{{1,2}}(?:st|nd|rd|th) (?:of )?{_MONTH}", "write dates as 3rd May"
    ),
    "month_first": Style(rf"\b{_MONTH} \d{{1,2}}(?:\D|$)", "write dates as May 3"),
    "month_first_th": Style(rf"\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)\b", "write dates as May 3rd"),
}
_TIMES = {
    "day": Style(r"\b(?:1[3-9]|2[0-3]|0\d):[0-5]\d\b", "write times as 14:00"),
    "pm": Style(r"\b\d{1,2}(?::\d\d)?[ap]m\b", "write times as 2pm"),
    "pm_spaced": Style(r"\b\d{1,2}(?::\d\d)? [ap]m\b", "write times as 2 pm"),
    "caps": Style(r"\b\d{1,2}(?::\d\d)?[AP]M\b", "write times as 2PM"),
    "caps_spaced": Style(r"\b\d{1,2}(?::\d\d)? [AP]M\b", "write times as 2 PM"),
    "dotted": Style(r"\b\d{1,2}(?::\d\d)? ?[ap]\.m\.", "write times as 2 p.m."),
}


def traits(texts: pl.Series) -> Iterator[Trait]:
    """Each is judged in texts with a date, or a time; what is copied from the input is no choice."""
    yield choice(
        "date_format", _DATES, " that give a date", _COSTS, copied=True, least=0.75, sure=0.62
    )
    yield choice(
        "time_format",
        _TIMES,
        " that give a time",
        "the model learns to write times in several ways",
        copied=True,
        least=0.75,
        sure=0.62,
    )


PROPERTY = traits
