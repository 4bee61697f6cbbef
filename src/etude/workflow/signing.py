"""A named person signs the recommended candidate off, once it was seen how it behaves."""

from __future__ import annotations

from etude.errors import GateNotMet, UsageError
from etude.records.comparison import Comparison
from etude.records.sign_off import SignOff
from etude.store import atomic
from etude.verdict.stakes import no_hand_over
from etude.workflow.behaved import SIGNED
from etude.workflow.session import Session, now

LONGEST = 200
"""Letters of a name."""


def refuse_no_name(name: str) -> None:
    """Before anything is asked of a model.

    Raises:
        UsageError: it is no name.
    """
    if not name.strip() or len(name.strip()) > LONGEST:
        raise UsageError(
            "a sign-off needs the name of a person",
            where="--sign-off",
            expected=f"a name of at most {LONGEST} letters",
            hint='etude behave --sign-off "Ada Lovelace"',
        )


def sign(session: Session, run: str, comparison: Comparison, name: str) -> SignOff:
    """Write down that ``name`` signed the recommended candidate off after the behaviour run ``run``.

    Raises:
        GateNotMet: nothing is recommended, or it can't be signed off as it stands.
    """
    recommended = comparison.verdict.recommended
    if recommended is None:
        raise GateNotMet(
            "there is nothing to sign off: nothing is good enough to recommend",
            where="--sign-off",
            hint="etude report --rows",
        )
    _refuse_rough(comparison)
    chosen = comparison.candidate(recommended)
    if comparison.task.stakes == "high" and (reason := no_hand_over(comparison.task, chosen)):
        raise GateNotMet(
            f"{recommended} can't be signed off while the stakes are high: {reason}",
            where="--sign-off",
            expected="a threshold from which on it answers by itself",
            hint="see bar.hand_over in etude.yaml; then: etude compare",
        )
    # What is certainly not met has put a way out already; what is open, the person knows.
    still = tuple(gate.plain_name or gate.name for gate in chosen.gates if gate.state != "met")
    word = SignOff(
        name=name.strip(),
        time=now(),
        candidate=recommended,
        candidate_id=chosen.candidate_id,
        run=run,
        open=still,
    )
    text = word.model_dump_json(indent=1)
    atomic.write_text(session.store.run_folder(run) / SIGNED, text)
    return word


def _refuse_rough(comparison: Comparison) -> None:
    if comparison.quick:
        raise GateNotMet(
            "a quick comparison can't be signed off: one part in five of the examples was scored"
            if comparison.dataset.scheme == "cross_fitting"
            else "a quick comparison can't be signed off",
            where="--sign-off",
            hint="etude compare; then: etude behave --sign-off NAME",
        )
