"""Cases that change what somebody wrote in each example's input a little."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from etude.behaviour.cases import Case, Material


def changed(
    suite: str, material: Material, change: Callable[[str, str, Random], str]
) -> list[Case]:
    """A case an example; one that ``change`` (what was written, target, chance) leaves as it is gives
    none."""
    found = []
    form = material.form
    rows = zip(
        material.examples.ids, material.examples.inputs, material.examples.targets, strict=True
    )
    for index, (name, text, target) in enumerate(rows):
        said = form.said(text)
        other = change(said, target, material.chance(suite, index)) if said else said
        if other != said:
            made = Case(name, text, form.with_said(text, other), schema=material.schema)
            found.append(replace(made, given=material.instructions))
    return found
