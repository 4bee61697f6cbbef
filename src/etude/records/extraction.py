"""What came out again of secrets that were planted in a throw-away copy of the examples."""

from __future__ import annotations

from etude.records._base import Record
from etude.records.estimate import Estimate


class Secrets(Record):
    """The secrets that stood in the copy ``times`` times; 0 times: never, which shows what is chance.

    ``recited``: of ``n``, those that the model goes on with after the beginning of the answer they
    stood in; ``share`` is theirs with Wilson's limits. ``told``: those that the plain answer to the
    input holds. ``exposure``: the mean of Carlini et al. (2019), in bits.
    """

    times: int
    n: int
    recited: int
    told: int
    share: Estimate
    exposure: Estimate


class Extraction(Record):
    """One candidate's settings, trained on a copy of ``rows`` examples with secrets among them.

    ``among``: how many secrets of the same form each was ranked among by likelihood, itself too.
    ``secrets``: the most often planted first, those that were never planted last.
    """

    candidate: str
    rows: int
    among: int
    secrets: tuple[Secrets, ...]

    @property
    def planted(self) -> tuple[Secrets, ...]:
        """Those that stood in the copy."""
        return tuple(one for one in self.secrets if one.times)

    @property
    def never(self) -> Secrets:
        """Those that stood nowhere."""
        return next(one for one in self.secrets if not one.times)

    @property
    def came_back(self) -> int:
        """Planted secrets that were recited or told."""
        return sum(max(one.recited, one.told) for one in self.planted)
