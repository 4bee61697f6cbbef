"""Change a text by a given rule and leave the rest as it is."""

from __future__ import annotations

import re
from collections.abc import Callable

from generator.maker import Maker
from generator.task import Pair, Task

Rule = tuple[str, Callable[[str], str]]


def make(maker: Maker) -> Task:
    """One to four different rules, in the order in which they are to be followed."""
    count = maker.pick((1, 1, 1, 2, 2, 3, 4))
    makers = maker.pick((_INNER, _RULES)) if count == 1 else _INNER
    rules = [make_rule(maker) for make_rule in maker.r.sample(makers, min(count, 2))]
    if count > 2:
        rules.append(_greeting(maker))
    if count > 3 or maker.chance(0.2):
        rules.append(_closing(maker))
    wording = maker.pick((" ", " ", "\n", "\n- ")).join(words for words, _ in rules)
    lead = maker.say(
        maker.pick(("", "", "[Rewrite|Edit|Change|Revise] the [text|message|draft]. "))
    )
    long = maker.chance(0.4)

    def example() -> Pair:
        text = " ".join(maker.passage(1, 3)) if long else maker.sentence()
        if maker.chance(0.3):
            text = f"{text} {maker.person()}: {maker.value()}."
        words = text.split()
        swaps = _needed(rules)
        if swaps:
            for old in maker.r.sample(swaps, min(len(swaps), maker.pick((1, 1, 2)))):
                words.insert(maker.r.randint(1, len(words)), old)
            text = " ".join(words)
        result = text
        for _, apply in rules:
            result = apply(result)
        return text, result

    return Task(lead + wording, example)


def _needed(rules: list[Rule]) -> list[str]:
    """The words that a replacing rule acts on, so that inputs hold some of them."""
    return [old for _, apply in rules for old in getattr(apply, "olds", ())]


class _Replace:
    """Replaces whole words by others."""

    def __init__(self, pairs: dict[str, str]) -> None:
        self.pairs, self.olds = pairs, tuple(pairs)
        self.pattern = re.compile(r"\b(" + "|".join(map(re.escape, pairs)) + r")\b")

    def __call__(self, text: str) -> str:
        return self.pattern.sub(lambda found: self.pairs[found.group(1)], text)


class _Delete:
    """Deletes whole words and the space after them."""

    def __init__(self, olds: list[str]) -> None:
        self.olds = tuple(olds)
        self.pattern = re.compile(r"\b(" + "|".join(map(re.escape, olds)) + r")\b ?")

    def __call__(self, text: str) -> str:
        return self.pattern.sub("", text).rstrip()


def _replace(maker: Maker) -> Rule:
    olds = [word for word in maker.some(maker.word, 1, 3) if len(word) > 3] or [
        maker.pseudo() + "x"
    ]
    sources: list[Callable[[], str]]
    sources = [lambda: maker.phrase(1, 2), maker.name, maker.adjective]
    new = maker.pick(sources)
    pairs = {old: new() for old in olds}
    shape = maker.pick(("'{o}' [with|by] '{n}'", "{o} -> {n}", '"{o}" => "{n}"'))
    listed = "; ".join(maker.say(shape, o=old, n=pairs[old]) for old in pairs)
    words = maker.say("[Replace|Swap|Change][ the words|]: {l}.", l=listed)
    return words, _Replace(pairs)


def _replace_more(maker: Maker) -> Rule:
    """A word list such as a house style has: four to eight pairs, of which a text needs a few."""
    olds = [word for word in maker.some(maker.word, 4, 8) if len(word) > 2]
    sources: list[Callable[[], str]]
    sources = [maker.word, maker.word, lambda: maker.phrase(2, 3)]
    pairs = {old: maker.pick(sources)() for old in olds}
    gap = maker.pick(("\n", "; ", ", "))
    shape = maker.pick(("{o} -> {n}", "{o}: {n}", "not {o} but {n}", "{o} becomes {n}"))
    listed = gap.join(shape.replace("{o}", old).replace("{n}", pairs[old]) for old in pairs)
    words = maker.say("[Word list|Use these words|House words|Our words]:\n") + listed
    return words if words.endswith(".") else words + ".", _Replace(pairs)


def _delete(maker: Maker) -> Rule:
    olds = [word for word in maker.some(maker.word, 1, 2) if len(word) > 3] or [
        maker.pseudo() + "x"
    ]
    listed = " and ".join(f"'{old}'" for old in olds)
    return maker.say("[Delete|Remove|Leave out|Cut] [the word|] {l}.", l=listed), _Delete(olds)


def _case(maker: Maker) -> Rule:
    words, apply = maker.pick(
        (
            ("[Write|Put] [it|everything|all of it] in capital[s| letters].", str.upper),
            ("[Write|Put] [it|everything|all of it] in small letters.", str.lower),
            ("[Use|Write in] upper case.", str.upper),
            ("[Use|Write in] lower case.", str.lower),
        )
    )
    return maker.say(words), apply


def _shorten(maker: Maker) -> Rule:
    count = maker.r.randint(2, 7)
    words = maker.say("[Keep|Give] only the first {c} words[ and then '...'|].", c=count)
    end = "..." if words.endswith("'...'.") else ""
    return words, lambda text: " ".join(text.split()[:count]) + end


def _first_sentence(maker: Maker) -> Rule:
    words = maker.say("[Keep|Give] [only |]the first sentence[ only|].")
    return words, lambda text: re.split(r"(?<=[.!?]) ", text)[0]


def _greeting(maker: Maker) -> Rule:
    greeting = maker.say("[Hello|Hi|Dear|Good day] {p},", p=maker.person())
    gap = maker.pick((" ", "\n", "\n\n"))
    where = {" ": "", "\n": " on its own line", "\n\n": " and an empty line"}[gap]
    words = maker.say("[Start|Begin|Open] with '{g}'{w}[, then the text|].", g=greeting, w=where)
    return words, lambda text: greeting + gap + text


def _closing(maker: Maker) -> Rule:
    closing = maker.say(
        "[Yours|Regards|With thanks|Best wishes|See you|Take care],[ the {n} team| {p}]",
        n=maker.noun(),
        p=maker.name(),
    )
    gap = maker.pick((" ", "\n", "\n\n"))
    where = {" ": "", "\n": " on a new line", "\n\n": " after an empty line"}[gap]
    words = maker.say("[End|Close|Finish] with '{c}'{w}.", c=closing, w=where)
    return words, lambda text: text + gap + closing


def _punctuation(maker: Maker) -> Rule:
    words, apply = maker.pick(
        (
            ("[Remove|Drop] [all |]commas.", lambda text: text.replace(",", "")),
            ("[Put|Write] quotation marks around [it|the text].", lambda text: f'"{text}"'),
            (
                "[Put|Write] each sentence on [its own|a new] line.",
                lambda text: re.sub(r"(?<=[.!?]) ", "\n", text),
            ),
            (
                "[Put|Write] each word on [its own|a new] line.",
                lambda text: "\n".join(text.split()),
            ),
            (
                "[End|Close] [it |]with an exclamation mark.",
                lambda text: text.rstrip(".!?") + "!",
            ),
        )
    )
    return maker.say(words), apply


def _mask(maker: Maker) -> Rule:
    mark = maker.pick(("#", "X", "*", "0", "?"))
    words = maker.say("[Replace|Hide|Mask] [every|each] digit [with|by] {m}.", m=mark)
    return words, lambda text: re.sub(r"\d", mark, text)


_INNER = (_replace, _replace_more, _delete, _case, _first_sentence, _punctuation, _mask)
_RULES = (_shorten, _greeting, _closing)
