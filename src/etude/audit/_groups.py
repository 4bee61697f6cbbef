"""Which groups of people a text names; words of English.

It knows one text at a time, and the rows that name a group, and nothing of labels or findings.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import polars as pl

from etude.audit._base import Material
from etude.audit._words import table

Group = tuple[str, str]
"""Family and group: ``("age", "older people")``."""
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
PEOPLE = (
    r"(?:people|person|men|man|women|woman|families|family|community|communities|boys?|girls?"
    r"|guys?|folks?|adults?|couples?|customers?|guests?|drivers?|workers?|students?|tourists?|visitors?"
    r"|residents?|neighbou?rs?)"
)
"""Colours, ages and "straight" name a group only before such a word, or as what somebody is."""
_THINGS = (
    r"(?:food|dishes|dish|cuisine|restaurants?|cafés?|cafes?|coffee|pubs?|kitchens?|menu|meals?|wines?"
    r"|beers?|tea|bread|cheese|breakfast|style|language|lessons?|music|films?|oven|press|delight)"
)
"""What is German or Chinese and no person."""
_THING = re.compile(rf"\b\w+(?: {_THINGS}\b|\])", re.IGNORECASE)
_CAPITAL = frozenset({"religion", "nationality", "ethnicity"})
_SOMEBODY = r"(?:i am|i['’]m|who is|who['’]s|he is|he['’]s|she is|she['’]s)"


@dataclass(frozen=True)
class Groups:
    """Words of groups: each with its family and group, and one pattern for all; ``sieve`` is for Rust
    and finds things too (a Chinese dish)."""

    of: dict[str, Group]
    pattern: re.Pattern[str]
    sieve: str
    beside_people: frozenset[str]
    """Words that name a group only before such as "people"."""


@cache
def groups() -> Groups:
    """The words that are known."""
    of: dict[str, Group] = {}
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
    body = (
        rf"(?:{listed})\b|(?:{beside_people}) {PEOPLE}\b"
        rf"|{_SOMEBODY} (?:{beside_people})(?:[.,;!?]|$)"
    )
    pattern = re.compile(rf"\b(?:{body})(?! {_THINGS}\b)(?!\])", re.IGNORECASE)
    return Groups(of, pattern, rf"(?i)\b(?:{body})", frozenset(before))


def named(text: str) -> set[Group]:
    """Families and groups that a text names; of its dishes, streets and titles, none."""
    known = groups()
    found = set(_WORD.findall(text.lower())) & known.of.keys()
    doubtful = found & known.beside_people or (found and _THING.search(text))
    if doubtful or any(f" {word.capitalize()}" in text for word in found):
        matches = (match for match in known.pattern.finditer(text) if not _in_title(text, match))
        return {known.of[word_of(match)] for match in matches}
    return {known.of[word] for word in found}


def _in_title(text: str, match: re.Match[str]) -> bool:
    """Whether a word that is written small has a capital beside another: "The Man Who Sold the Moon".

    Words of peoples and religions always have one, so that it tells nothing of them.
    """
    if not match.group()[0].isupper() or groups().of[word_of(match)][0] in _CAPITAL:
        return False
    beside = (*text[: match.start()].split()[-1:], *text[match.end() :].split()[:1])
    return any(word[0].isupper() and word[1:2].isalpha() for word in beside)


def word_of(match: re.Match[str]) -> str:
    """The word of a group that a match is about: "black" of "black people", of "I am black."."""
    said = match.group().lower()
    known = groups().of
    return next(
        word for word in (said, *said.split(), said.split()[-1].rstrip(".,;!?")) if word in known
    )


def members_of(
    material: Material, rows: pl.DataFrame, namer: Callable[[str], set[Group]] = named
) -> dict[Group, set[str]]:
    """Groups to the rows whose text names them and no other of their family; of rows that belong
    together (``group``) the first alone, because they do not count as several.

    Args:
        material: the examples.
        rows: ``id`` and ``text``.
        namer: the groups that a text names.
    """
    members: dict[Group, set[str]] = defaultdict(set)
    seen: set[tuple[str, str, int]] = set()
    belongs = material.frame.select("id", "group")
    for name, text, kin in rows.join(belongs, on="id").select("id", "text", "group").iter_rows():
        said = namer(text)
        for family, group in said:
            alone = sum(other == family for other, _ in said) == 1
            if alone and (family, group, kin) not in seen:
                seen.add((family, group, kin))
                members[family, group].add(name)
    return members
