"""Find what belongs to a key in a list of pairs or a table given in the prompt."""

from __future__ import annotations

from generator.maker import Maker
from generator.task import Pair, Task

_ASKS = (
    "[Use|Look in] the [table|list] to [find|give] the {b} [of|for] the {a}.",
    "[Answer|Reply] with the {b} [that belongs to|of|for] [the given|each] {a}.",
    "[What|Which] {b} [goes with|belongs to] the {a}? [Only the {b}.|]",
)


def make(maker: Maker) -> Task:
    """A table in the instruction (keys vary in the input) or a table in every input."""
    kinds = tuple(maker.kinds.values())
    left, right = maker.some(maker.field, 2, 2)
    key_kind, value_kind = (
        maker.pick((maker.noun, maker.name, maker.code, maker.word)),
        maker.pick(kinds),
    )
    shape = maker.pick(
        ("{k}: {v}", "{k} -> {v}", "| {k} | {v} |", "{k}\t{v}", "{k} = {v}", "{k} has {v}")
    )
    gap = maker.pick(("\n", "\n", "\n", "; "))
    unknown = maker.pick(("unknown", "none", "not found", "-", "?", maker.word()))
    with_unknown = maker.chance(0.3)
    ask = maker.say(maker.pick(_ASKS), a=left, b=right)
    if with_unknown:
        ask += maker.say(
            " If [it is not there|it is missing|there is none], [say|write|answer] {u}.", u=unknown
        )
    in_instruction = maker.chance(0.5)
    fixed = {key: value_kind() for key in maker.some(key_kind, 3, 9)}

    def shown(pairs: dict[str, str]) -> str:
        return gap.join(shape.replace("{k}", key).replace("{v}", pairs[key]) for key in pairs)

    def example() -> Pair:
        pairs = fixed if in_instruction else {k: value_kind() for k in maker.some(key_kind, 3, 8)}
        if with_unknown and maker.chance(0.3):
            asked = key_kind()
            answer = pairs.get(asked, unknown)
        else:
            asked = maker.pick(list(pairs))
            answer = pairs[asked]
        given = asked if in_instruction else f"{shown(pairs)}\n\n{left}: {asked}"
        return given, answer

    instruction = f"{ask}\n{shown(fixed)}" if in_instruction else ask
    return Task(instruction, example)
