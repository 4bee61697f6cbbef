"""Messages and tools as JSON values in OpenAI's form, which TRL's files have too."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from etude.data.neutral import Example, Message, as_openai
from etude.data.writers._base import CantHold, Row
from etude.data.writers._fitting import Holds, answered, trimmed, with_ids

PAIRS = Holds(tools=True, pictures=True, openly=True, parallel=True, learned="answer")


def openai_messages(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """The messages as OpenAI writes them."""
    return [as_openai(one) for one in messages]


def tools_of(example: Example) -> Row:
    """The column ``tools``, where there are some."""
    return {"tools": [json.loads(tool) for tool in example.tools]} if example.tools else {}


def pair_of(example: Example, holds: Holds, lost: set[str]) -> Example:
    """An example with two answers, as a shape for pairs holds it.

    Raises:
        CantHold: it has one answer alone.
    """
    if not example.rejected:
        raise CantHold("it has no worse answer beside the better one, and a pair needs both")
    if example.liked is not None:
        lost.add("liked")
    held = with_ids(trimmed(example, holds, lost), lost)
    answered(held)
    return held
