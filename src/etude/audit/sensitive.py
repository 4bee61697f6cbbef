"""Records of what the law protects most (GDPR, article 9): a person's health, religion, politics,
origin, sexual life, union membership, biometrics, genes.

A topic is no record: only what is said of a person who writes, is written to or is dealt with counts
("I am diabetic", "the patient has asthma", "Religion: Sikh"), by phrases in English. What a text says
of public figures, or in general, is passed over; so is much else: it is a sign, not a search.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import polars as pl

from etude.audit._base import Audit, Found, Material, count_of, found
from etude.audit._protected import signs
from etude.audit._textual import (
    WORDED,
    Finder,
    Place,
    around,
    exact,
    fields,
    places,
    read,
    share,
    together,
)
from etude.records.dataset import Repair

_FIELD = (
    r"(?im)(?:^|[;|,{.!?]\s*|\")\"?@\"?\s*[:=]\s*\"?(?!\s*(?:null|none|n/a|unknown|no\b|-|\""
    r"|$))[\w][^\n;|\"]{1,60}"
)
_RECORDS = {
    "health": (
        r"(?:diagnos[ie]s|medical (?:history|conditions?)|medications?|disabilit(?:y|ies)|blood "
        r"(?:type|group)|icd(?:-10)?(?: code)?|"
        r"allergies and conditions|allerg(?:y|ies))"
    ),
    "religion": r"(?:religion|denomination|faith)",
    "ethnic origin": r"(?:ethnicity|race/ethnicity|ethnic (?:origin|group))",
    "sexual life": r"(?:sexual orientation|gender identity)",
    "union membership": r"(?:(?:trade )?union (?:member(?:ship)?)?)",
    "politics": r"(?:political (?:party|views?|affiliation))",
    "biometrics and genes": (
        r"(?:fingerprint(?: id| hash| template)?|iris scan|face(?:print| template)|dna profile"
        r"|genetic test)"
    ),
}
_SIEVE = (
    r"(?i)\b(?:i|i['’]m|we|my|your|the|this|our|as|patient|mr|mrs|ms|miss|found|union)\b|(?:diagnos|medic|disabilit|blood|icd"
    r"|allerg|religion|"
    r"denomination|faith|ethnic|race|sexual|gender|union|political|finger|iris|face|dna"
    r"|genetic)[\w -]*\"?\s*[:=]"
)


@cache
def _record_signs() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(_FIELD.replace("@", words)) for name, words in _RECORDS.items()}


def _run(material: Material) -> Iterator[Found]:
    parts: dict[str, list[pl.DataFrame]] = {}
    for field in fields(material.task):
        rows = read(material, field)
        rows = rows.filter(pl.col("text").str.contains(_SIEVE))
        for name, (sieve, pattern) in signs().items():
            seen = rows.filter(pl.col("text").str.contains(sieve))
            hits = places(seen, field, _finder(pattern, 0.85), offsets=exact(material, field))
            parts.setdefault(name, []).append(hits)
        for name, pattern in _record_signs().items():
            seen = rows.filter(pl.col("text").str.contains(rf"(?i)\b{_RECORDS[name]}\"?\s*[:=]"))
            hits = places(seen, field, _finder(pattern, 0.75), offsets=exact(material, field))
            parts.setdefault(name, []).append(hits)
    for name, frames in parts.items():
        hits = together(frames)
        if len(hits):
            yield _found(material, name, hits)


def _finder(pattern: re.Pattern[str], score: float) -> Finder:
    def finder(text: str) -> Iterator[Place]:
        for match in pattern.finditer(text):
            if not _unsaid(text, match):
                yield Place(*match.span(), around(text, *match.span()), None, score)

    return finder


_NOT = re.compile(
    r"\b(?:if|whether|unless|suppose|not|never|n['’]t|no|without|when|neither|nor|none)\b",
    re.IGNORECASE,
)


def _unsaid(text: str, match: re.Match[str]) -> bool:
    """A condition or a denial: "if I am pregnant", "I am not disabled"."""
    before = re.split(r"[.!?,;\n]", text[max(0, match.start() - 25) : match.start()])[-1]
    return bool(_NOT.search(before)) or bool(_NOT.search(match.group()))


def _found(material: Material, name: str, hits: pl.DataFrame) -> Found:
    rows, count = len(material.frame), hits["id"].n_unique()
    return found(
        "sensitive",
        name.replace(" ", "_"),
        "warning",
        f"{count_of(count, 'example')} of {rows:,} ({share(count, rows)}) "
        f"{'says' if count == 1 else 'say'} of a person what the law protects most: {name}",
        hits,
        costs="training on it needs the person's explicit consent or another ground of article 9 "
        "GDPR, and a model may say it again",
        repair=Repair(apply="decide", sentence="take it out, or say under `rights` what allows it"),
        seconds_each=10,
    )


AUDIT = Audit("health and other protected data about people", WORDED, "rows", _run)
