"""What is written where: data on stdout, words and progress on stderr; both made safe to show.

It knows terminals and text, and nothing of the project.
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from typing import IO, Any

NO_BREAK = "\u00a0"


def clean(text: str) -> str:
    """Text that can't steer a terminal: control and direction characters become ``�``.

    Line ends and tabs stay. Labels, file names and model names come from other people's files.
    """
    return "".join("\ufffd" if _steers(c) else c for c in text)


def _steers(character: str) -> bool:
    if character in "\n\t":
        return False
    kind = unicodedata.category(character)
    # Cf holds the bidirectional overrides; the joiners in it are part of real words and emoji.
    return kind in ("Cc", "Zl", "Zp") or (kind == "Cf" and character not in "\u200c\u200d\u00ad")


def words(text: str) -> str:
    """No-break spaces as plain ones: they have done their work once lines are broken."""
    return text.replace(NO_BREAK, " ")


def coloured(stream: IO[str]) -> bool:
    """Whether colour may be written there (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_json(document: dict[str, Any]) -> None:
    """One JSON document on stdout; not a number in it that JSON does not have."""
    unicode = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    text = json.dumps(document, ensure_ascii=not unicode, indent=2, allow_nan=False)
    # A lone surrogate is legal in a JSON escape alone.
    print(text if _encodable(text) else json.dumps(document, indent=2, allow_nan=False))


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def interactive() -> bool:
    """Whether a person is there to answer a question."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def note(text: str) -> None:
    """A line of words on stderr."""
    print(words(clean(text)), file=sys.stderr, flush=True)
