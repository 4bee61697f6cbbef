"""What the task's models can't read well in these examples, from their tokenizers alone.

It loads no weights, and torch only for a model of a person's own. Of those that write, how much they
read is for the audit of lengths, since prompt and answer share it. Only builtins say which language
they have learned.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from etude.audit._window import BYTES_A_TOKEN
from etude.data.findings import count_of
from etude.data.languages import languages
from etude.models._tokens import Tokens
from etude.models.builtin import BUILTINS, Builtin
from etude.records.dataset import Finding
from etude.records.task import Task
from etude.workflow._windows import Reader, reader_of

SAMPLED = 5000
"""Texts that are judged for their language, evenly spaced over the table."""
_SHARE = 0.05
_FEWEST = 3
_SPECIAL = 2
"""Tokens that the tokenizer adds: one in front, one at the end."""
_DECOMPOSED = 3
"""Characters that one can become when accents and Korean syllables are taken apart."""


def about_models(task: Task, frame: pl.DataFrame, root: Path) -> tuple[Finding, ...]:
    """Inputs that are longer than a model reads that writes nothing, and texts not in a builtin
    model's language.

    Args:
        task: its models are looked at.
        frame: the canonical rows.
        root: the project's folder, from which folders of models are seen.
    """
    findings: list[Finding] = []
    for reference in task.models:
        reader = reader_of(reference, root)
        if reader is not None and not reader.writes:
            findings += _too_long(reader, frame)
        prefix, _, name = reference.name.partition(":")
        if prefix == "builtin" and name in BUILTINS:
            findings += _foreign(BUILTINS[name], frame)
    return tuple(findings)


def _too_long(reader: Reader, frame: pl.DataFrame) -> list[Finding]:
    # A word piece is a byte or more, so most texts need not be counted at all.
    factor = pl.when(pl.col("input").str.len_bytes() == pl.col("input").str.len_chars()).then(1)
    most = pl.col("input").str.len_chars() * factor.otherwise(_DECOMPOSED)
    most = pl.max_horizontal(most, pl.col("input").str.len_bytes())
    could = frame.filter(most > reader.window - _SPECIAL)
    if could.is_empty():
        return []
    counts, about = _counted(reader, could["input"])
    long = could.filter(counts > reader.window)["id"].to_list()
    if not long:
        return []
    have = "has" if len(long) == 1 else "have"
    return [
        Finding(
            code="too_long_for_model",
            severity="warning",
            count=len(long),
            sentence=f"{count_of(len(long), 'example')} ({_percent(len(long), len(frame))}) {have} "
            f"more than the {reader.window:,} word pieces that {reader.name} reads (the "
            f"longest has {about}{max(counts.to_list()):,}): the rest of the text is not seen",
            hint="shorten the texts to what decides the answer, or name a model that reads more",
        ).naming(long)
    ]


def _counted(reader: Reader, texts: pl.Series) -> tuple[pl.Series, str]:
    """Tokens of each text, and how a number of them is begun where it is an estimate."""
    if reader.tokenizer is None:
        about = "by a rough estimate, four letters each, about "
        return texts.str.len_bytes() // BYTES_A_TOKEN + _SPECIAL, about
    return pl.Series(Tokens(reader.tokenizer.parent, reader.window).count(texts.to_list())), ""


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
