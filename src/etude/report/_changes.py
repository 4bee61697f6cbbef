"""What goes and what comes between two texts, in words; the same on screens and pages."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

COMPARED = 4_000
"""Characters that are compared word by word; of longer changes the whole goes and the whole comes."""
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Part(NamedTuple):
    """``mark``: what is pointed at. ``del`` goes, ``ins`` comes, ``same`` stays."""

    kind: Literal["same", "mark", "del", "ins"]
    text: str


def changes(before: str, after: str) -> list[Part]:
    """The parts of both texts in their order."""
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    # Words are not broken.
    while start and before[start - 1].isalnum():
        start -= 1
    while end and before[len(before) - end].isalnum():
        end -= 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    made = [Part("same", before[:start])]
    if len(old) + len(new) > COMPARED:
        made += [Part("del", old), Part("ins", new)]
    else:
        made += _by_words(_WORDS.findall(old), _WORDS.findall(new))
    made.append(Part("same", before[len(before) - end :]))
    return [part for part in made if part.text]


def _common(a: str, b: str) -> int:
    """Characters that both begin with."""
    length = min(len(a), len(b))
    return next((at for at in range(length) if a[at] != b[at]), length)


def _by_words(old: list[str], new: list[str]) -> list[Part]:
    made = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            made.append(Part("same", "".join(old[a:b])))
        else:
            made += [Part("del", "".join(old[a:b])), Part("ins", "".join(new[c:d]))]
    return made


def shortened(parts: list[Part], room: int) -> list[Part]:
    """Of what stays, only ``room`` characters beside what is marked, goes or comes."""
    made = []
    for at, part in enumerate(parts):
        text = part.text
        if part.kind == "same":
            head = text[:room] if at else ""
            tail = text[-room:] if at + 1 < len(parts) else ""
            if not head and not tail:
                text = text[: 2 * room] + (" …" if len(text) > 2 * room else "")
            elif len(head) + len(tail) < len(text):
                text = f"{head} … {tail}".strip(" ") if head and tail else _open(head, tail)
        made.append(Part(part.kind, text))
    return made


def _open(head: str, tail: str) -> str:
    return f"{head} …" if head else f"… {tail}"
