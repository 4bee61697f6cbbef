"""What the task's builtin models can't read well in these examples, from their tokenizers alone.

It loads no weights and no torch. Other models say nothing of their language, so they are passed
over; so is a builtin that is not on this machine, which ``compare`` reports.
"""

from __future__ import annotations

import polars as pl

from etude.data.findings import NAMED, count_of
from etude.data.languages import languages
from etude.errors import ModelError
from etude.models._tokens import Tokens
from etude.models.builtin import BUILTINS, Builtin, find_folder
from etude.records.dataset import Finding
from etude.records.task import Task

SAMPLED = 5000
"""Texts that are judged for their language, evenly spaced over the table."""
_SHARE = 0.05
_FEWEST = 3
_SPECIAL = 2
"""Tokens that the tokenizer adds: one in front, one at the end."""
_DECOMPOSED = 3
"""Characters that one can become when accents and Korean syllables are taken apart."""


def about_models(task: Task, frame: pl.DataFrame) -> tuple[Finding, ...]:
    """Texts that are longer than a builtin model reads, and texts not in its language."""
    findings: list[Finding] = []
    for reference in task.models:
        prefix, _, name = reference.name.partition(":")
        if prefix == "builtin" and name in BUILTINS:
            findings += _too_long(BUILTINS[name], frame) + _foreign(BUILTINS[name], frame)
    return tuple(findings)


def _too_long(builtin: Builtin, frame: pl.DataFrame) -> list[Finding]:
    # A word piece is a character or more, so most texts need not be counted at all.
    most = builtin.window - _SPECIAL
    factor = pl.when(pl.col("input").str.len_bytes() == pl.col("input").str.len_chars()).then(1)
    could = frame.filter(pl.col("input").str.len_chars() * factor.otherwise(_DECOMPOSED) > most)
    if could.is_empty():
        return []
    try:
        tokens = Tokens(find_folder(builtin, download=False), builtin.window)
    except ModelError:
        return []
    counts = tokens.count(could["input"].to_list())
    long = could.filter(pl.Series(counts > builtin.window))["id"].to_list()
    if not long:
        return []
    have = "has" if len(long) == 1 else "have"
    return [
        Finding(
            code="too_long_for_model",
            severity="warning",
            count=len(long),
            rows=tuple(long[:NAMED]),
            sentence=f"{count_of(len(long), 'example')} ({_percent(len(long), len(frame))}) {have} "
            f"more than the {builtin.window} word pieces that builtin:{builtin.name} reads (the "
            f"longest has {int(counts.max()):,}): the rest of the text is not seen",
            hint="shorten the texts to what decides the answer, or name a model that reads more",
        )
    ]


def _foreign(builtin: Builtin, frame: pl.DataFrame) -> list[Finding]:
    texts = frame["input"].gather_every(max(1, -(-len(frame) // SAMPLED))).to_list()
    seen = languages(texts)
    if seen.other < max(_FEWEST, _SHARE * len(texts)):
        return []
    of = "" if len(texts) == len(frame) else f" of {len(texts):,} that were looked at"
    return [
        Finding(
            code="not_english",
            severity="warning",
            count=seen.other,
            sentence=f"{count_of(seen.other, 'example')}{of} ({_percent(seen.other, len(texts))}) "
            f"look as if they are not in English ({', '.join(seen.kinds)}), and "
            f"builtin:{builtin.name} has learned English; a guess from letters and common words",
            hint="name a model for your language under `models` in etude.yaml, or expect less of "
            "this one",
        )
    ]


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole
    return "under 1 %" if share < 1 else f"{share:.0f} %"
