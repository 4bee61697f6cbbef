"""Markdown and HTML: targets that are marked up among plain ones, or plain among marked up."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from etude.audit._style._trait import Trait, presence

_MARKED = (
    r"\*\*[^*\n]+\*\*|(?m:^#{1,6} \S)|\[[^\]\n]+\]\(\S+\)|(?m:^```)|(?m:^\|[^\n]*\|[ \t]*$)"
    r"|`[^`\n]+`"
)
_TAGS = (
    r"(?i)</?(?:p|br|b|i|u|div|span|ul|ol|li|a|strong|em|h[1-6]|table|tr|td)(?:\s[^<>]*)?/?>"
    r"|&(?:nbsp|amp|quot|lt|gt);"
)
_FENCED = r"^\s*```"


def traits(texts: pl.Series) -> Iterator[Trait]:
    """Either way, where nearly all are alike."""
    yield presence(
        "markdown",
        _MARKED,
        "use Markdown",
        "are plain text",
        "answers show stray asterisks or hashes wherever Markdown is not drawn",
        least=0.93,
    )
    yield presence(
        "html_tags",
        _TAGS,
        "have HTML tags or entities",
        "have no HTML",
        "the model learns to write tags into its answers",
        least=0.85,
    )
    yield from fences(texts)


def fences(texts: pl.Series) -> Iterator[Trait]:
    """Targets in a code fence among others that stand in none."""
    yield presence(
        "fenced",
        _FENCED,
        "stand in a code fence",
        "stand in no code fence",
        "what reads the answers has to expect both",
        least=0.85,
    )


PROPERTY = traits
