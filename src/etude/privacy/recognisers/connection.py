"""Addresses with a password in them: ``postgres://user:secret@host/db``, and connection strings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.sorts import CONNECTION

_URL = re.compile(
    r"(?<![\w+.-])[A-Za-z][A-Za-z0-9+.-]{1,24}://[^\s:/@\"'<>\[\]]{0,64}:([^\s/@\"'<>]{3,128})@[^\s\"'<>\[\]]{2,256}"
)
_STRING = re.compile(
    r"(?i)(?<!\w)(?:(?:server|data source|host|user id|uid|database|initial catalog|endpoint"
    r"|defaultendpointsprotocol|accountname)=[^;\s\"']{1,128};\s?){1,8}"
    r"(?:password|pwd|accountkey|sharedaccesskey)=([^;\s\"']{4,256})"
)
_SAID = re.compile(r"\*{3}|x{4}|\$\{|\{\{|<|your", re.IGNORECASE)
_STAND_INS = frozenset({"password", "pass", "pwd", "passwd", "secret", "pw", "token"})


def _find(text: str) -> Iterator[Place]:
    for pattern in (_URL, _STRING):
        for match in pattern.finditer(text):
            if match.group(1).lower() not in _STAND_INS and not _SAID.search(match.group(1)):
                yield Place(match.start(), match.end() - len(_trailing(match.group())), 0.95)


def _trailing(found: str) -> str:
    """Punctuation of the sentence at its end."""
    return found[len(found.rstrip(".,;:!?)")) :]


RECOGNISER = Recogniser(
    CONNECTION,
    "address with a password in it",
    (r"://[^\s/@]{0,64}:[^\s/@]{3,128}@|(?i:password|pwd|accountkey|sharedaccesskey)=",),
    _find,
)
