"""Passwords and PINs that a word names: ``password: Sommer2024!``, "my PIN is 4821".

"Your password must be 8 characters" holds none: the value must mix letters with digits or signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from etude.privacy._base import Place, Recogniser
from etude.privacy.made_up import made_up
from etude.privacy.sorts import PASSWORD

_NAMED = re.compile(
    r"(?<![^\W_])(?:password|passwort|kennwort|passwd|pwd|pass ?code|passphrase|mot de passe|mdp"
    r"|contraseña"
    r"|senha|wachtwoord|hasło|lösenord|pass|pw)[\"']?"
    r"(?:\s?(?::|=|:=|=>)\s?|\s(?:is|was|ist|lautet|war|est|es|to)(?:\s?:)?\s)([\"'`]?)"
    r"([^\s\"'`<>\[\]]{6,64})",
    re.IGNORECASE,
)
_PIN = re.compile(
    r"(?<![^\W_])PIN(?: number)?[\"']?\s?(?:is|:|=|was"
    r"|ist)\s?[\"']?(\d{4})(?![\w])(?![.,:]\d)(?! digit)",
    re.IGNORECASE,
)
_SIGNS = re.compile(r"[!@#$%^&*+=?~|€§]")
_ADDRESS = re.compile(
    r"https?://|www\.|[\w.-]+@[\w-]+\.\w|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d+-[a-z]{4,10}$"
)


def _find(text: str) -> Iterator[Place]:
    for match in _NAMED.finditer(text):
        value = match.group(2).rstrip(".,;:)}]" if match.group(1) else ".,;:)}]?")
        if _chosen(value) and not made_up(value):
            yield Place(match.start(2), match.start(2) + len(value), 0.85)
    for match in _PIN.finditer(text):
        yield Place(*match.span(1), 0.75, "PIN")


def _chosen(value: str) -> bool:
    """Whether somebody chose it for a password: letters with digits or signs, six at least."""
    letters = any(map(str.isalpha, value))
    mixed = any(map(str.isdigit, value)) or _SIGNS.search(value) is not None
    return len(value) >= 6 and letters and mixed and not _ADDRESS.match(value)


RECOGNISER = Recogniser(
    PASSWORD,
    "password",
    (
        r"(?i)(?:pass(?:word|wort|wd| ?code|phrase)?|pwd|kennwort|mot de passe|mdp|contraseña"
        r"|senha|wachtwoord"
        r"|hasło|lösenord|pw|pin(?: number)?)[\"']?\s?(?::|=|is|was|ist|lautet|war|est|es|to)",
    ),
    _find,
)
