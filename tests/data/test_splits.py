"""Sides and folds: groups whole, labels balanced, order irrelevant, and for ever."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.data._allocate import FREE, Rows, allocate
from etude.data.examples import Examples
from etude.data.inner import inner_split
from etude.data.splits import ALWAYS_TRAIN, FOLDS, Splits, assign
from etude.data.text import short_hash
from etude.errors import DataError
from etude.records.task import Split

PROPERTY = settings(deadline=None, derandomize=True, max_examples=40)
Row = tuple[str, str, str]
"""Name, label, group."""


def frame_of(rows: list[Row], held: tuple[str, ...] = (), keyed: bool = False) -> pl.DataFrame:
    """Rows as ``assign`` takes them; ``keyed``: the groups are the person's own."""
    rows = sorted(rows)
    number: dict[str, int] = {}
    for _, _, group in rows:
        number.setdefault(group, len(number))
    return pl.DataFrame(
        {
            "id": [name for name, _, _ in rows],
            "hash": [short_hash(name) for name, _, _ in rows],
            "group": [number[group] for _, _, group in rows],
            "group_key": [short_hash(group) if keyed else None for _, _, group in rows],
            "held": [name in held for name, _, _ in rows],
            "stratum": [label for _, label, _ in rows],
            "target": [label for _, label, _ in rows],
        },
        schema_overrides={"group_key": pl.String, "group": pl.Int64, "held": pl.Boolean},
    )


def singles(count: int, labels: int = 3, prefix: str = "r") -> list[Row]:
    return [(f"{prefix}{i}", f"l{i % labels}", f"{prefix}{i}") for i in range(count)]


def sides(frame: pl.DataFrame, splits: Splits) -> dict[str, str]:
    return dict(zip(frame["id"].to_list(), splits.side_N.tolist(), strict=True))


def folds(frame: pl.DataFrame, splits: Splits) -> dict[str, int]:
    assert splits.fold_N is not None
    return dict(zip(frame["id"].to_list(), splits.fold_N.tolist(), strict=True))


@st.composite
def grouped(draw: st.DrawFn, least: int = 30, most: int = 120) -> list[Row]:
    groups = draw(st.integers(least // 2, most))
    rows = []
    for group in range(groups):
        for member in range(draw(st.sampled_from([1, 1, 1, 2, 5]))):
            label = draw(st.sampled_from("aaabbc"))
            rows.append((f"g{group}m{member}", label, f"g{group}"))
    return rows


def straddling(frame: pl.DataFrame, values: list[object]) -> int:
    """Groups with rows in more than one part."""
    counted = frame.with_columns(pl.Series("part", [str(v) for v in values]))
    parts = counted.group_by("group").agg(pl.col("part").n_unique())
    return parts.filter(pl.col("part") > 1).height


@PROPERTY
@given(grouped(), st.booleans())
def test_a_group_never_straddles_and_every_row_has_one_side(rows: list[Row], drawn: bool) -> None:
    frame = frame_of(rows)
    splits = assign(frame, split=Split() if drawn else None)
    parts = splits.side_N if splits.fold_N is None else splits.fold_N
    assert straddling(frame, parts.tolist()) == 0
    assert len(splits.side_N) == len(rows)
    if drawn:
        assert set(splits.side_N.tolist()) <= {"train", "dev", "holdout"}
        trained = set(frame["target"].to_numpy()[splits.side_N == "train"])
        assert trained == set(frame["target"])
    else:
        assert splits.scheme == "cross_fitting"
        assert set(parts.tolist()) <= {*range(FOLDS), ALWAYS_TRAIN}


@PROPERTY
@given(grouped(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[Row], rng: object) -> None:
    shuffled = list(rows)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    for split in (None, Split()):
        one, other = frame_of(rows), frame_of(shuffled)
        a, b = assign(one, split=split), assign(other, split=split)
        assert sides(one, a) == sides(other, b)
        assert a.assignments.equals(b.assignments)


@pytest.mark.parametrize("count", [60, 333, 900])
def test_folds_have_the_same_size_and_label_shares(count: int) -> None:
    rows = [(f"r{i}", "abbcccccc"[i % 9], f"r{i}") for i in range(count)]
    frame = frame_of(rows)
    splits = assign(frame)
    cells = Counter(zip(frame["target"], folds(frame, splits).values(), strict=True))
    for label, total in Counter(frame["target"].to_list()).items():
        in_folds = [cells[label, fold] for fold in range(FOLDS)]
        assert max(in_folds) - min(in_folds) <= 2
        assert sum(in_folds) == total
    sizes = Counter(folds(frame, splits).values())
    assert max(sizes.values()) - min(sizes.values()) <= 2


def test_folds_of_groups_have_roughly_the_same_label_shares() -> None:
    rng = np.random.default_rng(0)
    rows = [
        (f"g{g}m{m}", str(rng.choice(list("abcd"), p=[0.5, 0.3, 0.15, 0.05])), f"g{g}")
        for g in range(150)
        for m in range(int(rng.integers(1, 7)))
    ]
    frame = frame_of(rows)
    fold_N = np.array(list(folds(frame, assign(frame)).values()))
    for label in "abcd":
        share = (frame["target"] == label).to_numpy()
        shares = [share[fold_N == fold].mean() for fold in range(FOLDS)]
        assert max(shares) - min(shares) < 0.06


def test_a_holdout_is_drawn_from_two_thousand_examples() -> None:
    below, above = frame_of(singles(1999)), frame_of(singles(2000))
    assert assign(below).scheme == "cross_fitting"
    splits = assign(above)
    assert splits.scheme == "holdout"
    assert splits.folds == 0
    counts = Counter(splits.side_N.tolist())
    assert abs(counts["holdout"] - 400) <= 3
    assert abs(counts["dev"] - 300) <= 3
    few_groups = [(f"r{i}", f"l{i % 3}", f"g{i // 40}") for i in range(2400)]
    assert assign(frame_of(few_groups)).scheme == "cross_fitting"


def test_many_rare_labels_do_not_bend_the_shares() -> None:
    rows = [(f"r{i}", f"rare{i}", f"r{i}") for i in range(200)]
    rows += [(f"s{i}", "common", f"s{i}") for i in range(2000)]
    frame = frame_of(rows)
    side = sides(frame, assign(frame))
    assert all(side[f"r{i}"] == "train" for i in range(200))
    common = Counter(side[f"s{i}"] for i in range(2000))
    assert abs(common["holdout"] - 400) <= 3


@PROPERTY
@given(grouped(), grouped(most=60), st.booleans())
def test_growing_never_changes_a_side(rows: list[Row], more: list[Row], drawn: bool) -> None:
    split = Split() if drawn else None
    first = frame_of(rows)
    before = assign(first, split=split)
    added = [(f"new{name}", label, f"new{group}") for name, label, group in more]
    second = frame_of(rows + added)
    after = assign(second, before.assignments, split=split)
    assert after.moved == 0
    if drawn:
        was, now = sides(first, before), sides(second, after)
        assert {name: now[name] for name in was} == was
    else:
        was_fold, now_fold = folds(first, before), folds(second, after)
        assert all(now_fold[n] == f for n, f in was_fold.items() if f != ALWAYS_TRAIN)
    parts = after.side_N if after.fold_N is None else after.fold_N
    assert straddling(second, parts.tolist()) == 0


def test_growing_keeps_the_proportions() -> None:
    first = frame_of(singles(2000))
    before = assign(first)
    second = frame_of(singles(2000) + singles(2000, prefix="n"))
    counts = Counter(assign(second, before.assignments).side_N.tolist())
    assert abs(counts["holdout"] - 800) <= 5
    assert abs(counts["dev"] - 600) <= 5


def test_new_rows_join_the_side_of_their_group() -> None:
    first = frame_of(singles(2000))
    before = assign(first)
    was = sides(first, before)
    held = next(name for name, side in was.items() if side == "holdout")
    train = next(name for name, side in was.items() if side == "train")
    rows = [*singles(2000), ("copy1", "l0", held), ("copy2", "l0", train)]
    second = frame_of(rows)
    now = sides(second, assign(second, before.assignments))
    assert (now["copy1"], now["copy2"]) == ("holdout", "train")


def test_trained_rows_that_a_new_row_ties_to_held_out_ones_are_left_out() -> None:
    first = frame_of(singles(2000))
    before = assign(first)
    was = sides(first, before)
    held = next(name for name, side in was.items() if side == "holdout")
    train = next(name for name, side in was.items() if side == "train")
    rows = [(n, label, held if n == train else g) for n, label, g in singles(2000)]
    second = frame_of(rows)
    after = assign(second, before.assignments)
    now = sides(second, after)
    assert (now[held], now[train]) == ("holdout", "left_out")
    # Its side is not forgotten: without the tie it is trained on again.
    assert sides(first, assign(first, after.assignments)) == was


def test_folds_that_a_new_row_ties_together_become_one() -> None:
    first = frame_of(singles(100))
    before = assign(first)
    was = folds(first, before)
    other = next(n for n, f in was.items() if f != was["r0"])
    rows = [(n, label, "r0" if n == other else g) for n, label, g in singles(100)]
    second = frame_of(rows)
    after = assign(second, before.assignments)
    assert after.moved == 1
    assert straddling(second, list(folds(second, after).values())) == 0


def test_edited_and_renumbered_rows_keep_their_side() -> None:
    first = frame_of(singles(2000))
    before = assign(first)
    was = sides(first, before)
    # Alone, the edited rows would be dealt out as before; new rows beside them show the memory.
    edited = frame_of(singles(2000) + singles(700, prefix="n")).with_columns(
        pl.col("hash").map_elements(lambda h: short_hash("edited" + h), return_dtype=pl.String)
    )
    now = sides(edited, assign(edited, before.assignments))
    assert {name: now[name] for name in was} == was
    assert now != sides(edited, assign(edited))
    order = np.random.default_rng(0).permutation(2000)
    renumbered = first.with_columns(pl.Series("id", [f"r{i}" for i in order])).sort("id")
    renumbered = renumbered.with_columns(pl.Series("group", range(2000)))
    after = assign(renumbered, before.assignments)
    by_hash = dict(zip(first["hash"].to_list(), before.side_N.tolist(), strict=True))
    now = dict(zip(renumbered["hash"].to_list(), after.side_N.tolist(), strict=True))
    assert now == by_hash


def test_rows_that_come_back_find_their_side_again() -> None:
    full, part = frame_of(singles(2000)), frame_of(singles(1400))
    before = assign(full)
    between = assign(part, before.assignments)
    assert between.scheme == "holdout"
    assert sides(full, assign(full, between.assignments)) == sides(full, before)


def test_the_same_words_in_another_conversation_are_another_row() -> None:
    rows = [(f"t{g}-yes", "l0", f"t{g}") for g in range(1000)]
    rows += [(f"t{g}-more", f"l{g % 3}", f"t{g}") for g in range(1000)]
    stock = short_hash("yes")

    def made(rows: list[Row]) -> pl.DataFrame:
        return frame_of(rows, keyed=True).with_columns(
            pl.when(pl.col("id").str.ends_with("yes"))
            .then(pl.lit(stock))
            .otherwise("hash")
            .alias("hash")
        )

    first = made(rows)
    before = assign(first)
    added = [(f"u{g}-yes", "l0", f"u{g}") for g in range(500)]
    second = made(rows + added)
    after = assign(second, before.assignments)
    now = sides(second, after)
    assert {n: now[n] for n in first["id"]} == sides(first, before)
    assert "left_out" not in now.values()
    assert abs(sum(now[n] == "holdout" for n, _, _ in added) - 100) < 15


def test_a_holdout_file_is_held_out_and_its_copies_are_left_out() -> None:
    rows = [*singles(100), ("h1", "l0", "h1"), ("h2", "l1", "r5"), ("h3", "l2", "h3")]
    frame = frame_of(rows, held=("h1", "h2", "h3"))
    splits = assign(frame)
    now = sides(frame, splits)
    assert [now[n] for n in ("h1", "h2", "h3", "r5")] == ["holdout"] * 3 + ["left_out"]
    counts = Counter(now.values())
    assert counts["holdout"] == 3
    assert abs(counts["dev"] - 15) <= 1
    assert "r5" not in splits.assignments["id"].to_list()
    # What was in the file stays held out when somebody moves it among the examples.
    merged = frame_of(rows)
    again = sides(merged, assign(merged, splits.assignments))
    assert [again[n] for n in ("h1", "h2", "h3")] == ["holdout"] * 3
    assert again["r5"] != "train"


def test_a_new_row_in_a_held_out_group_stays_out_of_training_beside_a_holdout_file() -> None:
    first = frame_of(singles(2000))
    before = assign(first)
    held = next(n for n, side in sides(first, before).items() if side == "holdout")
    rows = [*singles(2000), ("copy", "l0", held), ("file", "l0", "file")]
    second = frame_of(rows, held=("file",))
    now = sides(second, assign(second, before.assignments))
    assert (now["copy"], now["file"], now[held]) == ("holdout",) * 3


def test_a_label_of_large_groups_is_kept_in_the_bin_that_needs_all() -> None:
    # Bin 0 is more than full already, so nothing but the rule brings the new label there.
    group_N = np.array([*range(100), 100, 100, 101, 101])
    label_N = np.array([0] * 100 + [1] * 4)
    fixed = np.array([0] * 95 + [1] * 5 + [FREE] * 2)
    rows = Rows(group_N, label_N, groups=102, labels=2)
    keys = [str(i) for i in range(102)]
    assert sorted(allocate(rows, (0.2, 0.8), keys, fixed, keep_all=0)[100:].tolist()) == [0, 1]
    assert allocate(rows, (0.2, 0.8), keys, fixed)[100:].tolist() == [1, 1]


def test_nothing_left_to_train_on_is_an_error() -> None:
    rows = [*singles(20), *((f"h{i}", "l0", f"r{i}") for i in range(20))]
    with pytest.raises(DataError, match="no example is left to train on"):
        assign(frame_of(rows, held=tuple(f"h{i}" for i in range(20))))


def test_from_cross_fitting_a_holdout_comes_from_new_groups_only() -> None:
    first = frame_of(singles(1900))
    before = assign(first)
    assert before.scheme == "cross_fitting"
    few = frame_of(singles(1900) + singles(250, prefix="n"))
    between = assign(few, before.assignments)
    assert between.scheme == "cross_fitting"
    assert between.short_of_holdout == 180
    kept = folds(first, before)
    assert {n: f for n, f in folds(few, between).items() if n in kept} == kept
    many = frame_of(singles(1900) + singles(900, prefix="n"))
    after = assign(many, before.assignments)
    assert after.scheme == "holdout"
    now = sides(many, after)
    held = [name for name, side in now.items() if side == "holdout"]
    assert abs(len(held) - 560) <= 3
    assert all(name.startswith("n") for name in held)
    assert {now[name] for name in kept} == {"train", "dev"}


@pytest.mark.parametrize(
    "rows", [singles(3), singles(9), [(f"r{i}", "l0", "one") for i in range(500)]]
)
def test_fewer_than_ten_independent_groups_are_refused(rows: list[Row]) -> None:
    with pytest.raises(DataError, match=f"{len(rows)} examples") as caught:
        assign(frame_of(rows))
    assert "at least 10 independent" in str(caught.value.expected)


def test_a_label_with_one_group_is_always_trained_on() -> None:
    frame = frame_of([*singles(30), ("only", "rare", "only")])
    assert folds(frame, assign(frame))["only"] == ALWAYS_TRAIN
    drawn = assign(frame, split=Split())
    assert sides(frame, drawn)["only"] == "train"
    with pytest.raises(DataError, match="two independent"):
        assign(frame_of([(f"r{i}", f"l{i}", f"r{i}") for i in range(12)]))


def examples_of(rows: list[Row]) -> Examples:
    frame = frame_of(rows).with_columns(pl.col("id").alias("input"))
    return Examples.from_frame(frame)


@PROPERTY
@given(grouped(), st.floats(0.1, 0.5), st.integers(0, 5))
def test_inner_splits_partition_and_keep_every_label_in_train(
    rows: list[Row], share: float, seed: int
) -> None:
    examples = examples_of(rows)
    train, dev = inner_split(examples, share, seed)
    assert sorted(train.ids + dev.ids) == sorted(examples.ids)
    assert not set(train.groups.tolist()) & set(dev.groups.tolist())
    assert set(train.targets) == set(examples.targets)
    assert len(dev)
    again = inner_split(examples.take(np.arange(len(examples))[::-1]), share, seed)
    assert sorted(again[1].ids) == sorted(dev.ids)


def test_inner_splits_have_their_share_and_differ_by_seed() -> None:
    examples = examples_of(singles(400, labels=40))
    cuts = [inner_split(examples, 0.2, seed)[1] for seed in range(3)]
    assert all(abs(len(dev) - 80) <= 2 for dev in cuts)
    assert len({dev.ids for dev in cuts}) == 3
    pairs = examples_of(singles(80, labels=40))
    assert abs(len(inner_split(pairs, 0.2, 0)[1]) - 16) <= 2


def test_inner_splits_of_too_little() -> None:
    train, dev = inner_split(
        examples_of([("a", "x", "a"), ("b", "x", "b"), ("c", "y", "c")]), 0.1, 0
    )
    assert (len(train), len(dev)) == (2, 1)
    with pytest.raises(DataError, match="none can be kept aside"):
        inner_split(examples_of([("a", "x", "a"), ("b", "y", "b")]), 0.2, 0)
