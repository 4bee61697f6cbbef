"""How targets begin: a greeting, words that are always the same, a capital letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl
import regex

from etude.audit._style._trait import (
    HAS,
    LACKS,
    Mark,
    Trait,
    alternatives,
    opening,
    phrases,
    presence,
    shown,
)

SAMPLE = 20_000
COMMON = 0.8
_COSTS = "the model learns to begin in several ways"
_GREETINGS = (
    "hi", "hello", "hey", "dear", "good morning", "good afternoon", "good evening", "good day",
    "greetings", "hiya", "howdy", "hi there", "hello there", "hey there", "hallo",
    "guten tag", "liebe", "lieber", "sehr geehrte", "sehr geehrter", "bonjour", "salut", "cher",
    "chère", "hola", "estimado", "estimada", "buenos días", "ciao", "buongiorno", "gentile", "olá",
    "prezado", "prezada", "beste", "geachte", "hej", "dzień dobry", "szanowni",
)  # fmt: skip
_GREETING = alternatives(_GREETINGS)
_GREETED = rf"(?i)^[^\w\n]*{_GREETING}\b"
_MARKED = rf"(?i)^[^\w\n]*{_GREETING}\b[^\n,!.:;–—?]{{0,40}}([,!.:;–—?]|\n)"
_FIRST = r"^[^\p{L}\p{N}<`$#@/\\]*(\p{L})"


def traits(texts: pl.Series) -> Iterator[Trait]:
    """What begins nearly all texts."""
    yield presence(
        "greeting",
        _GREETED,
        "begin with a greeting",
        "have no greeting",
        _COSTS,
        mark=opening,
        least=0.87,
        lacking="note",
        conditional=True,
    )
    yield _greeting_words()
    yield _greeting_mark()
    words = _opening_words(texts)
    if words is not None:
        yield _same(words)
    yield _capital()


PROPERTY = traits


def _greeting_words() -> Trait:
    pattern = regex.compile(rf"(?i)^[^\w\n]*({_GREETING})\b")

    def measure(texts: pl.Series) -> pl.Series:
        return texts.str.extract(rf"(?i)^[^\w\n]*({_GREETING})\b").str.to_lowercase()

    def mark(text: str, value: str, rule: str) -> Sequence[Mark]:
        found = pattern.search(text)
        if found is None:
            return opening(text, value, rule)
        return [Mark(found.start(1), found.end(1), shown(text, 40))]

    return Trait(
        "greeting_words",
        measure,
        lambda value: f"begin with “{value.capitalize()}”",
        _COSTS,
        mark,
        among=" that greet",
    )


def _greeting_mark() -> Trait:
    names = {",": "a comma", "!": "an exclamation mark", "\n": "nothing", ".": "a full stop",
             ":": "a colon"}  # fmt: skip
    pattern = regex.compile(_MARKED)

    def measure(texts: pl.Series) -> pl.Series:
        mark = texts.str.extract(_MARKED)
        return mark.replace_strict(names, default="another mark", return_dtype=pl.String).set(
            mark.is_null(), None
        )

    def mark(text: str, value: str, rule: str) -> Sequence[Mark]:
        found = pattern.search(text)
        if found is None:
            return opening(text, value, rule)
        return [Mark(found.start(), found.end(), shown(found.group()))]

    return Trait(
        "greeting_mark",
        measure,
        lambda value: f"end the greeting with {value}",
        _COSTS,
        mark,
        among=" that greet",
    )


def _opening_words(texts: pl.Series) -> str | None:
    """The longest run of first words, at most five, that nearly all texts share."""
    some = texts.sample(SAMPLE, seed=0) if len(texts) > SAMPLE else texts
    for words in (5, 4, 3, 2, 1):
        first = some.str.extract(rf"^(\S+(?:[ \t]+\S+){{{words - 1}}})")
        counts = first.drop_nulls().value_counts(sort=True, name="rows")
        if not counts.is_empty() and counts.row(0)[1] >= COMMON * len(some):
            return str(counts.row(0)[0])
    return None


def _same(words: str) -> Trait:
    def measure(texts: pl.Series) -> pl.Series:
        there = texts.str.starts_with(words)
        return pl.select(pl.when(there).then(pl.lit(HAS)).otherwise(pl.lit(LACKS)))[:, 0]

    return Trait(
        "opening_words",
        measure,
        phrases(has=f"begin with {shown(words)}", lacks="begin otherwise"),
        _COSTS,
        rules=frozenset({HAS}),
    )


def _capital() -> Trait:
    def measure(texts: pl.Series) -> pl.Series:
        first = texts.str.extract(_FIRST)
        value = (
            pl.when(first.str.contains(r"\p{Lu}"))
            .then(pl.lit("upper"))
            .when(first.str.contains(r"\p{Ll}"))
            .then(pl.lit("lower"))
        )
        return pl.select(value)[:, 0]

    def mark(text: str, value: str, rule: str) -> Sequence[Mark]:
        word = regex.search(r"[^\W\d_][\w'’]*", text)
        if word is None:
            return opening(text, value, rule)
        found = word.group()
        plain = rule == "upper" and found.islower()
        return [Mark(*word.span(), shown(text), found[0].upper() + found[1:] if plain else None)]

    return Trait(
        "first_capital",
        measure,
        phrases(upper="begin with a capital letter", lower="begin with a small letter"),
        _COSTS,
        mark,
        least=0.88,
        repair="begin with a capital letter",
    )
