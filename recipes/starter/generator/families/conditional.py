"""Parts of the answer that stand only under a condition on a field: given, yes, above a number,
equal to a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from generator.maker import Maker
from generator.task import Pair, Task

Values = dict[str, str]


@dataclass(frozen=True)
class Clause:
    """A condition on `field`: what decides it, its words in the prompt, the line it adds or ""."""

    field: str
    decided_by: str
    words: str
    write: Callable[[Values], str]


def make(maker: Maker) -> Task:
    """A fixed opening line from one field, then one to three conditional lines."""
    first, *others = maker.some(maker.field, 2, 4)
    head_kind = maker.pick(tuple(maker.kinds.values()))
    clauses = [_clause(maker, field) for field in others]
    gap = maker.pick(("\n", "\n", " "))
    label = maker.pick(("{K}: {v}", "{v}", "{v}.", "[{v}]", "{k} = {v}", "About {v}"))
    opening = label.replace("{K}", first.capitalize()).replace("{k}", first)
    lead = maker.say(
        "[Write|Start with|Begin with|First write] '{o}'.", o=opening.replace("{v}", f"<{first}>")
    )
    parts = [lead, *(clause.words for clause in clauses)]
    instruction = maker.pick((" ", "\n", "\n- ")).join(parts)
    if maker.chance(0.3):
        instruction += maker.say(" [Add|Write] nothing else.")
    shape = maker.pick(("{k}: {v}", "{k}: {v}", "{k}={v}", "the {k} is {v}", "{k} - {v}"))
    between = maker.pick((", ", "; ", "\n", "\n"))
    absent = maker.absent()
    draws = {clause.field: _source(maker, clause.decided_by) for clause in clauses}

    def example() -> Pair:
        values = {first: head_kind()}
        for field, draw in draws.items():
            value = draw()
            if value:
                values[field] = value
        given_values = dict(values)
        if absent is not None:
            given_values |= {field: absent for field in draws if field not in values}
        lines = [opening.replace("{v}", values[first])]
        lines += [line for clause in clauses if (line := clause.write(values))]
        order = maker.r.sample(list(given_values), len(given_values))
        given = between.join(
            shape.replace("{k}", field).replace("{v}", given_values[field]).rstrip()
            for field in order
        )
        return given, gap.join(lines)

    return Task(instruction, example)


def _clause(maker: Maker, field: str) -> Clause:
    return maker.pick((_given, _yes, _no, _above, _equal, _missing))(maker, field)


def _line(maker: Maker) -> str:
    """A fixed line that a condition adds."""
    return maker.say(
        maker.pick(
            (
                "{w}",
                "[Please|Do] {v} the {n}.",
                "Note: {c}.",
                "The {n} [is|was] {a}.",
                "({a} {n})",
                "{a}!",
                "{p}",
            )
        ),
        w=maker.phrase(1, 3),
        v=maker.verb()[0],
        n=maker.noun(),
        a=maker.adjective(),
        c=maker.clause(),
        p=maker.name(),
    )


_ADD = "[add|write|append|put|include]"


def _given(maker: Maker, field: str) -> Clause:
    line = maker.pick(("{k}: {v}", "With {v}.", "({v})", "+ {v}", "Its {k} is {v}.", "{v}"))
    line = line.replace("{k}", field)
    words = maker.say(
        "[If|Only if|When] [there is a {k}|a {k} is given|{k} is given], " + _ADD + " '{l}'.",
        k=field,
        l=line.replace("{v}", f"<{field}>"),
    )
    return Clause(
        field,
        "given",
        words,
        lambda values: line.replace("{v}", values[field]) if field in values else "",
    )


def _missing(maker: Maker, field: str) -> Clause:
    line = _line(maker)
    words = maker.say(
        "[If|Only if|When] [there is no {k}|{k} is missing|{k} is not given], " + _ADD + " '{l}'.",
        k=field,
        l=line,
    )
    return Clause(field, "given", words, lambda values: "" if field in values else line)


def _yes(maker: Maker, field: str) -> Clause:
    line = _line(maker)
    words = maker.say("[If|Only if|When] {k} is yes, " + _ADD + " '{l}'.", k=field, l=line)
    return Clause(field, "flag", words, lambda values: line if values[field] == "yes" else "")


def _no(maker: Maker, field: str) -> Clause:
    line, other = _line(maker), _line(maker)
    words = maker.say(
        "[If|When] {k} is no, " + _ADD + " '{l}'; [otherwise|else|if yes,] '{o}'.",
        k=field,
        l=line,
        o=other,
    )
    return Clause(field, "flag", words, lambda values: line if values[field] == "no" else other)


def _above(maker: Maker, field: str) -> Clause:
    line, limit = _line(maker), maker.pick((5, 10, 20, 50, 100, 500))
    words = maker.say(
        "[If|Only if|When] {k} is [above|over|more than|greater than] {n}, " + _ADD + " '{l}'.",
        k=field,
        n=limit,
        l=line,
    )
    return Clause(
        field, f"number {limit}", words, lambda values: line if int(values[field]) > limit else ""
    )


def _equal(maker: Maker, field: str) -> Clause:
    line, word = _line(maker), maker.word()
    words = maker.say("[If|Only if|When] {k} is {w}, " + _ADD + " '{l}'.", k=field, w=word, l=line)
    return Clause(
        field, f"word {word}", words, lambda values: line if values[field] == word else ""
    )


def _source(maker: Maker, kind: str) -> Callable[[], str]:
    """Draws a value that makes the condition true about half of the time ("" is: not given)."""
    if kind == "given":
        source = maker.pick(tuple(maker.kinds.values()))
        return lambda: source() if maker.chance(0.5) else ""
    if kind == "flag":
        return lambda: maker.pick(("yes", "no"))
    if kind.startswith("number"):
        limit = int(kind.split()[1])
        return lambda: str(maker.r.randint(0, limit * 2))
    word = kind.split()[1]
    return lambda: word if maker.chance(0.5) else maker.word()
