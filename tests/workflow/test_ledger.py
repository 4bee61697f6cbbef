"""The ledger of looks: what must stand before the first one, and which rows were looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from etude.data.stored import Prepared
from etude.records.run import Look, Run, Terms
from etude.store import Store
from etude.workflow import ledger
from etude.workflow.session import Session

TERMS = Terms(metric="accuracy", margin=0.02, at_least=0.9, baseline="prompt@m")
RUN = cast("Run", SimpleNamespace(id="r"))
ROWS = tuple(f"row{i}" for i in range(10))


class Project:
    """A ledger, and held-out rows that go by a name each time."""

    def __init__(self, store: Store, patch: pytest.MonkeyPatch) -> None:
        self.store, self.told = store, list[str]()
        self.stored: dict[Path, tuple[str, frozenset[str]]] = {}
        patch.setattr(ledger, "held_out", self.stored.get)
        patch.setattr(store, "versions", lambda: list(self.stored))
        told = SimpleNamespace(store=store, say=self.told.append)
        self.session = cast("Session", told)

    def look(
        self, name: str, rows: tuple[str, ...] = ROWS, candidate: str = "a", terms: Terms = TERMS
    ) -> tuple[int, bool]:
        """Compare on these rows."""
        self.stored[Path(name)] = (name, frozenset(rows))
        prepared = SimpleNamespace(
            version=SimpleNamespace(holdout_id=name),
            holdout=lambda: SimpleNamespace(ids=rows),
        )
        seen = {"prompt@m": candidate}
        return ledger.written_look(self.session, RUN, cast("Prepared", prepared), seen, terms)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    with Store.open(tmp_path, create=True) as store:
        yield Project(store, monkeypatch)


def test_the_same_by_the_same_terms_is_one_look(kept: Project) -> None:
    assert kept.look("h") == (1, False)
    assert kept.look("h") == (1, False)
    assert kept.look("h", candidate="b") == (2, True)
    assert "a changed candidate: the result" in kept.told[-1]
    moved = TERMS.model_copy(update={"margin": 0.1})
    assert kept.look("h", candidate="c", terms=moved) == (3, True)
    assert "with a changed candidate and another margin: the result" in kept.told[-1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"margin": 0.1}, "another margin"),
        ({"at_least": None}, "another minimum"),
        ({"baseline": "few_shot@m"}, "another baseline"),
        ({"metric": "macro_f1", "margin": 0.1}, "another metric and margin"),
    ],
)
def test_terms_that_moved_after_the_first_look_make_it_exploratory(
    kept: Project, change: dict[str, object], said: str
) -> None:
    kept.look("h")
    moved = TERMS.model_copy(update=change)
    assert kept.look("h", terms=moved) == (2, True)
    assert said in kept.told[-1]
    assert kept.look("h", terms=moved) == (2, True)
    assert kept.look("h") == (2, False)
    assert [look.terms for look in kept.store.looks("h")] == [TERMS, moved]


def test_looks_from_before_terms_were_written_down_hold_nothing_against_any(kept: Project) -> None:
    kept.store.record_look(
        Look(time="t", holdout_id="h", run="old", candidates=("a",), reason="compare")
    )
    assert kept.look("h", terms=TERMS.model_copy(update={"margin": 0.3})) == (1, False)


def test_a_mended_row_leaves_the_looks_at_the_others(kept: Project) -> None:
    kept.look("h")
    mended = (*ROWS[:9], "mended")
    assert kept.look("h2", mended) == (2, False)
    assert kept.look("h2", mended, candidate="b") == (3, True)
    fresh = tuple(f"fresh{i}" for i in range(20))
    assert kept.look("h3", fresh, candidate="b") == (1, False)
    grown = (*ROWS, *fresh[:11])
    assert kept.look("h4", grown, candidate="c") == (2, True)  # more than half are fresh[:11]
    assert kept.look("h5", (*ROWS[:4], *(f"new{i}" for i in range(9))), "c") == (1, False)
