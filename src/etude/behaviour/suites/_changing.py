"""Cases that change each example's input a little."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from etude.behaviour.cases import Case, Material


def changed(
    suite: str, material: Material, change: Callable[[str, str, Random], str]
) -> list[Case]:
    """A case an example; one that ``change`` (input, target, chance) leaves as it is gives none."""
    found = []
    rows = zip(
        material.examples.ids, material.examples.inputs, material.examples.targets, strict=True
    )
    for index, (name, text, target) in enumerate(rows):
        other = change(text, target, material.chance(suite, index))
        if other != text:
            found.append(Case(name, text, other))
    return found
