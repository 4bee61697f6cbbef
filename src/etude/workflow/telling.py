"""What a comparison says on its way: what is left out, what can be shown, what came from before."""

from __future__ import annotations

from etude.data.stored import Prepared
from etude.evaluation.finalists import Field
from etude.evaluation.parts import Layout
from etude.evaluation.scoring import expected_detectable
from etude.evaluation.stages import Stages
from etude.records.verdict import Detectable
from etude.workflow.session import Session

USUAL_DISCORDANCE = 0.1
"""Before dev has spoken: on one example in ten exactly one of two good candidates is right."""

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
    discordance: float = USUAL_DISCORDANCE,
    assumed: str = "on one example in ten",
) -> Detectable:
    """Say what the examples can show: before anything is spent, and again once dev has spoken.

    Args:
        session: of the project.
        layout: what will be scored.
        candidates: how many will be compared.
        discordance: the share of examples on which exactly one of two is right.
        assumed: the same in words.
    """
    found = expected_detectable(layout, candidates, discordance)
    scored = SCORED[layout.side]
    session.say(
        f"{found.n:,} {scored} can show a difference of about {100 * found.difference:.1f} points "
        f"or more, where two candidates differ {assumed}."
    )
    return found


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
