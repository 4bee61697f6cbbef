"""The starter must not have seen the examples or the benchmarks: no run of eight words in common,
or of ten with what people wrote.

Compared are thousands of generated conversations, values and wordings alike, and the plain English
where it is at hand, with every file of the example projects and with the benchmarks' rows where they
are. The generator has the words and sentences of that English then, as when the shards were written.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from corpus import read_corpus
from generator import Lexicon, sample

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT.parent / "shared" / "data"
CORPUS = BENCHMARKS / "corpus"
BENCHMARK_NAMES = ("banking77", "e2e_cleaned", "wikisplit")
SAMPLES = 3000
WORDS = 8
IN_ENGLISH = 10
"""Words of a run in what people wrote: eight may be what anybody says ("I would like to place an order
for")."""
LENGTH = {"lists": WORDS, "corpus": IN_ENGLISH}
LEVELS = ("main", "copy", "long")
BOOK_PARTS = ("age range", "why you might like it", "gentle note")
RESTAURANTS = (
    "name",
    "eatType",
    "food",
    "priceRange",
    "customer rating",
    "area",
    "familyFriendly",
    "near",
)


def grams(text: str, length: int = WORDS) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return set(zip(*(words[n:] for n in range(length)), strict=False))


@lru_cache
def lexicon(source: str) -> Lexicon:
    """The lists that come with the recipe, or what is read off the plain English for the shards."""
    if source == "lists":
        return Lexicon.builtin()
    if not CORPUS.is_dir():
        pytest.skip(f"the plain English is not at hand ({CORPUS})")
    return Lexicon.from_texts(read_corpus(CORPUS).training_texts())


EACH = pytest.mark.parametrize("source", ["lists", pytest.param("corpus", marks=pytest.mark.soak)])


@lru_cache
def conversations(source: str) -> tuple[str, ...]:
    words = lexicon(source)
    made = (sample(5 * 10**11 + n, words, level=LEVELS[n % len(LEVELS)]) for n in range(SAMPLES))
    return tuple("\n".join(turn.content for turn in one.messages) for one in made)


@lru_cache
def generated(source: str) -> frozenset[tuple[str, ...]]:
    length = LENGTH[source]
    return frozenset(gram for text in conversations(source) for gram in grams(text, length))


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


def shared_grams(source: str, paths: list[Path]) -> list[tuple[str, ...]]:
    known, length = generated(source), LENGTH[source]
    return [gram for path in paths for text in texts(path) for gram in grams(text, length) & known]


def test_the_comparison_finds_a_copy() -> None:
    """The check itself must be able to fail."""
    text = max(conversations("lists"), key=len)
    assert grams(text) & generated("lists")


def of_examples() -> list[Path]:
    kinds = {".csv", ".jsonl", ".json", ".yaml", ".md", ".txt"}
    found = [
        path
        for path in sorted(ROOT.glob("examples/*/**/*"))
        if path.is_file() and path.suffix in kinds and not {".etude", "README.md"} & set(path.parts)
    ]
    assert {"books.csv", "orders.jsonl", "style-guide.md"} <= {path.name for path in found}
    return found


@EACH
def test_nothing_of_the_example_projects(source: str) -> None:
    assert shared_grams(source, of_examples()) == []


@pytest.mark.soak
def test_nothing_of_the_examples_or_benchmarks_in_the_plain_english() -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"the plain English is not at hand ({CORPUS})")
    rows = [path for name in BENCHMARK_NAMES for path in (BENCHMARKS / name).glob("*.jsonl")]
    files = (*of_examples(), *rows)
    theirs = {gram for path in files for text in texts(path) for gram in grams(text, IN_ENGLISH)}
    assert theirs
    english = (text for group in read_corpus(CORPUS).documents.values() for text in group)
    assert [gram for text in english for gram in grams(text, IN_ENGLISH) & theirs] == []


@EACH
@pytest.mark.parametrize("name", BENCHMARK_NAMES)
def test_nothing_of_the_benchmarks(source: str, name: str) -> None:
    folder = BENCHMARKS / name
    if not folder.is_dir():
        pytest.skip(f"the rows of {name} are not at hand ({folder})")
    paths = sorted(folder.glob("*.jsonl"))
    assert paths
    assert shared_grams(source, paths) == []


def fields(value: object) -> Iterator[str]:
    """The names in a JSON value, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from fields(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from fields(inner)


def field_sets() -> dict[str, set[str]]:
    """What the examples and the benchmarks call their fields, read off their files."""
    found = {}
    for name in ("librarian/data/books.csv", "brand-voice/data/drafts.csv"):
        with (ROOT / "examples" / name).open(encoding="utf-8", newline="") as file:
            found[name] = set(next(csv.reader(file)))
    found["librarian/data/books.csv"] |= set(BOOK_PARTS)
    orders = ROOT / "examples/order-extract/data/orders.jsonl"
    rows = map(json.loads, orders.read_text(encoding="utf-8").splitlines())
    found["orders"] = {name for row in rows for name in fields(row["order"])}
    return found | {"restaurants": set(RESTAURANTS)}


@EACH
def test_fields_of_the_examples_are_never_together(source: str) -> None:
    """One name of a set may come up by chance; two of them hardly ever do."""
    for name, names in field_sets().items():
        assert len(names) >= 5, name
        for text in conversations(source):
            found = [
                field
                for field in names
                if re.search(rf"(?<!\w){re.escape(field)}(?!\w)\"?\s*[:=]", text, re.IGNORECASE)
            ]
            assert len(found) < 3, (name, found, text)
