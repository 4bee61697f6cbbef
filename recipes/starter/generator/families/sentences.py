"""Join generated clauses into one sentence, or take such a sentence apart again."""

from __future__ import annotations

from generator.maker import Maker
from generator.task import Pair, Task

_JOINERS = ("and", "but", "so", "while", "because", "after", "before", "although", "when", "until")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def make(maker: Maker) -> Task:
    """Joining, taking apart, or putting sentences in another order."""
    return maker.pick((_join, _part, _part, _order, _nth))(maker)


def _clauses(maker: Maker, count: int) -> list[str]:
    made = [maker.clause() for _ in range(count)]
    if maker.chance(0.3):
        made[0] += f" on {maker.date()}"
    return made


def _join(maker: Maker) -> Task:
    joiner = maker.pick(_JOINERS)
    comma = maker.pick(("", ","))
    instruction = maker.say(
        "[Join|Combine|Connect|Merge] the [two |]sentences [into one |]with '{j}'.",
        j=comma + " " + joiner,
    ).replace("' ", "'")

    def example() -> Pair:
        one, two = _clauses(maker, 2)
        return f"{_capital(one)}. {_capital(two)}.", f"{_capital(one)}{comma} {joiner} {two}."

    return Task(instruction, example, by_example=True)


def _part(maker: Maker) -> Task:
    joiners = maker.r.sample(_JOINERS, maker.r.randint(1, 3))
    comma = maker.pick(("", ","))
    gap = maker.pick((" ", "\n"))
    listed = " or ".join(f"'{joiner}'" for joiner in joiners)
    instruction = maker.say(
        "[Break|Cut|Separate|Divide] the [long |]sentence at {j} [into|to make] "
        "[two|two short ones|two full sentences]{g}.",
        j=listed,
        g=", one a line" if gap == "\n" else "",
    )

    def example() -> Pair:
        one, two = _clauses(maker, 2)
        joined = f"{_capital(one)}{comma} {maker.pick(joiners)} {two}."
        return joined, f"{_capital(one)}.{gap}{_capital(two)}."

    return Task(instruction, example, by_example=True)


def _order(maker: Maker) -> Task:
    instruction = maker.say(
        "[Swap|Exchange|Turn round] the two [sentences|statements][; change nothing else|]."
    )

    def example() -> Pair:
        one, two = (_capital(clause) + "." for clause in _clauses(maker, 2))
        return f"{one} {two}", f"{two} {one}"

    return Task(instruction, example, by_example=True)


def _nth(maker: Maker) -> Task:
    where = maker.r.randrange(3)
    word = ("first", "second", "third")[where]
    instruction = maker.say("[Copy|Give|Return] [only |]the {w} sentence.", w=word)

    def example() -> Pair:
        lines = [_capital(clause) + "." for clause in _clauses(maker, maker.r.randint(3, 5))]
        return " ".join(lines), lines[where]

    return Task(instruction, example, by_example=True)
