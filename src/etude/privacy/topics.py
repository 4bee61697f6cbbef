"""Whether a task is about a sort of data, by the names of its fields, columns and labels."""

from __future__ import annotations

import re
from collections.abc import Iterable

from etude.privacy._base import Sort

_WHOLE = frozenset({"name", "address", "location", "contact"})
"""Words that say it only as a whole name: a ``product_name`` is nobody's."""
_PARTS = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![a-z])|\d+")


def topic_of(sort: Sort, names: Iterable[str]) -> str | None:
    """The first name that is about this sort: ``phone_number`` is about phone numbers."""
    for name in names:
        words = " ".join(part.lower() for part in _PARTS.findall(name))
        for topic in sort.topics:
            inside = topic not in _WHOLE and f" {topic} " in f" {words} "
            if words == topic or inside:
                return name
    return None
