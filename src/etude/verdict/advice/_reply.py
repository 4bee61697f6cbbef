"""How evidence and a person's word make one reply. Nothing known is unknown, never a no."""

from __future__ import annotations

from typing import NamedTuple

from etude.records.advice import Answered, Evidence, Reply, Source
from etude.verdict.advice.asked import Asked


class Read(NamedTuple):
    """What the evidence says: its sentence is shown even where it decides nothing. ``own``: it follows
    from another answer of the person alone, so that a direct one goes before it."""

    reply: Reply = "unknown"
    evidence: str = ""
    source: Source = "nothing"
    own: bool = False


NOTHING = Read()
BY_WORD: dict[Source, str] = {"etude.yaml": "etude.yaml says so.", "you": "You said so."}
"""How the evidence of an answer begins that is a person's word."""


def question(one: Asked, evidence: Evidence, read: Read) -> Answered:
    """Evidence decides; where it can't, a person's word does."""
    said = evidence.said.get(one.key)
    if read.own and said is not None:
        return _by_word(one, evidence, read)
    if read.reply != "unknown":
        other = said.reply if said is not None and said.reply != read.reply else None
        return _answered(one, read.reply, read, other)
    return _by_word(one, evidence, read)


def flag(one: Asked, evidence: Evidence, read: Read) -> Answered:
    """Evidence or a person raises it: what evidence can't see, a person may know."""
    said = evidence.said.get(one.key)
    if read.own and said is not None:
        return _by_word(one, evidence, read)
    if read.reply == "yes":
        other = said.reply if said is not None and said.reply == "no" else None
        return _answered(one, "yes", read, other)
    if said is not None and said.reply == "yes":
        return _by_word(one, evidence, read)
    if read.reply == "no":
        return _answered(one, "no", read, None)
    return _by_word(one, evidence, read)


def _by_word(one: Asked, evidence: Evidence, read: Read) -> Answered:
    said = evidence.said.get(one.key)
    if said is None:
        return _answered(one, "unknown", read, None)
    told = f"{BY_WORD[said.source]} {read.evidence}".strip()
    return _answered(one, said.reply, Read(said.reply, told, said.source), None)


def _answered(one: Asked, reply: Reply, read: Read, said: Reply | None) -> Answered:
    return Answered(
        key=one.key,
        text=one.text,
        reply=reply,
        evidence=read.evidence,
        source=read.source,
        said=None if said == "unknown" else said,
    )
