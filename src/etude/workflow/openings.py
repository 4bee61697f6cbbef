"""System messages that conversations bring themselves, and those that all examples' began with: what
was never compared without them is asked with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

from etude.data import stored
from etude.data.conversations import Turn, as_input, turns_of
from etude.records.comparison import Comparison
from etude.store import Store
from etude.workflow.asked import Inputs

SYSTEMS = 100
"""Different system messages of conversations that are listed; where there are more, each is an input
of its own."""


def systems(store: Store, comparison: Comparison) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """The system messages of the examples' conversations (None: too many to list), and those that
    every one of them begins with."""
    if comparison.task.kind != "chat":
        return (), ()
    found: dict[str, None] = {}
    openings: set[tuple[str, ...]] = set()
    prepared = stored.read(store.version_folder(comparison.dataset.id))
    for text in prepared.everything().inputs:
        turns = turns_of(text)
        found |= {turn.content: None for turn in turns if turn.role == "system"}
        first = takewhile(lambda turn: turn.role == "system", turns)
        openings.add(tuple(turn.content for turn in first))
        if len(found) > SYSTEMS and len(openings) > 1:
            break
    opening = openings.pop() if len(openings) == 1 else ()
    return None if len(found) > SYSTEMS else tuple(found), opening


def begun(text: str, opening: Sequence[str]) -> str:
    """A conversation with those system messages of ``opening`` before it that it lacks."""
    if not opening:
        return text
    turns = turns_of(text)
    brought = {turn.content for turn in turns if turn.role == "system"}
    lacking = [Turn("system", said) for said in opening if said not in brought]
    return as_input([*lacking, *turns]) if lacking else text


def all_begun(inputs: Inputs, opening: Sequence[str]) -> Inputs:
    """The same of every input that asks something; their columns stay as they were."""
    texts = (begun(text, opening) if text else text for text in inputs.texts)
    return replace(inputs, texts=tuple(texts))
