"""What single cells hold: a text, true or false, a prompt that is a text or a list of messages."""

from __future__ import annotations

from dataclasses import replace

from etude.data.neutral import Message, said
from etude.data.shapes._base import Unusable
from etude.data.shapes._exchange import listed
from etude.data.shapes._messages import messages
from etude.data.text import is_blank, normalise

_TRUTH = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}


def truth(cell: str | None, column: str) -> bool | None:
    """True or false; None where the cell is absent.

    Raises:
        Unusable: it is neither.
    """
    if cell is None:
        return None
    word = cell.strip().lower()
    if word not in _TRUTH:
        raise Unusable(f"its `{column}` is neither true nor false", "data_type")
    return _TRUTH[word]


def is_truth(cell: str | None) -> bool:
    """Whether a cell is absent, true or false."""
    return cell is None or not cell.strip() or cell.strip().lower() in _TRUTH


def full_text(cell: str | None, column: str) -> str:
    """A cell's text as it is written.

    Raises:
        Unusable: there is none.
    """
    if cell is None or is_blank(normalise(cell)):
        raise Unusable(f"`{column}` is empty", "missing_content")
    return cell


def given(cell: str | None) -> str:
    """A cell's text as it is written, "" where nothing of it can be seen."""
    return "" if cell is None or is_blank(normalise(cell)) else cell


def prompt(cell: str | None, column: str, images: str | None = None) -> tuple[Message, ...]:
    """A prompt that is a text (the user's one message) or a list of messages; what the assistant
    says in it is not to be learned.

    Raises:
        Unusable: it is empty or at fault.
    """
    if not listed(cell):
        return (said("user", full_text(cell, column)),)
    return not_learned(messages(cell, column, images=images))


def not_learned(found: list[Message]) -> tuple[Message, ...]:
    """The messages of a prompt: nothing of it is learned."""
    return tuple(replace(one, weight=0) if one.role == "assistant" else one for one in found)
