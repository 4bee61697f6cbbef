"""Bank accounts without an IBAN: British sort codes and accounts, American routing numbers.

A "account number" alone may be a customer's at a shop; a word of banks must stand near.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.checksums import weighted
from etude.privacy.context import leads, led_by, near, stands_near
from etude.privacy.sorts import ACCOUNT

_SORT_CODE = re.compile(r"(?<![\w-])\d{2}([ -]?)\d{2}\1\d{2}(?![\w-])")
_ROUTING = re.compile(r"(?<![\w-])\d{9}(?![\w-])")
_ACCOUNT = re.compile(r"(?<![\w.,-])\d(?:[ -]?\d){5,16}(?![\w-])(?![.,]\d)")
_LED_SORT = led_by("sort code", "sortcode", "blz", "bankleitzahl", "bsb")
_LED_ROUTING = led_by("routing", "aba", "rtn", "routing number")
_LED_ACCOUNT = led_by("account", "acct", "acc", "a/c", r"konto\w*", "compte", "cuenta")
_BANK = near(
    "bank",
    "banking",
    "sort code",
    "sortcode",
    "routing",
    "checking",
    "savings",
    "blz",
    "bic",
    "swift",
    "ifsc",
    "bsb",
    "direct debit",
    r"bankleitzahl",
    "wire",
)


def _find(text: str) -> Iterator[Place]:
    for match in _SORT_CODE.finditer(text):
        if leads(_LED_SORT, text, match.start()):
            yield Place(*match.span(), 0.9, "bank sort code")
    for match in _ROUTING.finditer(text):
        sound = weighted(match.group(), (3, 7, 1) * 3) % 10 == 0
        if sound and leads(_LED_ROUTING, text, match.start()):
            yield Place(*match.span(), 0.9, "bank routing number")
    for match in _ACCOUNT.finditer(text):
        if leads(_LED_ACCOUNT, text, match.start()) and stands_near(_BANK, text, *match.span()):
            yield Place(*match.span(), 0.85)


RECOGNISER = Recogniser(
    ACCOUNT,
    "bank account number",
    (
        r"(?i)sort ?code|blz|bankleitzahl|bsb|routing|aba|rtn|acc|a/c|konto|compte|cuenta",
        r"[0-9](?:[ -]?[0-9]){5}",
    ),
    _find,
)
