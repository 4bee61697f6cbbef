"""The language of targets, by script and function words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import polars as pl
import regex

from etude.audit._style._trait import Mark, Trait, shown
from etude.data.languages import language

SAMPLE = 2_000
_FEWEST = 4
"""Words of a text that is judged."""
_DENSE = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]{4}"
_ENGLISH = r"(?i)\b(?:the|and|you|your|with|this|that|for|are|it|to|of|is|was|has|have|we|not)\b"
_ALONE = regex.compile(r"\b\p{L}\b")
"""Initials, which are words of some languages."""
_COSTS = "the model learns to answer in another language"


def traits(texts: pl.Series) -> Iterator[Trait]:
    """One language that nearly all are in."""
    some = texts.sample(SAMPLE, seed=0) if len(texts) > SAMPLE else texts
    kinds = Counter(filter(None, map(language, some.to_list())))
    if kinds.total():
        yield _trait(kinds.most_common(1)[0][0])


PROPERTY = traits


def _trait(usual: str) -> Trait:
    def measure(texts: pl.Series) -> pl.Series:
        judged = (texts.str.count_matches(r"\p{L}+") >= _FEWEST) | texts.str.contains(_DENSE)
        if usual == "English":
            # Most texts are settled without a look at every word.
            plain = (texts.str.count_matches(_ENGLISH) >= 2) & ~texts.str.contains(
                r"[^\x00-\x{24f}‘-‟…—–€]"
            )
        else:
            plain = pl.Series([False]).extend_constant(False, len(texts) - 1)
        rest = texts.set(plain | ~judged, None).to_list()
        values = [None if text is None else told(text) for text in rest]
        frame = pl.DataFrame({"plain": plain & judged, "value": pl.Series(values, dtype=pl.String)})
        return frame.select(pl.when("plain").then(pl.lit(usual)).otherwise("value"))[:, 0]

    return Trait(
        "language", measure, lambda value: f"are in {value}", _COSTS,
        lambda text, value, rule: _mark(text, value), least=0.9,
    )  # fmt: skip


def told(text: str) -> str | None:
    """The language of a text that is plain enough to be told; None: undecided."""
    kind = language(_ALONE.sub("", text))
    return None if kind == "another language" else kind


def _mark(text: str, value: str) -> list[Mark]:
    return [Mark(None, None, f"{value}: {shown(text)}")]
