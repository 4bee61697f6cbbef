"""One label out of a few, by rules that the prompt gives or by examples in it."""

from __future__ import annotations

import re
from collections.abc import Callable

from generator.maker import Maker
from generator.task import Pair, Task

_ASKS = (
    "[Choose|Pick|Give] [one|the right] [label|class|group|category]: {l}.",
    "[Classify|Sort|Label] the [text|message|input] as {l}.",
    "[Which|What] [group|class|label] [fits|is right]: {l}?",
    "[Answer|Reply] with one of these words: {l}.",
)
_RULES = (
    "{l}: [mentions|contains|has|names] {w}",
    "[choose|use|say] {l} [if|when] [it mentions|it contains|the text has] {w}",
    "{w} -> {l}",
    "{w} [means|belongs to|goes to] {l}",
)


def _text(maker: Maker, cue: str) -> str:
    before, after = maker.clause(), maker.clause()
    if maker.chance(0.4):
        before, after = maker.phrase(0, 5), maker.phrase(0, 6)
    text = maker.say(
        maker.pick(
            (
                "{b} {c} {e}",
                "{b}. [The|Our|A] {c} [is|was] [here|late|fine|new]. {e}",
                "[About|Regarding] the {c}: {b}",
                "{b} [and|with|but] the {c}",
            )
        )
    )
    return text.replace("{b}", before).replace("{e}", after).replace("{c}", cue).strip()


def _clear_text(maker: Maker, cue: str, owned: dict[str, list[str]]) -> str:
    """A text with `cue` in which no word of another label stands by chance, if that can be."""
    misleading = {word for words in owned.values() if cue not in words for word in words}
    misleading |= {word + "s" for word in misleading}
    text = _text(maker, cue)
    for _ in range(20):  # a label's own word may be as common as "the"
        if misleading.isdisjoint(re.findall(r"\w+", text)):
            break
        text = _text(maker, cue)
    return text


def _labels(maker: Maker) -> list[str]:
    style = maker.pick((maker.word, maker.word, maker.noun, maker.pseudo))
    labels = maker.some(style, 2, 5)
    change = maker.pick((str.lower, str.lower, str.upper, str.title))
    return [change(label) for label in labels]


def _several(maker: Maker, one: Callable[[], Pair]) -> Callable[[], Pair]:
    """Numbered texts in one input, and as many numbered labels."""
    mark = maker.pick(("{n}. ", "{n}) ", "({n}) ", "{n}: "))

    def example() -> Pair:
        pairs = [one() for _ in range(maker.r.randint(2, 6))]
        marks = [mark.replace("{n}", str(n)) for n in range(1, len(pairs) + 1)]
        texts = [m + text for m, (text, _) in zip(marks, pairs, strict=True)]
        labels = [m + label for m, (_, label) in zip(marks, pairs, strict=True)]
        return "\n".join(texts), "\n".join(labels)

    return example


def by_rules(maker: Maker) -> Task:
    """Each label has its own words; a default at times when none is there."""
    labels = _labels(maker)
    cues = maker.some(maker.pick((maker.noun, maker.word)), len(labels) * 3, len(labels) * 3)
    owned = {label: cues[n :: len(labels)] for n, label in enumerate(labels)}
    owned = {label: words for label, words in owned.items() if words}
    rule = maker.pick(_RULES)
    last = maker.say("[other|none|rest|{w}]", w=maker.word())
    with_default = maker.chance(0.4)
    joiner = maker.pick((" or ", ", "))
    lines = [maker.say(rule, l=label, w=joiner.join(words)) for label, words in owned.items()]
    if with_default:
        lines.append(maker.say("[otherwise|in all other cases|if nothing fits]: {d}", d=last))
    names = [*owned, last] if with_default else list(owned)
    instruction = maker.say(maker.pick(_ASKS), l=", ".join(names)) + "\n" + "\n".join(lines)

    def example() -> Pair:
        if with_default and maker.chance(0.25):
            return _clear_text(maker, maker.pseudo(), owned), last
        label = maker.pick(list(owned))
        return _clear_text(maker, maker.pick(owned[label]), owned), label

    if maker.chance(0.5):
        instruction += maker.say("\n[One label a line|A label for each|Number your answers].")
        return Task(instruction, _several(maker, example))
    return Task(instruction, example)


def by_examples(maker: Maker) -> Task:
    """The rule is nowhere said; the prompt shows labelled texts that share words."""
    labels = _labels(maker)
    cues = maker.some(maker.noun, len(labels) * 2, len(labels) * 2)
    owned = {label: cues[n :: len(labels)] for n, label in enumerate(labels)}
    arrow = maker.pick((" -> ", " = ", " => ", ": ", "\t"))
    shown = []
    for label, words in owned.items():
        shown += [f"{_clear_text(maker, word, owned)}{arrow}{label}" for word in words]
    maker.r.shuffle(shown)
    ask = maker.say(maker.pick(_ASKS), l=", ".join(labels))
    lead = maker.say("[Examples|For example|Like this|As in]:")

    def example() -> Pair:
        label = maker.pick(list(owned))
        return _clear_text(maker, maker.pick(owned[label]), owned), label

    instruction = f"{ask}\n{lead}\n" + "\n".join(shown)
    return Task(instruction, _several(maker, example) if maker.chance(0.4) else example)
