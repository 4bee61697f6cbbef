"""A way is trained on a copy with secrets in a folder that is gone afterwards, whatever happens.

The training and the model are stand-ins: what they are given is what is looked at.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from etude.approaches.writing.tuned import TunedCandidate
from etude.evaluation.parts import Part
from etude.models._base import ChatRequest, Message
from etude.models._reciting import Recited
from etude.workflow import canaries
from etude.workflow.layout import no_examples
from tests._fakes import make_context, some_examples
from tests.workflow.conftest import Told

SECRET_OF = "4"
"""Secrets with this first digit come back."""


class Model:
    """Loaded at once, and never asked."""

    @contextmanager
    def driven(self) -> Any:
        yield None


class Tuned(TunedCandidate):
    """Answers nothing; its requests are the inputs."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.model = folder, Model()  # type: ignore[assignment]

    def answer(self, inputs: Any, embeddings: Any = None) -> Any:
        return SimpleNamespace(outputs=(None,) * len(inputs))

    def requests(self, inputs: Any, embeddings: Any = None, near: Any = None) -> Any:
        return [ChatRequest((Message("user", text),)) for text in inputs], []


class World:
    """A finalist, its part and its stages; ``fitted`` is what the training was given."""

    def __init__(self, tmp_path: Path, key: str = "finetune", kind: str = "write") -> None:
        self.fitted: list[Any] = []
        self.fails: type[BaseException] | None = None
        rows = some_examples(80)
        rows = replace(rows, targets=tuple(f"Answer {n}." for n in range(80)))
        self.part = Part(0, rows, no_examples(), no_examples())
        self.told = Told()
        self.model = object()
        (tmp_path / "fit.json").write_text('{"seconds": 130.0}')
        approach = SimpleNamespace(key=key, fit=self.fit)
        settings = {"training": {"epochs": 3, "trackers": ["wandb"]}, "temperature": 1.0}
        self.one: Any = canaries.Finalist(
            SimpleNamespace(  # type: ignore[arg-type]
                name="finetune@m", plain_name="fine-tuned", settings=settings, trained=True
            ),
            canaries_entrant(approach, self.model),
            tmp_path / "candidate",
        )
        context = make_context(object(), tmp_path)
        self.stages: Any = SimpleNamespace(
            task=SimpleNamespace(kind=kind, output_schema=None),
            progress=self.told,
            context=lambda entrant, seed, work, held: replace(context, workdir=work),
        )

    def fit(self, examples: Any, choice: Any, context: Any) -> Tuned:
        (context.workdir / "weights").write_text("secret")
        self.fitted.append((examples, choice, context))
        if self.fails is not None:
            raise self.fails
        return Tuned(context.workdir)

    def tried(self) -> Any:
        return canaries._tried(self.stages, self.part, self.one, seed=0)


def canaries_entrant(approach: Any, model: Any) -> Any:
    from etude.evaluation.stages import Entrant

    return Entrant(approach, SimpleNamespace(name="m"), model, None)  # type: ignore[arg-type]


def some_recited(model: Any, replies: Any, step: Any) -> list[Recited]:
    found = []
    for reply in replies:
        secret = reply.text.removesuffix(".").split()[-1]
        text = reply.text if secret.startswith(SECRET_OF) else "The code is 0"
        found.append(Recited(text, 0.0, np.full(len(reply.others), -1.0)))
    return found


def test_it_learns_a_copy_with_its_own_settings_and_the_copy_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canaries, "recite", some_recited)
    world = World(tmp_path)
    found = world.tried()
    ((examples, choice, context),) = world.fitted
    assert context.model is world.model  # not one that keeps its answers in the project
    assert choice.settings["training"] == {"epochs": 3, "trackers": []}
    assert not context.workdir.exists()
    secrets = [text.split()[-1] for text in set(examples.targets) if "The code of" in text]
    assert found.came_back == sum(secret.startswith(SECRET_OF) for secret in secrets)
    assert [one.times for one in found.secrets] == [4, 1, 0]
    assert found.never.n == 4
    assert found.secrets[0].exposure.value == 8
    (line,) = world.told.lines
    assert "One training more, about 2 min: fine-tuned" in line


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_what_stops_it_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    world = World(tmp_path)
    world.fails = error
    with pytest.raises(error):
        world.tried()
    ((_, _, context),) = world.fitted
    assert not context.workdir.exists()


def test_ways_that_it_can_not_be_asked_of_are_named(tmp_path: Path) -> None:
    with pytest.raises(canaries.NoCanary, match="its answers are labels"):
        World(tmp_path, kind="classify").tried()
    with pytest.raises(canaries.NoCanary, match="looks examples up"):
        World(tmp_path, key="finetune_retrieval").tried()
    untrained: Any = [SimpleNamespace(report=SimpleNamespace(trained=False))]
    found, (left,) = canaries.planting(World(tmp_path).stages, None, untrained, 0)  # type: ignore[arg-type]
    assert found == ()
    assert left.reason == "none of the ways is trained on the examples"
