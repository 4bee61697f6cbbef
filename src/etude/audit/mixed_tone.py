"""Two tones in one file: formal targets and jokey ones, with nothing in the input to choose by.

A model that learns from both answers in either, at random. Where a column or the input itself tells
which tone is wanted, it is meant so, and nothing is said; where only a column does that the model is
not given, that is said instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from etude.audit._base import WRITTEN, Audit, Found, Material, found
from etude.audit._style._inputs import Fact, Inputs, column_facts, read_cells, word_facts
from etude.audit._style._json import looks_json
from etude.audit._style._trait import shown
from etude.audit._style._two_tones import TELLS, Tones, index_of, scaled, two_tones
from etude.audit._style.tone import SIGNS, measure
from etude.records.dataset import Repair

NAME = "mixed_tone"
FEWEST = 40
"""Targets below which two groups can't be told from chance."""
EXPLAINS = 0.8
"""A condition tells the tones apart at this balanced share of right guesses."""
WORDS_FROM = 5_000
"""Rows whose words are looked at."""
FOLDS = 5
_TYPICAL = 5
_NAMED = 3
_SECONDS = 20.0
_JOKEY = frozenset({"exclamations", "emoji", "slang", "drawn_out"})


def run(material: Material) -> Iterable[Found]:
    """One finding with the rows of the smaller group, each beside a typical one of the other."""
    frame = material.frame
    targets = frame["target"].fill_null("")
    if len(frame) < FEWEST or targets.n_unique() < FEWEST or looks_json(targets):
        return
    with material.progress.step("Comparing the tone of targets"):
        tones = two_tones(measure(targets))
    if tones is None:
        return
    inputs = Inputs(frame, material.task.kind)
    if _explained(tones, inputs):
        return
    yield _told(Groups.of(tones), frame, _column(tones, frame))


@dataclass(frozen=True)
class Groups:
    """Words for the two groups; ``small_N``: which rows are of the smaller."""

    tones: Tones
    small_N: NDArray[np.bool_]
    small: str
    large: str
    small_signs: tuple[str, ...]
    large_signs: tuple[str, ...]

    @classmethod
    def of(cls, tones: Tones) -> Groups:
        """Named by the signs that tell them apart the best."""
        best = np.argsort(-tones.area_S, kind="stable")
        signs = [SIGNS[at] for at in best if tones.area_S[at] >= TELLS]
        lively = any(sign.name in _JOKEY for sign in signs[:_NAMED])
        stiff = [sign.high for sign in signs if sign.casual < 0]
        names = ("jokey" if lively else "casual", "formal" if stiff else "plain")
        loose = [sign.high for sign in signs if sign.casual > 0]
        casual = tuple(loose or [sign.low for sign in signs])[:_NAMED]
        formal = tuple(stiff)[:_NAMED]
        if tones.casual_N.sum() * 2 <= len(tones.casual_N):
            return cls(tones, tones.casual_N, *names, casual, formal)
        return cls(tones, ~tones.casual_N, *names[::-1], formal, casual)


def _told(groups: Groups, frame: pl.DataFrame, column: str | None) -> Found:
    small = int(groups.small_N.sum())
    text = (
        f"{_about(small / len(frame))} targets is {groups.small} ({small:,} of {len(frame):,}"
        f"{_listed(groups.small_signs, ': ')}); the others are {groups.large}"
        f"{_listed(groups.large_signs, ' (', ')')}"
    )
    if column is not None:
        text += f". It goes with the column `{column}`, which the model is not given"
    return found(
        NAME,
        "tone_by_hidden_column" if column is not None else "mixed_tone",
        "note" if column is not None else "warning",
        text,
        _hits(groups, frame),
        costs="the model answers in either tone, and nobody can say when in which",
        repair=_repair(groups, column),
        seconds_each=_SECONDS,
    )


def _listed(signs: tuple[str, ...], before: str, after: str = "") -> str:
    return f"{before}{', '.join(signs)}{after}" if signs else ""


def _repair(groups: Groups, column: str | None) -> Repair:
    if column is not None:
        return Repair(apply="decide", sentence=f"add `{column}` to `input`, or keep to one tone")
    return Repair(
        apply="decide", sentence=f"rewrite the {groups.small} ones or leave them out; keep one tone"
    )


def _about(share: float) -> str:
    """``About 1 in 6``."""
    return f"About 1 in {max(2, round(1 / share))}"


def _hits(groups: Groups, frame: pl.DataFrame) -> pl.DataFrame:
    """The smaller group's rows, the most typical first, each with a typical row of the other."""
    ids, targets = frame["id"].to_list(), frame["target"].fill_null("").to_list()
    index_N = groups.tones.index_N
    outward_N = index_N if groups.small_N is groups.tones.casual_N else -index_N
    at_H = np.flatnonzero(groups.small_N)
    at_H = at_H[np.argsort(-outward_N[at_H], kind="stable")]
    others = np.flatnonzero(~groups.small_N)
    middle = np.median(index_N[others])
    typical = others[np.argsort(np.abs(index_N[others] - middle), kind="stable")][:_TYPICAL]
    beside = [int(typical[place % len(typical)]) for place in range(len(at_H))]
    sure_H = groups.tones.sure_N[at_H]
    # Ties of sureness are broken by the order of typicality, which `found` would lose.
    score_H = np.round(sure_H - np.arange(len(at_H)) * 1e-6, 6)
    return pl.DataFrame(
        {
            "id": [ids[at] for at in at_H],
            "field": ["target"] * len(at_H),
            "evidence": [
                f"{groups.small}: {shown(targets[at], 80)}; {groups.large}: "
                f"{shown(targets[other], 70)}"
                for at, other in zip(at_H, beside, strict=True)
            ],
            "other": [ids[at] for at in beside],
            "score": np.clip(score_H, 0, 1),
        }
    )


def _explained(tones: Tones, inputs: Inputs) -> bool:
    """Whether what the model is given tells which tone is wanted."""
    facts = [*inputs.facts, *_labels(inputs.frame)]
    if any(_tells(fact, tones.casual_N) >= EXPLAINS for fact in facts):
        return True
    return _same_tone(tones, inputs) or _by_words(tones, inputs)


def _labels(frame: pl.DataFrame) -> Iterator[Fact]:
    """The context as a column: a brand, a channel."""
    yield from column_facts("context", frame["context"].fill_null(""))


def _tells(fact: Fact, casual_N: NDArray[np.bool_]) -> float:
    """The balanced share of right guesses of the tone by a fact's values."""
    many = len(fact.names)
    casual_C = np.bincount(fact.code_N[casual_N], minlength=many) / casual_N.sum()
    formal_C = np.bincount(fact.code_N[~casual_N], minlength=many) / (~casual_N).sum()
    return float(np.maximum(casual_C, formal_C).sum() / 2)


def _same_tone(tones: Tones, inputs: Inputs) -> bool:
    """Whether inputs are in the tone of their targets: drafts that are kept, people answered alike."""
    index_N = index_of(scaled(measure(inputs.texts)))
    cut = np.quantile(index_N, 1 - tones.casual_N.mean())
    fact = Fact(("low", "high"), (index_N > cut).astype(np.int64), ("", ""))
    return _tells(fact, tones.casual_N) >= EXPLAINS


def _by_words(tones: Tones, inputs: Inputs) -> bool:
    """Whether the words of inputs foretell the tone: one alone, or all together for rows of groups
    that were not learned from."""
    rows = len(tones.casual_N)
    at_S = np.arange(rows)
    if rows > WORDS_FROM:
        at_S = np.sort(np.random.default_rng(0).choice(rows, WORDS_FROM, replace=False))
    words, has_SW = word_facts(inputs.texts, at_S)
    casual_S = tones.casual_N[at_S]
    if not len(words) or min(casual_S.sum(), (~casual_S).sum()) < FOLDS:
        return False
    apart_W = np.abs(has_SW[casual_S].mean(0) - has_SW[~casual_S].mean(0))
    if (1 + apart_W.max()) / 2 >= EXPLAINS:
        return True
    group_S = inputs.frame["group"].fill_null(-1).to_numpy()[at_S]
    if len(np.unique(group_S)) < FOLDS:
        return False
    model = LogisticRegression(C=0.3, class_weight="balanced", solver="liblinear", random_state=0)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    told_S = cross_val_predict(model, has_SW.astype(float), casual_S, groups=group_S, cv=folds)
    return bool((told_S[casual_S].mean() + (~told_S[~casual_S]).mean()) / 2 >= EXPLAINS)


def _column(tones: Tones, frame: pl.DataFrame) -> str | None:
    """A column of the person's own, no part of the input, that goes with the tone."""
    best, name = EXPLAINS, None
    for column, cells in _own_columns(frame).items():
        for fact in column_facts(column, cells):
            told = _tells(fact, tones.casual_N)
            if told >= best:
                best, name = told, column
    return name


def _own_columns(frame: pl.DataFrame) -> dict[str, pl.Series]:
    try:
        return read_cells(frame["meta"])
    except json.JSONDecodeError:
        return {}


AUDIT = Audit(
    title="two tones in one file",
    kinds=WRITTEN,
    needs="rows",
    run=run,
)
