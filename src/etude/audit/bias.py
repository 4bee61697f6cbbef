"""Groups of people that the examples treat differently.

Two measures. One by counterpart: inputs that are the same but for the group they name ("he" and
"she", "German" and "Turkish") should have the same label, or the same numbers in their answer. The
other by company: how often targets that name a group say something bad of it (or, where there are
labels, which label inputs that name a group have), against the other groups of its family. Where no
other group is named, what is said of all of a group ("Germans are lazy") is told by itself.
Words of English; a sign to look at, never a proof of fairness.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import polars as pl

from etude.audit._bad_light import bad_light, group_of, of_a_whole, people_in, sieve
from etude.audit._base import Audit, Found, Material, count_of, found
from etude.audit._compared_groups import LEAST, differences
from etude.audit._groups import groups, members_of, word_of
from etude.audit._textual import WORDED, around, read
from etude.checks._numbers import numbers
from etude.records.dataset import Repair

_NAMED = 3
"""Groups that a sentence names."""
_SENTENCE = re.compile(r"[^.!?\n]+")


def _run(material: Material) -> Iterator[Found]:
    targets = material.frame.select("id", pl.col("target").fill_null(""))
    inputs = read(material, "input").join(targets, on="id")
    naming = inputs.filter(pl.col("text").str.contains(groups().sieve))
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
    skeleton = low.str.replace_all(groups().sieve, "<>")
    alike = naming.with_columns(low.alias("low"), skeleton.alias("bare")).filter(
        pl.col("low").n_unique().over("bare") > 1
    )
    for name, text, target in alike.select("id", "text", "target").iter_rows():
        bare, term = _without_groups(text.lower())
        said = target if labelled else _figures(target)
        same[bare].append((name, term, said, target))
    pairs = [pair for rows in same.values() for pair in _pairs(rows)]
    if pairs:
        yield _treated_differently(pairs, len(material.frame), labelled=labelled)


def _treated_differently(
    pairs: list[tuple[str, str, str]], examples: int, *, labelled: bool
) -> Found:
    hits = pl.DataFrame(pairs, schema=["id", "other", "evidence"], orient="row")
    what = "another label" if labelled else "other figures in the answer"
    return found(
        "bias",
        "counterparts",
        "warning",
        f"{hits['id'].n_unique():,} of {examples:,} examples have a counterpart that differs only in "
        f"the group of people it names, and that has {what}",
        hits.with_columns(pl.lit("target").alias("field"), pl.lit(0.85).alias("score")),
        costs="the model learns to treat the groups differently",
        repair=Repair(apply="decide", sentence="give both what is right, or say why they differ"),
        seconds_each=20,
    )


def _without_groups(text: str) -> tuple[str, str]:
    """The text with families in place of groups, and the groups in order."""
    known = groups()
    terms = [known.of[word_of(match)][1] for match in known.pattern.finditer(text)]
    bare = known.pattern.sub(lambda match: f"<{known.of[word_of(match)][0]}>", text)
    return " ".join(bare.split()), " ".join(terms)


def _figures(target: str) -> str:
    """The numbers of an answer: wordings may differ, prices and limits should not."""
    return " ".join(sorted(numbers(target)))


def _pairs(rows: Sequence[tuple[str, str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Each row with a counterpart of another group and another answer; groups whose own rows differ
    tell nothing."""
    by_term: dict[str, set[str]] = defaultdict(set)
    for _, term, said, _ in rows:
        by_term[term].add(said)
    clear = {term: next(iter(said)) for term, said in by_term.items() if len(said) == 1}
    first = {term: next(row for row in rows if row[1] == term) for term in clear}
    for name, term, said, _ in rows:
        if term not in clear:
            continue
        other = next(
            (one for key, one in first.items() if key != term and clear[key] != said), None
        )
        if other:
            yield name, other[0], f"{term}: {said or 'none'}; {other[1]}: {other[2] or 'none'}"


def _labels(material: Material, naming: pl.DataFrame) -> Iterator[Found]:
    """Labels that inputs naming one group have far more often than those naming others."""
    members = members_of(material, naming)
    labels = dict(naming.select("id", "target").iter_rows())
    asked = [
        (family, group, label)
        for (family, group), ids in members.items()
        if len(ids) >= LEAST
        for label in {labels[name] for name in ids}
    ]
    yield from differences(
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


def _company(material: Material) -> Iterator[Found]:
    """Sentences that say something bad of a group."""
    targets = read(material, "target")
    naming = targets.filter(pl.col("text").str.contains(groups().sieve))
    members = members_of(material, naming, people_in)
    bad: dict[str, set[str]] = defaultdict(set)
    shown: dict[str, str] = {}
    whole: dict[str, str] = {}
    for name, text in naming.filter(pl.col("text").str.contains(sieve())).iter_rows():
        for sentence in _SENTENCE.findall(text):
            if match := bad_light(sentence):
                bad[group_of(match)[0]].add(name)
                shown[name] = around(sentence, *match.span())
                if of_a_whole(match):
                    whole.setdefault(name, group_of(match)[1])
    asked = [
        (family, group, "put these people in a bad light", bad[family])
        for (family, group), ids in members.items()
        if len(ids) >= LEAST
    ]
    compared = list(differences(asked, members, shown, "bad_light", "targets"))
    yield from compared
    told = {name for one in compared for name in one.hits["id"]}
    alone = {name: group for name, group in whole.items() if name not in told}
    yield from _generalised(alone, shown, len(targets))


def _generalised(of: dict[str, str], shown: dict[str, str], targets: int) -> Iterator[Found]:
    """Rows with a sentence that says something bad of all of a group, with the group."""
    if of:
        counted = Counter(of.values()).most_common(_NAMED)
        yield found(
            "bias",
            "generalised",
            "warning",
            f"{len(of):,} of {count_of(targets, 'target')} "
            f"{'says' if len(of) == 1 else 'say'} something bad of a whole group of people: "
            + ", ".join(f"{group} ({count:,})" for group, count in counted),
            pl.DataFrame(
                {
                    "id": list(of),
                    "field": ["target"] * len(of),
                    "evidence": [shown[name] for name in of],
                    "score": [0.8] * len(of),
                }
            ),
            costs="the model learns to say it, to these people too",
            repair=Repair(apply="decide", sentence="write it without that, or leave it out"),
            seconds_each=20,
        )


AUDIT = Audit("groups of people treated differently", WORDED, "rows", _run)
