"""``diff``: two stored comparisons, held against each other; a release stands for its own."""

from __future__ import annotations

from dataclasses import replace

from etude.errors import DataError, UnknownName
from etude.records.difference import Difference
from etude.records.run import Look
from etude.releases import shelf as releases
from etude.releases.contents import read_manifest
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
    folder, a run's record, or a release by its alias or first digits: the comparison that it was chosen
    in, with the release's candidate as what is recommended. ``show_holdout`` names held-out rows too,
    which is written in the ledger.

    Raises:
        DataError, StoreError, UnknownName: one of them is not there.
    """
    if new == shelf.PREVIOUS:
        now_found = shelf.before(session.root, shelf.find(session.root, shelf.LATEST))
    else:
        now_found = _find(session, new)
    then = shelf.before(session.root, now_found) if old == shelf.PREVIOUS else _find(session, old)
    if show_holdout:
        _write_down(session, then, now_found)
    return difference(then.told(), now_found.told(), show_holdout=show_holdout)


def _find(session: Session, said: str) -> shelf.Found:
    """A comparison by its name, or by a release's.

    Raises:
        UnknownName: nothing is called so.
        DataError: the release was compared elsewhere.
    """
    try:
        return shelf.find(session.root, said)
    except UnknownName as nothing:
        kept = session.store.releases
        try:
            name = releases.find(kept.folder, kept.aliases(), said)
        except UnknownName:
            raise nothing from None
    manifest, _ = read_manifest(kept.folder / name)
    try:
        found = shelf.find(session.root, manifest.comparison)
    except UnknownName:
        raise DataError(
            f"the release {said} was chosen in the comparison {manifest.comparison}, which is not in "
            "this project",
            where=str(session.root / ".etude" / "runs"),
            hint="name the folder of the checkout that it was made in, or the comparison.json of that "
            "run",
        ) from None
    verdict = found.comparison.verdict.model_copy(update={"recommended": manifest.candidate})
    return replace(found, comparison=found.comparison.model_copy(update={"verdict": verdict}))


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
