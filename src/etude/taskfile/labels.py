"""The labels of a task: a mapping from name to meaning, or a list of names.

Names are kept as they were written: ``yes``, ``1`` and ``null`` are good labels.
"""

from __future__ import annotations

from typing import Any

from etude.errors import Problem
from etude.taskfile.nodes import Document, Where
from etude.taskfile.words import shown

_EXPECTED = "`name: what it means` lines, or a list of names"


def read_labels(document: Document) -> tuple[dict[str, str] | None, list[Problem]]:
    """Label to meaning, in the order written, and what is wrong with them.

    None where no labels are written: they are then taken from the data. A label without a meaning
    has "".
    """
    written = document.get("labels")
    if written is None:
        return None, []
    pairs: list[tuple[Any, Any, Where]]
    if isinstance(written, dict):
        pairs = [(name, meaning, ("labels", name)) for name, meaning in written.items()]
    elif isinstance(written, list):
        pairs = [(name, None, ("labels", index)) for index, name in enumerate(written)]
    else:
        hint = f"write [{written}]" if "," in str(written) else None
        return None, [document.problem(("labels",), f"found {shown(written)}", _EXPECTED, hint)]
    problems = [
        problem
        for name, meaning, where in pairs
        if (problem := _odd(name, meaning, where, document)) is not None
    ]
    problems += _repeated(pairs, document)
    if len(pairs) < 2:
        problems.append(
            document.problem(
                ("labels",),
                f"found {len(pairs)} label{'s' if len(pairs) != 1 else ''}",
                "at least 2 to choose between",
                "leave labels out to take them from the data",
            )
        )
    if problems:
        return None, problems
    return {name: meaning or "" for name, meaning, _ in pairs}, []


def _odd(name: Any, meaning: Any, where: Where, document: Document) -> Problem | None:
    if isinstance(name, dict) and len(name) == 1:
        key, inner = next(iter(name.items()))
        line = f"{key}: {inner or ''}".strip()
        return document.problem(
            where, "found a dash and a meaning together", _EXPECTED, f"drop the dash: `{line}`"
        )
    if not isinstance(name, str):
        return document.problem(where, f"found {shown(name)}", "the name of a label")
    if not name.strip():
        return document.problem(where, "found a label without a name", "the name of a label")
    if isinstance(meaning, dict | list):
        return document.problem(where, f"found {shown(meaning)}", "what the label means, as text")
    return None


def _repeated(pairs: list[tuple[Any, Any, Where]], document: Document) -> list[Problem]:
    """Labels that differ only in case, or in spaces at the ends, or not at all."""
    first: dict[str, Where] = {}
    problems = []
    for name, _, where in pairs:
        if not isinstance(name, str) or not name.strip():
            continue
        key = name.strip().casefold()
        if key in first:
            problems.append(
                document.problem(
                    where,
                    f"{shown(name)} is the same label as the one in line "
                    f"{document.line(first[key])}",
                    "labels that differ in more than capitals and spaces",
                )
            )
        else:
            first[key] = where
    return problems


def label_warnings(labels: dict[str, str] | None) -> list[str]:
    """What is allowed and still worth a word."""
    if labels is None:
        return []
    warnings = [
        f"the label {name!r} has spaces at its ends; the data must have them too"
        for name in labels
        if name != name.strip()
    ]
    unexplained = [name for name, meaning in labels.items() if not meaning.strip()]
    if 0 < len(unexplained) < len(labels):
        warnings.append(
            f"{len(unexplained)} of {len(labels)} labels have no meaning written "
            f"({', '.join(unexplained[:3])}{' …' if len(unexplained) > 3 else ''}); "
            "instructions work better when every label has one"
        )
    return warnings
