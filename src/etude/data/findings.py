"""What a person should know about the examples, in plain sentences with counts.

Pure functions of the finished table; nothing here changes a row or a side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from etude.data.conversations import flat, turns_of
from etude.data.groups import Groups
from etude.data.sources import Table
from etude.data.splits import ALWAYS_TRAIN, Splits
from etude.records.dataset import Finding, Reject

NAMED = 20
"""Ids that a finding names."""
FEW_EXAMPLES = 50
RARE = 5
"""Examples: of a label with fewer, next to nothing can be learned or measured."""
_LONGEST = 80
_LARGE_GROUP = 0.2
_SHARE_REJECTED = 0.5


def count_of(number: int, noun: str) -> str:
    """``1 example``, ``2,000 examples``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shortened(name: str) -> str:
    """A label or text as a sentence names it: at most 80 characters."""
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(repr(shortened(name)) for name in names[:5])
    return shown + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")


def about_reading(tables: Iterable[Table], rejects: Sequence[Reject]) -> list[Finding]:
    """What the readers assumed, and the rows that can't be used."""
    findings = []
    for table in tables:
        findings += [
            Finding(code="reading", severity="note", sentence=f"{table.path}: {note}")
            for note in table.notes
        ]
        own = [reject for reject in rejects if reject.path == table.path]
        if not own:
            continue
        total = len(table) + len(table.rejects)
        reasons = Counter(reject.reason for reject in own).most_common(3)
        listed = "; ".join(f"{reason} ({count:,})" for reason, count in reasons)
        findings.append(
            Finding(
                code="rejected_rows",
                count=len(own),
                severity="error" if len(own) > _SHARE_REJECTED * total else "warning",
                sentence=f"{count_of(len(own), 'row')} of {total:,} in {table.path} can't be used: "
                f"{listed}",
                hint="they are listed with their lines in rejects.csv",
            )
        )
    return findings


def about_copies(frame: pl.DataFrame, groups: Groups, *, one_right: bool = True) -> list[Finding]:
    """Copies, contradictions and one group that holds too much.

    ``one_right``: an input has one right answer; else several good ones are no contradiction.
    """
    findings = []
    ids = frame["id"]
    exact = ids.filter(pl.Series(groups.exact_N))
    if len(exact):
        texts = frame.filter(pl.Series(groups.exact_N))["hash"].n_unique()
        findings.append(
            _rows(
                "duplicates",
                "warning",
                exact.to_list(),
                f"{count_of(len(exact), 'example')} are copies of one another "
                f"({count_of(texts, 'text')}); copies always stay on one side"
                if not groups.stock_N.any()
                else f"{count_of(len(exact), 'example')} are copies of one another "
                f"({count_of(texts, 'text')})",
            )
        )
    near = ids.filter(pl.Series(groups.near_N))
    if len(near):
        findings.append(
            _rows(
                "near_duplicates",
                "note",
                near.to_list(),
                f"{count_of(len(near), 'example')} {'is' if len(near) == 1 else 'are'} nearly the "
                "same as another",
            )
        )
    clash = frame.filter(pl.col("target").n_unique().over("hash") > 1)
    if len(clash):
        findings.append(_clash(clash, one_right))
    largest = int(np.bincount(groups.group_N).max())
    if largest > max(_LARGE_GROUP * len(frame), 2):
        findings.append(
            Finding(
                code="large_group",
                severity="warning",
                count=largest,
                sentence=f"one group of copies or of one `group` holds {largest:,} of "
                f"{count_of(len(frame), 'example')}; together they count as one",
            )
        )
    return findings


def _clash(clash: pl.DataFrame, one_right: bool) -> Finding:
    ids = clash.sort("hash", "id")["id"].to_list()
    what = (
        f"{count_of(len(clash), 'example')} ({count_of(clash['hash'].n_unique(), 'text')}) have the "
        "same input and different"
    )
    if one_right:
        return _rows(
            "conflicts",
            "warning",
            ids,
            f"{what} targets: no answer can be right for all of them",
            "decide on one answer for each text",
        )
    return _rows("several_answers_to_one", "note", ids, f"{what} answers; all are learned from")


def about_labels(frame: pl.DataFrame, labels: Sequence[str], splits: Splits) -> list[Finding]:
    """Labels that can't be learned or measured, or only just. ``frame`` has side and fold."""
    counts = Counter(frame["target"].to_list())
    groups = dict(frame.group_by("target").agg(pl.col("group").n_unique()).iter_rows())
    without = [label for label in labels if not counts[label]]
    findings = _label(
        "label_without_examples",
        "warning",
        without,
        "has no example, so it can't be learned or measured",
        "have no example, so they can't be learned or measured",
    )
    learnable = set(frame.filter(pl.col("side").is_in(["train", "all"]))["target"].to_list())
    unseen = [label for label in labels if counts[label] and label not in learnable]
    findings += _label(
        "holdout_only_label",
        "warning",
        unseen,
        "stands in held-out examples only, so nothing can learn it",
        "stand in held-out examples only, so nothing can learn them",
    )
    alone = [x for x in labels if groups.get(x, 0) == 1 and x not in unseen]
    held = set(frame.filter(pl.col("side") == "holdout")["target"].to_list())
    unheld = [
        x
        for x in labels
        if splits.scheme == "holdout" and counts[x] and x not in held and x not in alone
    ]
    findings += _label(
        "unmeasured_label",
        "warning",
        unheld,
        "stands in no held-out example, so it can't be measured",
        "stand in no held-out example, so they can't be measured",
    )
    findings += _label(
        "single_example_label",
        "warning",
        alone,
        "has one independent example, which stays in training, so it can't be measured",
        "have one independent example each, which stays in training, so they can't be measured",
    )
    rare = [x for x in labels if 1 < groups.get(x, 0) < RARE and x not in unseen]
    folds = " (and some folds are scored without them)" if splits.folds else ""
    findings += _label(
        "rare_label",
        "warning",
        rare,
        f"has fewer than {RARE} independent examples: little can be said about it",
        f"have fewer than {RARE} independent examples each: little can be said about them{folds}",
    )
    return findings


def _label(code: str, severity: str, names: Sequence[str], one: str, several: str) -> list[Finding]:
    if not names:
        return []
    sentence = (
        f"the label {shortened(names[0])!r} {one}"
        if len(names) == 1
        else f"{len(names):,} labels {several}: {_listed(names)}"
    )
    return [
        Finding.model_validate(
            {
                "code": code,
                "severity": severity,
                "sentence": sentence,
                "count": len(names),
                "hint": "add examples, or take the label out",
            }
        )
    ]


def about_splits(frame: pl.DataFrame, splits: Splits, groups: Groups) -> list[Finding]:
    """Sizes, copies of held-out examples, and what growing changed. ``frame`` has side."""
    findings = left_out_findings(frame)
    if groups.stock_N.any():
        stock = frame.filter(pl.Series(groups.stock_N))
        commonest = stock["input"].value_counts(sort=True)["input"].head(3).to_list()
        texts = sorted(flat(turns_of(text)) for text in commonest)
        findings.append(
            _rows(
                "stock_phrases",
                "note",
                stock["id"].to_list(),
                f"{count_of(len(stock), 'example')} have a text that other groups have too, such as "
                f"{_listed(texts)}; such stock phrases may be on both sides",
            )
        )
    if len(frame) < FEW_EXAMPLES:
        findings.append(
            Finding(
                code="few_examples",
                severity="warning",
                count=len(frame),
                sentence=f"{len(frame)} examples are few: small differences can't be told from chance",
                hint=f"{FEW_EXAMPLES} or more say something, 500 say much more",
            )
        )
    held = int((frame["side"] == "holdout").sum())
    if splits.scheme == "holdout" and held < FEW_EXAMPLES:
        findings.append(
            Finding(
                code="small_holdout",
                severity="warning",
                count=held,
                sentence=f"only {count_of(held, 'example')} {'is' if held == 1 else 'are'} kept "
                "aside to measure on",
                hint="without `split` and `holdout`, every example is scored in turn",
            )
        )
    return findings + _growth_findings(splits)


def left_out_findings(frame: pl.DataFrame) -> list[Finding]:
    """Rows that are not trained on for their likeness to held-out ones."""
    left = frame.filter(pl.col("side") == "left_out")
    if left.is_empty():
        return []
    held = frame.filter(pl.col("side") == "holdout")["hash"].unique()
    exact = int(left["hash"].is_in(held.implode()).sum())
    others = len(left) - exact
    parts = [f"{exact:,} the same as examples kept aside"] * bool(exact)
    parts += [f"{others:,} nearly the same or of one group with them"] * bool(others)
    return [
        _rows(
            "copies_of_holdout",
            "warning",
            left["id"].to_list(),
            f"{count_of(len(left), 'example')} are left out of training: {', '.join(parts)}",
            "take them out of one of the two",
        )
    ]


def _growth_findings(splits: Splits) -> list[Finding]:
    findings = []
    if splits.short_of_holdout:
        findings.append(
            Finding(
                code="no_holdout_yet",
                severity="note",
                count=splits.short_of_holdout,
                sentence="there are enough examples for some to be kept aside for good, but all but "
                "the newest have been used for choosing; so every example is still scored in turn",
                hint=f"about {splits.short_of_holdout:,} more new, independent examples change that, "
                "or a holdout file of your own",
            )
        )
    if splits.moved:
        findings.append(
            Finding(
                code="sides_joined",
                severity="note",
                count=splits.moved,
                sentence=f"{count_of(splits.moved, 'example')} moved to another part, because new "
                "examples tie them to rows there",
            )
        )
    never = 0 if splits.fold_N is None else int((splits.fold_N == ALWAYS_TRAIN).sum())
    if never:
        findings.append(
            Finding(
                code="never_scored",
                severity="note",
                count=never,
                sentence=f"{count_of(never, 'example')} {'is' if never == 1 else 'are'} always in "
                "training and never scored: "
                "without them some label could not be learned",
            )
        )
    return findings


def about_rights(rights: str | None) -> list[Finding]:
    """A note where nobody said who owns the examples."""
    if rights:
        return []
    return [
        Finding(
            code="rights",
            severity="note",
            sentence="nobody has said who owns the examples and whether they may be used for this",
            hint="write `rights:` under `data` in etude.yaml",
        )
    ]


def _rows(
    code: str, severity: str, ids: Sequence[str], sentence: str, hint: str | None = None
) -> Finding:
    return Finding.model_validate(
        {
            "code": code,
            "severity": severity,
            "sentence": sentence,
            "rows": tuple(ids[:NAMED]),
            "count": len(ids),
            "hint": hint,
        }
    )
