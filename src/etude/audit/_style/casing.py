"""Letters of whole targets: all in small letters, all in capitals, or titles with Capital Words."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from etude.audit._style._trait import Trait, phrases

_TITLE_WORDS = 14
"""Words of the longest target that is looked at as a title."""


def traits(texts: pl.Series) -> Iterator[Trait]:
    """Long texts: capitals at all; titles: which words have them."""
    yield Trait(
        "casing",
        _whole,
        phrases(
            lower="are all in small letters",
            upper="are all in capitals",
            usual="use capitals and small letters",
        ),
        "the model learns to write in either case at random",
        least=0.9,
    )
    words = texts.str.count_matches(r"\S+")
    if len(texts) and ((words >= 3) & (words <= _TITLE_WORDS)).mean() > 0.5:  # type: ignore[operator]
        yield Trait(
            "title_casing",
            _title,
            phrases(
                title="Write Most Words With a Capital",
                sentence="write only the first word with a capital",
            ),
            "the model learns to write titles in several ways",
            among=" that are as short as a title",
            least=0.88,
        )


PROPERTY = traits


def _whole(texts: pl.Series) -> pl.Series:
    small, large = texts.str.contains(r"\p{Ll}"), texts.str.contains(r"\p{Lu}")
    several = texts.str.count_matches(r"\p{L}") >= 6
    value = (
        pl.when(small & ~large)
        .then(pl.lit("lower"))
        .when(large & ~small)
        .then(pl.lit("upper"))
        .when(small & large)
        .then(pl.lit("usual"))
    )
    return pl.select(pl.when(several).then(value))[:, 0]


def _title(texts: pl.Series) -> pl.Series:
    """By words of four letters and more, of which names are not told apart; the first is left out."""
    rest = texts.str.replace(r"^\W*\w+", "")
    capital = rest.str.count_matches(r"\b\p{Lu}\p{Ll}{3,}")
    small = rest.str.count_matches(r"\b\p{Ll}{4,}")
    fits = ~texts.str.contains(r"\n") & (texts.str.count_matches(r"\S+") <= _TITLE_WORDS)
    value = (
        pl.when((capital >= 2) & (small == 0))
        .then(pl.lit("title"))
        .when((small >= 2) & (capital <= 1))
        .then(pl.lit("sentence"))
    )
    return pl.select(pl.when(fits).then(value))[:, 0]
