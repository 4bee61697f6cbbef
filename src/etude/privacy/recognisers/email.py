"""E-mail addresses (the shape of RFC 5321, unquoted), but those of a role: ``info@`` is nobody's.

Those that people spell out to hide them from collectors count too: "anna.b [at] mail dot org". A bare
"at" is an ordinary word, so then the rest must show that an address is meant ("I bought it at shop
dot com" is none).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.context import leads, led_by
from etude.privacy.sorts import EMAIL

_SHAPE = re.compile(
    r"(?<![\w.%+-])[^\W_][\w.%+'-]{0,63}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,6}[^\W\d_]{2,24}"
    r"(?![\w@])(?!\.[\w-]+@)"
)
_AT = r"(?:at|ät|arroba)"
_DOT = r"(?:\.| ?[(\[{<] ?(?:dot|punkt|punto|\.) ?[)\]}>] ?| (?:dot|punkt|punto) )"
_SPELT = re.compile(
    rf"(?<![\w.%+-])([^\W_][\w%+'-]{{0,63}}(?:{_DOT}[\w%+'-]{{1,63}}){{0,3}}?)"
    rf"(?P<at> ?[(\[{{<_] ?(?:{_AT}|@) ?[)\]}}>_] ?| {_AT} | ?@ ?)"
    rf"((?:[^\W_](?:[\w-]{{0,61}}[^\W_])?{_DOT}){{1,5}}[^\W\d_]{{2,24}})(?![\w@+])",
    re.IGNORECASE,
)
_LED = led_by(
    "mail", "mailed", "e-mail", "email", "e-mailed", "emailed", "reach", "write", "address",
    "adresse", "correo", further="|at|to|me|us|him|her|them|be|can|or|via|by|using|here|an|a",
)  # fmt: skip
_SPELT_DOT = re.compile(r"dot|punkt|punto", re.IGNORECASE)
_LISTED_WORDS = """
me us him her it them you this that these those one all and or is was are look looks looking looked
bought buy order ordered here there shop shopping found find see out
"""
_PLAIN_WORDS = frozenset(_LISTED_WORDS.split())
"""What stands before "at shop dot com" in a sentence."""
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
    at = 0
    while spelt := _SPELT.search(text, at):
        meant = _meant(text, spelt)
        if meant:
            yield Place(*spelt.span(), 0.85)
        at = spelt.end() if meant else spelt.end("at")


def _meant(text: str, match: re.Match[str]) -> bool:
    """Whether an address is spelt out: its marks are no everyday writing, or a bare "at" stands
    between what only an address has, or what leads to one."""
    local, at = match.group(1).lower(), match.group("at").strip()
    if local in _ROLES or (at == "@" and not _SPELT_DOT.search(match.group())):
        return False
    if at.lower() != "at":
        return True
    if local in _PLAIN_WORDS or not _SPELT_DOT.search(match.group(3)):
        return False
    marked = re.search(r"[\d_+-]", local) or _SPELT_DOT.search(local)
    return marked is not None or leads(_LED, text, match.start())


RECOGNISER = Recogniser(
    EMAIL,
    "e-mail address",
    (
        r"@[^@\s]{1,190}\.|(?i:[(\[{<_] ?(?:at|ät|arroba|@) ?[)\]}>_] ?\w)"
        r"|(?i:@| at | ät | arroba ).{1,190}(?i:[( \[{<](?:dot|punkt|punto)[) \]}>])",
    ),
    _find,
)
