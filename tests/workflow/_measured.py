"""Small labelled projects and an encoder of hashed words, for what is measured about examples."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from etude.approaches import approach
from etude.data.stored import Prepared
from etude.evaluation.stages import Entrant
from etude.records.task import ModelRef
from etude.workflow import _copied, _quick, curve
from etude.workflow.check import prepare
from etude.workflow.session import Session, open_session
from tests._fakes import LABELS, WORDS, FakeEmbedder, FakeEmbeddings

TASK = """\
task: measured
kind: classify
instructions: Say what the customer needs.
data: {{examples: data.csv, input: text, target: label{holdout}}}
bar: {{metric: accuracy}}
"""
FILLER = [f"{first}{last}" for first in "bdfgklmnprst" for last in ("a", "e", "i", "o", "u")]


def fake_encoder() -> Iterator[None]:
    """Hashed words in place of the real encoder, one setting in place of a search, two orders."""
    model = FakeEmbedder(128)
    entrant = Entrant(approach("probe"), ModelRef(name=model.name), model, FakeEmbeddings(model))  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_quick, "quick_entrant", lambda session: entrant)
        patch.setattr(_copied, "builtin_embeddings", lambda session: entrant.embeddings)
        patch.setattr(_quick.Quick, "choose", lambda quick, rows: _quick.PLAIN)
        patch.setattr(curve, "ORDERS", ((1_000, 2),))
        yield


def texts(count: int, seed: int = 0, filler: int = 5) -> list[tuple[str, str]]:
    """Two words of a label and several of no meaning: hard enough that more examples help."""
    random = np.random.default_rng(seed)
    made = []
    for at in range(count):
        label = LABELS[at % len(LABELS)]
        words = [*random.choice(WORDS[label], 2), *random.choice(FILLER, filler)]
        made.append((" ".join(random.permutation(words)), label))
    return made


def write(path: Path, rows: list[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("text", "label"), *rows])


def labelled_project(
    folder: Path,
    count: int,
    *,
    holdout: int = 0,
    alone: str = "",
    wrong: dict[int, str] | None = None,
) -> Path:
    """``alone``: a text whose label nobody else has. ``wrong``: labels to put in place, by row."""
    rows = texts(count) + ([(alone, "alone")] if alone else [])
    for at, label in (wrong or {}).items():
        rows[at] = (rows[at][0], label)
    write(folder / "data.csv", rows)
    if holdout:
        write(folder / "held.csv", texts(holdout, seed=7))
    text = TASK.format(holdout=", holdout: held.csv" if holdout else "")
    (folder / "etude.yaml").write_text(text, encoding="utf-8")
    return folder


def as_written(folder: Path) -> Path:
    """The project as one whose answers are texts."""
    text = (folder / "etude.yaml").read_text(encoding="utf-8")
    text = text.replace(
        "kind: classify", "kind: write\nchecks: [{type: word-count, value: {max: 9}}]"
    )
    (folder / "etude.yaml").write_text(text.replace("bar: {metric: accuracy}", ""), "utf-8")
    return folder


REPLIES = """\
task: replies
kind: write
instructions: Answer the customer.
data: {examples: data.csv, input: text, target: label}
bar: {metric: chrf}
"""
ORDERS = """\
task: orders
kind: extract
instructions: Read the order.
data: {examples: data.csv, input: text, target: label}
schema:
  type: object
  properties: {item: {type: string}, urgent: {type: boolean}, count: {type: integer}}
bar: {metric: field_f1}
"""


SAID = {
    "card_arrival": "It was posted on Monday. Give it ten days.",
    "lost_card": "We have blocked yours; nobody can pay with it!",
    "refund": "Once goods reach our warehouse, money follows within 48 hours.",
    "login": "Choose 'forgotten password' below and check your inbox.",
}


def replying(folder: Path, count: int, *, wrong: Sequence[int] = (), chance: bool = False) -> Path:
    """A task of which each topic has one reply. ``wrong``: rows with a reply of no topic. ``chance``:
    every row has a reply of its own, which says nothing of the topic."""
    random = np.random.default_rng(3)
    rows = [(text, SAID[label]) for text, label in texts(count, filler=3)]
    for at in range(count) if chance else wrong:
        rows[at] = (rows[at][0], " ".join(random.choice(FILLER, 12)))
    return _laid_down(folder, REPLIES, rows)


def ordering(folder: Path, count: int) -> Path:
    """A task of which each topic has one record, but for a field that differs."""
    random = np.random.default_rng(3)
    rows = [
        (text, json.dumps({"item": label, "urgent": label == LABELS[0], "count": int(number)}))
        for (text, label), number in zip(
            texts(count, filler=2), random.integers(1, 9, count), strict=True
        )
    ]
    return _laid_down(folder, ORDERS, rows)


def _laid_down(folder: Path, task: str, rows: list[tuple[str, str]]) -> Path:
    write(folder / "data.csv", rows)
    (folder / "etude.yaml").write_text(task, encoding="utf-8")
    return folder


def opened(folder: Path) -> tuple[Session, Prepared]:
    session = open_session(folder)
    prepared, _ = prepare(session)
    return session, prepared
