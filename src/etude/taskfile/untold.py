"""Boundaries that no model is told of: they are tested, and a prompt holds the instructions alone.

It knows the words of the task file, not what becomes of a prompt.
"""

from __future__ import annotations

import re

from etude.records.task import FREE, Task

_WORDS = re.compile(r"[^\W\d_]{4,}")
"""Words that say something: of four letters or more."""


def untold(task: Task) -> tuple[str, ...]:
    """What must be refused or go to a person, of which the instructions have no word.

    Only of kinds whose answers are free text: elsewhere an answer has no room to refuse in.
    """
    if task.kind not in FREE:
        return ()
    said = {word.casefold() for word in _WORDS.findall(task.instructions)}
    bounds = task.boundaries
    return tuple(
        one
        for one in dict.fromkeys((*bounds.refuse, *bounds.hand_over))
        if not said & {word.casefold() for word in _WORDS.findall(one)}
    )
