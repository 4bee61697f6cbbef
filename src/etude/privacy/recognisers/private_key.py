"""Private keys as text blocks (RFC 7468, RFC 4880), whole, or up to the end where they are cut."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.made_up import made_up
from etude.privacy.sorts import PRIVATE_KEY

_SHAPE = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----([^\"]{20,}?)"
    r"(?:-----END (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----|(?=\")|\Z)"
)


def _find(text: str) -> Iterator[Place]:
    for match in _SHAPE.finditer(text):
        if not made_up(match.group(1).strip()[:40]):
            yield Place(match.start(), match.end(), 1.0)


RECOGNISER = Recogniser(PRIVATE_KEY, "private key", (r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY",), _find)
