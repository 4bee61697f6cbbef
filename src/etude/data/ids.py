"""The name of every row, and the forms by which copies of it are found.

An id is the id column's text, else the first 16 hexadecimal digits of the sha256 of the input's
normal form; repeats get ``-2``, ``-3`` by content, so the order of rows never matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import polars as pl

from etude.data.conversations import comparable, compared, turns_of
from etude.data.text import normal_form, short_hash
from etude.records.dataset import Finding
from etude.records.task import Task


def hashed(frame: pl.DataFrame, task: Task) -> list[pl.Series]:
    """The columns ``normal`` and ``hash`` of canonical rows."""
    inputs = frame["input"].to_list()
    own = [comparable(text, task.kind) for text in inputs]
    alike = own
    if task.kind == "chat":
        alike = [normal_form(text) for text in compared([turns_of(text) for text in inputs])]
    elif frame["compared"].is_not_null().any():
        texts = frame["compared"].fill_null(frame["input"]).to_list()
        alike = [normal_form(text) for text in texts]
    hashes = [short_hash(text) for text in own]
    return [pl.Series("normal", alike, pl.String), pl.Series("hash", hashes, pl.String)]


def unique_ids(frame: pl.DataFrame) -> tuple[list[str], list[str]]:
    """Every row's unique id, and the ids of the id column that stood more than once in a file."""
    bases: list[str] = frame["id"].fill_null(frame["hash"]).to_list()
    ids, used = list(bases), set(bases)
    again = pl.Series("base", bases, pl.String)
    doubled = frame.with_columns(base=again).with_row_index("row").filter(again.is_duplicated())
    order = doubled.sort(
        "base", "held", "hash", "target", "group", "context", "input", "meta", nulls_last=True
    )
    seen: set[str] = set()
    number: Counter[str] = Counter()
    for row, base in order.select("row", "base").iter_rows():
        if base not in seen:
            seen.add(base)
            number[base] = 1
            continue
        while True:
            number[base] += 1
            name = f"{base}-{number[base]}"
            if name not in used:
                break
        used.add(name)
        ids[row] = name
    given = doubled.filter(pl.col("id").is_not_null())
    in_file = given.filter(pl.struct("id", "held").is_duplicated())
    return ids, in_file["id"].unique().sort().to_list()


def id_findings(twice: Sequence[str]) -> list[Finding]:
    """Ids that stood more than once."""
    if not twice:
        return []
    count = len(twice)
    return [
        Finding(
            code="duplicate_ids",
            severity="warning",
            count=count,
            sentence=f"{count:,} id{'s' if count != 1 else ''} stand more than once, such as "
            f"{twice[0]!r}; the repeats were named {twice[0] + '-2'!r} and so on",
            hint="give every row an id of its own, or take `id` out of etude.yaml",
        ).naming(twice)
    ]
