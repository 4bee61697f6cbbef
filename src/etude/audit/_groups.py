"""Which groups of people a text names; words of English.

It knows one text at a time, and the rows that name a group, and nothing of labels or findings.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

import polars as pl

from etude.audit._base import Material
from etude.audit._words import table

_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
_PEOPLE = (
    r"(?:people|person|men|man|women|woman|families|family|community|communities|boys?|girls?"
    r"|guys?)"
)
"""Colours and "straight" name a group only before such a word."""


@dataclass(frozen=True)
class Groups:
    """Words of groups: each with its family and group, and one pattern for all."""

    of: dict[str, tuple[str, str]]
    pattern: re.Pattern[str]
    sieve: str
    beside_people: frozenset[str]
    """Words that name a group only before such as "people"."""


@cache
def groups() -> Groups:
    """The words that are known."""
    of: dict[str, tuple[str, str]] = {}
    alone: list[str] = []
    before: list[str] = []
    for family, group, words in table("groups").iter_rows():
        beside, plain = words.split("|") if "|" in words else ("", words)
        for word in (*beside.split(), *plain.split()):
            of[word] = (family, group)
        alone += plain.split()
        before += beside.split()
    listed = "|".join(sorted(alone, key=len, reverse=True))
    beside_people = "|".join(sorted(before, key=len, reverse=True))
    body = rf"(?:{listed})\b|(?:{beside_people}) {_PEOPLE}\b"
    pattern = re.compile(rf"\b(?:{body})", re.IGNORECASE)
    return Groups(of, pattern, rf"(?i)\b(?:{body})", frozenset(before))


def named(text: str) -> set[tuple[str, str]]:
    """Families and groups that a text names."""
    known = groups()
    found = set(_WORD.findall(text.lower())) & known.of.keys()
    if found & known.beside_people:
        return {known.of[word_of(match)] for match in known.pattern.finditer(text)}
    return {known.of[word] for word in found}


def word_of(match: re.Match[str]) -> str:
    """The word of a group that a match is about: "black" of "black people"."""
    said = match.group().lower()
    return said if said in groups().of else said.split()[0]


def members_of(material: Material, rows: pl.DataFrame) -> dict[tuple[str, str], set[str]]:
    """Groups to the rows whose text names them and no other of their family; of rows that belong
    together (``group``) the first alone, because they do not count as several."""
    members: dict[tuple[str, str], set[str]] = defaultdict(set)
    seen: set[tuple[str, str, int]] = set()
    belongs = material.frame.select("id", "group")
    for name, text, kin in rows.join(belongs, on="id").select("id", "text", "group").iter_rows():
        said = named(text)
        for family, group in said:
            alone = sum(other == family for other, _ in said) == 1
            if alone and (family, group, kin) not in seen:
                seen.add((family, group, kin))
                members[family, group].add(name)
    return members
