"""Procedural instruction tasks without end: `sample(seed, lexicon)` makes one conversation.

Read in this order: `lexicon` (raw words), `maker` (random pieces and wordings), `task` (the shape
of a task), `families/` (one kind of task a file), `present` (how a task is laid out as a chat).
The same seed and lexicon give the same conversation on every machine.
"""

from __future__ import annotations

import random

from generator.families import FAMILIES
from generator.lexicon import Lexicon
from generator.maker import Maker
from generator.present import present
from generator.task import Message, Sample, Task

__all__ = ["FAMILIES", "Lexicon", "Message", "Sample", "Task", "sample"]


def sample(
    seed: int, lexicon: Lexicon, *, family: str | None = None, level: str = "main"
) -> Sample:
    """One conversation.

    `level` chooses the mixture: "copy" (mostly verbatim copying: the curriculum's start), "main",
    or "long" (prompts that fill most of 2,048 tokens). `family` asks for one family by name.
    """
    maker = Maker(random.Random(seed), lexicon)
    if family is None:
        names = list(FAMILIES)
        weights = [FAMILIES[n].copying if level == "copy" else FAMILIES[n].weight for n in names]
        family = maker.r.choices(names, weights)[0]
    messages = present(FAMILIES[family].make(maker), maker, long=level == "long")
    return Sample(family, messages)
