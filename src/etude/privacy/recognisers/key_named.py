"""Keys and tokens of no known shape: a long mixed string that a word such as "api_key" names.

A string of high entropy alone is no secret (hashes, ids, file names are such), so the word is a must.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from etude.privacy._base import Place, Recogniser
from etude.privacy.made_up import bits, made_up
from etude.privacy.sorts import KEY

_WORDS = (
    r"api[ _-]?keys?|api[ _-]?tokens?|api[ _-]?secret|access[ _-]?(?:key|token)|auth[ _-]?(?:key"
    r"|token)"
    r"|secret[ _-]?(?:access[ _-]?)?key|client[ _-]?secret|app[ _-]?secret|private[ _-]?token"
    r"|bearer(?: token)?"
    r"|refresh[ _-]?token|session[ _-]?token|encryption[ _-]?key|signing[ _-]?(?:key|secret)"
    r"|account[ _-]?key"
    r"|license[ _-]?key|aws_secret\w*|secret|token"
)
_NAMED = re.compile(
    rf"(?:{_WORDS})\s?[\"']?(?:\s?(?::|=|:=|=>)\s{{0,2}}|\s(?:is|ist|est|es)\s:?\s?|\s)[\"'`]?"
    r"([A-Za-z0-9+/_~.=-]{16,512})(?![\w])",
    re.IGNORECASE,
)
_HEX = re.compile(r"[0-9a-fA-F-]+")
_JUMPING = 0.42
"""Jumps a character."""
_LONG = 30
"""Characters of a drawn value that may lack digits."""
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _find(text: str) -> Iterator[Place]:
    for match in _NAMED.finditer(text):
        value = match.group(1).rstrip(".-")
        if _random(value) and not made_up(value):
            yield Place(match.start(1), match.start(1) + len(value), 0.8)


def _random(value: str) -> bool:
    """Letters and digits so mixed that nobody thought of them: 3 bits for hexadecimal digits, 3.5
    else, with digits or capitals in between (English words joined by dashes stay below)."""
    mixed = any(map(str.isdigit, value)) and any(map(str.isalpha, value))
    if not (mixed or len(value) >= _LONG) or len(value) < 16 or value.count(".") > 2:
        return False
    if _HEX.fullmatch(value):
        return bits(value) >= 3.0 or _ID.fullmatch(value) is not None
    drawn = sum(map(str.isdigit, value)) >= 3 or _jumps(value) > _JUMPING * len(value)
    return bits(value) >= 3.5 and drawn and not re.fullmatch(r"[a-z]+([-_/.][a-z0-9]+)+", value)


def _jumps(value: str) -> int:
    """How often a capital follows a small letter or the other way about: in names that people give
    (``OrderServiceClientSecret``) twice a word, in drawn letters every other time."""
    return sum(one.isupper() != two.isupper() for one, two in pairwise(value))


RECOGNISER = Recogniser(
    KEY,
    "key or token",
    (r"(?i)(?:key|token|secret|bearer)\w*[\"'\s:=>`i][\"'\s:=>`iset]{0,8}[a-z0-9+/_~.=-]{16}",),
    _find,
)
