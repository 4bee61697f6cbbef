"""How targets end: a line or a sentence that is always the same, a sign-off, a final mark."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl
import regex

from etude.audit._style._trait import (
    HAS,
    LACKS,
    Mark,
    Style,
    Trait,
    alternatives,
    choice,
    flags,
    phrases,
    presence,
    shown,
)

SAMPLE = 20_000
HALF = 0.5
"""A line or sentence that so many texts end with may be a rule."""
_LONGEST = 80
_COSTS = "the model learns to leave the ending out, or to vary it, at random"
_CLOSERS = (
    "best regards", "kind regards", "warm regards", "warmest regards", "many regards", "regards",
    "with regards", "best wishes", "warm wishes", "with best wishes", "all the best", "best",
    "yours sincerely", "yours faithfully", "yours truly", "yours", "sincerely",
    "sincerely yours", "cheers", "many thanks", "thanks", "thanks again", "thank you",
    "with thanks", "with gratitude", "take care", "love", "warmly", "cordially", "respectfully",
    "until then", "see you soon", "your team", "happy to help", "have a great day",
    "have a nice day", "have a good day", "have a lovely day", "mit freundlichen grüßen",
    "freundliche grüße", "viele grüße", "liebe grüße", "beste grüße", "cordialement",
    "bien cordialement", "bien à vous", "sincères salutations", "un cordial saludo", "saludos",
    "saludos cordiales", "atentamente", "cordiali saluti", "distinti saluti", "atenciosamente",
    "met vriendelijke groet", "groetjes", "pozdrawiam", "med vänlig hälsning", "hilsen",
)  # fmt: skip
_CLOSER = alternatives(_CLOSERS)
_BEGUN = rf"(?i)(?:^|\n|[.!?]\s+){_CLOSER}"
_CLOSES = rf"{_BEGUN}(?:\W|$)"
"""A sieve; Rust's is slow to see a border of words in text that is not ASCII."""
_SIGNED = (
    rf"{_BEGUN}\b(?:[ \t]*[,!.–—-]*[ \t]*\n[^\n]{{0,60}}){{0,3}}"
    r"[^\n]{0,40}\s*$"
)
_QUOTE = r"[\"'”’»)]*"
_KINDS = {
    "stop": Style(rf"(?:^|[^.])[.。।]{_QUOTE}\s*$", "end with a full stop"),
    "exclamation": Style(rf"[!！]{_QUOTE}\s*$", "end with an exclamation mark"),
    "dots": Style(rf"(?:\.\.+|…){_QUOTE}\s*$", "end with dots"),
}
_LAST = r"([^\n]+)\s*$"
_SENTENCE = r"([^.!?\n]+[.!?]+)\s*$"
_TAIL = r"[\s\"'”’»)\]*_]*$"


def traits(texts: pl.Series) -> Iterator[Trait]:
    """What ends nearly all texts."""
    for pattern, noun in ((_LAST, "line"), (_SENTENCE, "sentence")):
        last = _fixed(texts, pattern)
        if last is not None:
            yield _same(last, noun)
            break
    signed = presence(
        "sign_off",
        _SIGNED,
        "end with a sign-off",
        "have no sign-off",
        _COSTS,
        mark=_mark_end,
        lacking="note",
        conditional=True,
    )
    yield replace(signed, measure=_signed)
    yield _closer()
    yield _final_mark(texts)
    yield choice(
        "kind_of_mark",
        _KINDS,
        " that end with a mark and do not ask",
        "the model learns to end in several ways",
        severity="note",
        least=0.93,
        copied=True,
    )


PROPERTY = traits


def _fixed(texts: pl.Series, pattern: str) -> str | None:
    """The commonest last line or sentence of texts that have more than it."""
    some = texts.sample(SAMPLE, seed=0) if len(texts) > SAMPLE else texts
    last = some.str.extract(pattern).str.strip_chars()
    longer = some.str.strip_chars().str.len_chars() > last.str.len_chars()
    counts = last.filter(longer.fill_null(value=False)).value_counts(sort=True, name="rows")
    if counts.is_empty():
        return None
    text, rows = counts.row(0)
    good = isinstance(text, str) and 3 <= len(text) <= _LONGEST and any(map(str.isalpha, text))
    return text if good and rows >= HALF * len(some) else None


def _same(last: str, noun: str) -> Trait:
    end = regex.escape(last) + r"\s*$"

    def measure(texts: pl.Series) -> pl.Series:
        there = texts.str.contains(end)
        return pl.select(pl.when(there).then(pl.lit(HAS)).otherwise(pl.lit(LACKS)))[:, 0]

    return Trait(
        "last_line",
        measure,
        phrases(has=f"end with the {noun} {shown(last, _LONGEST)}", lacks="end otherwise"),
        _COSTS,
        _mark_end,
        rules=frozenset({HAS}),
        conditional=True,
    )


def _mark_end(text: str, value: str, rule: str) -> Sequence[Mark]:
    """The last line."""
    start = text.rstrip().rfind("\n") + 1
    tail = text[start:].strip()
    return [Mark(None, None, f"ends with {shown('…' + tail[-60:] if len(tail) > 60 else tail)}")]


def _signed(texts: pl.Series) -> pl.Series:
    """Whether texts end with a sign-off; where its words begin none, the rest is not asked for, which
    takes fifty times as long."""
    found = texts.str.contains(_CLOSES)
    maybe = found.arg_true()
    return flags(found.scatter(maybe, texts.gather(maybe).str.contains(_SIGNED)))


def _closer() -> Trait:
    pattern = regex.compile(_SIGNED)
    only = regex.compile(rf"(?i)\b{_CLOSER}\b")

    def measure(texts: pl.Series) -> pl.Series:
        tail = texts.str.extract(
            rf"(?i)(?:^|\n)({_CLOSER})[,!.]?[ \t]*(?:\n[^\n]{{0,60}}){{0,3}}\s*$"
        )
        return tail.str.to_lowercase()

    def mark(text: str, value: str, rule: str) -> Sequence[Mark]:
        found = pattern.search(text)
        place = only.search(text, found.start()) if found else None
        if place is None:
            return _mark_end(text, value, rule)
        return [Mark(place.start(), place.end(), shown(place.group()))]

    return Trait(
        "sign_off_words",
        measure,
        lambda value: f"sign off with “{value.capitalize()}”",
        _COSTS,
        mark,
        among=" that sign off",
    )


def _final_mark(texts: pl.Series) -> Trait:
    """Whether a punctuation mark ends the text; a full stop is proposed where most have one."""
    stop = (texts.str.contains(r"\.[\"'”’)]*\s*$").mean() or 0.0) > 0.8  # type: ignore[operator]

    def measure(series: pl.Series) -> pl.Series:
        end = series.str.replace(_TAIL, "").str.slice(-1)
        value = (
            pl.when(end.str.contains(r"[.!?…。！？।؟]"))
            .then(pl.lit("mark"))
            .when(end.str.contains(r"[\p{L}\p{N}]"))
            .then(pl.lit("bare"))
            .when(end.str.contains(r"[,;:–—-]"))
            .then(pl.lit("open"))
        )
        links = series.str.contains(r"(?:https?://|www\.|@)\S*$")
        return pl.select(pl.when(~links).then(value))[:, 0]

    def mark(text: str, value: str, rule: str) -> Sequence[Mark]:
        last = text.split()[-1] if text.split() else ""
        at = text.rfind(last)
        fits = stop and rule == "mark" and value == "bare" and last[-1:].isalnum()
        fit = (
            last + "."
            if fits
            else last.rstrip(".")
            if rule == "bare" and last[-1:] == "."
            else None
        )
        return [Mark(at, at + len(last), f"ends with {shown(text[-40:])}", fit)]

    return Trait(
        "final_mark",
        measure,
        phrases(
            mark="end with a punctuation mark",
            bare="end without a mark",
            open="break off with a comma, colon or dash",
        ),
        "the model learns to end in both ways",
        mark,
        least=0.88,
        rules=frozenset({"mark", "bare"}),
        repair="end them as the others do",
    )
