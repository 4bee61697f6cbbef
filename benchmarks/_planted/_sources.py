"""Clean sets made of the public data: which columns, and one row for each different input.

The data's own faults (label noise, near copies, typos) stay in: what an audit finds there is
counted apart. Where the data are not there, a sentence says so and the program ends.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterable

from _data import data_folder, rows
from _planted._base import Clean, Row
from etude.data.text import normal_form, normalise

SLOTS = (
    "name", "eatType", "food", "priceRange", "customer rating", "area", "familyFriendly", "near",
)  # fmt: skip
ASKED = "Answer the guest's question in one or two friendly sentences, from the note alone."


def banking77(count: int, seed: int) -> Clean:
    """classify: customers' messages to 77 intents; every intent keeps its share."""
    folder = data_folder("banking77")
    train = _labelled(rows(folder / "train.jsonl"), "train")
    held = _labelled(rows(folder / "test.jsonl"), "holdout")
    return Clean("banking77", "classify", _drawn(train, held, count, seed))


def e2e_write(count: int, seed: int) -> Clean:
    """write: a record of a place to a text about it; one text a record."""
    train, held = ([_write(r, s) for r in _e2e(f)] for f, s in E2E_FILES)
    return Clean("e2e_write", "write", _drawn(train, held, count, seed), record=True)


def e2e_extract(count: int, seed: int) -> Clean:
    """extract: a text to its record; other people's texts of the record are paraphrases."""
    train, held = ([_extract(r, s) for r in _e2e(f)] for f, s in E2E_FILES)
    chosen = _drawn(train, held, count, seed)
    said: dict[str, list[str]] = defaultdict(list)
    for file, _ in E2E_FILES:
        for row in rows(data_folder("e2e_cleaned") / f"{file}.jsonl"):
            said[row["mr"]].append(normalise(row["text"]))
    others = {
        row["id"]: tuple(text for text in dict.fromkeys(said[row["group"]]) if text != row["input"])
        for row in chosen
    }
    return Clean("e2e_extract", "extract", chosen, paraphrases=others)


def faq_write(count: int, seed: int) -> Clean:
    """write: a guest's question with the fact beside it (context) to a friendly answer."""
    train, held = ([_asked(r, s) for r in _faq(f)] for f, s in FAQ_FILES)
    chosen = _drawn(train, held, count, seed)
    return Clean("faq_write", "write", chosen, knowledge=tuple(r["context"] for r in chosen))


def faq_chat(count: int, seed: int) -> Clean:
    """chat: the same with instructions, the fact in the guest's message, sometimes a turn before."""
    turns = random.Random(seed)
    train, held = ([_talked(r, s, turns) for r in _faq(f)] for f, s in FAQ_FILES)
    return Clean("faq_chat", "chat", _drawn(train, held, count, seed))


SOURCES: dict[str, Callable[[int, int], Clean]] = {
    "banking77": banking77,
    "e2e_write": e2e_write,
    "e2e_extract": e2e_extract,
    "faq_write": faq_write,
    "faq_chat": faq_chat,
}
E2E_FILES = (("train_from_dev", "train"), ("test", "holdout"))
FAQ_FILES = (("train_from_val", "train"), ("test", "holdout"))
HELD_SHARE = 0.2


def _drawn(train: list[Row], held: list[Row], count: int, seed: int) -> tuple[Row, ...]:
    """``count`` rows of different inputs, a fifth of them held out; fewer where there are."""
    draw = random.Random(seed)
    seen: set[str] = set()
    kept: list[Row] = []
    for side, share in ((held, HELD_SHARE), (train, 1 - HELD_SHARE)):
        # Held out first, so that the data's own leaks are no part of the clean set.
        fresh = []
        for row in draw.sample(side, len(side)):
            form = normal_form(row["input"] + " " + (row.get("context") or ""))
            if form not in seen and row["input"] and row["target"]:
                seen.add(form)
                fresh.append(row)
        kept += fresh[: round(count * share)]
    return tuple(kept)


def _labelled(found: Iterable[Row], side: str) -> list[Row]:
    return [_row(side, row["text"], row["label"]) for row in found]


def _e2e(name: str) -> list[Row]:
    """One row a record; those that give one slot two values are left out."""
    found = rows(data_folder("e2e_cleaned") / f"{name}.jsonl")
    first: dict[str, Row] = {}
    for row in found:
        if row["mr"].count("[") == len(row["json"]):
            first.setdefault(row["mr"], row)
    return list(first.values())


def _write(row: Row, side: str) -> Row:
    return _row(side, row["mr"], row["text"], group=row["mr"])


def _extract(row: Row, side: str) -> Row:
    record = {slot: row["json"].get(slot) for slot in SLOTS}
    target = json.dumps(record, ensure_ascii=False, separators=(", ", ": "))
    return _row(side, row["text"], target, group=row["mr"])


def _faq(name: str) -> list[Row]:
    return rows(data_folder("dstc9_faq") / f"{name}.jsonl")


def _asked(row: Row, side: str) -> Row:
    group, question = row["entity"] or "the service", row["question"]
    return _row(side, question, row["response"], group=group, context=normalise(row["faq_answer"]))


def _talked(row: Row, side: str, turns: random.Random) -> Row:
    messages = [{"role": "system", "content": ASKED}]
    if turns.random() < 0.3:
        messages += [
            {"role": "user", "content": turns.choice(["Hello!", "Hi there", "Good morning."])},
            {"role": "assistant", "content": "Hello, how can I help you?"},
        ]
    note = normalise(row["faq_answer"])
    messages.append({"role": "user", "content": f"{normalise(row['question'])}\n\nNote: {note}"})
    text = json.dumps(messages, ensure_ascii=False, separators=(",", ":"))
    return _row(side, text, row["response"], group=row["entity"] or "the service")


def _row(side: str, text: str, target: str, **more: str) -> Row:
    text, target = normalise(text), normalise(target)
    whole = "\x00".join((side, text, target, *more.values()))
    number = hashlib.sha256(whole.encode("utf-8")).hexdigest()[:12]
    return {"id": number, "input": text, "target": target, "side": side, **more}
