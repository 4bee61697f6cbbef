"""A fine-tuned candidate sealed and sent out: it must answer as it did when it was compared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from etude.workflow import release
from etude.workflow.release import ReleaseOptions
from etude.workflow.session import Session
from etude.workflow.shelved import Releases
from tests.workflow import _sealed
from tests.workflow._sealed import HELD

WAYS = ["the kept candidate", "the release as loaded", "the merged weights"]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    opened = _sealed.compared(tmp_path_factory.mktemp("sealed") / "project")
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def made(session: Session) -> release.Made:
    return release.release(session, None, ReleaseOptions(alias="canary"))


def test_every_way_answers_as_the_comparison_wrote_down(made: release.Made) -> None:
    assert [(leg.name, leg.inputs, leg.differing) for leg in made.manifest.parity.legs] == [
        (way, HELD, 0) for way in WAYS
    ]
    assert [leg.confidence_moved is not None for leg in made.manifest.parity.legs] == [
        False,
        True,
        True,
    ]
    assert made.manifest.parity.same
    assert "candidate/model/adapter_model.safetensors" in made.manifest.files


def test_the_adapter_answers_and_not_the_base(session: Session, made: release.Made) -> None:
    loaded = Releases(session).load("canary")
    base = loaded.answering_by(loaded.context.model)  # type: ignore[arg-type]
    asked = [_sealed.thing(100)]
    assert loaded.answer(asked).outputs != base.answer(asked).outputs
