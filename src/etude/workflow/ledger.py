"""Looks at the held-out examples: each is written down before it happens.

What was fixed before the first look is firm; candidates or terms that moved after it are not. A row
that is mended makes another set of held-out examples by name, and no new one to whoever saw the rest.
"""

from __future__ import annotations

from etude.data.stored import Prepared, held_out
from etude.records.run import Look, Run, Terms
from etude.workflow.session import Session, now

SAME = 0.5
"""Share of the held-out rows that were looked at before, from which on a look at those counts."""


def written_look(
    session: Session, run: Run, prepared: Prepared, ids: dict[str, str], terms: Terms
) -> tuple[int, bool]:
    """Which look at the held-out examples this is, written down before it happens.

    From the second look under a changed candidate, or by other terms, on, a result is exploratory.
    Scoring the same candidates again by the same terms is the same look.
    """
    holdout = prepared.version.holdout_id
    if holdout is None:
        return 0, False
    before = session.store.looks(*_same_rows(session, prepared, holdout))
    now_seen = set(ids.values())
    known = any(
        look.holdout_id == holdout
        and now_seen <= set(look.candidates)
        and look.terms in (None, terms)
        for look in before
    )
    if not known:
        session.store.record_look(
            Look(
                time=now(),
                holdout_id=holdout,
                run=run.id,
                candidates=tuple(sorted(now_seen)),
                reason="compare",
                terms=terms,
            )
        )
    count = len(before) + (not known)
    what = _moved(before, now_seen, terms)
    if what:
        session.say(
            f"This is look number {count} at the examples kept aside, with {what}: the result is "
            "exploratory."
        )
    return count, bool(what)


def _moved(before: list[Look], candidates: set[str], terms: Terms) -> str:
    """What is another than at the first look, in words; "" where nothing is."""
    if not before:
        return ""
    changed = [] if candidates <= set(before[0].candidates) else ["a changed candidate"]
    first = next((look.terms for look in before if look.terms is not None), terms)
    names = {
        "metric": "metric",
        "margin": "margin",
        "at_least": "minimum",
        "baseline": "baseline",
    }
    moved = [name for key, name in names.items() if getattr(first, key) != getattr(terms, key)]
    if moved:
        changed.append(f"another {' and '.join(moved)}")
    return " and ".join(changed)


def _same_rows(session: Session, prepared: Prepared, holdout: str) -> set[str]:
    """Names of the held-out examples that are these, or were when a few rows of them were others."""
    found = {holdout}
    looked_at = set(session.store.looked_at()) - found
    if not looked_at:
        return found
    rows = set(prepared.holdout().ids)
    for folder in session.store.versions():
        held = held_out(folder)
        if held and held[0] in looked_at and len(rows & held[1]) >= SAME * len(rows):
            found.add(held[0])
    return found
