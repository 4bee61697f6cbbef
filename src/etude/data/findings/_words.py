"""How findings count and name things, the same in all of them."""

from __future__ import annotations

from collections.abc import Sequence

from etude.records.dataset import Finding

_LONGEST = 80


def count_of(number: int, noun: str) -> str:
    """``1 example``, ``2,000 examples``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shortened(name: str) -> str:
    """A label or text as a sentence names it: at most 80 characters."""
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"


def listed(names: Sequence[str]) -> str:
    """The first five as a sentence names them, and how many more."""
    shown = ", ".join(repr(shortened(name)) for name in names[:5])
    return shown + (f" and {len(names) - 5:,} more" if len(names) > 5 else "")


def about_rows(
    code: str, severity: str, ids: Sequence[str], sentence: str, hint: str | None = None
) -> Finding:
    """A finding on these rows."""
    return Finding.model_validate(
        {
            "code": code,
            "severity": severity,
            "sentence": sentence,
            "count": len(ids),
            "hint": hint,
        }
    ).naming(ids)
