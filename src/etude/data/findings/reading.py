"""What the readers assumed, what can't be used, and whose the examples are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from etude.data.findings._words import count_of
from etude.data.sources import Table
from etude.records.dataset import Finding, Reject

_SHARE_REJECTED = 0.5


def about_reading(tables: Iterable[Table], rejects: Sequence[Reject]) -> list[Finding]:
    """What the readers assumed, and the rows that can't be used."""
    findings = []
    for table in tables:
        findings += [
            Finding(code="reading", severity="note", sentence=f"{table.path}: {note}")
            for note in table.notes
        ]
        own = [reject for reject in rejects if reject.path == table.path]
        if not own:
            continue
        total = len(table) + len(table.rejects)
        reasons = Counter(reject.reason for reject in own).most_common(3)
        listed = "; ".join(f"{reason} ({count:,})" for reason, count in reasons)
        if rest := len(own) - sum(count for _, count in reasons):
            listed += f"; other reasons ({rest:,})"
        findings.append(
            Finding(
                code="rejected_rows",
                count=len(own),
                severity="error" if len(own) > _SHARE_REJECTED * total else "warning",
                sentence=f"{count_of(len(own), 'row')} of {total:,} in {table.path} can't be used: "
                f"{listed}",
                hint="mend them where they come from; rejects.csv lists them with their lines",
            )
        )
    return findings


def about_rights(rights: str | None) -> list[Finding]:
    """A note where nobody said who owns the examples."""
    if rights:
        return []
    return [
        Finding(
            code="rights",
            severity="note",
            sentence="nobody has said who owns the examples and whether they may be used for this",
            hint="write `rights:` under `data` in etude.yaml",
        )
    ]
