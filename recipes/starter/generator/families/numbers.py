"""Small things with numbers: the larger one, count, in order, a yes or no against a limit."""

from __future__ import annotations

from generator.maker import Maker
from generator.task import Pair, Task


def make(maker: Maker) -> Task:
    """Comparing, mostly; no arithmetic beyond adding small numbers."""
    return maker.pick((_extreme, _limit, _count, _sum, _only))(maker)


def _extreme(maker: Maker) -> Task:
    largest = maker.chance(0.5)
    size = maker.pick((20, 100, 1000))
    instruction = maker.say(
        "[Give|Return|Which is] the [largest|highest|biggest] number[?|.]"
        if largest
        else "[Give|Return|Which is] the [smallest|lowest|least] number[?|.]"
    )

    def example() -> Pair:
        numbers = maker.r.sample(range(size), maker.r.randint(2, 4))
        return ", ".join(map(str, numbers)), str((max if largest else min)(numbers))

    return Task(instruction, example)


def _limit(maker: Maker) -> Task:
    limit = maker.pick((10, 12, 18, 20, 50, 100, 250, 1000))
    high, low = maker.pick((("yes", "no"), ("high", "low"), tuple(maker.some(maker.word, 2, 2))))
    field = maker.field()
    instruction = maker.say(
        "[Answer|Write|Say] {h} if the {f} is {n} or more, [otherwise|else] {l}.",
        h=high,
        f=field,
        n=limit,
        l=low,
    )

    def example() -> Pair:
        number = maker.r.randint(0, limit * 2)
        return maker.say("{f}: {n}", f=field, n=number), high if number >= limit else low

    return Task(instruction, example)


def _count(maker: Maker) -> Task:
    thing = maker.noun()
    instruction = maker.say(
        "How many times [is|does] '{t}' [there|in the list|named][ appear|]?", t=thing
    )
    instruction = instruction.replace("does", "is").replace(" appear", "")

    def example() -> Pair:
        times = maker.r.randint(0, 4)
        words = [thing] * times + maker.some(maker.noun, 2, 4)
        words = [w for n, w in enumerate(words) if n < times or w != thing]
        maker.r.shuffle(words)
        return ", ".join(words), str(times)

    return Task(instruction, example)


def _sum(maker: Maker) -> Task:
    instruction = maker.say("[Add|Sum up] the numbers[ and give the total|].")

    def example() -> Pair:
        numbers = [maker.r.randint(0, 12) for _ in range(2)]
        return maker.pick((" + ", ", ", " and ")).join(map(str, numbers)), str(sum(numbers))

    return Task(instruction, example)


def _only(maker: Maker) -> Task:
    instruction = maker.say("[Return|Give|Copy] [only |]the number[s|] in the text[, in order|].")

    def example() -> Pair:
        found, words = [], []
        for _ in range(maker.r.randint(1, 3)):
            number = maker.pick((maker.integer, maker.decimal))()
            found.append(number)
            words.append(f"{maker.phrase(1, 5)} {number}")
        return " ".join(words) + " " + maker.phrase(1, 3), ", ".join(found)

    return Task(instruction, example)
