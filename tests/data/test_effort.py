"""Every finding of reading and splitting says what it costs and how long mending takes, or informs."""

from __future__ import annotations

import ast
from pathlib import Path

import etude
from etude.data.findings import with_effort
from etude.data.findings.effort import EFFORTS, INFORMING, MOST
from etude.data.shapes._told import SIGNS
from etude.records.dataset import Finding

FOLDER = Path(etude.__file__).parent
MAKERS = ("Finding", "about_rows", "_label")


def given() -> set[str]:
    """The codes that are written out where findings of reading are made."""
    codes = set(SIGNS)
    for path in (*(FOLDER / "data").rglob("*.py"), *(FOLDER / "workflow").glob("*.py")):
        text = path.read_text("utf-8")
        makes = any(f"{name}(" in text for name in MAKERS)
        for node in ast.walk(ast.parse(text)) if makes else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                named = [word.value for word in node.keywords if word.arg == "code"]
                first = [*named, *node.args][:1] if name in MAKERS else []
                codes.update(
                    one.value
                    for one in first
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                )
    return codes


def test_every_code_is_one_or_the_other() -> None:
    assert given() == EFFORTS.keys() | INFORMING
    assert not EFFORTS.keys() & INFORMING


def test_what_is_to_be_done_has_its_minutes() -> None:
    for code, effort in EFFORTS.items():
        bare = Finding(code=code, severity="warning", sentence="so", count=3, hint="do")
        one = with_effort(bare)
        assert one.costs
        assert one.minutes
        assert one.minutes > 0
        assert one.hint == "do"
        assert with_effort(bare.model_copy(update={"hint": None})).hint == effort.hint


def test_many_rows_of_one_sort_are_not_mended_one_by_one() -> None:
    rejected = Finding(code="rejected_rows", severity="warning", sentence="so", count=6, hint="do")
    assert with_effort(rejected).minutes == 2.0
    most = with_effort(rejected.model_copy(update={"count": 10**6})).minutes
    assert most == round(20 * MOST / 60, 1)


def test_what_only_informs_stays_as_it_is() -> None:
    for code in INFORMING:
        note = Finding(code=code, severity="note", sentence="so", count=3)
        assert with_effort(note) == note
