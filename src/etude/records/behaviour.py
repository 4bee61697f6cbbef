"""How candidates behaved: failures by suite and candidate, and what tuning broke. No rows of data."""

from __future__ import annotations

from typing import Literal

from etude.records._base import Manifest, Record
from etude.records.estimate import Estimate
from etude.records.extraction import Extraction
from etude.records.verdict import Call

About = Literal["normal", "unusual", "tricky", "sensitive"]
Test = Literal["function", "invariance", "direction"]
MadeOf = Literal["examples", "sentences", "own", ""]


class SuiteResult(Record):
    """One candidate in one suite. ``failed`` is the share of ``n`` cases with Wilson's limits; None
    where none could be told. ``untold``: cases whose answer gave nothing to go by, and why.

    ``independent``: how many independent cases the ``n`` are worth, since several may be made from one
    example; 0 in older records, where each counted for itself. ``made``: the hash of what the cases
    are made by; ``handing``: of when the candidate hands over. A result counts as long as both are
    what they were; "" in older records, which no longer count. ``rule``: what its cases are held to.
    ``made_of``: what they come from. Both are "" in older records.
    """

    suite: str
    plain_name: str
    about: About
    test: Test
    candidate: str
    n: int
    failures: int
    untold: int
    untold_why: str = ""
    failed: Estimate | None
    independent: int = 0
    made: str = ""
    handing: str = ""
    rule: str = ""
    made_of: MadeOf = ""

    @property
    def at_most(self) -> float | None:
        """With no failure in ``n`` independent cases: the share that is still possible, 3/n (95 %,
        one-sided)."""
        return min(1.0, 3 / self.worth) if self.n and not self.failures else None

    @property
    def worth(self) -> int:
        """``independent``, where it is known; else ``n``."""
        return self.independent or self.n


class Broken(Record):
    """A tuned candidate against its own untuned model on the same cases of a suite.

    ``difference``: the tuned one's share of failures less the other's (Bonett and Price). ``call``:
    of the tuned one.
    """

    suite: str
    plain_name: str
    base: str
    tuned: str
    n: int
    only_base_fails: int
    only_tuned_fails: int
    difference: Estimate
    call: Call


class General(Record):
    """A tuned language model against the same one untuned, on general requests of version ``version``
    that are asked as they are, without the task's prompt.

    ``loss``: the untuned one's share of right answers less the tuned one's (Bonett and Price).
    ``call``: of the tuned one.
    """

    base: str
    tuned: str
    version: int
    n: int
    base_right: int
    tuned_right: int
    loss: Estimate
    call: Call


class LeftOut(Record):
    """A suite that was not run, and why."""

    suite: str
    plain_name: str
    reason: str


class Behaviour(Manifest):
    """One run of the suites on the finalists of ``comparison``."""

    run: str
    comparison: str
    candidate_ids: dict[str, str] = {}
    """By candidate: what it was, so that the same one in a later comparison need not be tried again."""
    created: str
    seed: int
    examples: int
    """How many examples cases were made from."""
    pool: int = 0
    """How many there are to make cases from; 0 in older records."""
    unseen: bool
    """Whether the candidates were fitted without them; where not, real inputs may change more."""
    results: tuple[SuiteResult, ...]
    broken: tuple[Broken, ...] = ()
    general: tuple[General, ...] = ()
    """What tuning made of requests outside the task; () where only some suites were run, or no way is
    a tuned language model."""
    left_out: tuple[LeftOut, ...] = ()
    extraction: tuple[Extraction, ...] = ()
    """What came out of planted secrets, by candidate; () where none were planted."""
    egress: tuple[str, ...] = ()
