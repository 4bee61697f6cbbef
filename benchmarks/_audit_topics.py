"""What audits say of whole labels and whole topics: those that overlap, and those that are lacking.

``classes``: labels are parted, mixed, renamed and gathered (``_planted/_classes``), and the audits
``classes`` and ``enough`` are run. A pair is found where it is told as one that overlaps; any other
pair that is told is counted apart, as one that is told before anything was planted or as a new one.

``traffic``: topics are left out of the examples and stand in a log (``_planted/_traffic``). A topic is
found where at least half of its texts stand in clusters that are told, and *named* where a cluster
that is told has more of its texts than others (counted since a first look: half of what customers of
any trade write is of no trade). A cluster is right where more than half of its texts are of such
topics.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from _audit_material import embedder, material_of
from _audit_peers import percent
from _audit_recall import share
from _data import data_folder, rows
from _planted import Clean
from _planted._classes import FEW, OVERLAP, Labels, relabelled
from _planted._traffic import LOGS, Traffic
from etude.audit import Material, registry
from etude.audit.coverage import compared, examples_of, log_of

STRANGERS = {"weather": "GetWeather", "music": "PlayMusic"}
_EVIDENCE = re.compile(r"labelled '(.*)', reads like '(.*)'")


@dataclass
class Told:
    """Counts of one log or of labels, over seeds."""

    planted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    decoys: Counter[str] = field(default_factory=Counter)
    decoys_hit: Counter[str] = field(default_factory=Counter)
    right: int = 0
    wrong: int = 0
    others: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """Counts, and shares with their intervals. ``precise``: of what is told."""
        names = sorted(self.planted)
        return {
            "found": {name: share(self.found[name], self.planted[name]) for name in names},
            "decoys": {n: [self.decoys_hit[n], count] for n, count in sorted(self.decoys.items())},
            "precise": share(self.right, self.right + self.wrong),
            "others": dict(self.others),
        }


def labels(clean: Clean, seeds: Iterable[int]) -> Told:
    """Labels of a real set made to overlap, once a seed."""
    found = rows(data_folder("snips") / "train.jsonl")
    strangers = {
        name: [row["text"] for row in found if row["label"] == label]
        for name, label in STRANGERS.items()
    }
    before = _pairs(material_of(clean.rows, clean.kind, encoder=True))
    told = Told()
    for seed in seeds:
        made = relabelled(clean, strangers, seed)
        material = material_of(made.rows, clean.kind, encoder=True)
        _judge_labels(told, made.truth, _named(material), before)
    return told


def _pairs(material: Material) -> set[frozenset[str]]:
    return {names for code, names in _named(material) if code == OVERLAP}


def _named(material: Material) -> set[tuple[str, frozenset[str]]]:
    """Codes with the labels that each finding is about."""
    told = set()
    for one in registry.load("classes").run(material):
        for evidence in one.hits["evidence"]:
            given, taken = _EVIDENCE.fullmatch(evidence).groups()  # type: ignore[union-attr]
            pair = frozenset({given, taken} if one.finding.code == OVERLAP else {given})
            told.add((one.finding.code, pair))
    for one in registry.load("enough").run(material):
        if one.finding.code == FEW:
            found = re.findall(r"'(.*?)' \(\d+\)", one.finding.sentence)
            told |= {(FEW, frozenset({label})) for label in found}
    return told


def _judge_labels(
    told: Told,
    truth: Iterable[Labels],
    named: set[tuple[str, frozenset[str]]],
    before: set[frozenset[str]],
) -> None:
    """A decoy is hit where its pair (of one label: any pair with it) is told under its code."""
    explained = set()
    for one in truth:
        wanted = frozenset(one.labels)
        hits = {
            (code, names)
            for code, names in named
            if code == one.code and (names == wanted or (one.decoy and wanted < names))
        }
        explained |= hits
        (told.decoys if one.decoy else told.planted)[one.name] += 1
        (told.decoys_hit if one.decoy else told.found)[one.name] += bool(hits)
        told.wrong += len(hits) if one.decoy else 0
        told.right += 0 if one.decoy else bool(hits)
    for code, names in named - explained:
        known = code == OVERLAP and names in before
        told.others[f"{code} {'before' if known else 'anew'}"] += 1


def traffic(name: str, seeds: Iterable[int]) -> Told:
    """One sort of log, once a seed."""
    told = Told()
    for seed in seeds:
        made = LOGS[name](seed)
        material = material_of(made.examples, "classify", encoder=True)
        log, examples = log_of(made.log, chat=False), examples_of(material, chat=False)
        clusters = compared(embedder(), log, examples).clusters
        _judge_topics(told, made, [[log.texts[at] for at in one.rows] for one in clusters])
    return told


def _judge_topics(told: Told, made: Traffic, clusters: list[list[str]]) -> None:
    said = {text for cluster in clusters for text in cluster}
    of_topic: Mapping[str, list[str]] = defaultdict(list)
    for text, topic in made.lacking.items():
        of_topic[topic].append(" ".join(text.split()))
    for texts in of_topic.values():
        told.planted["topics"] += 1
        told.found["topics"] += sum(text in said for text in texts) >= len(texts) / 2
        told.planted["topics, named"] += 1
        mostly = [2 * len(set(texts) & set(cluster)) > len(cluster) for cluster in clusters]
        told.found["topics, named"] += any(mostly)
        told.planted["texts"] += len(texts)
        told.found["texts"] += sum(text in said for text in texts)
    lacking = {text for texts in of_topic.values() for text in texts}
    for cluster in clusters:
        right = sum(text in lacking for text in cluster) > len(cluster) / 2
        told.right += right
        told.wrong += not right
    told.decoys["texts of known topics"] += len(set(made.log)) - len(made.lacking)
    told.decoys_hit["texts of known topics"] += len(said - lacking)


def show(name: str, told: Told) -> None:
    """A block of lines."""
    line = told.as_json()
    print(f"\n## {name}")
    for what, found in line["found"].items():
        print(f"    {what:24} found {percent(found)} of {found['n']}")
    for what, (hit, count) in line["decoys"].items():
        print(f"    {what:24} {hit} of {count} told")
    print(f"    precise {percent(line['precise'])}; others {line['others']}", flush=True)
