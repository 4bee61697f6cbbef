"""Operations on a list: pick, reverse, number, join, filter, remove, count."""

from __future__ import annotations

from collections.abc import Callable

from generator.maker import Maker
from generator.task import Pair, Task

Operation = tuple[str, Callable[[list[str]], str]]
_GAPS = (", ", "; ", "\n", " | ", " / ")


def make(maker: Maker) -> Task:
    """One operation, the same separators throughout."""
    given, wanted = maker.pick(_GAPS), maker.pick(_GAPS)
    wording, apply = maker.pick(_operations(maker, wanted))
    kind = maker.pick((maker.noun, maker.word, maker.name, maker.integer, maker.person))
    if maker.chance(0.3):
        kind = maker.pick((lambda: maker.phrase(1, 3), maker.code, maker.price))
    named = {
        ", ": "commas",
        "; ": "semicolons",
        "\n": "line breaks",
        " | ": "bars",
        " / ": "slashes",
    }
    instruction = maker.say(wording, g=named[wanted])

    def example() -> Pair:
        items = [one.replace(",", "") for one in maker.some(kind, 3, 7)]
        while len(items) < 3:
            items.append(maker.pseudo())
        return given.join(items), apply(items)

    return Task(instruction, example, by_example=True)


def _operations(maker: Maker, gap: str) -> tuple[Operation, ...]:
    bullet = maker.pick(("- ", "* ", "• ", "+ "))
    after = maker.pick((". ", ") ", ": "))
    prefix = maker.word()
    return (
        (
            "[Reverse|Turn round] the list[, separated by {g}|; use {g}].",
            lambda items: gap.join(items[::-1]),
        ),
        (
            "[Repeat|Copy|Write out] the list [separated by|with] {g}.",
            lambda items: gap.join(items),
        ),
        ("[Give|Return|Name] the first [item|entry|element].", lambda items: items[0]),
        ("[Give|Return|Name] the last [item|entry|element].", lambda items: items[-1]),
        (
            "[Give|Return|Name] the first two [items|entries], with {g}[ between|].",
            lambda items: gap.join(items[:2]),
        ),
        (
            "[Remove|Drop|Leave out] the first [item|entry]; [separate|join] [the rest|] with {g}.",
            lambda items: gap.join(items[1:]),
        ),
        (
            "[Remove|Drop|Leave out] the last [item|entry]; [separate|join] [the rest|] with {g}.",
            lambda items: gap.join(items[:-1]),
        ),
        (
            f"[Number|Count off] the [items|entries], one [a|per] line, like 1{after}...",
            lambda items: "\n".join(f"{n}{after}{item}" for n, item in enumerate(items, 1)),
        ),
        (
            f"[Make|Write] [bullet points|bullets|a bulleted list], with '{bullet}'.",
            lambda items: "\n".join(bullet + item for item in items),
        ),
        ("[How many|Count the] [items|entries][ are there|]?", lambda items: str(len(items))),
        (
            f"[Put|Write] '{prefix}' [before|in front of] every [item|entry]; "
            "[separate|join] with {g}.",
            lambda items: gap.join(f"{prefix} {item}" for item in items),
        ),
        (
            "[Join|Connect] the [items|list] with commas and 'and' before the last[ one|].",
            lambda items: ", ".join(items[:-1]) + " and " + items[-1],
        ),
        (
            "[Swap|Exchange] the first and the last [item|entry]; [separate|join] with {g}.",
            lambda items: gap.join([items[-1], *items[1:-1], items[0]]),
        ),
    )
