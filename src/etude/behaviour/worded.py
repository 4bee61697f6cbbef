"""Entries of ``boundaries`` that read badly in the sentences that are made of them."""

from __future__ import annotations

from collections.abc import Iterator

from etude.behaviour.suites._entries import instead, is_deed, is_order
from etude.records.task import Task

ALL = "“medical questions” or “when somebody threatens to sue”"


def misworded(task: Task) -> Iterator[str]:
    """A sentence for each: what it is, and what to write for it; none where the suite is left out."""
    if "boundaries" in task.behaviour.leave_out:
        return
    bounds = task.boundaries
    for field, entries in (("hand_over", bounds.hand_over), ("refuse", bounds.refuse)):
        for said in entries:
            if not (is_order(said) or is_deed(said)):
                continue
            what = "an order" if is_order(said) else "of people who do something"
            better = instead(said)
            write = f"“{better}”" if better else f"what it is about, such as {ALL}"
            yield (
                f"boundaries.{field}: “{said}” reads as {what}, and etude behave asks of things and "
                f"clauses (“I have a question about …”, “What happens when …?”); write {write}"
            )
