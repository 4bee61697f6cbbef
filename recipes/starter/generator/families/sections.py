"""Parts under headings in a given order, from parts that come in any order."""

from __future__ import annotations

from collections.abc import Callable

from generator.maker import Maker
from generator.task import Pair, Task


def make(maker: Maker) -> Task:
    """Two to four sections; one of them at times only when the input has it."""
    names = maker.some(lambda: maker.phrase(1, 2), 2, 4)
    head = maker.pick(("## {h}", "# {h}", "{h}:", "**{h}**", "[{h}]", "{n}. {h}", "=== {h} ==="))
    heads = [
        head.replace("{h}", name.capitalize()).replace("{n}", str(n))
        for n, name in enumerate(names, 1)
    ]
    gap = maker.pick(("\n", "\n\n"))
    optional = maker.chance(0.35)
    shape = maker.pick(("{k}: {v}", "({k}) {v}", "{k} = {v}", "{k} - {v}"))
    listed = maker.pick((", ", "; ", "\n")).join(heads)
    instruction = maker.say(
        "[Write|Arrange|Order|Put] the [answer|notes|text] under [these|the] headings"
        "[, in this order|]:[ |\n]{l}",
        l=listed,
    )
    if optional:
        instruction += maker.say(
            "\n[Leave out|Skip|Drop] [a|any] heading "
            "[that has no text|without text|with nothing to say]."
        )

    sources: list[Callable[[], str]]
    sources = [maker.sentence, maker.value, lambda: maker.phrase(2, 7)]

    def example() -> Pair:
        kept = [n for n in range(len(names)) if not optional or maker.chance(0.7)] or [0]
        texts = {n: maker.pick(sources)() for n in kept}
        order = maker.r.sample(kept, len(kept))
        given = "\n".join(shape.replace("{k}", names[n]).replace("{v}", texts[n]) for n in order)
        return given, gap.join(f"{heads[n]}\n{texts[n]}" for n in kept)

    return Task(instruction, example)
