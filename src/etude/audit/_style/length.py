"""Targets far longer or shorter than the others, by a robust spread of the logarithm of words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from etude.audit._style._trait import Mark, Trait, phrases, shown

FAR = 4.5
"""Robust standard deviations from the middle."""
TIMES = 4.0
"""And at least so many times as long, or as short."""
_LEAST_SPREAD = 0.15
_WORD = r"[\p{L}\p{N}]+|[\p{Han}\p{Hiragana}\p{Katakana}]"


def traits(texts: pl.Series) -> Iterator[Trait]:
    """One trait; texts of a usual length are silent."""
    length_U = words(texts)
    if len(length_U) == 0:
        return
    middle = float(np.median(length_U))
    deviation = float(np.median(np.abs(np.log(length_U) - np.log(middle))))
    spread = max(1.4826 * deviation, _LEAST_SPREAD)

    def measure(series: pl.Series) -> pl.Series:
        z = (pl.Series(np.log(words(series))) - np.log(middle)) / spread
        far = max(FAR, np.log(TIMES) / spread)
        value = (
            pl.when(z > far)
            .then(pl.lit("long"))
            .when(z < -far)
            .then(pl.lit("short"))
            .otherwise(pl.lit("usual"))
        )
        return pl.select(value)[:, 0]

    def mark(text: str, value: str, rule: str) -> Sequence[Mark]:
        count = int(words(pl.Series([text]))[0])
        noun = "word" if count == 1 else "words"
        return [Mark(None, None, f"{count:,} {noun}, usual are about {middle:,.0f}: {shown(text)}")]

    yield Trait(
        "length",
        measure,
        phrases(
            usual=f"are of a usual length (about {middle:,.0f} words)",
            long=f"are at least {TIMES:.0f} times as long",
            short=f"are at most a {_part(TIMES)} as long",
        ),
        "a few very long or very short targets teach an unsure length",
        mark,
        least=0.93,
        severity="note",
        rules=frozenset({"usual"}),
    )


PROPERTY = traits


def words(texts: pl.Series) -> NDArray[np.float64]:
    """(N,) words of texts, at least 1."""
    count = texts.str.count_matches(_WORD)
    count_N: NDArray[np.float64] = np.maximum(count.to_numpy().astype(np.float64), 1.0)
    return count_N


def _part(times: float) -> str:
    return {2: "half", 3: "third", 4: "quarter"}.get(int(times), f"1/{times:.0f}")
