"""Many answers through many checks: a table of passed, failed and does not apply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from etude.checks._base import ALWAYS, Subject, no_column
from etude.checks._compile import Check

PASSED, FAILED, NOT_ASKED = 1, 0, -1


@dataclass(frozen=True, eq=False)
class CheckTable:
    """``N`` answers by ``C`` checks.

    Args:
        names: the checks' names.
        passed_NC: 1 passed, 0 failed, -1 does not apply.
        reasons: why, by (answer, check), of those that failed.
    """

    names: tuple[str, ...]
    passed_NC: NDArray[np.int8]
    reasons: Mapping[tuple[int, int], str]

    @property
    def all_N(self) -> NDArray[np.int8]:
        """1 where every check that applies is passed, 0 where one failed, -1 where none applies."""
        asked_N = (self.passed_NC != NOT_ASKED).any(axis=1)
        passed_N = (self.passed_NC != FAILED).all(axis=1)
        return np.where(asked_N, passed_N, NOT_ASKED).astype(np.int8)

    @property
    def rate_C(self) -> NDArray[np.float64]:
        """Share passed of the answers that each check applies to; NaN where it applies to none."""
        asked_C = (self.passed_NC != NOT_ASKED).sum(axis=0)
        passed_C = (self.passed_NC == PASSED).sum(axis=0).astype(np.float64)
        none = np.full(len(self.names), np.nan)
        rate_C: NDArray[np.float64] = np.divide(passed_C, asked_C, out=none, where=asked_C > 0)
        return rate_C


def run_checks(checks: Sequence[Check], subjects: Sequence[Subject]) -> CheckTable:
    """Every check on every answer.

    A column that only some examples have is empty for the others. ``python`` checks run in a
    process of their own, one a check for all answers, and it is gone when this returns or raises.

    Raises:
        DataError: a check reads a column that no example has; the nearest is named.
    """
    passed_NC = np.full((len(subjects), len(checks)), NOT_ASKED, dtype=np.int8)
    reasons: dict[tuple[int, int], str] = {}
    subjects = _with_every_column(checks, subjects)
    for c, check in enumerate(checks):
        try:
            for n, subject in enumerate(subjects):
                if not check.applies(subject):
                    continue
                found = check.run(subject)
                passed_NC[n, c] = PASSED if found.passed else FAILED
                if not found.passed:
                    reasons[n, c] = found.reason
        finally:
            check.close()
    return CheckTable(tuple(check.name for check in checks), passed_NC, reasons)


def _with_every_column(checks: Sequence[Check], subjects: Sequence[Subject]) -> list[Subject]:
    read = {name for check in checks for name in check.columns} - set(ALWAYS)
    known = dict.fromkeys(name for subject in subjects for name in subject.fields)
    if subjects:
        for name in sorted(read - known.keys()):
            raise no_column(name, list(known))
    empty = dict.fromkeys(read, "")
    return [
        replace(subject, fields={**empty, **subject.fields})
        if read - subject.fields.keys()
        else subject
        for subject in subjects
    ]
