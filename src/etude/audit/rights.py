"""Rights: who owns the examples, and may they be trained on?

It reads what the task file says under ``data.rights`` and copyright notices in the texts. It is no
legal advice: it says what nobody has said, and what somebody should read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from etude.audit._base import EVERY, Audit, Found, Material, count_of, found
from etude.audit._textual import Place, around, exact, fields, none, places, read, together
from etude.records.dataset import Repair

_UNSAID = re.compile(
    r"(?:unknown|unclear|not (?:sure|known)|none|n/?a|nothing|null|yes|no|ok|todo|tbd|tba"
    r"|\?+|-+|\.+|"
    r"xxx+|fixme|to be (?:decided|determined|clarified)|don'?t know|various|misc|internet|the web|"
    r"web|scraped|public|free)[.!]?",
    re.IGNORECASE,
)
"""Words that stand there and say nothing: that a text is public does not mean that it is free."""
_LIMITED = re.compile(
    r"non[- ]?commercial|\bNC\b|\b(?:by|cc)-nc\b|no[- ]deriv|-nd\b|research (?:use )?only|"
    r"academic (?:use )?only|only for (?:research|academic)|personal use|evaluation only|"
    r"all rights reserved|proprietary|confidential|under nda|do not (?:train|share|distribute)|"
    r"not for training",
    re.IGNORECASE,
)
_ASKING = 30.0
"""Minutes to find out whose the examples are and to read what that allows."""
_NOTICE_SIEVE = r"(?i)©|\(c\)\s*(?:19|20)\d\d|copyright|all rights reserved"
_NOTICE = re.compile(
    r"(?<!\w)©\s*(?:\w|(?:19|20)\d\d)[^\n]{0,60}"
    r"|\(c\)\s*(?:copyright\s*)?(?:19|20)\d\d[^\n]{0,60}"
    r"|copyright\s*(?:\(c\)|©)?\s*(?:19|20)\d\d[^\n]{0,60}"
    r"|all rights reserved\b",
    re.IGNORECASE,
)


def _run(material: Material) -> Iterator[Found]:
    said = (material.task.data.rights or "").strip()
    if not said or _UNSAID.fullmatch(said):
        yield found(
            "rights",
            "rights",
            "note",
            "nobody has said who owns the examples and whether they may be used for training"
            if not said
            else f"`rights: {said}` does not say who owns the examples and who allowed training",
            none(),
            costs="if somebody objects later, the model cannot be made to forget single examples; "
            "it would have to be trained again without them",
            repair=Repair(
                apply="decide",
                sentence="write under `data` in etude.yaml whose they are, under which licence or "
                "consent: `rights: our own support mail, customers agreed in the terms`",
            ),
            minutes=_ASKING,
        )
    elif limited := _LIMITED.search(said):
        yield found(
            "rights",
            "rights_limited",
            "warning",
            f"the rights of the examples are limited ({limited.group()!r} in `rights`): read "
            f"whether "
            "they allow training and the use that you plan",
            none(),
            costs="what is trained on them may not be used as planned",
            repair=Repair(apply="decide", sentence="ask whoever owns them, or leave them out"),
            minutes=_ASKING,
        )
    yield from _notices(material)


def _notices(material: Material) -> Iterator[Found]:
    """Copyright notices in the texts: parts that are somebody's."""
    parts = []
    for field in fields(material.task):
        rows = read(material, field).filter(pl.col("text").str.contains(_NOTICE_SIEVE))
        parts.append(places(rows, field, _seen, offsets=exact(material, field)))
    hits = together(parts)
    if len(hits):
        count = hits["id"].n_unique()
        yield found(
            "rights",
            "copyright_notice",
            "note",
            f"{count_of(count, 'example')} of {len(material.frame):,} "
            f"{'carries' if count == 1 else 'carry'} a copyright notice: somebody claims the text",
            hits,
            costs="a text that is another's may not be trained on without leave",
            repair=Repair(apply="decide", sentence="see whether it is yours; else leave it out"),
            seconds_each=10,
        )


def _seen(text: str) -> Iterator[Place]:
    match = _NOTICE.search(text)
    if match:
        yield Place(match.start(), match.end(), around(text, match.start(), match.end()))


AUDIT = Audit("who owns the examples", EVERY, "rows", _run)
