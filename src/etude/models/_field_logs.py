"""How likely a model held each field of a JSON answer: the least sure of the tokens of its value.

It knows texts and where in them tokens stand; no model, no schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from etude.jsonshape import value_places
from etude.models._json_answers import json_in
from etude.models._likelihood import FieldLogs, clipped
from etude.models._live_text import LiveText

ALL = slice(0, None)


@dataclass(frozen=True)
class Part:
    """A token that was a choice: the letters from ``start`` to ``end``, and its log-probability. The
    tokens that make up one letter each have the whole of it."""

    start: int
    end: int
    log: float


def field_logs(text: str, parts: Sequence[Part]) -> FieldLogs | None:
    """The least log-probability among the tokens of each outermost field's value, in the order of the
    text; 0 where none was a choice. None where ``text`` is no JSON object.

    A token that reaches beyond a value belongs to it too.
    """
    places = value_places(text)
    if places is None:
        return None
    return tuple(
        (name, min((one.log for one in parts if one.start < end and one.end > start), default=0.0))
        for name, (start, end) in places.items()
    )


def of_ids(ids: Sequence[int], chosen: Sequence[tuple[int, float]], live: LiveText) -> list[Part]:
    """The parts of a text that a model of this machine wrote.

    Args:
        ids: of the whole text.
        chosen: places in ``ids`` of those that were a choice, in their order, with their
            log-probabilities; a place behind the last is the end of the answer.
        live: a text with nothing in it yet, as the model's format decodes it.
    """
    logs, parts = dict(chosen), []
    for place, token in enumerate(ids):
        start = live.read
        live.add((token,))
        if place in logs:
            parts.append(Part(start, max(live.read, start + 1), clipped(logs[place])))
    return parts


def written(
    text: str, ids: Sequence[int], chosen: Sequence[tuple[int, float]], live: LiveText
) -> FieldLogs | None:
    """The fields of a record that a model of this machine wrote; see ``of_ids``."""
    return field_logs(text, of_ids(ids, chosen, live))


def of_tokens(
    text: str, tokens: Sequence[tuple[bytes, float]], place: slice = ALL
) -> list[Part] | None:
    """The parts of ``text[place]``, which another server wrote, from each token's bytes and
    log-probability; None where these are not the bytes of the text.

    What stands around it, such as a token that ends the turn, is no part of it.
    """
    whole = b"".join(token for token, _ in tokens)
    said, before = text[place], whole.find(text.encode())
    if before >= 0:
        before += len(text[: place.start].encode())
    else:  # what stands around it may be told otherwise
        before = whole.find(said.encode())
    if before < 0:
        return None
    letter_of = [number for number, letter in enumerate(said) for _ in letter.encode()]
    parts, start = [], -before
    for token, log in tokens:
        end = start + len(token)
        inside = letter_of[max(start, 0) : max(end, 0)]
        if inside:
            parts.append(Part(inside[0], inside[-1] + 1, clipped(log)))
        start = end
    return parts


def told(text: str | None, tokens: Sequence[tuple[bytes, float]]) -> FieldLogs | None:
    """The fields of what another server wrote where JSON was asked for; None where it wrote none, or
    its tokens can't be found in it.

    Args:
        text: as it was written, with what stands around the JSON.
        tokens: each one's bytes and log-probability.
    """
    place = None if text is None else json_in(text)
    if text is None or place is None or not tokens:
        return None
    parts = of_tokens(text, tokens, place)
    return None if parts is None else field_logs(text[place], parts)


def token_bytes(token: Any) -> bytes:
    """Of a token as OpenAI's API tells it. Where one ends within a letter its text can't say so."""
    numbers = getattr(token, "bytes", None)
    if isinstance(numbers, list) and all(isinstance(n, int) and 0 <= n < 256 for n in numbers):
        return bytes(numbers)
    return str(getattr(token, "token", "")).encode("utf-8", "replace")
