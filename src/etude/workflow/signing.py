"""A named person signs the recommended candidate off, once it was seen how it behaves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from etude.errors import GateNotMet, UsageError
from etude.records.behaviour import Behaviour
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.sign_off import SignOff
from etude.store import atomic
from etude.verdict.stakes import no_hand_over
from etude.workflow.behave_standing import standing
from etude.workflow.session import Session, now

SIGNED = "sign_off.json"
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


def sign(session: Session, found: Behaviour, comparison: Comparison, name: str) -> SignOff:
    """Write down that ``name`` signed the recommended candidate off after the behaviour run ``found``.

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
    stands = standing(session, comparison.candidates)
    word = SignOff(
        name=name.strip(),
        time=now(),
        candidate=recommended,
        candidate_id=chosen.candidate_id,
        run=found.run,
        open=still,
        made={one.suite: one.made for one in found.results if one.candidate == recommended},
        bounds=stands.bounds,
        handing=stands.handing[recommended],
    )
    text = word.model_dump_json(indent=1)
    atomic.write_text(session.store.run_folder(found.run) / SIGNED, text)
    return word


def signed(
    session: Session, candidates: Sequence[CandidateReport], name: str | None
) -> SignOff | None:
    """Who signed the candidate called ``name`` off last, as it is among these, for what counts today.

    None: nobody. A word that was given and no longer holds is said.
    """
    stands = standing(session, candidates)
    lapsed, why = "", ""
    for word in _words(session):
        if (word.candidate, word.candidate_id) != (name, stands.ids.get(name or "")):
            continue
        reason = stands.against_word(word)
        if reason is None:
            return word
        lapsed = lapsed or f"{word.name} signed {name} off on {word.time[:10]}"
        why = why or reason
    if lapsed:
        session.say(f"{lapsed}; that no longer holds: {why}.")
    return None


def _words(session: Session) -> Iterator[SignOff]:
    """Every sign-off, the newest first; one that can't be read is as good as none."""
    for run in session.store.runs():
        path = session.store.run_folder(run.id) / SIGNED
        if run.verb == "behave" and path.exists():
            try:
                yield SignOff.model_validate_json(path.read_bytes())
            except (OSError, ValueError):
                continue


def _refuse_rough(comparison: Comparison) -> None:
    if comparison.quick:
        raise GateNotMet(
            "a quick comparison can't be signed off: one part in five of the examples was scored"
            if comparison.dataset.scheme == "cross_fitting"
            else "a quick comparison can't be signed off",
            where="--sign-off",
            hint="etude compare; then: etude behave --sign-off NAME",
        )
