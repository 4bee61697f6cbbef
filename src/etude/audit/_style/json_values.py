"""JSON targets: the types of values, the form of codes, dates and prices in them, and spacing."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import polars as pl
import regex

from etude.audit._style._json import Record, Records, parsed, scalars
from etude.audit._style._trait import MIXED, Mark, Style, Trait, choice, shown

RECURS = 0.1
FEWEST = 20
MOST = 40
_FEW = 0.25
"""Different values over values, below which a path has a fixed list of them."""
_COSTS = "the model learns to write this value in several ways"
_TYPES = {str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list",
          dict: "an object"}  # fmt: skip
_SPACING = {
    "lines": Style(r"^[\[{][ \t]*\n", "are laid out over several lines"),
    "spaced": Style(r'^[\[{][^\n]*(?:": |, ")', "have spaces after “:” and “,”"),
    "compact": Style(r'^(?:[\[{][^\n]*":[^ \n]|\{\}|\[\])', "have no spaces between values"),
}
_UPPER = regex.compile(r"\p{Lu}{2,}")
_TITLE = regex.compile(r"\p{Lu}\p{Ll}*")
_LOWER = regex.compile(r"\p{Ll}+")
_DIGITS = regex.compile(r"\d+")
_REPEATED = regex.compile(r"((?:[Aaw]+)(?:[ ,'&-]+))(?:\1)+")


def traits(records: Records) -> Iterator[Trait]:
    """What is asked of the layout, and of each path that recurs."""
    yield _layout(records)
    counts = Counter(path for record in records.some if record for path in record.at)
    least = max(FEWEST, RECURS * len(records.some))
    for path in [path for path, count in counts.most_common(MOST) if count >= least]:
        yield _type(records, path)
        if _has_form(records, path):
            yield _form(records, path)


def _layout(records: Records) -> Trait:
    plain = choice(
        "json_spacing", _SPACING, "", "the model learns two layouts", severity="note", least=0.85
    )

    def measure(series: pl.Series) -> pl.Series:
        if series is not records.texts:
            return pl.Series([None] * len(series), dtype=pl.String)
        return plain.measure(series)

    def mark(text: str, value: str, rule: str) -> Sequence[Mark]:
        marks = {"compact": (",", ":"), "spaced": (", ", ": ")}.get(rule)
        read = parsed(text)
        fit = json.dumps(read, ensure_ascii=False, separators=marks) if marks and read else None
        return [Mark(None, None, shown(text), fit)]

    return Trait(
        plain.code, measure, plain.says, plain.costs, mark,
        severity="note", repair="write all JSON with the same spacing",
    )  # fmt: skip


def _type(records: Records, path: str) -> Trait:
    def one(record: Record) -> str | None:
        values = [value for value in record.at.get(path, []) if value is not None]
        return MIXED.join(sorted({_TYPES[type(value)] for value in values})) or None

    def mark(text: str, value: str, rule: str) -> list[Mark]:
        return [Mark(None, None, f"“{path}” is {value.replace(MIXED, ' and ')}: {shown(text)}")]

    return Trait(
        "json_type",
        records.measure(one),
        lambda value: f"have {value.replace(MIXED, ' and ')} there",
        _COSTS,
        mark,
        among=f" with a value at “{path}”",
    )


def _has_form(records: Records, path: str) -> bool:
    """Values with digits, or from a short list: free texts have no form."""
    values = [
        value
        for record in records.some
        if record
        for value in scalars(record.at.get(path, []))
        if isinstance(value, str)
    ]
    if len(values) < FEWEST:
        return False
    digits = sum(any(map(str.isdigit, value)) for value in values)
    return digits > 0.8 * len(values) or len(set(values)) <= max(3, _FEW * len(values))


def _form(records: Records, path: str) -> Trait:
    def one(record: Record) -> str | None:
        texts = [value for value in record.at.get(path, []) if isinstance(value, str) and value]
        return "\t".join(sorted({form(value) for value in texts})) or None

    def mark(text: str, value: str, rule: str) -> list[Mark]:
        return [
            _place(text, found)
            for found in _strings(parsed(text), path)
            if found and form(found) != rule
        ]

    return Trait(
        "json_form",
        records.measure(one),
        lambda value: f"write it {_like(value)}",
        _COSTS,
        mark,
        among=f" with a text at “{path}”",
        least=0.9,
        copied=True,
    )


def _place(text: str, found: str) -> Mark:
    at = text.find(json.dumps(found, ensure_ascii=False))
    if at < 0:
        return Mark(None, None, shown(found))
    return Mark(at + 1, at + 1 + len(found), shown(found))


def _strings(value: Any, path: str) -> list[str]:
    found: list[Any] = [value]
    for part in path.replace("[]", ".[]").split("."):
        if part == "[]":
            found = [inner for one in found if isinstance(one, list) for inner in one]
        elif part:
            found = [one[part] for one in found if isinstance(one, dict) and part in one]
    return [one for one in found if isinstance(one, str)]


@lru_cache(maxsize=100_000)
def form(value: str) -> str:
    """A value's form: ``2024-05-03`` and ``1999-12-31`` are ``9-9-9``; words are as their case."""
    value = _UPPER.sub("\x01", value.strip())
    value = _TITLE.sub("\x02", value)
    value = _LOWER.sub("a", value)
    value = value.replace("\x01", "A").replace("\x02", "Aa")
    value = _DIGITS.sub("9", value)
    return _REPEATED.sub(r"\1", value)


def _like(value: str) -> str:
    if "\t" in value:
        return "in several forms"
    known = {"9-9-9": "as 2024-05-03", "9/9/9": "as 3/5/2024", "9.9.9": "as 3.5.2024",
             "a": "in small letters", "A": "in capitals", "Aa": "with a capital letter"}  # fmt: skip
    return known.get(value, f"in the form “{value.replace('9', '0')}”")
