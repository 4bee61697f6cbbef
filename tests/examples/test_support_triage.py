"""The example project's data: its size, its variety, its labels."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path
from statistics import quantiles

import pytest

ROOT = Path(__file__).resolve().parents[2] / "examples" / "support-triage"


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with (ROOT / "data" / "messages.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def words(text: str) -> list[str]:
    return re.sub(r"[^\w\s']", " ", text.lower()).split()


def test_eight_categories_of_at_least_sixty(rows: list[dict[str, str]]) -> None:
    counts = Counter(row["category"] for row in rows)
    assert len(rows) >= 480
    assert len(counts) == 8
    assert min(counts.values()) >= 60


def test_no_two_share_six_words_in_a_row(rows: list[dict[str, str]]) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for row in rows:
        tokens = words(row["message"])
        for start in range(len(tokens) - 5):
            run = tuple(tokens[start : start + 6])
            assert seen.setdefault(run, row["message_id"]) == row["message_id"], run


def test_no_opening_is_used_often(rows: list[dict[str, str]]) -> None:
    openings = Counter(tuple(words(row["message"])[:3]) for row in rows)
    assert max(openings.values()) <= 3


def test_lengths_vary(rows: list[dict[str, str]]) -> None:
    lengths = [len(words(row["message"])) for row in rows]
    low, middle, high = quantiles(lengths, n=4)
    assert min(lengths) <= 6
    assert max(lengths) >= 90
    assert 20 <= low < middle < high <= 60


def test_the_second_pass_agrees_in_95_of_100(rows: list[dict[str, str]]) -> None:
    same = sum(row["category"] == row["second_pass"] for row in rows)
    assert same / len(rows) >= 0.95


def test_ambiguous_ones_are_marked_with_another_category(rows: list[dict[str, str]]) -> None:
    categories = {row["category"] for row in rows}
    marked = [row for row in rows if row["also_plausible"]]
    assert 20 <= len(marked) <= 60
    for row in marked:
        assert row["also_plausible"] in categories - {row["category"]}


def test_addresses_are_example_ones(rows: list[dict[str, str]]) -> None:
    for row in rows:
        for domain in re.findall(r"@([\w.-]+\w)", row["message"]):
            assert domain in ("example.com", "example.org", "example.net"), row["message_id"]
