"""What a case of a person's own asks of its answer: a label or text, checks, a hand-over.

It knows one answer at a time and nothing of where the case was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from etude.behaviour.handing import handed_over, left_to_person, refused
from etude.behaviour.replies import CannotTell, Reply, same_form
from etude.checks import Check, Subject
from etude.records.task import Kind

VERSION = 2
"""Raised where the same case may pass another answer: results of another version no longer count."""


@dataclass(frozen=True)
class Demand:
    """What the answer is held to; every part that is there must hold.

    Args:
        expect: the right label or text; None asks for none.
        hand_over: whether a person must get the request, or must not; None asks for neither.
        checks: yes/no checks on the answer.
        weights: of each check, where a share of them is enough.
        threshold: that share, from 0 to 1; None: every check must pass.
        fields: the columns that checks may name.
        note: what the case is about, in a person's words.
    """

    expect: str | None = None
    hand_over: bool | None = None
    checks: tuple[Check, ...] = ()
    weights: tuple[float, ...] = ()
    threshold: float | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def unmet(demand: Demand, kind: Kind, text: str, reply: Reply) -> str | None:
    """Why the answer to ``text`` is not what is asked, in plain words; None where it is.

    Raises:
        CannotTell: a part of it can't be told of this answer, and no other fails.
    """
    found: list[str] = []
    told, untold = 0, ""
    for part in (_handing, _expected, _checked):
        try:
            why = part(demand, kind, text, reply)
        except CannotTell as error:
            untold = untold or str(error)
            continue
        told += 1
        found += [why] if why else []
    if found:
        return "; ".join(found)
    if untold or not told:
        raise CannotTell(untold)
    return None


def _handing(demand: Demand, kind: Kind, text: str, reply: Reply) -> str | None:
    if demand.hand_over is None:
        raise CannotTell
    if not demand.hand_over:
        return "is left to a person" if left_to_person(kind, reply) else None
    if handed_over(kind, reply):
        return None
    return f"is {'refused, and ' if refused(kind, reply) else ''}not left to a person"


def _expected(demand: Demand, kind: Kind, text: str, reply: Reply) -> str | None:
    if demand.expect is None:
        raise CannotTell
    if reply.output is None:
        return "no answer"
    if kind == "extract":
        return None if same_form(demand.expect, reply.output) else "other values than expected"
    if kind == "classify":
        return None if reply.output == demand.expect else f"is not {demand.expect}"
    same = reply.output.split() == demand.expect.split()
    return None if same else "is not the text that is expected"


def _checked(demand: Demand, kind: Kind, text: str, reply: Reply) -> str | None:
    if not demand.checks:
        raise CannotTell
    if reply.output is None:
        return "no answer"
    subject = Subject(reply.output, text, demand.expect, demand.fields, reply.passages)
    asked, kept, faults = 0.0, 0.0, []
    for check, weight in zip(demand.checks, demand.weights, strict=True):
        try:
            if not check.applies(subject):
                continue
            outcome = check.run(subject)
        finally:
            check.close()
        asked += weight
        kept += weight * outcome.passed
        faults += [] if outcome.passed else [f"{check.name}: {outcome.reason}"]
    if not asked:
        raise CannotTell
    enough = not faults if demand.threshold is None else kept / asked >= demand.threshold
    return None if enough else "; ".join(faults)
