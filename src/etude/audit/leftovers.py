"""Leftovers: HTML, gaps of templates, marks of chat templates, thoughts, refusals and chatter of the
model that wrote the text.

What most texts of a field have is how the task is, and no leftover; so is what a target copies from
its input. ``_leftovers`` knows how each looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import polars as pl

from etude.audit import _leftovers as look
from etude.audit._base import WRITTEN, Audit, Found, Material, found
from etude.audit._gaps import PLACEHOLDER_SIEVE, placeholders
from etude.audit._mail import MAIL_SIEVE, mail_tail
from etude.audit._textual import (
    WORDED,
    Finder,
    agreeing,
    exact,
    fields,
    of_rows,
    places,
    read,
    share,
    together,
)
from etude.records.dataset import Repair, Severity

_USUAL = 0.5
"""Share of a field's texts from which a sign is how the task is."""

_IN_INPUTS = (
    "the model reads them beside what counts, and where only some inputs have them it may take them "
    "for a sign of the answer"
)
_MASK = "XXXX"
"""A gap that people also write in what they send."""


def _run(material: Material) -> Iterator[Found]:
    texts = {field: read(material, field) for field in fields(material.task)}
    if material.task.kind == "extract":
        texts.pop("target")
    yield from _markup(material, texts)
    yield from _placeholders(material, texts)
    yield from _mail(material, texts)
    yield from _tokens(material, texts)
    if material.task.kind in WRITTEN:
        yield from _of_a_model(material, texts["target"])


def _same(says: str, _field: str) -> str:
    """What is said is the same for targets and inputs."""
    return says


def _sieved(
    material: Material, field: str, rows: pl.DataFrame, sieve: str, finder: Finder
) -> pl.DataFrame:
    """The field's places, none where most texts have them."""
    seen = rows.filter(pl.col("text").str.contains(sieve))
    hits = places(seen, field, finder, offsets=exact(material, field))
    return together([]) if hits["id"].n_unique() > _USUAL * len(rows) else hits


def _said(
    material: Material,
    code: str,
    says: Callable[[str], str],
    hits: pl.DataFrame,
    costs: str,
    repair: Repair,
    severities: tuple[Severity, Severity] = ("warning", "note"),
    seconds_each: float = 8,
) -> Iterator[Found]:
    """A finding for targets and one for inputs, which are less to blame."""
    for field, severity in zip(("target", "input"), severities, strict=True):
        own = hits.filter(pl.col("field") == field)
        if len(own):
            counted = of_rows(own, len(material.frame), f"{field}s")
            portion = share(own["id"].n_unique(), len(material.frame))
            yield found(
                "leftovers",
                code if field == "target" else f"{code}_in_inputs",
                severity,
                f"{counted} ({portion}) {agreeing(says(field), own['id'].n_unique())}",
                own,
                costs=costs if field == "target" else _IN_INPUTS,
                repair=repair,
                seconds_each=seconds_each,
            )


def _markup(material: Material, texts: dict[str, pl.DataFrame]) -> Iterator[Found]:
    parts = [
        _sieved(material, f, rows, look.MARKUP_SIEVE, look.markup) for f, rows in texts.items()
    ]
    yield from _said(
        material,
        "html",
        lambda _: "have HTML tags",
        together(parts),
        "the model learns to write tags where people expect words",
        Repair(apply="replace", sentence="take the text without its tags"),
    )


def _placeholders(material: Material, texts: dict[str, pl.DataFrame]) -> Iterator[Found]:
    parts = [_gaps(material, field, rows) for field, rows in texts.items()]
    hits = together(parts)
    given = material.frame.select("id", pl.col("input").alias("given"))
    hits = (
        hits.join(given, on="id", how="left")
        .filter(
            (pl.col("field") == "input")
            | ~pl.col("given").str.contains(pl.col("evidence"), literal=True)
        )
        .drop("given")
    )
    yield from _said(
        material,
        "placeholders",
        lambda field: (
            "have a gap of a template that was never filled in"
            + ("" if field == "input" else " and that is not in their input")
        ),
        hits,
        "the model learns to write the gap instead of the name, date or number",
        Repair(apply="decide", sentence="fill the gap in, or leave the example out"),
        seconds_each=15,
    )


def _gaps(material: Material, field: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Gaps, without a sort of gap that most texts have; masks such as XXXX and written-out blanks
    are how people hide data in what they were sent, so only targets are asked about those."""
    seen = rows.filter(pl.col("text").str.contains(PLACEHOLDER_SIEVE))
    hits = places(seen, field, placeholders, offsets=exact(material, field))
    rows_of = pl.col("id").n_unique().over("other")
    hits = hits.filter(rows_of <= _USUAL * len(rows))
    if field == "input":
        hits = hits.filter(pl.col("other") != _MASK)
    return hits.with_columns(pl.lit(None, pl.String).alias("other"))


def _mail(material: Material, texts: dict[str, pl.DataFrame]) -> Iterator[Found]:
    parts = [_sieved(material, f, rows, MAIL_SIEVE, mail_tail) for f, rows in texts.items()]
    yield from _said(
        material,
        "mail_tail",
        lambda _: "have what a mail program adds, such as \u201cSent from my iPhone\u201d",
        together(parts),
        "the model learns to write it under its answers",
        Repair(apply="decide", sentence="take it out, with the quoted message where there is one"),
    )


def _tokens(material: Material, texts: dict[str, pl.DataFrame]) -> Iterator[Found]:
    parts = []
    for field, rows in texts.items():
        sieve, finder = look.TOKENS_SIEVE, look.chat_tokens
        if field == "input":
            sieve, finder = f"{sieve}|{look.THINKING_SIEVE}", look.asked_tokens
        seen = rows.filter(pl.col("text").str.contains(sieve))
        parts.append(places(seen, field, finder, offsets=exact(material, field)))
    yield from _said(
        material,
        "chat_tokens",
        lambda _: "have marks of a chat template, such as <|im_end|> or ### Response:",
        together(parts),
        "training adds such marks itself; written twice, the model ends its answers in the middle "
        "or goes on talking",
        Repair(apply="replace", sentence="take the marks out"),
        severities=("warning", "warning"),
    )


def _of_a_model(material: Material, targets: pl.DataFrame) -> Iterator[Found]:
    """What a model that wrote the targets left in them."""
    bounds = material.task.boundaries
    wanted = bool(bounds.refuse or bounds.hand_over)
    signs: tuple[tuple[str, str, Finder, str, str, Repair], ...] = (
        (
            "thinking",
            look.THINKING_SIEVE,
            look.thinking,
            "have a model's thoughts in them, such as <think>",
            "the model learns to think aloud to whoever asks",
            Repair(apply="replace", sentence="take the thoughts out"),
        ),
        (
            "ai_speech",
            look.AI_SIEVE,
            look.ai_speech,
            "say that a machine wrote them (\u201cas an AI\u201d, \u201cmy knowledge cutoff\u201d)",
            "the model learns to talk of itself instead of doing the task",
            Repair(apply="decide", sentence="write the answer that you want, or leave it out"),
        ),
        (
            "refusals",
            look.REFUSAL_SIEVE,
            look.refusals,
            "refuse to do the task",
            "the model learns to refuse what it should do",
            Repair(apply="decide", sentence="write the answer that you want, or leave it out"),
        ),
        (
            "chatter",
            f"{look.OPENER_SIEVE}|{look.CLOSER_SIEVE}",
            look.chatter,
            "have words of the model that wrote them around the text that was asked for, such as "
            "\u201cSure! Here is the text:\u201d",
            "the model learns to write them, and somebody has to cut them off each time",
            Repair(apply="replace", sentence="take those words out"),
        ),
    )
    for code, sieve, finder, says, costs, repair in signs:
        hits = _sieved(material, "target", targets, sieve, finder)
        severities: tuple[Severity, Severity] = ("warning", "note")
        if code == "refusals" and wanted:
            says += ", as the task's boundaries may want it"
            severities = ("note", "note")
        yield from _said(material, code, partial(_same, says), hits, costs, repair, severities)


AUDIT = Audit("leftovers of templates, web pages and models", WORDED, "rows", _run)
