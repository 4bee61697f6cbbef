"""A named person's word that a candidate may be put to work."""

from __future__ import annotations

from pydantic import Field

from etude.records._base import Manifest


class SignOff(Manifest):
    """Who signed which candidate off, and after which run of ``etude behave``.

    ``candidate_id`` is what the candidate was: the word does not hold for another of its name.
    ``made``: by suite that counted, the hash of what its cases are made by; ``bounds``: of the
    boundaries and the team's own cases; ``handing``: of when the candidate hands over. The word holds
    as long as all are what they were; older ones say nothing of them, and no longer hold.
    """

    name: str = Field(min_length=1, max_length=200)
    time: str
    candidate: str
    candidate_id: str
    run: str
    open: tuple[str, ...] = ()
    """What was not certain yet or failed among sensitive suites, in plain words: the person knew."""
    made: dict[str, str] = {}
    bounds: str = ""
    handing: str = ""
