"""What a comparison says on its way: what is left out, what can be shown, what came from before."""

from __future__ import annotations

from etude.data.stored import Prepared
from etude.evaluation.apart import Apart
from etude.evaluation.finalists import Field
from etude.evaluation.parts import Layout
from etude.evaluation.scoring import expected_detectable
from etude.evaluation.stages import Stages
from etude.records.verdict import Detectable
from etude.workflow.session import Session

SCORED = {
    "holdout": "examples kept aside",
    "out-of-fold": "scored examples",
    "dev": "dev examples",
}


def say_rejected(session: Session, prepared: Prepared) -> None:
    """Rows that can't be used are never left out in silence: a schema may refuse a whole side."""
    if rejected := prepared.version.rejected:
        rows = "1 row of the data is" if rejected == 1 else f"{rejected:,} rows of the data are"
        session.say(f"{rows} left out, for they can't be used; etude check says why.")


def say_detectable(
    session: Session,
    layout: Layout,
    candidates: int,
    apart: Apart | None = None,
) -> Detectable:
    """Say what the examples can show: before anything is spent, and again once dev has spoken.

    Args:
        session: of the project.
        layout: what will be scored.
        candidates: how many will be compared.
        apart: how far two of them are apart on dev; None: dev has not spoken.
    """
    found = expected_detectable(layout, candidates, apart or Apart())
    assumed = "on one example in ten" if apart is None else "as they do on dev"
    session.say(f"{found.n:,} {SCORED[layout.side]} {_shown(found, assumed)}")
    return found


def _shown(found: Detectable, assumed: str) -> str:
    points = f"{100 * found.difference:.1f} points"
    groups = " Examples of one group count as independent here." if found.groups_left_out else ""
    if found.beyond_reach:
        return (
            f"are too few to be sure to show any difference, where two candidates differ {assumed}: "
            f"not even if one of them is right on every example where they differ ({points}).{groups}"
        )
    return (
        f"can show a difference of about {points} or more, where two candidates differ "
        f"{assumed}.{groups}"
    )


def say_reused(session: Session, stages: Stages, field: Field) -> None:
    """What came from before and what was done anew: a change shows what it touched."""
    entrants = [attempt.entrant for attempt in field.attempts]
    several = len({entrant.model.name for entrant in entrants}) > 1
    names = {
        one.name: one.approach.plain_name + (f" with {one.model.name}" if several else "")
        for one in entrants
    }
    if said := stages.reuse.sentence(names):
        session.say(said)
