"""Copies and groups: what belongs together is found, what does not is left alone."""

from __future__ import annotations

import itertools
import random
import time

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.data.copies import SHINGLE, near_copies
from etude.data.groups import find_groups
from etude.data.text import normal_form

from ._make import sentence


def shingles(text: str) -> set[str]:
    return {text[i : i + SHINGLE] for i in range(len(text) - SHINGLE + 1)}


def jaccard(a: set[str], b: set[str]) -> float:
    both = len(a & b)
    return both / (len(a) + len(b) - both) if a or b else 0.0


def linked(texts: list[str]) -> set[frozenset[int]]:
    pairs = near_copies(texts)
    parent = list(range(len(texts)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for a, b in pairs.tolist():
        parent[root(a)] = root(b)
    sets: dict[int, set[int]] = {}
    for i in range(len(texts)):
        sets.setdefault(root(i), set()).add(i)
    return {frozenset(s) for s in sets.values() if len(s) > 1}


def edited(rng: random.Random, text: str) -> str:
    words = text.split()
    for _ in range(rng.randrange(1, 4)):
        words[rng.randrange(len(words))] = rng.choice(["and", "the", "with", words[0]])
    return " ".join(words)


def test_links_are_those_of_all_pairs_compared_by_brute_force() -> None:
    rng = random.Random(3)
    base = [sentence(rng, 40) for _ in range(60)]
    texts = sorted({normal_form(t) for t in base + [edited(rng, t) for t in base * 3]})
    sets = [shingles(text) for text in texts]
    expected = np.zeros((len(texts), len(texts)), dtype=bool)
    for a, b in itertools.combinations(range(len(texts)), 2):
        expected[a, b] = expected[b, a] = jaccard(sets[a], sets[b]) >= 0.9
    pairs = near_copies(texts)
    assert all(expected[a, b] for a, b in pairs.tolist())
    found = linked(texts)
    together = {i: s for s in found for i in s}
    wanted = [(i, j) for i, j in zip(*np.nonzero(expected), strict=True) if i < j]
    assert len(wanted) > 50
    assert all(j in together.get(i, ()) for i, j in wanted)


def test_punctuation_makes_no_difference() -> None:
    texts = ["where's my card", "wheres my card?", "yes", "yes!", "?!", "...", "no"]
    assert linked(texts) == {frozenset({0, 1}), frozenset({2, 3})}


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(st.text("ab ?é猫", max_size=12).map(normal_form), unique=True, max_size=12))
def test_any_texts_give_pairs_within_bounds(texts: list[str]) -> None:
    pairs = near_copies(texts)
    assert pairs.shape[1:] == (2,)
    assert ((pairs >= 0) & (pairs < len(texts))).all()
    assert (pairs[:, 0] != pairs[:, 1]).all()


def test_a_part_of_the_shingles_stands_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etude.data.copies.BUDGET", 40_000)
    rng = random.Random(5)
    base = [sentence(rng, 60) for _ in range(300)]
    texts = base + [text + " thanks" for text in base[:100]]
    assert linked(texts) == {frozenset({i, 300 + i}) for i in range(100)}


def test_many_texts_are_cheap() -> None:
    rng = random.Random(7)
    texts = sorted({sentence(rng, 6) for _ in range(20_000)})
    began = time.process_time()
    near_copies(texts)
    assert time.process_time() - began < 6


def frame_of(rows: list[tuple[str, str | None]]) -> pl.DataFrame:
    texts = [normal_form(text) for text, _ in rows]
    return pl.DataFrame(
        {"normal": texts, "group": [group for _, group in rows]},
        schema={"normal": pl.String, "group": pl.String},
    )


def same(group_N: np.ndarray, *rows: int) -> bool:  # type: ignore[type-arg]
    return len(set(group_N[list(rows)].tolist())) == 1


def test_groups_join_copies_and_the_persons_groups() -> None:
    rng = random.Random(1)
    other = [(sentence(rng), None) for _ in range(20)]
    rows = [
        ("the first message here", "anna"),
        ("another text of hers", "anna"),
        ("The first  message here", "ben"),
        ("unrelated words again", "carl"),
        *other,
    ]
    groups = find_groups(frame_of(rows))
    assert same(groups.group_N, 0, 1, 2)
    assert not same(groups.group_N, 0, 3)
    assert groups.count == 22
    assert groups.exact_N.tolist()[:4] == [True, False, True, False]
    assert not groups.stock_N.any()
    assert groups.key_N[0] == groups.key_N[1] != groups.key_N[2]


def test_stock_phrases_do_not_tie_all_conversations_together() -> None:
    rng = random.Random(2)
    rows: list[tuple[str, str | None]] = []
    for talk in range(40):
        rows += [("yes", f"t{talk}"), ("thank you", f"t{talk}"), (sentence(rng), f"t{talk}")]
    pasted = "this very long complaint was pasted into two conversations by one person"
    rows += [(pasted, "t0"), (pasted, "t1")]
    groups = find_groups(frame_of(rows))
    assert groups.count == 39
    assert same(groups.group_N, 0, 3)
    assert int(groups.stock_N.sum()) == 80


def test_where_even_long_copies_tie_everything_the_persons_groups_rule() -> None:
    footer = "this long footer stands at the end of every single message that was ever sent"
    rows: list[tuple[str, str | None]] = [(footer, f"t{i // 2}") for i in range(60)]
    rows += [("no group at all", None), ("No group at all", None)]
    groups = find_groups(frame_of(rows))
    assert groups.count == 31
    assert same(groups.group_N, 60, 61)
