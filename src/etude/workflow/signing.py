"""A named person signs the recommended candidate off, once it was seen how it behaves."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from etude.errors import GateNotMet, UsageError
from etude.records.behaviour import SuiteResult
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.records.sign_off import SignOff
from etude.store import atomic
from etude.verdict.stakes import NOTHING, hands_nothing_over, no_hand_over
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


def refuse(comparison: Comparison) -> CandidateReport:
    """The recommended candidate, which a person may sign off.

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
    return chosen


def refuse_untried(chosen: CandidateReport, due: Collection[str], tried: Collection[str]) -> None:
    """Whoever signs must have seen every suite that is due, as it counts today.

    Raises:
        GateNotMet: some were not tried on this candidate, or must be tried again.
    """
    left = sorted(set(due) - set(tried))
    if left:
        raise GateNotMet(
            f"{chosen.name} can't be signed off yet: not tried, or to be tried again: "
            f"{', '.join(left)}",
            where="--sign-off",
            expected="results that count today of every suite that fits the task",
            hint='etude behave --sign-off "NAME" without a suite\'s name tries them all',
        )


def sign(
    session: Session, run: str, comparison: Comparison, name: str, results: Sequence[SuiteResult]
) -> SignOff:
    """Write down that ``name`` signed the recommended candidate off after the behaviour run ``run``.

    ``results``: all that count today.

    Raises:
        GateNotMet: nothing is recommended, or it can't be signed off as it stands.
    """
    chosen = refuse(comparison)
    recommended = chosen.name
    own = [one for one in results if one.candidate == recommended]
    stands = standing(session, comparison.candidates)
    word = SignOff(
        name=name.strip(),
        time=now(),
        candidate=recommended,
        candidate_id=chosen.candidate_id,
        run=run,
        open=tuple(_open(chosen, own)),
        made={one.suite: one.made for one in own},
        bounds=stands.bounds,
        handing=stands.handing[recommended],
    )
    text = word.model_dump_json(indent=1)
    atomic.write_text(session.store.run_folder(run) / SIGNED, text)
    return word


def _open(chosen: CandidateReport, results: Sequence[SuiteResult]) -> Iterator[str]:
    """What the person signs all the same. What is certainly not met has put a way out already."""
    yield from (gate.plain_name or gate.name for gate in chosen.gates if gate.state != "met")
    for one in results:
        if one.about == "sensitive" and one.failed is None:
            yield f"{one.plain_name} (can't be told)"
        elif one.about == "sensitive" and one.failures:
            yield f"{one.plain_name} ({one.failures} of {one.n} fail)"
    if hands_nothing_over(chosen):
        yield NOTHING


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
