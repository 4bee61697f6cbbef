"""A check on dev: nothing kept aside is opened, and what final comparisons left stays in use."""

from __future__ import annotations

import polars as pl
import pytest

import etude
from etude.data.stored import Prepared
from etude.errors import DataError
from etude.evaluation.parts import Layout
from etude.project import CompareOptions
from etude.records.task import ModelRef
from etude.workflow import compare, keeping
from etude.workflow.layout import dev_layout, layout_of
from tests._fakes import FakeEmbedder
from tests.report import fixtures
from tests.workflow.conftest import Maker


def test_dev_is_scored_and_the_ledger_left_alone(
    make_project: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = ModelRef(name="builtin:minilm")
    monkeypatch.setattr(compare, "open_models", lambda session: [(reference, FakeEmbedder())])
    folder = make_project(per_label=16, ladder="prompt", holdout=4)
    project = etude.open(folder)
    store = project._session.store
    check = project.compare(CompareOptions(dev=True))
    held = check.dataset.holdout_id
    assert held is not None
    assert store.looks(held) == []
    assert (check.on_dev, check.scored_on, check.look) == (True, "dev", 0)
    rows = keeping.rows_of(project._session, check)
    dev = check.dataset.sizes["dev"]
    assert rows["side"].to_list() == ["dev"] * dev
    assert {c.quality.n for c in check.candidates if c.quality} == {dev}
    assert check.verdict.next_command == "etude compare"
    assert any("--dev" in reason for reason in check.verdict.reasons)
    with pytest.raises(DataError, match="nothing has been compared"):
        keeping.latest(project._session)  # what other verbs work with is a final comparison


def test_dev_is_new_to_what_is_chosen_and_fitted() -> None:
    sides = ["train"] * 60 + ["dev"] * 12 + ["holdout"] * 20
    frame = pl.DataFrame(
        {
            "id": [f"m{i}" for i in range(92)],
            "input": [f"text {i}" for i in range(92)],
            "target": [("a", "b")[i % 2] for i in range(92)],
            "group": list(range(92)),
            "side": sides,
        }
    )
    version = fixtures.dont_fine_tune().dataset
    prepared = Prepared(version, frame, (), pl.DataFrame())
    layout = layout_of(prepared, quick=False)
    on_dev = dev_layout(prepared, layout)
    (part,) = on_dev.parts
    assert part.scored.ids == prepared.dev().ids
    assert sorted(part.fitted_on.ids) == sorted(prepared.train().ids)
    assert 0 < len(part.dev) < len(part.train)
    assert on_dev.side == "dev"
    assert layout.side == "holdout"
    assert on_dev.seeds(seeded=True, asked=None) == (0,)
    assert on_dev.seeds(seeded=True, asked=2) == (0, 1)


def test_in_cross_fitting_nothing_is_kept_aside_and_nothing_changes() -> None:
    layout = Layout((), cross_fitting=True, total=80)
    prepared = Prepared(fixtures.cant_tell().dataset, pl.DataFrame(), (), pl.DataFrame())
    assert dev_layout(prepared, layout) is layout
