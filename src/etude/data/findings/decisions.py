"""What people's decisions changed of the examples, and which of them no longer fit."""

from __future__ import annotations

from collections import Counter

from etude.data.findings._words import count_of
from etude.data.overlay import Outcome
from etude.records.dataset import Finding

_LINES = 5


def about_decisions(outcome: Outcome) -> list[Finding]:
    """A note on what was changed, and a warning where decisions were not applied."""
    findings = []
    parts = [f"{count_of(len(outcome.dropped), 'example')} left out"] * bool(outcome.dropped)
    parts += [f"{count_of(len(outcome.changed), 'example')} changed"] * bool(outcome.changed)
    if parts:
        findings.append(
            Finding(
                code="decisions",
                severity="note",
                count=len(outcome.dropped) + len(outcome.changed),
                sentence=f"by your decisions: {', '.join(parts)}; the source files are as they were",
            ).naming(outcome.changed + outcome.dropped)
        )
    unapplied = outcome.unapplied
    if unapplied:
        reasons = Counter(one.reason for one in unapplied).most_common(3)
        listed = "; ".join(f"{reason} ({count:,})" for reason, count in reasons)
        lines = ", ".join(str(one.placed.line) for one in unapplied[:_LINES])
        more = f" and {len(unapplied) - _LINES:,} more" if len(unapplied) > _LINES else ""
        findings.append(
            Finding(
                code="decisions_not_applied",
                severity="warning",
                count=len(unapplied),
                sentence=f"{count_of(len(unapplied), 'decision')} no longer "
                f"{'fits its row' if len(unapplied) == 1 else 'fit their rows'} and "
                f"{'is' if len(unapplied) == 1 else 'are'} not applied: {listed} (decisions.jsonl, "
                f"line{'s' if len(unapplied) > 1 else ''} {lines}{more})",
                hint="etude fix --tidy takes them out of the file; what is still at fault is found "
                "again",
            ).naming(tuple(dict.fromkeys(one.placed.decision.row for one in unapplied)))
        )
    return findings
