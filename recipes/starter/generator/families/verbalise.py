"""Fields to a sentence by a given pattern, with parts that stand only when a value is there."""

from __future__ import annotations

import json

from generator.maker import Maker
from generator.task import Pair, Task

_ASKS = (
    "[Write|Make|Form] [a|one] sentence [from the fields|with the values|] like this: {f}",
    "[Use|Follow] [this|the] pattern: {f}",
    "[Turn|Change] the [data|fields|facts] into [a sentence|text|words]: {f}",
    "[Say it|Put it|Express it] [in this way|so]: {f}",
)
_PIECES = (
    "{s} [is|was] [the|our|a] {n} [of|for|with] ",
    "[the|this|every] {n} [of|for|from] {s} [comes|goes|came] [with|to|from] ",
    "{s} [has|needs|offers|keeps] ",
    "[we|they] {v} {s} [for|with|because of] ",
    "[you will|you can] find {s} [near|by|under|next to] ",
    "[thanks to|apart from|besides] {s}, [there is|there was] ",
)
_OPTIONAL = (
    ", [and|with] [its|the] {k} [is|being] {s}",
    " ([also|even] {s})",
    ", [not forgetting|including] {s}",
    ". [Note|Remember|Attention]: {s}",
    ". [Its|The] {k} is {s}",
)


def make(maker: Maker) -> Task:
    """Two to four fields in a sentence, at times one that may be missing."""
    fields = maker.some(maker.field, 2, 4)
    optional = maker.field() if maker.chance(0.45) else ""
    if optional in fields:
        optional = ""
    kinds = {field: maker.pick(tuple(maker.kinds)) for field in [*fields, optional]}
    slot = maker.pick(("<{k}>", "{{k}}", "[{k}]", "({k})", "_{k}_"))
    pattern = _pattern(maker, fields)
    tail = maker.say(maker.pick(_OPTIONAL)).replace("{k}", optional) if optional else ""
    shape = maker.pick(("json", "{k}: {v}", "{k}={v}", "{k}[{v}]", "- {k}: {v}", "{k} | {v}"))
    gap = maker.pick((", ", "; ", "\n"))
    order = [*fields, optional] if optional else list(fields)
    maker.r.shuffle(order)

    absent = maker.absent()

    def slotted(text: str, values: dict[str, str]) -> str:
        for field, value in values.items():
            text = text.replace("\0" + field + "\0", value)
        return text

    tail_slots = tail.replace("{s}", f"\0{optional}\0")
    shown = slotted(pattern, {field: slot.replace("{k}", field) for field in fields}) + "."
    instruction = maker.say(maker.pick(_ASKS)).replace("{f}", shown)
    if optional:
        addition = slotted(tail_slots, {optional: slot.replace("{k}", optional)})
        instruction += maker.say(
            " [If|Only if|When] [there is|it has|the input gives] [a|an|the] {k}, "
            "[add|end with|put] '{t}' [before the full stop|at the end].",
            k=optional,
            t=addition,
        )

    def example() -> Pair:
        values = {field: maker.kinds[kinds[field]]() for field in fields}
        text = slotted(pattern, values)
        if optional and maker.chance(0.5):
            values[optional] = maker.kinds[kinds[optional]]()
            text += slotted(tail_slots, {optional: values[optional]})
        shown = {field: values[field] for field in order if field in values}
        if absent is not None and optional:
            shown = {field: values.get(field, absent) for field in order}
        if shape == "json":
            given = json.dumps(shown, ensure_ascii=False)
        else:
            given = gap.join(
                shape.replace("{k}", field).replace("{v}", shown[field]) for field in shown
            )
        return given, text + "."

    return Task(instruction, example, by_example=not optional)


def _pattern(maker: Maker, fields: list[str]) -> str:
    text = ""
    for index, field in enumerate(fields):
        mark = f"\0{field}\0"
        if index == len(fields) - 1:
            text += mark
        else:
            piece = maker.say(maker.pick(_PIECES), n=maker.noun(), v=maker.verb()[0])
            text += piece.replace("{s}", mark)
            if index < len(fields) - 2:
                text += maker.say("[the|a] {n}, [and|but|while|where] ", n=maker.noun())
    return text if text.startswith("\0") else text[0].upper() + text[1:]
