"""The same text after one of two sentences that say who writes it: nothing else differs."""

from __future__ import annotations

from collections.abc import Sequence

from etude.behaviour.cases import Case, Material


def swapped(
    suite: str, material: Material, groups: Sequence[Sequence[str]], sentence: str
) -> list[Case]:
    """A pair an example, of two groups by chance.

    Args:
        suite: whose chance it is.
        material: whose examples are used.
        groups: ways to say each group.
        sentence: with ``{}`` for one of them; it stands before what was written.
    """
    found = []
    form = material.form
    rows = zip(material.examples.ids, material.examples.inputs, strict=True)
    for index, (name, text) in enumerate(rows):
        chance = material.chance(suite, index)
        one, other = (chance.choice(group) for group in chance.sample(list(groups), 2))
        said = form.said(text)
        if one in text or other in text or not said:
            continue
        base, changed = (
            form.with_said(text, f"{sentence.format(who)} {said}") for who in (one, other)
        )
        found.append(Case(name, base, changed, swapped=(one, other)))
    return found
