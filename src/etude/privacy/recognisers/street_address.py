"""Street addresses in their English, German, French and Spanish shapes: a house number and a street.

Modest on purpose: no house number, no address; towns and postcodes alone are none. It can't tell a
person's address from a shop's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.sorts import ADDRESS

_CAPITAL = r"(?:[A-ZÄÖÜÀ-Þ][\w'’.-]*|[1-9]\d?(?:st|nd|rd|th))"
_STREET = (
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl"
    r"|Square|Sq"
    r"|Terrace|Close|Crescent|Cres|Parkway|Pkwy|Highway|Hwy|Circle|Gardens|Grove|Mews|Row)"
)
_UNIT = r"(?:,? (?:Apt|Apartment|Unit|Suite|Ste|Flat|Floor|Fl)\.? ?#?\w{1,5}| #\w{1,5})?"
_UK_CODE = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
_TOWN = (
    r"(?:,? (?:[A-Z][\w'’-]+ ){0,2}[A-Z][\w'’-]+)?,?"
    rf" (?:[A-Z]{{2}},? \d{{5}}(?:-\d{{4}})?|{_UK_CODE}|[A-Z]{{2,3}} \d{{4}})(?!\w)"
)
_ENGLISH = re.compile(
    rf"(?<![\w.,/#-])(?:(?:Flat|Apt|Apartment|Unit) \w{{1,5}},? )?\d{{1,5}}[A-Za-z]?,? "
    rf"(?:(?:North|South|East|West|[NSEW])\.? )?(?:{_CAPITAL} ){{1,3}}{_STREET}(?![\w'’])\.?"
    rf"{_UNIT}(?:{_TOWN})?"
)
_BEFORE = re.compile(
    r"(?<!\w)(?!(?:At|To|Address|Home|Is|From|In|On)\b)[A-Z][a-z]+ $|(?<!\w)[Ss]ince $"
)
"""A number after a capitalised word is part of a name or date: "July 2010 Dane Court"."""
_LOWER = re.compile(
    r"(?i)(?<!\w)(?:live at|living at|address is|address:|address :|deliver(?:ed)? (?:it )?to"
    r"|reside at"
    r"|ship (?:it )?to|send (?:it )?to|moved to)\s+"
    rf"(\d{{1,5}}[a-z]?,? (?:[a-z0-9'’.-]{{2,20}} ){{1,3}}{_STREET}(?!\w))"
)
_BOX = re.compile(r"(?<!\w)(?:P\.? ?O\.? ?Box|Postfach)[ :]{1,2}\d{2,6}(?: \d{2,3}){0,2}(?!\w)")
_CITY = r"(?:,? ?(?:D-|A-|CH-)?\d{4,5} [A-ZÄÖÜ][\wäöüß-]+)"
_GERMAN_SURE = re.compile(
    r"(?<!\w)(?:[A-ZÄÖÜ][\wäöüß-]* ){0,1}[A-ZÄÖÜ][\wäöüß.-]*(?:straße|strasse|str\.|[- ]Straße"
    r"|[- ]Strasse"
    rf"|[- ]Str\.) ?\d{{1,4}} ?[a-zA-Z]?(?![\w]){_CITY}?"
)
_GERMAN_TOLD = re.compile(
    r"(?<!\w)[A-ZÄÖÜ][\wäöüß.-]*(?:weg|platz|allee|gasse|ring|damm|ufer|[- ]Weg|[- ]Platz"
    r"|[- ]Allee)"
    rf" \d{{1,4}} ?[a-zA-Z]?(?!\w){_CITY}"
)
_GERMAN_PLACED = re.compile(
    r"(?<!\w)(?:Am|Im|An der|An den|Auf der|Auf dem|In der|Unter den|Hinter der|Zum|Zur"
    r"|Alte[rn]?|Große[rn]?) [A-ZÄÖÜ][\wäöüß-]+(?: [A-ZÄÖÜ][\wäöüß-]+)? \d{1,4} ?[a-zA-Z]?,?"
    r" (?:D-|A-|CH-)?\d{5} (?!Euro|Mensch|Person|Besuch|Zuschau|Einwohn|Kilo|Mark|Stück)"
    r"[A-ZÄÖÜ][\wäöüß-]+"
)
"""A street that is named by where it lies ("Am Markt 4"): its town must follow."""
_FRENCH = re.compile(
    r"(?<![\w.,/#-])\d{1,4}(?: ?bis| ?ter)?,? (?:rue|avenue|av\.|boulevard|bd|chemin|allée"
    r"|impasse|quai)"
    r"(?: (?:de la|de l['’]|des|du|de|d['’]|la|le"
    r"|les))? ?[A-ZÀ-Þ][\w'’-]*(?: [A-ZÀ-Þ][\w'’-]*){0,3}"
    r"(?:,? \d{5} [A-ZÀ-Þ][\w'’-]*)?",
)
_SPANISH = re.compile(
    r"(?<!\w)(?:Calle|C/|Avenida|Avda?\.|Plaza|Paseo|Carrera) ?(?:(?:de la|de los|de las|del|de"
    r"|la|el) )?"
    r"[A-ZÀ-Þ][\w'’-]*(?: (?:de |la |del )*[A-ZÀ-Þ][\w'’-]*){0,3},? (?:n[.º°]{0,2} ?"
    r"|# ?)?\d{1,4}(?!\w)"
    r"(?:[^\n.]{0,16}?\d{5} [A-ZÀ-Þ][\w'’-]*)?"
)


def _find(text: str) -> Iterator[Place]:
    shapes = ((_ENGLISH, 0.85), (_BOX, 0.8), (_GERMAN_SURE, 0.85), (_GERMAN_TOLD, 0.9))
    for pattern, certainty in (*shapes, (_GERMAN_PLACED, 0.9), (_FRENCH, 0.8), (_SPANISH, 0.75)):
        for match in pattern.finditer(text):
            if not (
                pattern is _ENGLISH
                and _BEFORE.search(text, max(0, match.start() - 20), match.start())
            ):
                yield Place(*match.span(), certainty)
    for match in _LOWER.finditer(text):
        yield Place(*match.span(1), 0.75)


RECOGNISER = Recogniser(
    ADDRESS,
    "street address",
    (
        r"[0-9][A-Za-z]?,? .{0,60}(?i:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard"
        r"|blvd|court"
        r"|ct|way|place|pl|square|sq|terrace|close|cres|parkway|pkwy|highway|hwy|circle|gardens"
        r"|grove"
        r"|mews|row)(?:[^A-Za-z]|$)"
        r"|[0-9](?: ?bis| ?ter)?,? (?:rue|av|boulevard|bd|chemin|allée|impasse|quai) "
        r"|(?:[Ss]tra(?:ß|ss)e|[Ss]tr\.|weg|platz|allee|gasse|ring|damm|ufer|Weg|Platz"
        r"|Allee) ?[0-9]|(?:A[mn]|Im|Auf|In|Unter|Hinter|Zu[mr]|Alte[rn]?|Große[rn]?) .{3,60}[0-9]{5} "
        r"|(?i:box|postfach)[ :]{1,2}[0-9]|(?:Calle|C/|Avenida|Avda?\.|Plaza|Paseo"
        r"|Carrera) ?.{0,80}[0-9]",
    ),
    _find,
)
