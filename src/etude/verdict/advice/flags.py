"""The red flags, each raised by evidence or by a person."""

from __future__ import annotations

from etude.records.advice import Answered, Evidence
from etude.verdict.advice._reply import NOTHING, Read, flag
from etude.verdict.advice._words import counted, of_way, part, percent
from etude.verdict.advice.asked import FLAGS
from etude.verdict.advice.known import best_simple, best_trained, fresh_rows, fresh_share, prompted
from etude.verdict.advice.questions import LITTLE, MUCH, OFTEN

SEVERAL = 3
"""Wordings tried on dev, from which on a prompt has been worked on."""
SHORT = 8
"""Words of instructions below which they hardly say what is wanted."""
HEAVY, LIGHT = 0.5, 0.15
"""Share of an ideal answer that is left to type, by the best way."""
NEARLY_ALL = 0.9
"""Of answers today that a person corrects."""
TORN = 0.2
"""Share of the examples."""


def answered(evidence: Evidence) -> tuple[Answered, ...]:
    """All of them."""
    reads = (
        _few(evidence),
        _changing(evidence),
        _prompt(evidence),
        _files(evidence),
        _edited(evidence),
        _stated(evidence),
    )
    pairs = zip(FLAGS, reads, strict=True)
    return tuple(flag(asked, evidence, read) for asked, read in pairs)


def _few(evidence: Evidence) -> Read:
    """Many items are not few; whether few are each of another kind, only a person knows."""
    volume = evidence.task.economics.requests_per_month
    if "economics.requests_per_month" not in evidence.stated:
        return NOTHING
    told = f"{counted(volume, 'request')} a month."
    return Read("no", told, "etude.yaml") if volume >= OFTEN else Read(evidence=told)


def _changing(evidence: Evidence) -> Read:
    """Examples can show that two ways are mixed; whether the way will change, only a person knows."""
    wavering, rows = evidence.examples.wavering, evidence.examples.usable
    if not wavering:
        return NOTHING
    told = f"Ideal answers that differ in tone or form from the others: {part(wavering, rows)}."
    return Read("yes", told, "examples") if wavering >= TORN * rows else Read(evidence=told)


def _prompt(evidence: Evidence) -> Read:
    task = evidence.task
    words, meanings = len(task.instructions.split()), any((task.labels or {}).values())
    if words < SHORT and not meanings:
        told = f"The instructions have {counted(words, 'word')}." if words else "There are none."
        return Read("yes", told, "etude.yaml")
    if evidence.unworded and not meanings:
        told = "The instructions are still those that a new project comes with."
        return Read("yes", told, "etude.yaml")
    ways = [way for way in prompted(evidence) if way.rung in ("prompt", "few_shot")]
    if not ways:
        return Read(evidence="Your instructions have not been tried on these examples yet.")
    wordings = sum(way.wordings for way in ways)
    best = max(ways, key=lambda way: way.value.value)
    told = f"{counted(wordings, 'setting')} of instructions and examples tried"
    if not wordings:
        told = "Only what is set by itself was tried, without wordings"
    told += "; the best: "
    told += f"{of_way(best, task)}."
    return Read("no", told, "comparison") if wordings >= SEVERAL else Read(evidence=told)


def _files(evidence: Evidence) -> Read:
    if evidence.task.kind in ("classify", "image"):
        return Read("no", "A category is chosen by the input alone.", "etude.yaml")
    share = fresh_share(evidence.examples)
    if share is None:
        return NOTHING
    rows = part(fresh_rows(evidence.examples) or 0, evidence.examples.usable)
    told = f"Ideal answers that state facts from elsewhere: {rows}."
    if share >= MUCH:
        return Read("yes", told, "examples")
    return Read("no", told, "examples") if share < LITTLE else Read(evidence=told)


def _edited(evidence: Evidence) -> Read:
    if evidence.task.kind in ("classify", "image"):
        return Read("no", "There is no text to edit.", "etude.yaml")
    if evidence.corrected is not None and evidence.corrected >= NEARLY_ALL:
        told = f"A person corrects {evidence.corrected * 100:g} of 100 answers today."
        return Read("yes", told, evidence.corrected_by, own=True)
    best = best_trained(evidence) or best_simple(evidence)
    if best is None or best.retyping is None:
        return NOTHING
    told = (
        f"“{best.title}” leaves {percent(min(1.0, best.retyping), 1)} of a text to be typed again."
    )
    if best.retyping >= HEAVY:
        return Read("yes", told, "comparison")
    return Read("no", told, "comparison") if best.retyping < LIGHT else Read(evidence=told)


def _stated(evidence: Evidence) -> Read:
    found, task = evidence.examples, evidence.task
    share = found.conflicting / max(1, found.usable)
    if share >= TORN:
        told = (
            f"{percent(share, found.usable)} of the examples have another answer to the same text."
        )
        return Read("yes", told, "examples")
    if not (task.labels or task.output_schema or task.checks or found.labels):
        return Read(evidence="There is a measure, and no rule that says what a right answer is.")
    return Read(
        "no", "etude.yaml says what a right answer is, and it can be counted.", "etude.yaml"
    )
