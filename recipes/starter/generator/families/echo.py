"""Say the same thing again: the plainest form of copying."""

from __future__ import annotations

from generator.maker import Maker
from generator.task import Pair, Task


def make(maker: Maker) -> Task:
    """Repeat the input once or several times."""
    times = maker.pick((1, 1, 1, 1, 2, 3))
    gap = maker.pick(("\n", " ", " / ", ", "))
    many = {1: "[once|]", 2: "twice", 3: "three times"}[times]
    instruction = maker.say(
        "[Repeat|Copy|Write again|Say|Echo] [this|the input|what I say|the following|the text]"
        "[ exactly| letter for letter| word for word|] {many}{how}.",
        many=maker.say(many),
        how="" if times == 1 else f", with {gap!r} in between",
    ).replace(" .", ".")

    def example() -> Pair:
        roll = maker.r.random()
        if roll < 0.4:
            text = maker.phrase(3, 16)
        elif roll < 0.7:
            text = maker.pick((" ", ", ", "\n")).join(maker.value() for _ in range(4))
        else:
            text = " ".join(maker.pseudo() for _ in range(maker.r.randint(3, 10)))
        return text, gap.join([text] * times)

    return Task(instruction, example, by_example=True)
