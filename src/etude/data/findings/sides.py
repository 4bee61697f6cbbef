"""Sizes, copies of held-out examples, and what growing changed."""

from __future__ import annotations

import polars as pl

from etude.data.conversations import flat, turns_of
from etude.data.findings._words import about_rows, count_of, listed
from etude.data.groups import Groups
from etude.data.splits import ALWAYS_TRAIN, Splits
from etude.records.dataset import Finding

FEW_EXAMPLES = 50


def about_splits(frame: pl.DataFrame, splits: Splits, groups: Groups) -> list[Finding]:
    """Sizes, copies of held-out examples, and what growing changed. ``frame`` has side."""
    findings = left_out_findings(frame)
    if groups.stock_N.any():
        stock = frame.filter(pl.Series(groups.stock_N))
        commonest = stock["input"].value_counts(sort=True)["input"].head(3).to_list()
        texts = sorted(flat(turns_of(text)) for text in commonest)
        findings.append(
            about_rows(
                "stock_phrases",
                "note",
                stock["id"].to_list(),
                f"{count_of(len(stock), 'example')} have a text that other groups have too, such as "
                f"{listed(texts)}; such stock phrases may be on both sides",
            )
        )
    if len(frame) < FEW_EXAMPLES:
        findings.append(
            Finding(
                code="few_examples",
                severity="warning",
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
        about_rows(
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
