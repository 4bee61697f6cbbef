"""E-mail addresses (the shape of RFC 5321, unquoted), but those of a role: ``info@`` is nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.sorts import EMAIL

_SHAPE = re.compile(
    r"(?<![\w.%+-])[^\W_][\w.%+'-]{0,63}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,6}[^\W\d_]{2,24}"
    r"(?![\w@])(?!\.[\w-]+@)"
)
_DESKS = """
abuse accounts admin billing bookings careers contact customercare customerservice datenschutz
donotreply enquiries feedback hello help helpdesk hr info inquiries it jobs kontakt
kundenservice legal mail marketing media newsletter no-reply noreply no_reply office orders
postmaster press privacy returns sales security service services shop support team techsupport
webmaster
"""
_ROLES = frozenset(_DESKS.split())
"""Local parts that name a desk, not a person."""


def _find(text: str) -> Iterator[Place]:
    for match in _SHAPE.finditer(text):
        local = match.group().partition("@")[0].lower()
        if local not in _ROLES and ".." not in local:
            yield Place(*match.span(), 1.0)


RECOGNISER = Recogniser(EMAIL, "e-mail address", (r"@[^@\s]{1,190}\.",), _find)
