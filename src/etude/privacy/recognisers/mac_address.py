"""Device addresses: six pairs of hexadecimal digits (IEEE 802, EUI-48)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.sorts import MAC

_SHAPE = re.compile(
    r"(?<![\w:-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])"
)


def _find(text: str) -> Iterator[Place]:
    for match in _SHAPE.finditer(text):
        pairs = re.split("[:-]", match.group().lower())
        if len(set(pairs)) > 1:
            # Six pairs of decimal digits could be times or a serial number.
            yield Place(*match.span(), 0.6 if "".join(pairs).isdigit() else 0.95)


RECOGNISER = Recogniser(
    MAC, "device (MAC) address", (r"[0-9A-Fa-f]{2}(?:[:-][0-9A-Fa-f]{2}){5}",), _find
)
