"""A release tried as callers will meet it: for every kind it tells what the candidate answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from tests._fakes import FakeChat
from tests.approaches._writing import Parrot
from tests.models._server import Call as Called
from tests.models._server import Server
from tests.serving import _releases as releases

from etude.data.conversations import Turn, as_input
from etude.errors import UsageError
from etude.evaluation.handover import probabilities
from etude.models._base import ChatRequest, Message, Model
from etude.models._likelihood import Likelihood
from etude.models.openai import EndpointModel
from etude.progress import Silent
from etude.records.task import OpenAIModel
from etude.releases.loading import Release, load
from etude.releases.parity import Told
from etude.serving import trying
from etude.serving.answering._again import completion
from etude.serving.engines import _asked, _stream
from etude.serving.engines._base import CannotDo, Engine, Piece, Usage, Wanted
from etude.serving.engines.kept import KeptAnswers
from etude.serving.trying import as_served, messages_for
from etude.store import Store
from etude.store.traffic import Traffic
from etude.workflow.loading import scorecard_of

TEXTS = ("card lost stolen", "refund money shop", "password reset app", "card arrive post")
SHAPE = {"type": "object", "properties": {"said": {"type": "string"}}, "required": ["said"]}
TALK = as_input([Turn("user", "a"), Turn("assistant", "b"), Turn("user", "c")])


@dataclass
class Computing:
    """An engine over a chat model."""

    model: Any
    asked: list[Wanted] = field(default_factory=list)
    name: str = "computing"

    async def generate(self, wanted: Wanted) -> AsyncIterator[Piece]:
        self.asked.append(wanted)
        (said,) = self.model.complete(
            [ChatRequest(wanted.messages or (), wanted.choices, json_schema=wanted.json_schema)]
        )
        if said.failure is not None:
            raise CannotDo(said.failure)
        shares = said.choice_probabilities
        usage = Usage(said.tokens_in, said.tokens_out)
        yield Piece(said.text, finish="stop", usage=usage, choice_probabilities=shares)

    async def close(self) -> None:
        pass


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> list[Computing]:
    """What stands in for the engines of this process, each over the model itself."""
    made: list[Computing] = []

    async def computing(model: Model) -> Engine:
        made.append(Computing(model))
        return made[-1]

    monkeypatch.setattr(trying, "engines_of", lambda config: computing)
    return made


def told(root: Path, release: Release, texts: Sequence[str]) -> Told:
    with Store.open(root) as store, as_served(root, store, release, Silent()) as served:
        assert served.exact
        return served.told(texts)


def written(kind: str, **more: Any) -> Callable[[Path], Path]:
    return lambda home: releases.writing_release(home, kind=kind, checks=[], **more)


KINDS: dict[str, tuple[Callable[[Path], Path], Model, tuple[str, ...]]] = {
    "labels": (releases.labels_release, Parrot(), TEXTS),
    "choosing": (releases.choosing_release, FakeChat(), (*TEXTS, "REFUSE this")),
    "extract": (written("extract", schema=SHAPE), Parrot(), ("name: Bo\nthing: tea", "a long one")),
    "write": (written("write"), Parrot(), ("name: Bo\nthing: tea", "name: Di\nthing: oil")),
    "rewrite": (written("rewrite"), Parrot(), ("name: Bo\nthing: tea", "name: Di\nthing: oil")),
    "chat": (written("chat", data={"examples": "a.jsonl"}), Parrot(), ("Who wants tea?", TALK)),
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_callers_are_told_what_the_candidate_answers(
    tmp_path: Path, engines: list[Computing], kind: str
) -> None:
    make, model, texts = KINDS[kind]
    release = load(make(tmp_path), releases.around(tmp_path, model))
    expected = release.answer(texts)
    found = told(tmp_path, release, texts)
    assert found.answers.outputs == expected.outputs
    assert [one is None for one in found.answers.failures] == [
        one is None for one in expected.failures
    ]
    sure_N = probabilities(scorecard_of(release).handover, expected)
    assert found.answers.score == pytest.approx(sure_N, abs=1e-6, nan_ok=True)
    assert sorted({one.live for engine in engines for one in engine.asked}) == (
        [] if kind == "labels" else [False, True]
    )
    with Store.open(tmp_path) as store:
        assert Traffic(store.database).newest(1) == []


def test_a_conversation_goes_as_its_own_messages(tmp_path: Path, engines: list[Computing]) -> None:
    home = releases.writing_release(tmp_path, kind="chat", checks=[], data={"examples": "a.jsonl"})
    release = load(home, releases.around(tmp_path, Parrot()))
    own = '[{"role":"system","content":"Be rude."},{"role":"user","content":"c"}]'
    assert messages_for(own, "chat")[0] == {"role": "system", "content": "Be rude."}
    assert messages_for(own, "chat", ["Be rude."]) == [{"role": "user", "content": "c"}]
    assert messages_for(own, "chat", ["Be nice."]) == messages_for(own, "chat")
    assert messages_for(TALK, "write") == [{"role": "user", "content": TALK}]
    (refused,) = told(tmp_path, release, [own]).answers.failures
    assert str(refused).startswith("invalid_value: A release brings its own instructions")
    brought = replace(release, asked=release.asked.model_copy(update={"systems": ("Be rude.",)}))
    assert told(tmp_path, brought, [own]).answers.outputs == release.answer([own]).outputs
    update = {"systems": ("Be rude.",), "opening": ("Be rude.",)}
    always = replace(release, asked=release.asked.model_copy(update=update))
    assert told(tmp_path, always, [own]).answers.outputs == release.answer([own]).outputs
    assert engines[-1].asked[0].messages == engines[-2].asked[0].messages
    (tmp_path / "serve.yaml").write_text("allow_system: true\n")
    assert told(tmp_path, release, [own]).answers.outputs == release.answer([own]).outputs
    (tmp_path / "serve.yaml").write_text("alow_system: true\n")
    with pytest.raises(UsageError, match="did you mean allow_system"):
        told(tmp_path, release, [own])


@pytest.mark.parametrize(
    ("said", "exact"), [("share_bases: true", False), ("engine: vllm", False), ("", True)]
)
def test_what_computes_otherwise_is_held_to_its_score(
    tmp_path: Path, engines: list[Computing], said: str, exact: bool
) -> None:
    (tmp_path / "serve.yaml").write_text(said)
    writes = load(releases.writing_release(tmp_path), releases.around(tmp_path, Parrot()))
    labels = load(releases.labels_release(tmp_path), releases.around(tmp_path))
    with Store.open(tmp_path) as store:
        for release, wanted in ((writes, exact), (labels, True)):
            with as_served(tmp_path, store, release, Silent()) as served:
                assert served.exact is wanted


@dataclass
class Cache:
    """What an endpoint answered, in memory."""

    kept: dict[str, dict[str, Any]] = field(default_factory=dict)

    def get(self, key: str) -> dict[str, Any] | None:
        return self.kept.get(key)

    def put(self, key: str, response: dict[str, Any], cost: float) -> None:
        self.kept[key] = response

    def spent(self) -> float:
        return 0.0


def reply(call: Called) -> None:
    """By the words that were sent."""
    refusal = "I won't." if "rope" in call.said else None
    finish = "length" if "salt" in call.said else "stop"
    if call.said == "nothing":
        return call.answer(None)
    text = '{"answer": "b"}' if "response_format" in call.body else f"Of {call.said}, quickly."
    call.answer(None if refusal else text, refusal=refusal, finish=finish, logs=(-0.1, -0.9, -0.2))


@pytest.fixture
def endpoint() -> Iterator[EndpointModel]:
    with Server(reply) as server:
        settings = OpenAIModel(base_url=server.url, model="far", spend_limit=1.0, price_in=9.0)
        made = EndpointModel("far", settings, Cache())
        yield made
        assert len(server.calls) == len(made.cache.kept)  # type: ignore[attr-defined]


def asks(text: str, **more: Any) -> tuple[ChatRequest, Wanted]:
    """The same as a candidate asks it and as the server does."""
    asked = {"messages": (Message("user", text),), "max_tokens": 5, **more}
    return ChatRequest(**asked), Wanted(**asked, shared=1)


def pieces(model: EndpointModel, wanted: Wanted) -> list[Piece]:
    async def every() -> list[Piece]:
        return [piece async for piece in KeptAnswers(model).generate(wanted)]

    return asyncio.run(every())


@pytest.mark.parametrize(
    ("text", "more"),
    [("tea", {}), ("salt", {"temperature": 0.5}), ("oil", {"choices": ("a", "b")})],
)
def test_an_endpoint_is_asked_nothing_anew(
    endpoint: EndpointModel, text: str, more: dict[str, Any]
) -> None:
    request, wanted = asks(text, **more)
    (said,) = endpoint.complete([request])
    *before, last = pieces(endpoint, wanted)
    assert "".join(piece.text for piece in (*before, last)) == said.text
    assert (last.finish, last.usage) == (said.finish_reason, Usage(said.tokens_in, said.tokens_out))
    assert said.likelihood == Likelihood.of([-0.1, -0.9, -0.2])
    assert last.likelihood is not None
    assert astuple(last.likelihood) == pytest.approx(astuple(said.likelihood))


def test_what_an_endpoint_was_never_asked_or_did_not_answer_is_no_answer(
    endpoint: EndpointModel,
) -> None:
    endpoint.complete([asks(text)[0] for text in ("tea", "rope", "nothing")])
    for text, words in (("oil", "otherwise than the candidate"), ("nothing", "gave no answer")):
        with pytest.raises(CannotDo, match=words):
            pieces(endpoint, asks(text)[1])


@pytest.mark.parametrize("more", [{}, {"choices": ("a", "b")}])
def test_a_refusal_is_the_failure_that_it_was(endpoint: EndpointModel, more: Any) -> None:
    request, wanted = asks("rope", **more)
    (said,) = endpoint.complete([request])
    last = pieces(endpoint, wanted)[-1]
    assert completion("", last, request).failure == said.failure == "refusal"


def more_than_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    own = _asked._chat
    monkeypatch.setattr(_asked, "_chat", lambda *given: own(*given) | {"logprobs": False})


def text_that_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    own = _stream._text
    monkeypatch.setattr(_stream, "_text", lambda choice: own(choice).strip())


@pytest.mark.parametrize("fault", [more_than_was_asked, text_that_is_lost])
def test_what_an_engine_sends_or_reads_otherwise_shows(
    endpoint: EndpointModel,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[pytest.MonkeyPatch], None],
) -> None:
    request, wanted = asks("tea")
    (said,) = endpoint.complete([request])
    fault(monkeypatch)
    try:
        found = "".join(piece.text for piece in pieces(endpoint, wanted))
    except CannotDo as error:
        found = str(error)
    assert found != said.text
