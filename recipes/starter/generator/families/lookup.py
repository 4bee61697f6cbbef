"""Find what belongs to a key, or to several keys, in a list of pairs given in the prompt."""

from __future__ import annotations

from generator.maker import Maker
from generator.task import Pair, Task

_SHAPES = ("{k}: {v}", "{k} -> {v}", "| {k} | {v} |", "{k}\t{v}", "{k} = {v}", "{k} has {v}")
_ASKS = (
    "[Use|Look in] the [table|list] to [find|give] the {b} [of|for] the {a}.",
    "[Answer|Reply] with the {b} [that belongs to|of|for] [the given|each] {a}.",
    "[What|Which] {b} [goes with|belongs to] the {a}? [Only the {b}.|]",
)


_ASKS_MANY = (
    "[Use|Look in] the [table|list] to [find|give] the {b} [of|for] [each|every] {a}[ asked for|].",
    "[Answer|Reply] with the {b} of [each|every] {a}, [one a line|line by line].",
    "[Give|Write] {b}s for [these|the] {a}s, [in the same order|in order].",
)


def make(maker: Maker) -> Task:
    """One key asked for, or several at once."""
    return maker.pick((_one, _many))(maker)


def _many(maker: Maker) -> Task:
    """Several keys in the input, each answered on a line of its own."""
    left, right = maker.some(maker.field, 2, 2)
    key_kind = maker.pick((maker.noun, maker.name, maker.code, maker.word, maker.person))
    value_kind = maker.pick(tuple(maker.kinds.values()))
    shape = maker.pick(_SHAPES)
    answer_shape = maker.pick(("{v}", "{v}", "{k}: {v}", "{k} -> {v}", "- {v}", "{k} = {v}"))
    gap = maker.pick(("\n", "\n", "\n", "; "))
    between = maker.pick((", ", "\n", "; "))
    instruction = maker.say(maker.pick(_ASKS_MANY), a=left, b=right)
    if "{k}" in answer_shape:
        instruction += (
            maker.say(" [Like|As|Form]: {s}", s=answer_shape)
            .replace("{k}", left)
            .replace("{v}", right)
        )

    def example() -> Pair:
        pairs = {key: value_kind() for key in maker.some(key_kind, 3, 8)}
        asked = maker.r.sample(list(pairs), maker.r.randint(2, len(pairs)))
        shown = gap.join(shape.replace("{k}", key).replace("{v}", pairs[key]) for key in pairs)
        lines = [answer_shape.replace("{k}", key).replace("{v}", pairs[key]) for key in asked]
        return f"{shown}\n\n{left}: {between.join(asked)}", "\n".join(lines)

    return Task(instruction, example)


def _one(maker: Maker) -> Task:
    """A table in the instruction (keys vary in the input) or a table in every input."""
    kinds = tuple(maker.kinds.values())
    left, right = maker.some(maker.field, 2, 2)
    key_kind, value_kind = (
        maker.pick((maker.noun, maker.name, maker.code, maker.word)),
        maker.pick(kinds),
    )
    shape = maker.pick(_SHAPES)
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
