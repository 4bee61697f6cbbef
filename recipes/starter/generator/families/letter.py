"""A short message of fixed sentences with values in them, some only when a field is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from generator.maker import Maker
from generator.task import Pair, Task

_LINES = (
    "[The|Your|Our] {n} [of|for] {s} [is|was] {a}.",
    "We [have|hold|keep] {s} [for|with] the {n}.",
    "[Please|Do] {v} the {n} [at|with|for] {s}.",
    "[This|That] {n} {v2} {s}.",
    "{s} [is|was|will be] [ready|here|yours|next].",
    "[You asked for|You wrote about|It is about] {s}.",
    "[Remember|Note]: {s}.",
    "{p} {v3} the {a} {n}.",
    "[Thank you for|We like] the {a} {n}.",
)
_GREETINGS = ("[Dear|Hello|Hi|Good day] {s},", "[Hello|Hi there|Good morning]!", "{s}:", "")
_CLOSINGS = ("[Yours|Regards|Best wishes|Thanks],{gap}{p}", "[The|Your] {n} team", "{p}", "")


@dataclass(frozen=True)
class _Part:
    """A sentence; `field` fills its slot, and when `optional` it stands only with the field."""

    text: str
    field: str
    optional: bool

    def written(self, values: dict[str, str]) -> str:
        if self.field not in values:
            return "" if self.optional else self.text
        return self.text.replace("\0", values[self.field])


def make(maker: Maker) -> Task:
    """A greeting, two to five sentences and a closing, shown once with slots."""
    fields = maker.some(maker.field, 2, 4)
    person, *others = fields
    kinds = {field: maker.pick(tuple(maker.kinds)) for field in others} | {person: "person"}
    parts = [_Part(_line(maker, maker.pick(_GREETINGS)), person, False)]
    for field in others:
        parts.append(_Part(_sentence(maker, True), field, maker.chance(0.4)))
        if maker.chance(0.3):
            parts.append(_Part(_sentence(maker, False), "", False))
    parts.append(_Part(_line(maker, maker.pick(_CLOSINGS)), "", False))
    gap = maker.pick((" ", "\n", "\n\n"))
    slot = maker.pick(("<{k}>", "[{k}]", "{{k}}", "{k}"))
    absent = maker.absent()
    shape = maker.pick(("{k}: {v}", "{k}: {v}", "{k} = {v}", "{k} is {v}"))
    between = maker.pick(("\n", "\n", ", ", "; "))
    instruction = _instruction(maker, parts, lambda field: slot.replace("{k}", field), gap)

    def example() -> Pair:
        values = {field: maker.kinds[kinds[field]]() for field in fields}
        for part in parts:
            if part.optional and maker.chance(0.5):
                values.pop(part.field, None)
        given = dict(values)
        if absent is not None:
            given |= {field: absent for field in fields if field not in values}
        order = maker.r.sample(list(given), len(given))
        shown = between.join(
            shape.replace("{k}", field).replace("{v}", given[field]).rstrip() for field in order
        )
        return shown, gap.join(line for part in parts if (line := part.written(values)))

    return Task(instruction, example)


def _sentence(maker: Maker, with_slot: bool) -> str:
    return _line(maker, maker.pick([line for line in _LINES if ("{s}" in line) == with_slot]))


def _line(maker: Maker, wording: str) -> str:
    return maker.say(
        wording,
        s="\0",
        n=maker.noun(),
        a=maker.adjective(),
        v=maker.verb()[0],
        v2=maker.verb()[1],
        v3=maker.verb()[2],
        p=maker.person(),
        gap=maker.pick((" ", "\n")),
    )


def _instruction(maker: Maker, parts: list[_Part], slot: Callable[[str], str], gap: str) -> str:
    lead = maker.say(
        "[Write|Compose|Draft|Make] [the|a|this] [message|letter|note|reply] [like this|so]:\n"
    )
    if maker.chance(0.5):
        shown = gap.join(
            maker.say("([only with {k}|if {k} is given|only if there is {k}]: ", k=part.field)
            + part.text.replace("\0", slot(part.field))
            + ")"
            if part.optional
            else part.text.replace("\0", slot(part.field))
            for part in parts
            if part.text
        )
        return lead + shown
    fixed = gap.join(p.text.replace("\0", slot(p.field)) for p in parts if p.text)
    rules = [
        maker.say(
            "[Leave out|Skip|Drop] the sentence [with|about] {k} [if|when] "
            "[it|{k}] is [missing|not given|empty|not there].",
            k=part.field,
        )
        for part in parts
        if part.optional
    ]
    return "\n".join([lead + fixed, *rules])
