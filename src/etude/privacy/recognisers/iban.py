"""IBANs: the country's length and the check digits (ISO 13616; lengths from the SWIFT registry)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.checksums import mod_97
from etude.privacy.sorts import IBAN

_SHAPE = re.compile(r"(?<![^\W_])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,36}")
_COUNTRIES = {
    15: "NO",
    16: "BE",
    18: "DK FI FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU XK MN",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ DZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IR IS TR",
    27: "BI CI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HU LB NI PL SV BF CM MA",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
_LENGTH_OF = {
    country: length for length, listed in _COUNTRIES.items() for country in listed.split()
}


def _find(text: str) -> Iterator[Place]:
    for match in _SHAPE.finditer(text):
        found = match.group()
        length = _LENGTH_OF.get(found[:2].upper(), 99)
        # The candidate may run on into the next words; the country says where it ends.
        places = [place for place, letter in enumerate(found) if letter.isalnum()][:length]
        end = places[-1] + 1
        whole = len(places) == length and not text[match.start() + end : match.start() + end + 1]
        if len(places) < length or (not whole and text[match.start() + end].isalnum()):
            continue
        if mod_97("".join(found[place] for place in places)):
            yield Place(match.start(), match.start() + end, 1.0)


RECOGNISER = Recogniser(IBAN, "IBAN", (r"[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]){11}",), _find)
