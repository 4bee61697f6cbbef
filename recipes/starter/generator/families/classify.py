"""One label out of a few, by rules that the prompt gives or by examples in it."""

from __future__ import annotations

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


def _labels(maker: Maker) -> list[str]:
    style = maker.pick((maker.word, maker.word, maker.noun, maker.pseudo))
    labels = maker.some(style, 2, 5)
    change = maker.pick((str.lower, str.lower, str.upper, str.title))
    return [change(label) for label in labels]


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
            return _text(maker, maker.pseudo()), last
        label = maker.pick(list(owned))
        return _text(maker, maker.pick(owned[label])), label

    return Task(instruction, example)


def by_examples(maker: Maker) -> Task:
    """The rule is nowhere said; the prompt shows labelled texts that share words."""
    labels = _labels(maker)
    cues = maker.some(maker.noun, len(labels) * 2, len(labels) * 2)
    owned = {label: cues[n :: len(labels)] for n, label in enumerate(labels)}
    arrow = maker.pick((" -> ", " = ", " => ", ": ", "\t"))
    shown = []
    for label, words in owned.items():
        shown += [f"{_text(maker, word)}{arrow}{label}" for word in words]
    maker.r.shuffle(shown)
    ask = maker.say(maker.pick(_ASKS), l=", ".join(labels))
    lead = maker.say("[Examples|For example|Like this|As in]:")

    def example() -> Pair:
        label = maker.pick(list(owned))
        return _text(maker, maker.pick(owned[label])), label

    return Task(f"{ask}\n{lead}\n" + "\n".join(shown), example)
