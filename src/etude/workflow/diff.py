"""``diff``: two stored comparisons, held against each other."""

from __future__ import annotations

from etude.records.difference import Difference
from etude.records.run import Look
from etude.verdict.difference.whole import difference
from etude.workflow import shelf
from etude.workflow.session import Session, now


def diff(
    session: Session,
    old: str = shelf.PREVIOUS,
    new: str = shelf.LATEST,
    *,
    show_holdout: bool = False,
) -> Difference:
    """What changed from ``old`` to ``new``; nothing is computed but statistics.

    Each is a run's id, ``latest``, ``previous`` (of the other, scored on the same side), a project's
    folder or a run's record. ``show_holdout`` names held-out rows too, which is written in the
    ledger.

    Raises:
        DataError, StoreError, UnknownName: one of them is not there.
    """
    if new == shelf.PREVIOUS:
        now_found = shelf.before(session.root, shelf.find(session.root, shelf.LATEST))
    else:
        now_found = shelf.find(session.root, new)
    then = (
        shelf.before(session.root, now_found)
        if old == shelf.PREVIOUS
        else shelf.find(session.root, old)
    )
    if show_holdout:
        _write_down(session, then, now_found)
    return difference(then.told(), now_found.told(), show_holdout=show_holdout)


def _write_down(session: Session, *seen: shelf.Found) -> None:
    """Whoever knows the rows can tune on them: it is a look, once for each set of them."""
    held = {
        found.comparison.dataset.holdout_id: found.comparison.run
        for found in seen
        if found.comparison.dataset.holdout_id is not None
    }
    for holdout, run in held.items():
        session.store.record_look(
            Look(
                time=now(),
                holdout_id=holdout,
                run=run,
                candidates=(),
                reason="rows shown to a person",
            )
        )
