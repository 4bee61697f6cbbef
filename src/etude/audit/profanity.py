"""Rude words, insults and slurs in targets: what a model would say to people.

A list of words of our own (``_words``), found as whole words, so that Scunthorpe, cockpits and
assassins are none, and disguised ones ("sh1t", "f**k"); what has a harmless meaning as well stands
there with the words that tell. What a target quotes from its input is told apart; inputs are what
people wrote, so only slurs in them are named, as a note. It hears words, never what is meant by
them: contempt in polite words passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import polars as pl

from etude.audit import _disguises
from etude.audit._base import Audit, Found, Material, found
from etude.audit._textual import (
    WORDED,
    Finder,
    Place,
    exact,
    fields,
    of_rows,
    places,
    read,
    share,
)
from etude.audit._words import table
from etude.records.dataset import Repair, Severity

_ABOUT = re.compile(
    r"\b(?:toxic\w*|profan\w*|offensive|hate ?speech|hateful|abus(?:e|ive)|insult\w*"
    r"|moderat\w*|obscen\w*|"
    r"slurs?|swear\w*|vulgar\w*)\b",
    re.IGNORECASE,
)
"""What a task says that is about such words: in its inputs they are what it needs."""
_VOICE = 0.2
"""Share of targets from which rude words are how the task sounds."""


@dataclass(frozen=True)
class _Kind:
    """How words of a severity are told. ``code``: of the finding in targets; ``noun``: in its sentence;
    ``voice``: whether a task may sound so."""

    code: str
    noun: str
    severity: Severity
    voice: bool


_KINDS = {
    "slur": _Kind("slurs", "a slur", "warning", voice=False),
    "strong": _Kind("profanity", "rude words", "warning", voice=True),
    "insult": _Kind("insults", "an insult", "warning", voice=True),
    "coarse": _Kind("coarse_words", "coarse words", "note", voice=True),
}
_AROUND = re.compile(r"\(\?<?[=!](?:[^()]|\([^()]*\))*\)")
"""What must stand beside a word, or must not: Rust's regexes don't know it."""


@cache
def _pattern(severity: str) -> re.Pattern[str]:
    words = table("profanity").filter(pl.col("severity") == severity)["word"]
    return re.compile(rf"(?<![\w@#/.-])(?:{'|'.join(words)})(?![\w@/-])", re.IGNORECASE)


@cache
def _spelt(severity: str) -> frozenset[str]:
    """Words that a mask may hide."""
    words = table("profanity").filter(pl.col("severity") == severity)["spelt"].fill_null("")
    return frozenset(" ".join(words).split())


@cache
def _sieve(severity: str) -> str:
    words = table("profanity").filter(pl.col("severity") == severity)["word"]
    plain = "|".join(_AROUND.sub("", word) for word in words)
    return rf"(?i)\b(?:{plain})"


def _run(material: Material) -> Iterator[Found]:
    for field in fields(material.task):
        rows = read(material, field)
        masked = rows["text"].str.contains(_disguises.SIEVE)
        for severity in _KINDS if field == "target" else ("slur",):
            seen = rows.filter(rows["text"].str.contains(_sieve(severity)) | masked)
            hits = places(seen, field, _finder(severity), offsets=exact(material, field))
            if field == "target" and len(hits):
                yield from _in_targets(material, _KINDS[severity], hits)
            elif len(hits) and not _ABOUT.search(_told(material)):
                yield from _in_inputs(material, hits)


def _finder(severity: str) -> Finder:
    pattern, spelt = _pattern(severity), _spelt(severity)

    def finder(text: str) -> Iterator[Place]:
        for match in pattern.finditer(text):
            if not _is_name(text, match.start(), match.group()):
                yield Place(*match.span(), match.group(), None, 0.9)
        for start, end, readings in _disguises.disguised(text):
            if any(
                one in spelt or _disguises.stands_for(one, spelt) or pattern.fullmatch(one)
                for one in readings
            ):
                yield Place(start, end, text[start:end], None, 0.8)

    return finder


def _is_name(text: str, at: int, word: str) -> bool:
    """A capital beside another word with one: the name of a person, a place, a work."""
    if not word[0].isupper() or word.isupper():
        return False
    before, after = text[:at].split(), text[at + len(word) :].split()
    beside = (*before[-1:], *after[:1])
    return any(len(other) > 1 and other[0].isupper() and other.isalpha() for other in beside)


def _told(material: Material) -> str:
    task = material.task
    labels = " ".join([*material.labels, *(task.labels or {}).values()])
    return f"{task.task} {task.instructions} {labels}".replace("-", " ").replace("_", " ")


def _in_targets(material: Material, kind: _Kind, hits: pl.DataFrame) -> Iterator[Found]:
    """Words of a target's own are a fault; those that its input has may be quoted."""
    inputs = material.frame.select("id", pl.col("input").str.to_lowercase().alias("given"))
    quoted = pl.col("given").str.contains(pl.col("evidence").str.to_lowercase(), literal=True)
    both = hits.join(inputs, on="id", how="left").with_columns(quoted.alias("quoted"))
    rows = len(material.frame)
    own = both.filter(~pl.col("quoted")).drop("given", "quoted")
    if len(own):
        voice = kind.voice and own["id"].n_unique() > _VOICE * rows
        yield found(
            "profanity",
            kind.code,
            "note" if voice else kind.severity,
            f"{of_rows(own, rows, 'targets')} ({share(own['id'].n_unique(), rows)}) "
            f"{'has' if own['id'].n_unique() == 1 else 'have'} {kind.noun} that their input does "
            f"not have",
            own,
            costs="the model learns to say them to people",
            repair=Repair(apply="decide", sentence="write it without them, or leave it out"),
            seconds_each=8,
        )
    repeated = both.filter(pl.col("quoted")).drop("given", "quoted")
    if len(repeated):
        yield found(
            "profanity",
            f"{kind.code}_repeated",
            "note",
            f"{of_rows(repeated, rows, 'targets')} "
            f"{'repeats' if repeated['id'].n_unique() == 1 else 'repeat'} {kind.noun} of their input",
            repeated,
            costs="the model learns to say them back",
            repair=Repair(apply="decide", sentence="see whether they are quoted on purpose"),
            seconds_each=5,
        )


def _in_inputs(material: Material, hits: pl.DataFrame) -> Iterator[Found]:
    rows = len(material.frame)
    yield found(
        "profanity",
        "slurs_in_inputs",
        "note",
        f"{of_rows(hits, rows, 'inputs')} {'has' if hits['id'].n_unique() == 1 else 'have'} a slur: "
        "keep them if people write so, and see how they are answered",
        hits,
        costs="where an answer takes them up, the model learns to do the same",
        repair=Repair(apply="decide", sentence="see how each is answered"),
        seconds_each=5,
    )


AUDIT = Audit("rude words and slurs", WORDED, "rows", _run)
