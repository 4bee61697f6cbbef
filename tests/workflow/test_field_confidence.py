"""How sure a release is of each field of a record: from the comparison to the server."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

import etude
from etude.evaluation.field_sureness import field_probabilities
from etude.progress import Silent
from etude.project import CompareOptions, Project
from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.report.as_json import to_json
from etude.serving.trying import as_served
from etude.store import Store
from tests.models._causal_folders import write_causal
from tests.report.parsed import Read
from tests.workflow._writing import COUNT, make_writing

FIELDS = ["thing", "colour", "count"]
NAME = "prompt@./model"
ASKED = [f"Please send {n} red lamp, order {n}." for n in (4, 12, 31)]


@dataclass
class Climbed:
    project: Project
    comparison: Comparison

    @property
    def candidate(self) -> CandidateReport:
        return self.comparison.candidate(NAME)


@pytest.fixture(scope="module")
def climbed(tmp_path_factory: pytest.TempPathFactory) -> Climbed:
    folder = make_writing(tmp_path_factory.mktemp("fields") / "project", "extract", "prompt")
    # The model of these projects breaks off; this one writes records to their end.
    shutil.rmtree(folder / "model")
    write_causal(folder / "model", max_position_embeddings=1024)
    project = etude.open(folder)
    return Climbed(project, project.compare(CompareOptions()))


def test_each_field_is_calibrated_out_of_fold(climbed: Climbed) -> None:
    found = climbed.candidate.handover
    assert found is not None
    assert [one.name for one in found.fields] == FIELDS
    for one in found.fields:
        assert one.calibrator is not None
        assert 10 < one.n <= COUNT
        assert 0 <= one.right <= 1
        assert one.ece is not None
        assert (one.auroc is None) == (one.right in (0, 1))
    told = to_json(climbed.comparison)["candidates"][0]["hand_over"]["fields"]
    assert [one["name"] for one in told] == FIELDS
    assert set(told[0]) == {"name", "n", "right", "auroc", "ece"}


def test_the_page_says_where_to_look(climbed: Climbed) -> None:
    page = Read(climbed.project.report().report.read_text("utf-8")).text
    assert "Which field to look at first?" in page


def test_predictions_name_the_confidence_of_each_field(climbed: Climbed, tmp_path: Path) -> None:
    answers = climbed.project.predict(ASKED, NAME).to_json()["predictions"]
    for one in answers:
        assert (one["field_confidence"] is None) == (one["prediction"] is None)
    known = [one["field_confidence"] for one in answers if one["field_confidence"]]
    assert known
    for fields in known:
        assert list(fields) == FIELDS
        assert all(0 < sure < 1 for sure in fields.values())
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    with source.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["mail"])
        writer.writeheader()
        writer.writerows({"mail": text} for text in ASKED)
    climbed.project.predict_file(source, target, NAME)
    frame = pl.read_csv(target)
    place = frame.columns.index("confidence")
    assert frame.columns[place + 1 : place + 4] == [f"confidence_{name}" for name in FIELDS]
    for name in FIELDS:
        expected = [(one["field_confidence"] or {}).get(name) for one in answers]
        assert frame[f"confidence_{name}"].to_list() == pytest.approx(expected)


def test_the_server_says_the_same_and_older_releases_say_nothing(climbed: Climbed) -> None:
    made = climbed.project.release(NAME)
    assert made.manifest.kind == "extract"
    root, release = climbed.project.root, climbed.project.load_release(made.manifest.name)
    expected = climbed.project.predict(ASKED, release=release.name).to_json()["predictions"]
    with Store.open(root) as store, as_served(root, store, release, Silent()) as served:
        said = served.run(served._every(ASKED))
    assert [one.get("field_confidence") is None for one in said] == [
        one["field_confidence"] is None for one in expected
    ]
    for one, other in zip(said, expected, strict=True):
        if other["field_confidence"]:
            assert one["field_confidence"] == pytest.approx(other["field_confidence"], abs=1e-3)
            assert one["confidence"] == pytest.approx(other["confidence"], abs=1e-3)
    handover = climbed.candidate.handover
    assert handover is not None
    older = json.loads(handover.model_dump_json())
    del older["fields"]
    answers = release.answer(ASKED)
    assert answers.fields_NF is not None
    assert field_probabilities(type(handover).model_validate(older), answers) == ({},) * 3
