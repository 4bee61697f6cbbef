"""Rude words and slurs in targets: what a model would say to people.

A short list of unambiguous words of our own (``_words``), found as whole words, so that Scunthorpe,
cockpits and assassins are none. What a target quotes from its input is told apart; inputs are what
people wrote, so only slurs in them are named, as a note. It hears words, never what is meant by
them: contempt in polite words passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import polars as pl

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
from etude.records.dataset import Repair

_ABOUT = re.compile(
    r"\b(?:toxic\w*|profan\w*|offensive|hate ?speech|hateful|abus(?:e|ive)|insult\w*"
    r"|moderat\w*|obscen\w*|"
    r"slurs?|swear\w*|vulgar\w*)\b",
    re.IGNORECASE,
)
"""What a task says that is about such words: in its inputs they are what it needs."""
_VOICE = 0.2
"""Share of targets from which rude words are how the task sounds."""


@cache
def _patterns(severity: str) -> re.Pattern[str]:
    words = table("profanity").filter(pl.col("severity") == severity)["word"]
    return re.compile(rf"(?<![\w@#/.-])(?:{'|'.join(words)})(?![\w@/-])", re.IGNORECASE)


@cache
def _sieve() -> str:
    return rf"(?i)\b(?:{'|'.join(table('profanity')['word'])})"


def _run(material: Material) -> Iterator[Found]:
    for field in fields(material.task):
        rows = read(material, field).filter(pl.col("text").str.contains(_sieve()))
        for severity in ("slur", "strong"):
            hits = places(rows, field, _finder(severity), offsets=exact(material, field))
            if field == "target" and len(hits):
                yield from _in_targets(material, severity, hits)
            elif severity == "slur" and len(hits) and not _ABOUT.search(_told(material)):
                yield from _in_inputs(material, hits)


def _finder(severity: str) -> Finder:
    pattern = _patterns(severity)

    def finder(text: str) -> Iterator[Place]:
        for match in pattern.finditer(text):
            if not _is_name(text, match.start(), match.group()):
                yield Place(*match.span(), match.group(), None, 0.9)

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


def _in_targets(material: Material, severity: str, hits: pl.DataFrame) -> Iterator[Found]:
    """Words of a target's own are a fault; those that its input has may be quoted."""
    inputs = material.frame.select("id", pl.col("input").str.to_lowercase().alias("given"))
    quoted = pl.col("given").str.contains(pl.col("evidence").str.to_lowercase(), literal=True)
    both = hits.join(inputs, on="id", how="left").with_columns(quoted.alias("quoted"))
    rows = len(material.frame)
    kind = "a slur" if severity == "slur" else "rude words"
    code = "slurs" if severity == "slur" else "profanity"
    own = both.filter(~pl.col("quoted")).drop("given", "quoted")
    if len(own):
        voice = severity == "strong" and own["id"].n_unique() > _VOICE * rows
        yield found(
            "profanity",
            code,
            "note" if voice else "warning",
            f"{of_rows(own, rows, 'targets')} ({share(own['id'].n_unique(), rows)}) "
            f"{'has' if own['id'].n_unique() == 1 else 'have'} {kind} that their input does "
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
            f"{code}_repeated",
            "note",
            f"{of_rows(repeated, rows, 'targets')} "
            f"{'repeats' if repeated['id'].n_unique() == 1 else 'repeat'} {kind} of their input",
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
