"""Emoji, exclamation and question marks, words in capitals: what most targets have, or never have."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from etude.audit._style._trait import LACKS, Trait, opening, presence

EMOJI = (
    r"[\x{1F1E6}-\x{1F1FF}\x{1F300}-\x{1FAFF}\x{2600}-\x{26FF}\x{2702}-\x{27B0}\x{2B50}\x{2B55}"
    r"\x{231A}\x{23F0}]"
)
"""In Rust's spelling; see ``PYTHON_EMOJI``."""
PYTHON_EMOJI = (
    "[\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\u2600-\u26ff\u2702-\u27b0\u2b50\u2b55\u231a\u23f0]"
)
FACES = r"(?:^|\s)[:;]-?[)D(P](?:\s|$)"
_NEVER = frozenset({LACKS})


def traits(texts: pl.Series) -> Iterator[Trait]:
    """What a few have and the others never do is a note: it may be meant."""
    yield presence(
        "emoji",
        f"{PYTHON_EMOJI}|{FACES}",
        "have emoji",
        "have no emoji",
        "the model learns to use emoji at random",
        least=0.9,
    )
    yield presence(
        "exclamation",
        r"\w*\s?[!！¡]",
        "have an exclamation mark",
        "have no exclamation mark",
        "the model learns to exclaim at random",
        least=0.96,
        severity="note",
        rules=_NEVER,
        copied=True,
    )
    yield presence(
        "shouting",
        r"\b\p{Lu}{4,}(?:[ ,]+\p{Lu}{2,}){2,}\b",
        "have words in capitals",
        "have no run of words in capitals",
        "the model learns to shout at random",
        least=0.96,
        severity="note",
        rules=_NEVER,
        copied=True,
    )
    yield presence(
        "final_question",
        r"[?？]\s*$",
        "end with a question",
        "do not end with a question",
        "the model learns to ask back at random",
        least=0.95,
        severity="note",
        mark=opening,
    )


PROPERTY = traits
