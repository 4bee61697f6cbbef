"""Dates of birth: a whole date that "born" or "date of birth" leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.sorts import BIRTH_DATE

_MONTH = (
    r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|janv|févr|mars|avr|juin"
    r"|juil|août|sept|déc|ene|abr|ago|dic)\w*\.?"
)
_DAY = (
    rf"\d{{1,2}}[./-]\d{{1,2}}[./-](?:\d{{4}}|\d{{2}})|(?:19|20)\d{{2}}[./-]\d{{1,2}}[./-]\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|\.|er|º)? ?(?:of |de )?{_MONTH},? (?:de )?\d{{4}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
)
_SHAPE = re.compile(
    r"(?<![^\W_])(?:born|dob|d\.o\.b\.?|birth[ _-]?date|date[ _]of[ _]birth|birthday|geboren|geb\."
    r"|geburts(?:datum|tag)|née? le|date de naissance|nacid[oa]|fecha de nacimiento|nat[oa] il"
    r"|data di nascita)(?:[\s:.,=\"'_-]|(?:is|was|on|am|the|el|le|il|ist)\b){0,8}"
    rf"({_DAY})(?!\w)",
    re.IGNORECASE,
)


def _find(text: str) -> Iterator[Place]:
    for match in _SHAPE.finditer(text):
        yield Place(*match.span(1), 0.95)


RECOGNISER = Recogniser(
    BIRTH_DATE,
    "date of birth",
    (
        r"(?i)born|d\.?o\.?b|birth|gebor|geb\.|geburt|née? le|naissance|naci|nat[oa] il|nascita",
        "[0-9]",
    ),
    _find,
)
