"""Sentences that carry something into a text, and where in a text they may stand."""

from __future__ import annotations

import re

from _planted._base import Bed, Row

WHAT = "{}"


def put_in(bed: Bed, row: Row, where: str, carrier: str, text: str) -> dict[str, object]:
    """A carrier with ``text`` in it at some sentence's end (or the start) of the field's words.

    Returns the place of ``text``, as ``Truth`` has it.
    """
    words = bed.words(row, where)
    at = bed.random.choice(boundaries(words))
    before, after = words[:at].rstrip(), words[at:].lstrip()
    joint = "\n" if "\n" in text or bed.random.random() < 0.1 else " "
    head = before + joint if before else ""
    lead, tail = carrier.split(WHAT, 1)
    made = head + lead + text + tail + (joint + after if after else "")
    bed.write(row, where, made.strip())
    return bed.mark(row, where, text, len(head) + len(lead))


def boundaries(words: str) -> list[int]:
    """Where a sentence may be put: the start, the end, and after each sentence."""
    inner = [match.end() for match in re.finditer(r"[.!?](?=\s+[A-Z])", words)]
    return [0, *inner, len(words)]


def prose_field(bed: Bed, both: float = 0.4) -> str:
    """A field with people's words: where the targets are prose too, sometimes those; where inputs
    are records, always those."""
    if bed.clean.record:
        return "target"
    return "target" if bed.clean.prose_targets and bed.random.random() < both else "input"
