"""Carry on a regular series and stop at the right place."""

from __future__ import annotations

from generator.maker import Maker
from generator.task import Pair, Task

_WORDS = {"three": 3, "four": 4, "five": 5, "six": 6}


def make(maker: Maker) -> Task:
    """Counting, cycles of words, letters."""
    word = maker.pick(list(_WORDS))
    count = _WORDS[word]
    gap = maker.pick((", ", " ", "\n", " - "))
    kind = maker.pick(("count", "cycle", "cycle", "letters"))
    instruction = maker.say(
        "[Continue|Carry on|Go on with] the [series|pattern|list] with {c} more[ items| entries|], "
        "then stop.",
        c=word,
    )

    def example() -> Pair:
        shown = maker.r.randint(4, 7)
        if kind == "count":
            start, step = maker.r.randint(0, 200), maker.pick((1, 1, 2, 3, 5, 10, 100))
            items = [str(start + step * n) for n in range(shown + count)]
        elif kind == "letters":
            start = maker.r.randint(0, 25)
            items = [chr(97 + (start + n) % 26) for n in range(shown + count)]
        else:
            period = maker.some(maker.pick((maker.word, maker.name, maker.integer)), 2, 3)
            shown = max(shown, len(period) * 2)
            items = [period[n % len(period)] for n in range(shown + count)]
        return gap.join(items[:shown]), gap.join(items[shown:])

    return Task(instruction, example)
