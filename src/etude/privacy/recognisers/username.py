"""User names that a word names, and profiles of networks whose addresses hold one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.sorts import USERNAME

_NAMED = re.compile(
    r"(?<![^\W_])(?:user ?name|user ?id|login(?: name)?|benutzername|nutzername|nom d'utilisateur"
    r"|usuario|gamertag|handle)[\"']?\s?(?:is|ist|lautet|:|=|est"
    r"|es)\s?[\"']?([\w][\w.-]{2,31})(?!\w)",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    r"(?<![^\W_])(?:instagram|insta|twitter|telegram|tiktok|snapchat|snap|discord|threads|mastodon"
    r"|bluesky|skype)[^\n@]{0,24}(?<![\w@])(@[A-Za-z0-9_][\w.]{2,30})(?![\w@])",
    re.IGNORECASE,
)
_PROFILE = re.compile(r"(?:linkedin\.com/in|t\.me|github\.com/users)/([\w-]{3,60})", re.IGNORECASE)


def _find(text: str) -> Iterator[Place]:
    for match in _NAMED.finditer(text):
        name = match.group(1).rstrip(".-")
        # "The username is incorrect": a plain word is none.
        if (
            not name.isalpha()
            and not name.replace(".", "").isdigit()
            and "@" not in text[match.end() :][:1]
        ):
            yield Place(match.start(1), match.start(1) + len(name), 0.75)
    for pattern in (_HANDLE, _PROFILE):
        for match in pattern.finditer(text):
            end = match.start(1) + len(match.group(1).rstrip("."))
            yield Place(match.start(1), end, 0.75)


RECOGNISER = Recogniser(
    USERNAME,
    "user name",
    (
        r"(?i)user ?name|user ?id|login|benutzername|nutzername|utilisateur|usuario|gamertag|handle"
        r"|linkedin\.com/in/|t\.me/|github\.com/users/|(?:insta|twitter|telegram|tiktok|snap"
        r"|discord"
        r"|threads|mastodon|bluesky|skype)[^\n@]{0,30}@",
    ),
    _find,
)
