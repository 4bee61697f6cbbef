"""The three jobs of ``writing.py``: public data as projects that Etude can open.

It knows the data sets and their pitfalls; nothing of models or of how results are shown.
"""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import _slots
from _data import data_folder, rows, write_rows

Row = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """Rows of a task and its file; ``task`` lacks models, ladder and training.

    ``majority``: for ``extract``, the record of each field's most common value.
    """

    name: str
    task: Row
    train: list[Row]
    holdout: list[Row]
    notes: tuple[str, ...]
    majority: Row | None = None

    def write(self, folder: Path, **more: Any) -> Path:
        """The project in ``folder``; ``more`` are further keys of its task file."""
        write_rows(folder / "data" / "train.jsonl", self.train)
        write_rows(folder / "data" / "holdout.jsonl", self.holdout)
        shutil.copy(_slots.__file__, folder / "slots.py")
        # JSON is YAML, and needs no second library to be written.
        text = json.dumps({**self.task, **more}, ensure_ascii=False, indent=1)
        (folder / "etude.yaml").write_text(text + "\n", encoding="utf-8")
        return folder


def drawn(found: Sequence[Row], count: int, seed: int) -> list[Row]:
    """``count`` rows drawn by ``seed``, in the order of the draw; all where there are fewer."""
    return random.Random(seed).sample(list(found), min(count, len(found)))


def e2e_write(count: int, kept: int, seed: int) -> Job:
    """Fields to text: the meaning representation (mr) as it is, the text as people wrote it."""
    train, holdout, notes = _e2e(count, kept, seed)
    return Job(
        "e2e-write",
        {
            "task": "e2e-write",
            "kind": "write",
            "instructions": "Write one or two sentences about the place that the list describes. "
            "Say every value of the list, names letter for letter, and add no others.",
            "checks": [
                {"type": "copies", "value": ["name", "near"]},
                {"type": "python", "value": "slots.py:says_every_value"},
                {"type": "python", "value": "slots.py:adds_no_value"},
                {"type": "line-count", "value": 1},
            ],
            "data": _data("mr", "text", id="id", group="mr"),
            "bar": {"metric": "all_checks", "margin": 0.03},
        },
        train,
        holdout,
        (*notes, "chrF++ is held against one person's text, though each input has several."),
    )


def e2e_extract(count: int, kept: int, seed: int) -> Job:
    """Text to fields: the same pairs turned round; what is not said is null."""
    train, holdout, notes = _e2e(count, kept, seed)
    for row in (*train, *holdout):
        row["record"] = {slot: row.pop(_column(slot)) or None for slot in _slots.SLOTS}
    known: dict[str, Counter[str | None]] = defaultdict(Counter)
    for row in train:
        for slot, value in row["record"].items():
            known[slot][value] += 1
    fields = {slot: _field(slot) for slot in _slots.SLOTS}
    return Job(
        "e2e-extract",
        {
            "task": "e2e-extract",
            "kind": "extract",
            "instructions": "Read the text about a place and give its facts. Copy names letter for "
            "letter; null for what is not said.",
            "schema": {
                "type": "object",
                "additionalProperties": False,
                "required": list(fields),
                "properties": fields,
            },
            "data": _data("text", "record", id="id", group="mr"),
            "bar": {"metric": "field_f1", "margin": 0.02},
        },
        train,
        holdout,
        (*notes, "Every field but the names is an enum of the values that the data set names."),
        {slot: counts.most_common(1)[0][0] for slot, counts in known.items()},
    )  # fmt: skip


def wikisplit(count: int, kept: int, seed: int) -> Job:
    """One long sentence to two, a line each; tokenised, and mined from edits: some are odd."""
    source = data_folder("wikisplit")
    train = [_split(row) for row in rows(source / "train_from_tune.jsonl")]
    holdout = [_split(row) for row in rows(source / "test.jsonl")]
    clean, copied = _without({row["input"] for row in holdout}, train, "input")
    return Job(
        "wikisplit",
        {
            "task": "wikisplit",
            "kind": "rewrite",
            "instructions": "Split the sentence into two that say the same, the first on the first "
            "line, the second on the second. Keep its words where you can.",
            "checks": [{"type": "regex", "value": r"^[^\n]*\w[^\n]*[.!?]\n[^\n]*\w[^\n]*[.!?]$"}],
            "data": _data("input", "output"),
            "bar": {"metric": "chrf", "margin": 0.02},
        },
        drawn(clean, count, seed),
        drawn(holdout, kept, seed),
        (f"No input of the training rows is in the holdout ({copied} left out).",),
    )


JOBS: dict[str, Callable[[int, int, int], Job]] = {
    "e2e-write": e2e_write,
    "e2e-extract": e2e_extract,
    "wikisplit": wikisplit,
}


def _data(text: str, target: str, **more: str) -> Row:
    files = {"examples": "data/train.jsonl", "holdout": "data/holdout.jsonl"}
    return {**files, "input": text, "target": target, **more}


def _e2e(count: int, kept: int, seed: int) -> tuple[list[Row], list[Row], tuple[str, ...]]:
    """Training rows, and held-out rows of as many different inputs."""
    source = data_folder("e2e_cleaned")
    train, odd = _single(rows(source / "train_from_dev.jsonl"), "train")
    test, odd_too = _single(rows(source / "test.jsonl"), "test")
    clean, copied = _without({row["mr"] for row in test}, train, "mr")
    by_input = {row["mr"]: row for row in drawn(test, len(test), seed)}
    return (
        drawn(clean, count, seed),
        drawn(list(by_input.values()), kept, seed),
        (
            f"No input (mr) of the training rows is in the holdout ({copied} rows left out).",
            f"{odd + odd_too} rows that give one slot two values are left out.",
        ),
    )


def _single(found: list[Any], side: str) -> tuple[list[Row], int]:
    """Rows with a column a slot, "" where it was not given; those with a slot twice are counted.

    The published records keep one of two values, so such a row's record is not all that it says.
    """
    kept = []
    for number, row in enumerate(found):
        if row["mr"].count("[") == len(row["json"]):
            slots = {_column(slot): row["json"].get(slot, "") for slot in _slots.SLOTS}
            kept.append({"id": f"{side}-{number}", "mr": row["mr"], "text": row["text"], **slots})
    return kept, len(found) - len(kept)


def _column(slot: str) -> str:
    return slot.replace(" ", "_")


def _field(slot: str) -> Row:
    """An enum of the published values, which a person who writes the schema knows; names are free.

    Not those of the training rows: the dev part has no pub with French food, the test part has.
    """
    values = _slots.WORDINGS.get(slot)
    return {"enum": [*values, None]} if values else {"type": ["string", "null"]}


def _split(row: Row) -> Row:
    lines = [line.strip() for line in row["output"].split("\n")]
    return {"input": row["input"].strip(), "output": "\n".join(lines)}


def _without(known: set[str], found: list[Row], key: str) -> tuple[list[Row], int]:
    clean = [row for row in found if row[key] not in known]
    return clean, len(found) - len(clean)
