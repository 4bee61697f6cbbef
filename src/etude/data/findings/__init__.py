"""What a person should know about the examples, in plain sentences with counts.

Pure functions of the finished table; nothing here changes a row or a side.
"""

from etude.data.findings._words import count_of, shortened
from etude.data.findings.copies import about_copies
from etude.data.findings.decisions import about_decisions
from etude.data.findings.effort import with_effort
from etude.data.findings.labels import about_labels
from etude.data.findings.reading import about_reading, about_rights
from etude.data.findings.sides import about_splits, left_out_findings

__all__ = [
    "about_copies",
    "about_decisions",
    "about_labels",
    "about_reading",
    "about_rights",
    "about_splits",
    "count_of",
    "left_out_findings",
    "shortened",
    "with_effort",
]
