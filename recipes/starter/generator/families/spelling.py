"""Letters of words: spell out, first letters, initials, backwards; small, for exact copying."""

from __future__ import annotations

from generator.maker import Maker
from generator.task import Pair, Task


def make(maker: Maker) -> Task:
    """One letter task."""
    gap = maker.pick(("-", " ", ".", "\n", ", "))
    kind = maker.pick(("spell", "spell", "unspell", "unspell", "initials", "first", "swap"))
    wordings = {
        "spell": "[Spell|Write] the word letter by letter, like {x}.",
        "unspell": "[Write|Put] the letters together[ as one word|].",
        "initials": "[Give|Write] the initials[, in capitals|].",
        "first": "[Give|Write|Return] the first letter of [each|every] word.",
        "swap": "[Write|Give] the last name first, [then a comma, then|a comma and] the first name.",
    }
    instruction = maker.say(wordings[kind], x=gap.join("abc").replace("\n", " / "))

    def example() -> Pair:
        word = maker.pick((maker.word, maker.name, maker.pseudo))()
        if kind == "spell":
            return word, gap.join(word)
        if kind == "unspell":
            return gap.join(word), word
        if kind == "swap":
            first, last = maker.name(), maker.name()
            return f"{first} {last}", f"{last}, {first}"
        names = [maker.name() for _ in range(maker.r.randint(2, 4))]
        if kind == "initials":
            return " ".join(names), ".".join(name[0] for name in names) + "."
        words = maker.phrase(3, 6)
        return words, " ".join(one[0] for one in words.split())

    return Task(instruction, example, by_example=True)
