"""Small projects of the kinds that write, with a tiny random language model in their folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.models._causal_folders import write_brief

THINGS = ("lamp", "chair", "table", "clock", "kettle", "basket")
COLOURS = ("red", "green", "blue", "white", "black")
COUNT = 60
HEAD = """\
task: small-{kind}
kind: {kind}
instructions: {instructions}
"""
TAIL = """\
bar: {{at_least: 0.5, margin: 0.05}}
models: [./model]
ladder: [{ladder}]
training: {{epochs: 1}}
"""
LADDER = "prompt, few_shot, retrieval, finetune, finetune_retrieval, bake"
PARTS = {
    "write": """\
checks:
  - {type: starts-with, value: "{{name}}:"}
  - {type: word-count, value: {max: 6}}
  - {type: contains, value: "old", when: "age != ''"}
  - {type: levenshtein, threshold: 900}
data: {examples: data/rows.csv, input: [name, colour, age], target: text, id: id}
""",
    "rewrite": """\
checks:
  - {type: not-contains, value: "!"}
  - {type: word-count, value: {max: 8}}
data: {examples: data/rows.csv, input: draft, target: text, id: id}
""",
    "extract": """\
schema:
  type: object
  additionalProperties: false
  required: [thing, colour, count]
  properties:
    thing: {enum: [lamp, chair, table, clock, kettle, basket]}
    colour: {type: [string, "null"], maxLength: 6}
    count: {type: integer, minimum: 1, maximum: 9}
data: {examples: data/rows.csv, input: mail, target: record, id: id}
""",
    "chat": """\
checks:
  - {type: word-count, value: {max: 8}}
data: {examples: data/rows.csv, input: messages, target: reply, id: id}
""",
}


def row(kind: str, number: int) -> dict[str, str]:
    """One example; every value of the input differs from row to row."""
    thing, colour = THINGS[number % 6], COLOURS[number % 5]
    name = f"{thing} {number}"
    if kind == "write":
        age = "9" if number % 3 == 0 else ""
        text = f"{name}: a {'old ' if age else ''}{colour} one"
        return {"name": name, "colour": colour, "age": age, "text": text}
    if kind == "rewrite":
        return {
            "draft": f"The {colour} {name} has come!!!",
            "text": f"Your {colour} {name} is here.",
        }
    if kind == "extract":
        count = number % 9 + 1
        found = {"thing": thing, "colour": colour if number % 4 else None, "count": count}
        said = f"Please send {count} {colour + ' ' if number % 4 else ''}{thing}, order {number}."
        return {"mail": said, "record": json.dumps(found)}
    said = [{"role": "user", "content": f"Where is my {colour} {name}?"}]
    return {"messages": json.dumps(said), "reply": f"Your {thing} comes on day {number}."}


def make_writing(folder: Path, kind: str, ladder: str = LADDER, **changes: Any) -> Path:
    """The project of a kind; ``changes`` replace texts of its task file."""
    rows = [{"id": f"r{n:02}", **row(kind, n)} for n in range(COUNT)]
    (folder / "data").mkdir(parents=True)
    write_rows(folder / "data" / "rows.csv", rows)
    write_brief(folder / "model", max_position_embeddings=1024)
    instructions = f"Do the {kind} task as the examples do."
    text = HEAD.format(kind=kind, instructions=instructions)
    text += PARTS[kind] + TAIL.format(ladder=ladder)
    for old, new in changes.items():
        text = text.replace(old, new)
    (folder / "etude.yaml").write_text(text, encoding="utf-8")
    return folder


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    """The rows as CSV."""
    import polars as pl

    pl.DataFrame(rows).write_csv(path)
