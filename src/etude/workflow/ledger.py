"""Looks at the held-out examples: each is written down before it happens."""

from __future__ import annotations

from etude.data.stored import Prepared
from etude.records.run import Look, Run
from etude.workflow.session import Session, now


def written_look(
    session: Session, run: Run, prepared: Prepared, ids: dict[str, str]
) -> tuple[int, bool]:
    """Which look at the held-out examples this is, written down before it happens.

    From the second look under a changed candidate on, a result is exploratory. Scoring the same
    candidates again is the same look.
    """
    holdout = prepared.version.holdout_id
    if holdout is None:
        return 0, False
    before = session.store.looks(holdout)
    now_seen = set(ids.values())
    known = any(now_seen <= set(look.candidates) for look in before)
    if not known:
        session.store.record_look(
            Look(
                time=now(),
                holdout_id=holdout,
                run=run.id,
                candidates=tuple(sorted(now_seen)),
                reason="compare",
            )
        )
    count = len(before) + (not known)
    changed = bool(before) and not now_seen <= set(before[0].candidates)
    if changed:
        session.say(
            f"This is look number {count} at the examples kept aside, with a changed candidate: "
            "the result is exploratory."
        )
    return count, changed
