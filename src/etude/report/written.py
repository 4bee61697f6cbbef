"""The rows page of kinds that write: long texts side by side, what differs marked, what is failed.

It knows how records and conversations are laid out; what every page of rows holds is ``_paged``'s.
"""

from __future__ import annotations

import json
from typing import Any

from etude.records.comparison import Comparison
from etude.report._paged import Paged, as_it_is
from etude.report._readings import best_name
from etude.report._shown import shown


def page(paged: Paged) -> str:
    """The page as text; the rows have the columns that ``rows.write_rows`` asks of these kinds."""
    kind = paged.comparison.task.kind
    first, beside = best_name(paged.comparison), paged.comparison.verdict.baseline
    checks = _checks(paged)
    return paged.page(
        "written",
        first=first,
        second=beside if beside != first else None,
        answers=[_answers(paged, name, checks) for name in paged.names],
        asked=conversation if kind == "chat" else as_it_is,
        ideal=record if kind == "extract" else as_it_is,
        checks=[shown(name, 300) for name in checks],
        json=kind == "extract",
        right=_right_words(paged.comparison),
    )


def _right_words(comparison: Comparison) -> str:
    """What an answer is that nobody has to mend."""
    if comparison.task.kind == "extract":
        return "every field right"
    return "passes every check" if comparison.task.checks else "is the ideal answer"


def _checks(paged: Paged) -> list[str]:
    """Every check that anybody fails, the most often failed first."""
    counts: dict[str, int] = {}
    for name in paged.names:
        for faults in paged.column(name, "faults"):
            for fault in faults or ():
                counts[fault["check"]] = counts.get(fault["check"], 0) + 1
    return sorted(counts, key=lambda check: (-counts[check], check))


def _answers(paged: Paged, name: str, checks: list[str]) -> dict[str, list[Any]]:
    layout = record if paged.comparison.task.kind == "extract" else as_it_is
    places = {check: place for place, check in enumerate(checks)}
    return {
        **paged.answers(name, layout),
        "faults": [
            [[places[one["check"]], paged.texts.place(one["reason"])] for one in faults or ()]
            for faults in paged.column(name, "faults")
        ],
        "evidence": [paged.places(shown_to or ()) for shown_to in paged.column(name, "evidence")],
    }


def record(text: str | None) -> str | None:
    """JSON with a line a field; what is no JSON as it is."""
    if text is None:
        return None
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text


def conversation(text: str | None) -> str | None:
    """The messages of a ``chat`` input, each with who says it; any other text as it is."""
    if text is None:
        return None
    try:
        messages = json.loads(text)
        return "\n\n".join(f"{message['role']}: {message['content']}" for message in messages)
    except (ValueError, TypeError, KeyError):
        return text
