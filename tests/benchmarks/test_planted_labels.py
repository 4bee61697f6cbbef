"""Labels that overlap and logs with unknown topics are as their truth says; invented data."""

from __future__ import annotations

import random
from collections import Counter

from _planted import Clean
from _planted._classes import EACH, GATHERED, OVERLAP, SMALL, relabelled
from _planted._traffic import made

LABELS = [f"label {at}" for at in range(50)]
ROWS = tuple(
    {"id": f"{label}/{at}", "input": f"text {at} of {label}", "target": label}
    for label in LABELS
    for at in range(30)
)
STRANGERS = {"weather": [f"rain {at}" for at in range(20)]}


def test_labels_are_parted_mixed_cut_and_gathered() -> None:
    clean = Clean("flat", "classify", ROWS)
    found = relabelled(clean, STRANGERS, 1)
    assert found == relabelled(clean, STRANGERS, 1) != relabelled(clean, STRANGERS, 2)
    names = Counter(one.name for one in found.truth)
    assert names == dict.fromkeys(
        ("split_evenly", "split_unevenly", "mixed", "rare", "renamed", "split_clearly"), EACH
    ) | {"gathered": 1, "small": 1}
    used = Counter(label for one in found.truth for label in one.labels)
    assert set(used.values()) == {1}
    sizes = Counter(row["target"] for row in found.rows)
    assert set(used) <= set(sizes)
    assert (sizes["the rest"], sizes["weather"]) == (GATHERED, SMALL)
    assert all(6 <= sizes[one.labels[0]] <= 9 for one in found.truth if one.name == "rare")
    pairs = [one for one in found.truth if one.code == OVERLAP and not one.decoy]
    assert all(len(one.labels) == 2 and min(sizes[x] for x in one.labels) >= 9 for one in pairs)


def test_a_log_has_topics_that_the_examples_lack() -> None:
    learned = {f"known {at}": [f"question {n} on thing {at}" for n in range(60)] for at in range(5)}
    asked = {
        topic: [text.replace("question", "asked") for text in texts]
        for topic, texts in learned.items()
    }
    lacking = {"new": [f"what of the moon {at}" for at in range(60)]}
    found = made("log", learned, asked, lacking, ["new"], random.Random(1))
    assert Counter(found.lacking.values()) == {"new": 40}
    assert set(found.lacking) <= set(found.log)
    assert len(found.log) == 300 + 40
    assert {row["target"] for row in found.examples} == set(learned)
