"""A loaded release answers as the candidate did, and stands on the very same model or on none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from etude.approaches import approach
from etude.approaches._base import Candidate
from etude.errors import ModelError, StoreError
from etude.models._base import Model
from etude.progress import Silent
from etude.records.release import Asked
from etude.records.task import ModelRef
from etude.releases import bases, making
from etude.releases.loading import Release, Surroundings, load
from tests._fakes import DESCRIPTIONS, LABELS, FakeEmbedder, make_context, some_examples
from tests.releases._made import manifest_for
from tests.report import fixtures

TEXTS = ["my card is lost", "when do I get my money back", "the app asks for a code"]
REFERENCE = ModelRef(name="fake:embedder")


class Embedder(FakeEmbedder):
    """With a folder of files, as a model on this machine has."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder


@pytest.fixture
def model(tmp_path: Path) -> Embedder:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text('{"dim": 64}')
    (folder / "model.safetensors").write_text("weights")
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n# A model\n")
    (folder / "pytorch_model.bin").write_text("pickled: never part of it")
    return Embedder(folder)


def sealed(
    home: Path, model: Embedder, rung: str = "probe", *, whole: bool = False
) -> tuple[Path, Candidate]:
    """A release of a freshly fitted candidate, and the candidate."""
    context = make_context(model, home)
    fitted = approach(rung)
    examples, dev = some_examples(60), some_examples(24, seed=1, prefix="d")
    candidate = fitted.fit(examples, fitted.choose(examples, dev, context), context)
    candidate.save(home / "kept")
    asked = Asked(
        task=context.task,
        labels=LABELS,
        descriptions=DESCRIPTIONS,
        dataset=fixtures.dont_fine_tune().dataset,
    )
    releases = home / "releases"
    with making.staged(releases) as temp:
        making.fill(temp, home / "kept", asked, {making.SCORECARD: "{}"}, home)
        base = bases.describe(REFERENCE, model)
        if whole:
            base = making.copied(base, model, temp, making.BASE)
        manifest = manifest_for(temp, base=base, rung=rung, rung_version=fitted.version)
        folder, _ = making.seal(temp, manifest, releases)
    return folder, candidate


def loaded(folder: Path, model: Model) -> Release:
    def opening(reference: ModelRef) -> Model:
        if Path(reference.name).is_dir():
            return Embedder(Path(reference.name))
        assert reference == REFERENCE
        return model

    def metric(asked: Asked, root: Path):  # type: ignore[no-untyped-def]
        return make_context(model, root).metric

    return load(folder, Surroundings(opening, metric, folder.parent, Silent()))


@pytest.mark.parametrize("rung", ["probe", "retrieval", "few_shot", "prompt"])
def test_it_answers_as_the_candidate_did(tmp_path: Path, model: Embedder, rung: str) -> None:
    folder, candidate = sealed(tmp_path, model, rung)
    found, kept = loaded(folder, model).answer(TEXTS), candidate.answer(TEXTS)
    assert found.outputs == kept.outputs
    np.testing.assert_array_equal(found.probabilities_NL, kept.probabilities_NL)


def test_another_model_under_the_same_name_is_refused(tmp_path: Path, model: Embedder) -> None:
    folder, _ = sealed(tmp_path, model)
    (model.folder / "model.safetensors").write_text("weights of somebody else")
    with pytest.raises(ModelError, match=r"model\.safetensors is another file"):
        loaded(folder, model)
    (model.folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"model\.safetensors is missing"):
        loaded(folder, model)


def test_a_whole_release_needs_no_model_beside_it(tmp_path: Path, model: Embedder) -> None:
    folder, candidate = sealed(tmp_path, model, whole=True)
    (model.folder / "model.safetensors").unlink()
    found = loaded(folder, model)
    assert found.answer(TEXTS).outputs == candidate.answer(TEXTS).outputs
    assert found.context.model.name == REFERENCE.name
    assert {path.name for path in (folder / "base").iterdir()} == {
        "config.json",
        "model.safetensors",
    }


def test_a_damaged_candidate_never_loads(tmp_path: Path, model: Embedder) -> None:
    folder, _ = sealed(tmp_path, model)
    arrays = folder / "candidate" / "arrays.safetensors"
    arrays.write_bytes(arrays.read_bytes()[:-1] + b"\1")
    with pytest.raises(StoreError, match=r"candidate/arrays\.safetensors has changed"):
        loaded(folder, model)


def test_what_is_said_of_a_model(model: Embedder) -> None:
    base = bases.describe(REFERENCE, model)
    assert set(base.files) == {"config.json", "model.safetensors"}
    assert base.licence == "apache-2.0"
    before = base.hash
    (model.folder / "config.json").write_text('{"dim": 65}')
    assert bases.describe(REFERENCE, model).hash != before


def test_a_model_without_files_can_not_be_held_to() -> None:
    with pytest.raises(ModelError, match="does not say where its files are"):
        bases.describe(REFERENCE, FakeEmbedder())


def test_another_version_of_the_rung_is_told(tmp_path: Path, model: Embedder) -> None:
    folder, _ = sealed(tmp_path, model)
    assert loaded(folder, model).notices == ()
    home = folder.parent
    with making.staged(home) as temp:
        for path in folder.iterdir():
            if path.name != "manifest.json":
                path.rename(temp / path.name)
        manifest = manifest_for(temp, base=bases.describe(REFERENCE, model), rung_version=99)
        again, _ = making.seal(temp, manifest, home)
    (notice,) = loaded(again, model).notices
    assert "another version" in notice
    assert replace(loaded(again, model), notices=()).answer(TEXTS)
