"""TRL's KTO: ``prompt`` and ``completion`` as lists of messages, and ``label``: liked or not."""

from __future__ import annotations

from dataclasses import replace

from etude.data.neutral import Example
from etude.data.writers._base import CantHold, Row
from etude.data.writers._fitting import answered, trimmed, with_ids
from etude.data.writers._open import PAIRS, openai_messages, tools_of

_HOLDS = replace(PAIRS, parallel=False)


class Kto:
    """A pair of answers becomes two rows, the better one liked and the worse one not."""

    key = "kto"
    title = "KTO"
    lists = ("prompt", "completion")

    def write(self, example: Example, lost: set[str]) -> list[Row]:
        """One row, or two for a pair."""
        if example.liked is None and not example.rejected:
            raise CantHold("nothing says whether its answer was liked")
        held = with_ids(trimmed(example, _HOLDS, lost), lost)
        answered(held)
        verdicts = [(held.answer, held.liked is not False)]
        if held.rejected:
            verdicts.append((held.rejected, False))
        asked = openai_messages(held.asked)
        return [
            {"prompt": asked, "completion": openai_messages(answer), "label": liked}
            | tools_of(held)
            for answer, liked in verdicts
        ]


WRITER = Kto()
