"""What coverage says of logs that nobody planted anything in, to be read by eye.

No public log stands beside its own examples, so each is a stand-in: texts of one set as the log of
another's examples, or a set's later part as the log of its earlier one. Of the latter nothing should
be told but what has really become of the set: what is told there is a false alarm unless the eye says
otherwise. ``show`` prints clusters with the examples that are nearest to their texts.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from _audit_material import embedder, material_of
from _data import data_folder, rows
from _planted._base import Row
from etude.audit.coverage import Cluster, Compared, compared, examples_of, log_of

EXAMPLES, LOG = 1000, 1000
"""At most; of more some are drawn, always the same."""
SHOWN = 6
"""Texts of a cluster."""


@dataclass(frozen=True)
class Beside:
    """``examples``: texts with a target and a group each. ``log``: what is asked."""

    examples: tuple[Row, ...]
    log: tuple[str, ...]


def beside(examples: Iterable[Row], log: Iterable[Row]) -> Beside:
    """Rows with ``text`` and, where texts belong together, ``group``."""
    draw = random.Random(0)
    known, asked = list(examples), list(log)
    kept = draw.sample(known, min(EXAMPLES, len(known)))
    return Beside(
        tuple(
            {"id": f"t{at:05d}", "input": row["text"], "target": "known", "group": row.get("group")}
            for at, row in enumerate(kept)
        ),
        tuple(row["text"] for row in draw.sample(asked, min(LOG, len(asked)))),
    )


def _texts(folder: str, *files: str) -> list[Row]:
    return [{"text": row["text"]} for one in files for row in rows(data_folder(folder) / one)]


def _small(name: str) -> list[Row]:
    return _texts("nlu_small", f"{name}/train.jsonl", f"{name}/test.jsonl")


def _turns(side: str, trade: str) -> list[Row]:
    """What customers of one trade write, each turn, greetings and names too."""
    found = rows(data_folder("multidogo") / f"{side}.jsonl")
    return [{"text": r["text"], "group": r["conv"]} for r in found if r["domain"] == trade]


def _faq(side: str) -> list[Row]:
    found = rows(data_folder("dstc9_faq") / f"{side}.jsonl")
    return [{"text": row["question"], "group": row["entity"] or "service"} for row in found]


def _later(folder: str) -> Beside:
    return beside(_texts(folder, "train.jsonl"), _texts(folder, "test.jsonl"))


BESIDE: dict[str, Callable[[], Beside]] = {
    "bank_chat": lambda: beside(_texts("banking77", "train.jsonl"), _turns("test", "finance")),
    "bank_faq": lambda: beside(_texts("banking77", "train.jsonl"), _faq("test")),
    "insurer": lambda: beside(_turns("train", "finance"), _turns("test", "insurance")),
    "ubuntu": lambda: beside(_small("WebApplicationsCorpus"), _small("AskUbuntuCorpus")),
    "web": lambda: beside(_small("AskUbuntuCorpus"), _small("WebApplicationsCorpus")),
    "later_guests": lambda: beside(_faq("train_from_val"), _faq("test")),
    "later_finance": lambda: beside(_turns("train", "finance"), _turns("test", "finance")),
    "later_airline": lambda: beside(_turns("train", "airline"), _turns("test", "airline")),
    "later_assistant": lambda: _later("snips"),
    "later_reviews": lambda: _later("sst2"),
    "later_quiz": lambda: _later("trec6"),
}
"""Name of a log to its texts beside the examples. ``later_``: a later part of the examples' own set;
the guests' is of towns and of a sort of places that the earlier one has not."""


def show(name: str, look: int) -> dict[str, int]:
    """How many clusters are told of a log; ``look`` of them, drawn always the same, are printed."""
    made = BESIDE[name]()
    material = material_of(made.examples, "classify", encoder=True)
    log, examples = log_of(made.log, chat=False), examples_of(material, chat=False)
    found = compared(embedder(), log, examples)
    told = sum(len(one.rows) for one in found.clusters)
    print(f"\n## log {name}: {len(log.texts):,} texts beside {len(examples):,} examples; "
          f"{len(found.clusters)} clusters of {told:,} texts are told", flush=True)  # fmt: skip
    known = examples["text"].to_list()
    drawn = random.Random(0).sample(found.clusters, min(look, len(found.clusters)))
    for at, cluster in enumerate(drawn, 1):
        _print(at, cluster, found, known)
    return {"texts": len(log.texts), "clusters": len(found.clusters), "told": told}


def _print(at: int, cluster: Cluster, found: Compared, known: list[str]) -> None:
    """A cluster's most typical texts, each with its nearest example."""
    embed = embedder()
    texts = [found.log.texts[row] for row in cluster.rows[:SHOWN]]
    like = embed(texts) @ embed(known).T
    print(f"  {at}. {len(cluster.rows)} texts, {cluster.requests} requests")
    for text, near in zip(texts, like, strict=True):
        best = int(np.argmax(near))
        print(f"      {text[:110]!r}  ({near[best]:.2f}: {known[best][:80]!r})")
