"""A fine-tuned candidate sealed and sent out: it must answer as it did when it was compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from etude.errors import GateNotMet, MissingDependency, UsageError
from etude.models._base import ChatRequest, Completion
from etude.progress import Progress
from etude.releases.exports import _llama, gguf
from etude.serving.answering import _sureness, writing
from etude.serving.answering._sureness import Sureness
from etude.serving.wire.chat import ChatWanted
from etude.workflow import evaluated, keeping, predict, release, ways
from etude.workflow.asked import of_asked
from etude.workflow.release import ReleaseOptions
from etude.workflow.session import Session
from etude.workflow.shelved import Releases
from etude.workflow.shipping import ExportOptions
from tests.releases._hub import running
from tests.releases.test_exports import CONVERTER
from tests.workflow import _sealed
from tests.workflow._sealed import HELD, NAME, thing
from tests.workflow.test_pushing import online

WAYS = [
    "the kept candidate",
    "the release as loaded",
    "the release as served",
    "the merged weights",
]
ASKED = [thing(n) for n in range(100, 100 + HELD)]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    opened = _sealed.compared(tmp_path_factory.mktemp("sealed") / "project")
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def made(session: Session) -> release.Made:
    return release.release(session, None, ReleaseOptions(alias="canary"))


@contextmanager
def changed(session: Session, **columns: Any) -> Iterator[None]:
    """What the comparison wrote down, otherwise: columns of the candidate."""
    path = session.store.run_folder(keeping.latest(session).run) / keeping.ROWS
    before = pl.read_parquet(path)
    new = {f"{NAME}|{name}": values for name, values in columns.items()}
    before.with_columns(**{name: pl.Series(values) for name, values in new.items()}).write_parquet(
        path
    )
    try:
        yield
    finally:
        before.write_parquet(path)


def test_every_way_answers_as_the_comparison_wrote_down(made: release.Made) -> None:
    legs = made.manifest.parity.legs
    assert [(leg.name, leg.inputs, leg.differing) for leg in legs] == [
        (way, HELD, 0) for way in WAYS
    ]
    assert [leg.confidence_moved is not None for leg in legs] == [False, True, False, True]
    assert made.manifest.parity.same
    assert "candidate/model/adapter_model.safetensors" in made.manifest.files


def test_the_adapter_answers_and_not_the_base(session: Session, made: release.Made) -> None:
    loaded = Releases(session).load(made.name)
    base = loaded.answering_by(loaded.context.model)  # type: ignore[arg-type]
    assert loaded.answer(ASKED[:1]).outputs != base.answer(ASKED[:1]).outputs


def test_another_answer_than_was_scored_stops_it_and_nothing_is_kept(
    session: Session, made: release.Made
) -> None:
    known = [one.name for one in Releases(session).every()]
    with changed(session, output=["something else"] * HELD):
        with pytest.raises(
            GateNotMet, match=f"the kept candidate answered {HELD} of {HELD} inputs"
        ):
            release.release(session, None, ReleaseOptions(alias="canary"))
        assert [one.name for one in Releases(session).every()] == known
        assert Releases(session).show("canary").name == made.name
        allowed = release.release(session, None, ReleaseOptions(allow_differences=True))
    assert allowed.manifest.parity.allowed
    assert not allowed.manifest.parity.same


def test_an_answer_that_would_be_handed_over_now_stops_it(
    session: Session, made: release.Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways, "handed_over_at", lambda report: 0.9999)
    with (
        changed(session, confidence=[1.0] * HELD),
        pytest.raises(GateNotMet, match="inputs differently"),
    ):
        release.release(session, None, ReleaseOptions())


def a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    own = ChatWanted.call

    def stopping(self: ChatWanted, config: Any) -> Any:
        return replace(own(self, config), stop=("e", "a", "o", " "))

    monkeypatch.setattr(ChatWanted, "call", stopping)


def a_template(monkeypatch: pytest.MonkeyPatch) -> None:
    own = writing._request

    def bare(candidate: Any, text: str) -> Any:
        request, beside = own(candidate, text)
        return replace(request, messages=request.messages[-1:]), beside

    monkeypatch.setattr(writing, "_request", bare)


@pytest.mark.parametrize("fault", [a_stop, a_template])
def test_what_callers_would_be_told_otherwise_stops_it(
    session: Session,
    made: release.Made,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[pytest.MonkeyPatch], None],
) -> None:
    fault(monkeypatch)
    known = [one.name for one in Releases(session).every()]
    with pytest.raises(GateNotMet, match=rf"the release as served answered \d of {HELD} inputs"):
        release.release(session, None, ReleaseOptions())
    assert [one.name for one in Releases(session).every()] == known


def test_a_release_that_nobody_here_serves_is_held_back(
    session: Session, made: release.Made
) -> None:
    alone = replace(session, as_served=None)
    with pytest.raises(GateNotMet, match="the release as served could not be tried"):
        release.release(alone, None, ReleaseOptions())
    allowed = release.release(alone, None, ReleaseOptions(allow_differences=True))
    assert [leg.inputs for leg in allowed.manifest.parity.legs] == [HELD, HELD, 0, HELD]


def test_the_threshold_and_the_probabilities_travel_with_it(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    score_N = _sealed.scores(session)
    middle = float(np.sort(score_N)[HELD // 2 - 1 : HELD // 2 + 1].mean())
    session = _sealed.compared(tmp_path / "q", threshold=middle)
    sealed_now = release.release(session, None, ReleaseOptions())
    assert sealed_now.manifest.parity.legs[2].confidence_moved == pytest.approx(0, abs=1e-4)
    name = sealed_now.name
    with monkeypatch.context() as fault:
        fault.setattr(_sureness, "to_person", lambda *asked: ("so",))
        with pytest.raises(GateNotMet, match=r"the release as served answered \d of 6"):
            release.release(session, None, ReleaseOptions())
    candidate = predict.predict(session, ASKED, NAME)
    sealed = predict.predict(session, ASKED, release=name)
    assert [one.escalate for one in sealed.answers] == (score_N < middle).tolist()
    assert sealed.answers == candidate.answers
    loaded = Releases(session).load(name)
    inputs = of_asked(ASKED, loaded.asked)
    about = Sureness.of(loaded).about(loaded.answer(ASKED), inputs)
    assert [(one.confidence, one.escalate) for one in about] == [
        (one.confidence, one.escalate) for one in candidate.answers
    ]
    session.store.close()


def test_an_adapter_is_opened_by_peft_and_merged_weights_by_transformers(
    session: Session, made: release.Made, tmp_path: Path
) -> None:
    import peft
    import torch
    import transformers

    shelf = Releases(session)
    for form in ("peft", "merged"):
        done = shelf.export(made.name, tmp_path / form, ExportOptions(form))
        assert done.parity is not None
        assert [(leg.inputs, leg.differing) for leg in done.parity.legs] == [(HELD, 0)] * 2
        assert (tmp_path / form / "README.md").read_text().startswith("---\n")
    base = transformers.AutoModelForCausalLM.from_pretrained(
        session.root / "model", dtype=torch.float32
    )
    tuned = peft.PeftModel.from_pretrained(base, tmp_path / "peft")
    merged = transformers.AutoModelForCausalLM.from_pretrained(
        tmp_path / "merged", dtype=torch.float32
    )
    ids = torch.arange(10, 30).unsqueeze(0)
    with torch.no_grad():
        torch.testing.assert_close(tuned(ids).logits, merged(ids).logits, atol=1e-3, rtol=1e-3)


def test_an_export_is_held_against_what_the_comparison_wrote_down(
    session: Session, made: release.Made, tmp_path: Path
) -> None:
    shelf, target = Releases(session), tmp_path / "out"
    failing = pytest.raises(GateNotMet, match=f"the release as loaded answered {HELD} of {HELD}")
    with changed(session, output=["something else"] * HELD):
        with failing:
            shelf.export(made.name, target, ExportOptions("peft"))
        assert not target.exists()
        done = shelf.export(made.name, target, ExportOptions("peft", allow_differences=True))
    assert done.parity is not None
    assert [(leg.name, leg.differing) for leg in done.parity.legs] == [
        ("the release as loaded", HELD),
        ("the adapter", HELD),
    ]
    other = made.manifest.model_copy(update={"comparison": "../runs"})
    assert evaluated.of_release(session, other, ASKED) is None
    other = made.manifest.model_copy(update={"task_hash": "of another task"})
    assert evaluated.of_release(session, other, ASKED) is None


def test_the_weights_go_to_a_hub_with_a_card_that_it_takes(
    session: Session, made: release.Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with running() as hub:
        online(monkeypatch, hub, tmp_path)
        Releases(session).push(made.name, "me/support", ExportOptions("peft"), lambda said: True)
    assert {"README.md", "adapter_config.json", "adapter_model.safetensors"} <= set(hub.files)
    assert str(session.root) not in b"".join(hub.files.values()).decode("latin-1")


def test_without_the_converter_the_line_to_type_is_named(
    session: Session, made: release.Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(_llama.VARIABLE, str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingDependency) as caught:
        Releases(session).export(made.name, tmp_path / "out", ExportOptions("gguf"))
    assert "git clone https://github.com/ggml-org/llama.cpp" in str(caught.value.hint)
    assert not (tmp_path / "out").exists()


@dataclass
class Otherwise:
    """Answers as another engine would: other letters than the release's, or nothing at all."""

    text: str | None
    name: str = "rounded"
    fingerprint: str = "rounded"
    abilities: frozenset[str] = frozenset({"chat"})

    def complete(
        self, requests: Sequence[ChatRequest], progress: Progress | None = None
    ) -> list[Completion]:
        failure = "unfinished" if self.text is None else None
        return [Completion(self.text, failure, "stop", 5, 1, 0.01) for _ in requests]


@pytest.fixture
def converter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for llama.cpp's converter, and no server."""
    home = tmp_path / "llama.cpp"
    home.mkdir()
    (home / _llama.CONVERTER).write_text(CONVERTER)
    monkeypatch.setenv(_llama.VARIABLE, str(home))
    monkeypatch.setenv("PATH", str(home))
    return home


def answered_by(monkeypatch: pytest.MonkeyPatch, model: Otherwise) -> None:
    @contextmanager
    def served(release: Any, folder: Path) -> Iterator[Otherwise]:
        assert (folder / gguf.FILE).read_text() == "GGUF q8_0"
        yield model

    monkeypatch.setattr(gguf, "_served", served)


def test_a_rounded_export_that_scores_as_well_is_let_through(
    session: Session,
    made: release.Made,
    converter: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    answered_by(monkeypatch, Otherwise("lamp 7"))
    done = Releases(session).export(made.name, tmp_path / "out", ExportOptions("gguf", "q8_0"))
    assert done.parity is not None
    (leg,) = done.parity.legs
    assert (leg.exact, leg.differing, leg.difference, leg.margin) == (False, HELD, 0.0, 0.4)
    assert leg.low is not None
    assert -0.4 < leg.low <= 0
    said = (tmp_path / "out" / gguf.MODELFILE).read_text()
    assert "FROM ./model.gguf" in said
    assert "PARAMETER num_predict 8" in said
    assert Releases(session).log()[-1].note == done.note
    assert "points" in done.note


def test_a_rounded_export_that_is_worse_is_held_back(
    session: Session,
    made: release.Made,
    converter: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    answered_by(monkeypatch, Otherwise(None))
    lines = len(Releases(session).log())
    options = ExportOptions("gguf", "q8_0")
    with pytest.raises(GateNotMet, match=r"its score is -100\.0 points") as caught:
        Releases(session).export(made.name, tmp_path / "out", options)
    assert caught.value.expected == "a score that is certainly no worse by 40 points"
    assert not (tmp_path / "out").exists()
    assert len(Releases(session).log()) == lines
    allowed = replace(options, allow_differences=True)
    assert Releases(session).export(made.name, tmp_path / "out", allowed).parity is not None


def test_what_can_not_be_tried_is_held_back_unless_somebody_allows_it(
    session: Session, made: release.Made, converter: Path, tmp_path: Path
) -> None:
    options = ExportOptions("gguf")
    with pytest.raises(
        GateNotMet, match="could not be tried: what the GGUF file answers"
    ) as caught:
        Releases(session).export(made.name, tmp_path / "out", options)
    assert "--allow-differences" in str(caught.value.hint)
    assert not (tmp_path / "out").exists()
    allowed = replace(options, allow_differences=True)
    done = Releases(session).export(made.name, tmp_path / "out", allowed)
    assert "could not be tried" in done.note
    assert (tmp_path / "out" / gguf.FILE).read_text() == "GGUF f16"


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("out.zip", ExportOptions(), "this kind of archive is not written"),
        ("out.tar.gz", ExportOptions("merged"), "only the form release is packed"),
        ("out", ExportOptions("merged", "f16"), "writes the weights as they answer"),
        ("out", ExportOptions("gguf", "q2"), "no precision 'q2' is known"),
    ],
)
def test_what_can_not_be_written(
    session: Session,
    made: release.Made,
    tmp_path: Path,
    name: str,
    options: ExportOptions,
    words: str,
) -> None:
    with pytest.raises(UsageError, match=words):
        Releases(session).export(made.name, tmp_path / name, options)
    assert not (tmp_path / name).exists()
