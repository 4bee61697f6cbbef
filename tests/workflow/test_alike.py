"""Which examples are known to mean the same as one on the other side."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from etude.workflow import alike as module
from etude.workflow.alike import alike


def finding(code: str, *pairs: tuple[str, str | None]) -> Any:
    hits = pl.DataFrame(pairs, schema={"id": pl.String, "other": pl.String}, orient="row")
    return SimpleNamespace(finding=SimpleNamespace(code=code), hits=hits)


def test_both_of_each_pair_across_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    across = finding(module.FINDING, ("t1", "h1"), ("t2", "h1"), ("t3", None))
    own = finding("same_meaning", ("t8", "t9"))
    monkeypatch.setattr(module, "found_before", lambda *given: [own, across])
    unused: Any = None
    assert alike(unused, unused) == {"t1", "t2", "t3", "h1"}
    monkeypatch.setattr(module, "found_before", lambda *given: [])
    assert alike(unused, unused) == set()
    monkeypatch.setattr(module, "found_before", lambda *given: None)
    assert alike(unused, unused) is None
