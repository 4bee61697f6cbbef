"""Secrets in examples: keys, tokens, private keys, passwords, addresses with a password in them.

They are shown by their first and last characters alone, because findings are exported.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from etude.audit._base import EVERY, Audit, Found, Material, count_of, found
from etude.audit.private import fields_read
from etude.privacy import Sort, marked, secrets, state
from etude.records.dataset import Repair

_SECONDS = 10.0
_CODES = {
    "KEY": "secret_key",
    "PRIVATE_KEY": "secret_private_key",
    "PASSWORD": "secret_password",
    "CONNECTION": "secret_connection",
}


def _run(material: Material) -> Iterator[Found]:
    chosen = secrets()
    sorts = {one.sort.tag: one.sort for one in chosen}
    places = marked({name: material.texts(name) for name in fields_read(material)}, chosen)
    ids = material.frame["id"].gather(places["row"])
    for (tag,), part in places.with_columns(id=ids).group_by("sort", maintain_order=True):
        yield _one_sort(sorts[str(tag)], part, len(material.frame))


def _one_sort(sort: Sort, places: pl.DataFrame, total: int) -> Found:
    rows = places["row"].n_unique()
    titles = places["title"].unique().sort().to_list()
    return found(
        "secrets",
        _CODES.get(sort.tag, f"secret_{sort.tag.lower()}"),
        "error",
        f"{rows:,} of {count_of(total, 'example')} {'holds' if rows == 1 else 'hold'} {sort.plural} "
        f"({', '.join(titles[:4])}{' …' if len(titles) > 4 else ''})",
        places.select(
            "id",
            "field",
            "start",
            "end",
            pl.format("{}: {}", "title", "shown").alias("evidence"),
            pl.col("tag").alias("proposal"),
            pl.col("certainty").alias("score"),
        ),
        costs="whoever gets the examples or the model can use them, and a model can write them out",
        repair=Repair(
            apply="replace",
            sentence=f"put [{sort.tag}_1] and so on in their place, and change those that are in use: "
            "they have been seen",
        ),
        seconds_each=_SECONDS,
    )


AUDIT = Audit("passwords, keys and tokens", EVERY - {"image"}, "rows", _run, state)
