"""One notation to another: lines, JSON, a table, comma-separated values; the values stay."""

from __future__ import annotations

import json
from collections.abc import Callable

from generator.maker import Maker
from generator.task import Pair, Task

Row = dict[str, str]
Form = tuple[str, Callable[[list[Row]], str]]


def _json(rows: list[Row]) -> str:
    found: object = rows[0] if len(rows) == 1 else rows
    return json.dumps(found, separators=(",", ":"), ensure_ascii=False)


def _lines(rows: list[Row]) -> str:
    return "\n\n".join("\n".join(f"{k}: {v}" for k, v in row.items()) for row in rows)


def _bullets(rows: list[Row]) -> str:
    return "\n".join("- " + ", ".join(f"{k}={v}" for k, v in row.items()) for row in rows)


def _csv(rows: list[Row]) -> str:
    return "\n".join([";".join(rows[0]), *(";".join(row.values()) for row in rows)])


def _table(rows: list[Row]) -> str:
    head = "| " + " | ".join(rows[0]) + " |"
    rule = "|" + "---|" * len(rows[0])
    return "\n".join([head, rule, *("| " + " | ".join(row.values()) + " |" for row in rows)])


def _tags(rows: list[Row]) -> str:
    return "\n".join("".join(f"<{k}>{v}</{k}>" for k, v in row.items()) for row in rows)


_FORMS: tuple[Form, ...] = (
    ("[compact |]JSON", _json),
    ("lines [of the form |like |]key: value", _lines),
    ("bullets[ with key=value|]", _bullets),
    ("[CSV with ;|rows separated by ;|semicolon-separated rows]", _csv),
    ("a [Markdown |]table", _table),
    ("[XML-like |]tags", _tags),
)


def make(maker: Maker) -> Task:
    """Two different notations, or the same with only some of the fields kept."""
    (_, read), (named, write) = maker.r.sample(_FORMS, 2)
    fields = maker.some(lambda: maker.field().replace(" ", "_"), 2, 4)
    keep = maker.r.sample(fields, len(fields))[:-1] if maker.chance(0.25) else fields
    kinds = {field: maker.pick(tuple(maker.kinds)) for field in fields}
    count = maker.pick((1, 1, 2, 3))
    instruction = maker.say(
        "[Convert|Turn|Change|Rewrite|Put] [this|the input|the data|the record] "
        "[in|]to " + named + ".",
    ).replace("into to", "into")
    if keep is not fields:
        instruction += maker.say(
            " [Keep|Use|Include] only {k}[, in this order|].", k=", ".join(keep)
        )

    def example() -> Pair:
        rows = [
            {f: maker.kinds[kinds[f]]().replace(";", ",").replace('"', "") for f in fields}
            for _ in range(count)
        ]
        return read(rows), write([{f: row[f] for f in keep} for row in rows])

    return Task(instruction, example, by_example=keep is fields)
