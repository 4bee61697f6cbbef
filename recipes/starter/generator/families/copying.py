"""Copy a part of the input letter for letter: between marks, on a line, after a label."""

from __future__ import annotations

from collections.abc import Callable

from generator.maker import Maker
from generator.task import Pair, Task

_MARKS = (("[[", "]]"), ("<<", ">>"), ('"', '"'), ("{", "}"), ("**", "**"), ("(", ")"), ("`", "`"))
_NTH = ("first", "second", "third", "fourth", "fifth", "sixth")
_VERB = "[Copy|Return|Give|Write|Repeat|Output|Print|Pull out]"


def make(maker: Maker) -> Task:
    """One of the ways of pointing at a part."""
    return maker.pick((_between, _line, _labelled, _passage, _person, _part_of_line))(maker)


def _between(maker: Maker) -> Task:
    left, right = maker.pick(_MARKS)
    instruction = maker.say(
        _VERB + " [only |]the [text|part|words] [between|inside|within] {l} and {r}"
        "[, unchanged|, exactly|].",
        l=left,
        r=right,
    )

    def example() -> Pair:
        inner = maker.pick((maker.value, lambda: maker.phrase(2, 8), maker.sentence))()
        inner = inner.replace(left, "").replace(right, "")
        before, after = maker.phrase(1, 8), maker.phrase(1, 8)
        return f"{before} {left}{inner}{right} {after}", inner

    return Task(instruction, example, by_example=True)


def _line(maker: Maker) -> Task:
    wanted = maker.r.randrange(4)
    from_end = maker.chance(0.3)
    which = "last" if from_end else _NTH[wanted]
    instruction = maker.say(_VERB + " the {w} line[ of the input| of the text|].", w=which)

    def example() -> Pair:
        sources: list[Callable[[], str]]
        sources = [maker.value, maker.sentence, lambda: maker.phrase(2, 7)]
        draw = maker.pick(sources)
        lines = [draw() for _ in range(maker.r.randint(4, 7))]
        return "\n".join(lines), lines[-1] if from_end else lines[wanted]

    return Task(instruction, example, by_example=True)


def _labelled(maker: Maker) -> Task:
    labels = maker.some(maker.field, 3, 6)
    wanted = maker.pick(labels)
    shape = maker.pick(("{k}: {v}", "{k} = {v}", "{k} - {v}", "The {k} is {v}.", "({k}) {v}"))
    gap = maker.pick(("\n", "\n", "; ", " | "))
    instruction = maker.say(
        maker.pick(
            (
                _VERB + " [only |]the [value of |]{k}.",
                "What is the {k}? [Copy it exactly.|]",
                _VERB + " what [is given|stands|is written] for {k}.",
                "I [only |]need the {k}.",
            )
        ),
        k=wanted,
    )

    def example() -> Pair:
        values = {label: maker.value() for label in labels}
        order = maker.r.sample(labels, len(labels))
        shown = gap.join(maker.say(shape, k=label, v=values[label]) for label in order)
        return shown, values[wanted]

    return Task(instruction, example, by_example=True)


def _passage(maker: Maker) -> Task:
    instruction = maker.say(
        "[Copy|Repeat|Return|Reproduce] the [text|passage|paragraph] "
        "[exactly as it is|word for word|without any change|unchanged|letter for letter]."
    )

    def example() -> Pair:
        text = " ".join(maker.passage(1, 4))
        return text, text

    return Task(instruction, example, by_example=True)


def _person(maker: Maker) -> Task:
    instruction = maker.say(
        maker.pick(
            (
                _VERB + " the [full |]name of the person.",
                "Who is [named|mentioned|it about]? [Give the name only.|Answer with the name.]",
            )
        )
    )

    def example() -> Pair:
        person = maker.person()
        text = maker.say(
            maker.pick(
                (
                    "[Yesterday|Today|Later|Once] {p} {v} the {n} of the {n2}.",
                    "The {a} {n} was {v} by {p} [in the evening|at noon|near the {n2}].",
                    "[A note|A parcel|A letter] from {p} [arrived|came] with the {n}.",
                    "{p} [and nobody else|alone] has the {a} {n2}.",
                )
            ),
            p=person,
            v=maker.verb()[2],
            n=maker.noun(),
            n2=maker.noun(),
            a=maker.adjective(),
        )
        return text, person

    return Task(instruction, example)


def _part_of_line(maker: Maker) -> Task:
    gap = maker.pick((" | ", "; ", ", ", "\t", " / "))
    columns = maker.r.randint(3, 5)
    wanted = maker.r.randrange(columns)
    instruction = maker.say(
        _VERB + " the {nth} [part|column|field|piece] [of the line|of the row|]"
        "[ and nothing else|].",
        nth=_NTH[wanted],
    )

    def example() -> Pair:
        cells = [maker.value().replace(",", "") for _ in range(columns)]
        return gap.join(cells), cells[wanted]

    return Task(instruction, example, by_example=True)
