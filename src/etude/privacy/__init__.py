"""Personal data and secrets in texts: found with their places, and redacted so that meaning stays.

``matches(text)`` gives places, ``matches_of(texts)`` a table of them, ``redact(text)`` and
``redact_row(fields)`` texts with tags such as ``[EMAIL_1]``. One recogniser a file, in
``etude.privacy.recognisers``; others come by entry points of that group. Nothing here knows of
tasks, rows on disk or findings.
"""

from __future__ import annotations

from etude.privacy._base import Place, Recogniser, Sort, Span
from etude.privacy._find import all_recognisers, matches, matches_of, secrets, spans_by_text
from etude.privacy._redact import Mark, marks, meaning, redact, redact_row, veiled
from etude.privacy._state import state
from etude.privacy._table import marked
from etude.privacy.recognisers import registry

__all__ = [
    "Mark",
    "Place",
    "Recogniser",
    "Sort",
    "Span",
    "all_recognisers",
    "marked",
    "marks",
    "matches",
    "matches_of",
    "meaning",
    "redact",
    "redact_row",
    "registry",
    "secrets",
    "spans_by_text",
    "state",
    "veiled",
]
