"""Conversations as an input of kind ``chat``: compact JSON text of messages, and ways to look at it.

It knows the text of an input, and nothing of the shapes of files that conversations come from.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from etude.data.text import normal_form, short_hash

ROLES = ("system", "user", "assistant")
_TAG = 6
"""Hexadecimal digits that stand for instructions that several conversations share."""


class Turn(NamedTuple):
    """One message; ``role`` is one of ``ROLES``."""

    role: str
    content: str


def as_input(turns: Sequence[Turn]) -> str:
    """The messages as compact JSON: ``[{"role":"user","content":"Hello"}]``."""
    listed = [{"role": turn.role, "content": turn.content} for turn in turns]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":"))


def turns_of(text: str) -> tuple[Turn, ...]:
    """The messages of an input; a text that is no list of messages is one of the user's."""
    found = None
    if text.lstrip().startswith("["):
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
    if isinstance(found, list) and found and all(map(_is_turn, found)):
        return tuple(Turn(m["role"], m["content"]) for m in found)
    return (Turn("user", text),)


def _is_turn(found: object) -> bool:
    return (
        isinstance(found, dict)
        and found.get("role") in ROLES
        and isinstance(found.get("content"), str)
    )


def tidy(text: str) -> str:
    """An input as it is kept: a text that is JSON, but no list of messages, becomes the user's one
    message, so that nobody reads it as messages; others are as they were."""
    return as_input(turns_of(text)) if text.lstrip().startswith("[") else text


def flat(turns: Sequence[Turn]) -> str:
    """The messages as one text, a line a message; one message is its own text."""
    if len(turns) == 1:
        return turns[0].content
    return "\n".join(f"{turn.role}: {turn.content}" for turn in turns)


def cells(text: str) -> dict[str, str]:
    """What checks may name: ``last_user`` (the message to be answered) and ``conversation`` (all of
    it as text, without instructions)."""
    turns = turns_of(text)
    last = next((turn.content for turn in reversed(turns) if turn.role == "user"), "")
    said = [turn for turn in turns if turn.role != "system"]
    return {"last_user": last, "conversation": flat(said)}


def with_context(text: str, between: str, context: str) -> str:
    """The input with what an answer may use at the end of the last message of the user's."""
    turns = list(turns_of(text))
    places = [place for place, turn in enumerate(turns) if turn.role == "user"]
    if not places:
        return as_input([*turns, Turn("user", context)])
    at = places[-1]
    turns[at] = Turn("user", f"{turns[at].content}{between}{context}")
    return turns[0].content if not text.lstrip().startswith("[") else as_input(turns)


def comparable(text: str, kind: str) -> str:
    """The normal form of an input of a kind: two inputs with the same one are the same input."""
    return normal_form(flat(turns_of(text)) if kind == "chat" else text)


def held_forms(inputs: Sequence[str], kind: str) -> frozenset[str]:
    """Normal forms by which a held-out input is known again: of a conversation also the one
    without its instructions, because other files often come without them."""
    forms = {comparable(text, kind) for text in inputs}
    if kind == "chat":
        forms |= {normal_form(flat(_said(turns_of(text)))) for text in inputs}
    return frozenset(forms - {""})


def _said(turns: Sequence[Turn]) -> list[Turn]:
    return [turn for turn in turns if turn.role != "system"]


def compared(conversations: Sequence[Sequence[Turn]]) -> list[str]:
    """The texts by which copies among conversations are found.

    What stands before the first message of the user's (instructions, a greeting) and is the same in
    several conversations is no part of what is asked. Left in, a long one would make all of them
    look alike, so a short tag stands for it.
    """
    opened = [_opening(turns) for turns in conversations]
    count = Counter(opening for opening, _ in opened)
    texts = []
    for opening, said in opened:
        if opening and count[opening] > 1:
            texts.append(f"{short_hash(flat(opening))[:_TAG]} {flat(said)}")
        else:
            texts.append(flat((*opening, *said)))
    return texts


def _opening(turns: Sequence[Turn]) -> tuple[tuple[Turn, ...], tuple[Turn, ...]]:
    """What comes before the user's first message, and the rest."""
    first = next((at for at, turn in enumerate(turns) if turn.role == "user"), 0)
    return tuple(turns[:first]), tuple(turns[first:])
