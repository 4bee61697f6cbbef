"""Examples that mean the same as one on the other side, as far as an audit has found them."""

from __future__ import annotations

from etude.data.stored import Prepared
from etude.workflow.audit import found_before
from etude.workflow.session import Session

AUDIT, FINDING = "same_meaning", "same_meaning_across"


def alike(session: Session, prepared: Prepared) -> frozenset[str] | None:
    """The ids of both of each pair across what is learned from and what is scored (in cross-fitting,
    across the folds); None where nobody has looked, which ``etude check`` does."""
    found = found_before(session, prepared, AUDIT)
    if found is None:
        return None
    pairs = [one.hits for one in found if one.finding.code == FINDING]
    return frozenset(
        name for hits in pairs for column in ("id", "other") for name in hits[column].drop_nulls()
    )
