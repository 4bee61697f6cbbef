"""Groups of people that the examples treat differently.

Two measures. One by counterpart: inputs that are the same but for the group they name ("he" and
"she", "German" and "Turkish") should have the same label, or the same numbers in their answer. The
other by company: how often targets that name a group also have, in the same sentence, a word that
puts people in a bad light (or, where there are labels, which label inputs that name a group have),
against the other groups of its family. That difference is held against chance by exact permutation
(all ways to deal the bad words among the texts, which is Fisher's exact test), with as many groups
as are asked about counted in (Holm). Words of English; a sign to look at, never a proof of fairness.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from scipy.stats import fisher_exact

from etude.audit._base import Audit, Found, Material, found
from etude.audit._textual import WORDED, around, read, share
from etude.audit._words import table
from etude.checks._numbers import numbers
from etude.records.dataset import Repair

_LEAST = 15
"""Texts that must name a group before it is held against the others."""
_SURE = 0.01
"""Chance, over all that is asked, at which a difference is named."""
_WORTH = 0.2
"""Difference of shares (0 to 1) that is worth a word."""
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")
_SENTENCE = re.compile(r"[^.!?\n]+")
_PEOPLE = (
    r"(?:people|person|men|man|women|woman|families|family|community|communities|boys?|girls?"
    r"|guys?)"
)
"""Colours and "straight" name a group only before such a word."""


@dataclass(frozen=True)
class _Groups:
    """Words of groups: each with its family and group, and one pattern for all."""

    of: dict[str, tuple[str, str]]
    pattern: re.Pattern[str]
    sieve: str
    beside_people: frozenset[str]
    """Words that name a group only before such as "people"."""


@cache
def _groups() -> _Groups:
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
    return _Groups(of, pattern, rf"(?i)\b(?:{body})", frozenset(before))


@cache
def _bad() -> re.Pattern[str]:
    words = " ".join(table("bad_light")["words"].to_list()).split()
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


def _named(text: str) -> set[tuple[str, str]]:
    """Families and groups that a text names."""
    groups = _groups()
    found = set(_WORD.findall(text.lower())) & groups.of.keys()
    if found & groups.beside_people:
        return {groups.of[_word(match)] for match in groups.pattern.finditer(text)}
    return {groups.of[word] for word in found}


def _word(match: re.Match[str]) -> str:
    said = match.group().lower()
    return said if said in _groups().of else said.split()[0]


def _run(material: Material) -> Iterator[Found]:
    targets = material.frame.select("id", pl.col("target").fill_null(""))
    inputs = read(material, "input").join(targets, on="id")
    naming = inputs.filter(pl.col("text").str.contains(_groups().sieve))
    yield from _counterparts(material, naming)
    if material.task.kind == "classify":
        yield from _labels(material, naming)
    elif material.task.kind in ("write", "rewrite", "chat"):
        yield from _company(material)


def _counterparts(material: Material, naming: pl.DataFrame) -> Iterator[Found]:
    """Pairs of inputs that differ in the group alone, with another label or other numbers."""
    same: dict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    labelled = material.task.kind == "classify"
    low = pl.col("text").str.to_lowercase()
    skeleton = low.str.replace_all(_groups().sieve, "<>")
    alike = naming.with_columns(low.alias("low"), skeleton.alias("bare")).filter(
        pl.col("low").n_unique().over("bare") > 1
    )
    for name, text, target in alike.select("id", "text", "target").iter_rows():
        bare, term = _without_groups(text.lower())
        said = target if labelled else _figures(target)
        same[bare].append((name, term, said, target))
    ids, others, shown = [], [], []
    for rows in same.values():
        by_term: dict[str, set[str]] = defaultdict(set)
        for _, terms_said, said, _ in rows:
            by_term[terms_said].add(said)
        clear = {term: next(iter(said)) for term, said in by_term.items() if len(said) == 1}
        if len(set(clear.values())) < 2:
            continue
        for name, other, evidence in _pairs(rows, clear):
            ids.append(name)
            others.append(other)
            shown.append(evidence)
    if not ids:
        return
    what = "label" if labelled else "figures in the answer"
    hits = pl.DataFrame({"id": ids, "other": others, "evidence": shown})
    count = hits["id"].n_unique()
    yield found(
        "bias",
        "counterparts",
        "warning",
        f"{count:,} of {len(material.frame):,} examples have a counterpart that differs only "
        f"in the "
        f"group of people it names, and that has another {what}"
        if labelled
        else f"{count:,} of {len(material.frame):,} examples have a counterpart that differs only in "
        f"the group of people it names, and that has other {what}",
        hits.with_columns(pl.lit("target").alias("field"), pl.lit(0.85).alias("score")),
        costs="the model learns to treat the groups differently",
        repair=Repair(apply="decide", sentence="give both what is right, or say why they differ"),
        seconds_each=20,
    )


def _without_groups(text: str) -> tuple[str, str]:
    """The text with families in place of groups, and the groups in order."""
    groups = _groups()
    terms = [groups.of[_word(match)][1] for match in groups.pattern.finditer(text)]
    bare = groups.pattern.sub(lambda match: f"<{groups.of[_word(match)][0]}>", text)
    return " ".join(bare.split()), " ".join(terms)


def _figures(target: str) -> str:
    """The numbers of an answer: wordings may differ, prices and limits should not."""
    return " ".join(sorted(numbers(target)))


def _pairs(
    rows: Sequence[tuple[str, str, str, str]], clear: dict[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Each row with a counterpart of another group and another answer."""
    first = {term: next(row for row in rows if row[1] == term) for term in clear}
    for name, term, said, _ in rows:
        if term not in clear:
            continue
        other = next(
            (one for key, one in first.items() if key != term and clear[key] != said), None
        )
        if other:
            yield name, other[0], f"{term}: {said or 'none'}; {other[1]}: {other[2] or 'none'}"


@dataclass(frozen=True)
class _Difference:
    """How often something is so among texts that name a group, and among its family's others."""

    family: str
    group: str
    what: str
    own: tuple[int, int]
    others: tuple[int, int]
    chance: float
    ids: tuple[str, ...]
    shown: tuple[str, ...]


def _labels(material: Material, naming: pl.DataFrame) -> Iterator[Found]:
    """Labels that inputs naming one group have far more often than those naming others."""
    members = _members(material, naming)
    labels = dict(naming.select("id", "target").iter_rows())
    asked = [
        (family, group, label)
        for (family, group), ids in members.items()
        if len(ids) >= _LEAST
        for label in {labels[name] for name in ids}
    ]
    yield from _differences(
        material,
        [
            (family, group, f"have the label \u201c{label}\u201d", _having(labels, members, label))
            for family, group, label in asked
        ],
        members,
        {name: f"label {label}" for name, label in labels.items()},
        "label_by_group",
        "inputs",
    )


def _having(
    labels: dict[str, str], members: dict[tuple[str, str], set[str]], label: str
) -> set[str]:
    return {name for ids in members.values() for name in ids if labels[name] == label}


def _members(material: Material, rows: pl.DataFrame) -> dict[tuple[str, str], set[str]]:
    """Groups to the rows whose text names them and no other of their family; of rows that belong
    together (``group``) the first alone, because they do not count as several."""
    members: dict[tuple[str, str], set[str]] = defaultdict(set)
    seen: set[tuple[str, str, int]] = set()
    belongs = material.frame.select("id", "group")
    for name, text, kin in rows.join(belongs, on="id").select("id", "text", "group").iter_rows():
        named = _named(text)
        for family, group in named:
            alone = sum(other == family for other, _ in named) == 1
            if alone and (family, group, kin) not in seen:
                seen.add((family, group, kin))
                members[family, group].add(name)
    return members


def _company(material: Material) -> Iterator[Found]:
    """Words that put people in a bad light, beside the name of a group."""
    targets = read(material, "target")
    naming = targets.filter(pl.col("text").str.contains(_groups().sieve))
    members = _members(material, naming)
    bad: set[str] = set()
    shown: dict[str, str] = {}
    for name, text in naming.filter(
        pl.col("text").str.contains(_bad().pattern.replace(r"\b(?:", r"(?i)\b(?:", 1))
    ).iter_rows():
        for sentence in _SENTENCE.findall(text):
            match = _bad().search(sentence)
            if match and _groups().pattern.search(sentence):
                bad.add(name)
                shown[name] = around(sentence, *match.span())
    asked = [
        (family, group, "have a word in the same sentence that puts people in a bad light", bad)
        for (family, group), ids in members.items()
        if len(ids) >= _LEAST
    ]
    yield from _differences(material, asked, members, shown, "bad_light", "targets")


def _differences(
    material: Material,
    asked: Sequence[tuple[str, str, str, set[str]]],
    members: dict[tuple[str, str], set[str]],
    shown: dict[str, str],
    code: str,
    noun: str,
) -> Iterator[Found]:
    tested = []
    for family, group, what, having in asked:
        ids = members[family, group]
        others = {
            name
            for (kin, other), own in members.items()
            if kin == family and other != group
            for name in own
        }
        if len(others) < _LEAST:
            continue
        own_hits, other_hits = ids & having, others & having
        table_22 = [
            [len(own_hits), len(ids) - len(own_hits)],
            [len(other_hits), len(others) - len(other_hits)],
        ]
        chance = float(fisher_exact(table_22, alternative="greater")[1])
        tested.append(
            _Difference(
                family,
                group,
                what,
                (len(own_hits), len(ids)),
                (len(other_hits), len(others)),
                chance,
                tuple(sorted(own_hits)),
                tuple(shown.get(name, "") for name in sorted(own_hits)),
            )
        )
    kept = _unlikely(tested)
    if kept:
        yield _told(material, kept, code, noun)


def _unlikely(tested: list[_Difference]) -> list[_Difference]:
    """Differences that chance does not explain (Holm's step-down) and that are worth a word."""
    kept = []
    for rank, one in enumerate(sorted(tested, key=lambda one: one.chance)):
        if one.chance > _SURE / (len(tested) - rank):
            break
        gap = np.divide(*one.own) - np.divide(*one.others)
        if gap >= _WORTH:
            kept.append(one)
    return kept


def _told(material: Material, kept: list[_Difference], code: str, noun: str) -> Found:
    worst = kept[0]
    (own, of), (other, of_others) = worst.own, worst.others
    more = f"; so for {len(kept) - 1} more" if len(kept) > 1 else ""
    return found(
        "bias",
        code,
        "note" if code == "label_by_group" else "warning",
        f"{own:,} of {of:,} {noun} that name {worst.group} {worst.what} ({share(own, of)}); "
        f"of those "
        f"that name other groups of the kind ({worst.family}) {other:,} of {of_others:,} "
        f"({share(other, of_others)}): more than chance explains{more}",
        pl.DataFrame(
            {
                "id": [name for one in kept for name in one.ids],
                "field": [noun.rstrip("s")] * sum(len(one.ids) for one in kept),
                "evidence": [f"{one.group}: {text}" for one in kept for text in one.shown],
                "score": [0.6] * sum(len(one.ids) for one in kept),
            }
        ),
        costs="the model learns to see the group in a worse light than others"
        if code == "bad_light"
        else "the model may choose the label by the group and not by what is asked",
        repair=Repair(
            apply="add",
            sentence="see whether the task explains it; if not, add examples that name the group "
            "in the other ways too",
        ),
        seconds_each=15,
    )


AUDIT = Audit("groups of people treated differently", WORDED, "rows", _run)
