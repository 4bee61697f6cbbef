"""Fill a given form: the same labels, order and separators every time, values copied."""

from __future__ import annotations

from generator.maker import Maker
from generator.task import Pair, Task

_SLOTS = ("<{k}>", "{{{k}}}", "[{k}]", "...", "<the {k}>", "{k} here", "$" + "{k}")
_LINES = (
    "{K}: {v}",
    "{k}: {v}",
    "- {K}: {v}",
    "* {k} - {v}",
    "[{k}] {v}",
    "{K} = {v}",
    "{K}\n{v}",
    "**{K}:** {v}",
    "{k} -> {v}",
    "<{k}>{v}</{k}>",
    "{v}",
    "{v} ({k})",
    "# {K}\n{v}\n",
)
_ASKS = (
    "[Write|Give|Put|Return] the [answer|result|reply|details] [as|like this|in this form]:\n{f}",
    "[Fill in|Complete|Use] [this|the] [form|template|format|pattern]:\n{f}",
    "[Use|Follow] exactly this [layout|format]: {f}",
    "[Format|Rewrite|Arrange] the [input|details|notes] [as follows|like so]:\n{f}",
    "[Turn|Change|Put] the [input|notes|data] into this form[, in this order|]:\n{f}",
)
_GIVEN = ("{k}: {v}", "{k}={v}", "the {k} is {v}", "{v} ({k})", "{k} - {v}", '"{k}": "{v}"')


def make(maker: Maker) -> Task:
    """A form with two to six labels; the input gives them in another order, at times with more."""
    fields = maker.some(maker.field, 2, 6)
    kinds = {field: maker.pick(tuple(maker.kinds)) for field in fields}
    extra = maker.some(maker.field, 0, 2)
    deco = maker.pick(_LINES)
    gap = maker.pick(("\n", "\n", "\n", " | ", "; ", ", "))
    if "\n" in deco:
        gap = "\n"
    slot = maker.pick(_SLOTS)
    if deco == "{v}" or slot == "...":
        slot = "<{k}>" if deco == "{v}" else slot
    start = maker.pick(("", "", "", maker.say("{a} {n}\n", a=maker.adjective(), n=maker.noun())))
    end = maker.pick(("", "", "", "", "\n" + maker.phrase(1, 3).capitalize() + ".", "\n---"))
    given_shape = maker.pick((*_GIVEN, ""))
    given_gap = maker.pick((", ", "; ", "\n", "\n", ". "))

    def form(values: dict[str, str]) -> str:
        lines = (
            deco.replace("{K}", field.capitalize())
            .replace("{k}", field)
            .replace("{v}", values[field])
            for field in fields
        )
        return start + gap.join(lines) + end

    shown = form({field: slot.replace("{k}", field) for field in fields})
    instruction = maker.say(maker.pick(_ASKS)).replace("{f}", shown)

    def example() -> Pair:
        values = {field: maker.kinds[kinds[field]]() for field in fields}
        everything = values | {field: maker.value() for field in extra if field not in values}
        order = maker.r.sample(list(everything), len(everything))
        pieces = []
        for field in order:
            shape = given_shape or maker.pick(_GIVEN)
            pieces.append(shape.replace("{k}", field).replace("{v}", everything[field]))
        return given_gap.join(pieces), form(values)

    return Task(instruction, example)
