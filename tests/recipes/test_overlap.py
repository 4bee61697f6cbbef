"""The starter must not have seen the examples or the benchmarks: no run of eight words in common.

Compared are thousands of generated conversations, values and wordings alike, with every data file
of the example projects, and with the benchmarks' rows where they are at hand.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from generator import Lexicon, sample

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT.parent / "shared" / "data"
SAMPLES = 4000
WORDS = 8
# Names of fields in the examples and the benchmarks; two of one set never stand in one prompt.
FIELD_SETS = {
    "book records": ("title", "age range", "why you might like it", "gentle note", "scary"),
    "orders": ("order", "items", "quantity", "delivery", "customer"),
    "restaurants": ("eatType", "priceRange", "customer rating", "familyFriendly"),
}


def grams(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return set(zip(*(words[n:] for n in range(WORDS)), strict=False))


@lru_cache
def conversations() -> tuple[str, ...]:
    lexicon = Lexicon.builtin()
    levels = ("main", "copy")
    made = (sample(5 * 10**11 + n, lexicon, level=levels[n % 2]) for n in range(SAMPLES))
    return tuple("\n".join(turn.content for turn in one.messages) for one in made)


@lru_cache
def generated() -> frozenset[tuple[str, ...]]:
    return frozenset(gram for text in conversations() for gram in grams(text))


def texts(path: Path) -> Iterator[str]:
    """Every cell of a table or of JSON lines; any other file as one text."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                yield from row
    elif path.suffix == ".jsonl":
        for line in path.read_text(encoding="utf-8").splitlines():
            yield from strings(json.loads(line))
    else:
        yield path.read_text(encoding="utf-8")


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


def shared_grams(paths: list[Path]) -> list[tuple[str, ...]]:
    known = generated()
    return [gram for path in paths for text in texts(path) for gram in grams(text) & known]


def test_the_comparison_finds_a_copy() -> None:
    """The check itself must be able to fail."""
    text = max(conversations(), key=len)
    assert grams(text) & generated()


def test_nothing_of_the_example_projects() -> None:
    kinds = {".csv", ".jsonl", ".json", ".yaml", ".md", ".txt"}
    paths = [
        path
        for path in sorted(ROOT.glob("examples/*/data/**/*"))
        + sorted(ROOT.glob("examples/*/*.yaml"))
        if path.is_file() and path.suffix in kinds
    ]
    assert paths
    assert shared_grams(paths) == []


@pytest.mark.parametrize("name", ["banking77", "e2e_cleaned", "wikisplit"])
def test_nothing_of_the_benchmarks(name: str) -> None:
    folder = BENCHMARKS / name
    if not folder.is_dir():
        pytest.skip(f"the rows of {name} are not at hand ({folder})")
    paths = sorted(folder.glob("*.jsonl"))
    assert paths
    assert shared_grams(paths) == []


@pytest.mark.parametrize("name", FIELD_SETS)
def test_field_names_of_the_examples_are_never_together(name: str) -> None:
    for text in conversations():
        found = [
            field
            for field in FIELD_SETS[name]
            if re.search(rf"(?<!\w){re.escape(field)}(?!\w)\"?\s*[:=]", text, re.IGNORECASE)
        ]
        assert len(found) < 3, (found, text)
