"""What shapes can't hold of an example, by name, and how it is said.

Where ``meaning`` is true a row without it would teach something else; such rows are left out unless
a person agrees to the loss.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Loss:
    """``has``: what rows have, as it stands after "14 rows have"; ``left``: what is done about it
    where they are written all the same."""

    has: str
    left: str
    meaning: bool = True


LOSSES: dict[str, Loss] = {
    "tools": Loss("tools or calls of them", "tools, calls and their results are dropped"),
    "pictures": Loss("pictures", "the pictures are dropped"),
    "others": Loss("sound, files or refusals", "they are dropped"),
    "weights": Loss(
        "answers that are not to be learned (weight 0)", "these answers become ones to learn from"
    ),
    "earlier": Loss(
        "several answers to learn from", "the last alone is learned from, the others are context"
    ),
    "names": Loss("names of speakers", "the names are dropped"),
    "after": Loss("messages after the last answer", "they are dropped"),
    "rejected": Loss("a worse answer beside the better one", "the better one alone is kept"),
    "later_system": Loss(
        "instructions in the middle of a conversation", "they are dropped from there"
    ),
    "call_ids": Loss(
        "results of tools in another order than their calls",
        "the ids that say which belongs to which are dropped",
    ),
    "beside_calls": Loss("words beside a call of a tool", "the words are dropped"),
    "bounds": Loss(
        "a question and an answer", "they become one text, in which nothing marks the answer"
    ),
    "liked": Loss("an answer that was liked", "it becomes a plain example", meaning=False),
    "details": Loss("a wish for a picture's resolution", "it is dropped", meaning=False),
    "developer": Loss("messages of the role developer", "they become system", meaning=False),
    "parallel": Loss("`parallel_tool_calls`", "it is dropped", meaning=False),
    "systems": Loss("several messages of instructions", "they are joined", meaning=False),
    "made_ids": Loss("calls without ids", "ids are made up: call_1, call_2, …", meaning=False),
}
