"""The whole job of the kinds that write, on tiny projects with a tiny language model."""

from __future__ import annotations

from pathlib import Path

import pytest

import etude
from etude.project import CompareOptions, Project
from etude.records.comparison import Comparison
from etude.records.task import WRITING
from etude.report.summary import to_json
from tests.workflow._writing import make_writing, row

RUNGS = ["prompt", "few_shot", "retrieval", "finetune", "finetune_retrieval", "bake"]


@pytest.fixture(scope="module", params=WRITING)
def climbed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Project, Comparison]:
    folder = make_writing(tmp_path_factory.mktemp(request.param) / "project", request.param)
    project = etude.open(folder)
    return request.param, project, project.compare(CompareOptions(quick=True))


def test_every_rung_is_scored(climbed: tuple[str, Project, Comparison]) -> None:
    kind, _, comparison = climbed
    assert [c.rung for c in comparison.candidates] == RUNGS
    for candidate in comparison.candidates:
        assert candidate.quality is not None
        assert 5 < candidate.quality.n < 20
        assert candidate.tokens_in and candidate.tokens_out
        assert candidate.latency is not None
        assert {measure.key for measure in candidate.measures}
        assert bool(candidate.checks) == (kind != "extract")
    assert comparison.dataset.labels == {}
