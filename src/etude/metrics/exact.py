"""Exact answers: the whole record, or the whole text, is the ideal one.

A record is compared by its values (``_fields``); a text letter for letter but for spaces at line
ends and at its own ends.
"""

from __future__ import annotations

from etude.metrics._base import EVERY, Judged, Metric, Scores, column
from etude.metrics._fields import same


def exact(judged: Judged) -> Scores:
    """(N,) 1 where nothing differs."""
    if judged.target_values:
        pairs = zip(judged.target_values, judged.output_values, strict=True)
        return column([output is not None and same(target, output) for target, output in pairs])
    rows = zip(judged.targets, judged.outputs, strict=True)
    return column(
        [output is not None and _plain(target) == _plain(output) for target, output in rows]
    )


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


METRIC = Metric(
    key="exact",
    plain_name="exactly right",
    kinds=EVERY,
    statistic="right_wrong",
    items=exact,
)
