"""The rules for ``data``: which columns and files are read, in what shape, and what is kept aside."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from etude.errors import Problem
from etude.registry import Registry
from etude.taskfile.nodes import Document
from etude.taskfile.rules import TAKES
from etude.taskfile.words import did_you_mean, listed, shown

_MOST_HELD_BACK = 0.9


def check(document: Document) -> list[Problem]:
    """Every rule about the examples that is broken."""
    rules = (_split, _columns, _shape, _knowledge)
    return [problem for rule in rules for problem in rule(document)]


def shape_names() -> list[str]:
    """The shapes of examples that exist, without importing one."""
    return Registry("etude.data.shapes", "SHAPE", "shape of examples").names()


def _split(document: Document) -> Iterator[Problem]:
    where = ("data", "split")
    dev = _number(document.get(*where, "dev"), 0.15)
    holdout = _number(document.get(*where, "holdout"), 0.2)
    if dev + holdout >= _MOST_HELD_BACK:
        yield document.problem(
            where,
            f"dev and holdout together keep back {dev + holdout:.0%} of the examples",
            "less than 90 %, so that something is left to learn from",
        )
    own = document.get("data", "holdout")
    if own is not None and document.get(*where, "holdout") is not None:
        # Both can't be meant: the share would be written and never used.
        yield document.problem(
            (*where, "holdout"),
            f"a share, while data.holdout already names {shown(own)}",
            "one of the two",
        )
    if own is not None and own == document.get("data", "examples"):
        yield document.problem(
            ("data", "holdout"),
            "is the same file as data.examples",
            "examples that nothing was trained on",
        )


def _columns(document: Document) -> Iterator[Problem]:
    written = document.get("data", "input")
    target = document.get("data", "target")
    inputs = written if isinstance(written, list) else [written]
    if isinstance(written, str) and "{{" in written:
        inputs = [name.strip() for name in re.findall(r"\{\{([^{}]*)\}\}", written)]
        rest = re.sub(r"\{\{[^{}]*\}\}", "", written)
        if "{{" in rest or "}}" in rest or not all(inputs):
            yield document.problem(
                ("data", "input"),
                f"found the template {shown(written)}",
                "every {{ closed by }}, with a column's name between",
            )
    if isinstance(written, list) and not written:
        yield document.problem(("data", "input"), "found an empty list", "at least one column")
    if not isinstance(target, str):
        return
    if target in inputs:
        yield document.problem(
            ("data", "target"),
            f"{shown(target)} is also the input",
            "another column: the answer must not be in the question",
        )
    for role in ("id", "group"):
        if document.get("data", role) == target:
            yield document.problem(
                ("data", role), f"{shown(target)} is also the target", "another column"
            )


def _shape(document: Document) -> Iterator[Problem]:
    shape = document.get("data", "shape")
    if not isinstance(shape, str):
        return
    where, known = ("data", "shape"), [*shape_names(), "table"]
    if shape not in known:
        yield document.problem(
            where, f"there is no shape {shown(shape)}", listed(known), did_you_mean(shape, known)
        )
    elif shape != "table" and (document.get("data", "input") or document.get("data", "target")):
        yield document.problem(
            where,
            f"{shape!r} says which columns are read, and so do `input` and `target`",
            "one of the two; `table` is the shape of plain columns",
        )


def _knowledge(document: Document) -> Iterator[Problem]:
    """Ways that sort learn from examples; documents are shown by ways that write."""
    if document.get("data", "knowledge") and TAKES.get(str(document.get("kind"))) == "labels":
        yield document.problem(
            ("data", "knowledge"),
            "would be read by nothing: ways that sort look up examples, not documents",
            "a kind that writes; what a category depends on belongs into `data.input`",
            "take it out",
            because=("kind",),
        )


def _number(value: Any, default: float) -> float:
    """The number, the default where nothing is written, or 0 where it is no number."""
    try:
        number = default if value is None else float(value)
    except (TypeError, ValueError):
        return 0.0
    return number if math.isfinite(number) else 0.0
