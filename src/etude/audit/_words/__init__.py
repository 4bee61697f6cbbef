"""Small lists of words that audits use, as tables; ``README.md`` says whose they are."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import polars as pl


@cache
def table(name: str) -> pl.DataFrame:
    """The list ``name.csv``, all columns as text; lines that begin with ``#`` are remarks."""
    text = files(__name__).joinpath(f"{name}.csv").read_bytes()
    return pl.read_csv(text, comment_prefix="#", infer_schema=False)
