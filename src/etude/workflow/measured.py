"""``check --measure``: what mending the findings buys, and what more examples would.

Where nothing can be measured, nobody guesses: the record says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from etude.audit._summary import Item
from etude.data.stored import Prepared
from etude.records.audit import Ablation, LearningCurve
from etude.workflow import ablation, curve
from etude.workflow.session import Session


@dataclass(frozen=True)
class Measured:
    """What was measured about a version."""

    curve: LearningCurve
    ablations: tuple[Ablation, ...]

    @property
    def points(self) -> dict[str, tuple[float, float, float]]:
        """By finding: low, middle and high of what leaving its rows out changes, in points of right
        answers; only where it was measured."""
        return {
            one.code: (100 * one.low, 100 * one.difference, 100 * one.high)
            for one in self.ablations
            if one.difference is not None and one.low is not None and one.high is not None
        }

    def to_json(self) -> dict[str, Any]:
        """As ``etude check --json`` has it."""
        return {
            "curve": self.curve.model_dump(mode="json"),
            "ablations": [one.model_dump(mode="json") for one in self.ablations],
        }


def measure(session: Session, prepared: Prepared, items: Sequence[Item]) -> Measured:
    """Learn again without the rows of each warning and error, and with fewer examples.

    Raises:
        StoreError: the disk is full or refuses.
    """
    rows = {item.code: item.ids for item in items if item.serious and item.one_by_one}
    return Measured(
        curve.measured(session, prepared), tuple(ablation.measured(session, prepared, rows))
    )
