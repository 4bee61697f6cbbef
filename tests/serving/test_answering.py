"""What a release makes of a call: its input read, its form kept, and what its answer is known by."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.models._causal_folders import write_causal
from tests.models._server import Call as Called
from tests.models._server import Server
from tests.serving import _releases as releases
from tests.serving._engine import FakeEngine
from tests.serving.engines.test_endpoint import USAGE, chunk, logs, stream

from etude.data.conversations import Turn, as_input
from etude.evaluation.field_sureness import field_probabilities
from etude.evaluation.handover import probabilities
from etude.models._base import Message
from etude.models._causal import CausalModel
from etude.records.task import OpenAIModel
from etude.releases.loading import Release, load
from etude.serving.answering import _again
from etude.serving.answering._base import Call, Part
from etude.serving.answering._inputs import given
from etude.serving.answering.labels import Labels
from etude.serving.answering.writing import Written
from etude.serving.engines._base import (
    Busy,
    CannotDo,
    EngineDown,
    EngineError,
    Piece,
    Wanted,
)
from etude.serving.engines.endpoint import EndpointEngine
from etude.serving.engines.local import LocalEngine
from etude.serving.errors import ApiError
from etude.workflow.loading import scorecard_of

AGAIN = {"metric": "exact", "hand_over": {"precision": 0.9, "ask_again": 2}}
SHAPE = {"type": "object", "properties": {"said": {"type": "string"}}, "required": ["said"]}
EXTRACT: dict[str, Any] = {"kind": "extract", "schema": SHAPE, "checks": []}


def opened(folder: Path) -> Release:
    return load(folder, releases.around(folder.parent))


@pytest.fixture
def writing(tmp_path: Path) -> Release:
    return opened(releases.writing_release(tmp_path))


@pytest.fixture
def extracting(tmp_path: Path) -> Release:
    return opened(releases.writing_release(tmp_path, **EXTRACT))


def user(text: str, *before: Message, **more: Any) -> Call:
    return Call(messages=(*before, Message("user", text)), **more)


def asked(answerer: Labels | Written, *calls: Call) -> list[list[Part]]:
    async def one(call: Call) -> list[Part]:
        return [part async for part in answerer.answer(call)]

    async def every() -> list[list[Part]]:
        found = await asyncio.gather(*(one(call) for call in calls))
        await answerer.close()
        return found

    return asyncio.run(every())


def test_an_input_of_several_columns_is_an_object(writing: Release) -> None:
    task = writing.asked
    as_object = given(user('{"thing": "tea", "name": "Bo"}'), task, ())
    assert as_object.text == "name: Bo\nthing: tea"
    assert as_object.inputs.columns[0] == {"name": "Bo", "thing": "tea"}
    for text in ("name: Bo\nthing: tea", "[1, 2]", '"tea"'):
        assert given(user(text), task, ()).text == text
    assert given(Call(prompt="name: Bo"), task, ()).text == "name: Bo"


def test_json_is_a_text_where_the_task_reads_one_column(tmp_path: Path) -> None:
    task = opened(releases.labels_release(tmp_path)).asked
    assert given(user('{"text": "x"}'), task, ()).text == '{"text": "x"}'


def test_a_conversation_is_as_the_examples_have_it(tmp_path: Path) -> None:
    chat = opened(releases.writing_release(tmp_path, kind="chat", checks=[])).asked
    assert given(user("Hello"), chat, ()).text == "Hello"
    assert given(user("[1]"), chat, ()).text == '[{"role":"user","content":"[1]"}]'
    before = (Message("user", "a"), Message("assistant", "b"))
    found = given(user("c", *before), chat, ())
    assert found.text == (
        '[{"role":"user","content":"a"},{"role":"assistant","content":"b"},'
        '{"role":"user","content":"c"}]'
    )
    assert found.inputs.columns[0]["last_user"] == "c"


def test_instructions_that_examples_brought_are_part_of_the_conversation(tmp_path: Path) -> None:
    plain = opened(releases.writing_release(tmp_path, kind="chat", checks=[])).asked
    task = plain.model_copy(update={"systems": ("Be brief.",)})
    said = (Message("system", "Be  brief."), Message("user", "Hello"))
    found = given(Call(messages=said), task, ("Be brief.", "Own."))
    assert found.text == as_input([Turn("system", "Be brief."), Turn("user", "Hello")])
    assert found.system == ""
    with pytest.raises(ApiError, match="not the one it was compared"):
        given(Call(messages=said), plain, ())
    other = (Message("system", "Be rude."), *said)
    with pytest.raises(ApiError, match="not the one it was compared"):
        given(Call(messages=other), task, ())
    allowed = given(Call(messages=other, allow_system=True), task, ())
    assert (allowed.text, allowed.system) == (found.text, "Be rude.")
    many = given(Call(messages=other), plain.model_copy(update={"systems": None}), ())
    assert many.text.startswith('[{"role":"system","content":"Be rude."},{"role":"system"')
    assert given(Call(messages=(Message("system", "Own."), *said)), task, ("Own.",)) == found


def test_instructions_that_all_examples_began_with_are_added(tmp_path: Path) -> None:
    plain = opened(releases.writing_release(tmp_path, kind="chat", checks=[])).asked
    task = plain.model_copy(update={"systems": ("Be brief.", "Hm."), "opening": ("Be brief.",)})
    whole = as_input([Turn("system", "Be brief."), Turn("user", "Hello")])
    with_it = Call(messages=(Message("system", "Be brief. "), Message("user", "Hello")))
    for call in (user("Hello"), with_it, Call(prompt="Hello")):
        assert given(call, task, ()) == given(Call(prompt=whole), plain, ())
    rude = Call(messages=(Message("system", "Be rude."), Message("user", "Hello")))
    with pytest.raises(ApiError, match="not the one it was compared"):
        given(rude, task, ())
    allowed = given(replace(rude, allow_system=True), task, ())
    assert (allowed.text, allowed.system) == (whole, "Be rude.")


def test_many_labels_at_once_are_each_ones_own(tmp_path: Path) -> None:
    release = opened(releases.labels_release(tmp_path))
    texts = ["card lost stolen", "refund money shop", "password reset app", "card arrive post"]
    expected = release.answer(texts)
    sure = expected.confidence
    found = asked(Labels(release), *(user(text) for text in texts * 3))
    assert [parts[0].text for parts in found] == list(expected.outputs) * 3
    handover = scorecard_of(release).handover
    assert handover is not None
    assert handover.threshold == 0.5
    for place, parts in enumerate(found):
        about, share = parts[0].about, float(sure[place % 4])
        assert about.probabilities is not None
        assert max(about.probabilities.values()) == pytest.approx(share)
        # The calibrator of the release: log-odds plus a half.
        odds = math.log(share / (1 - share)) + 0.5
        assert about.confidence == pytest.approx(1 / (1 + math.exp(-odds)), abs=1e-6)
        assert about.escalate is (share < 0.5)


def test_a_release_keeps_its_own_schema(extracting: Release) -> None:
    engine = FakeEngine()
    answerer = Written(extracting, engine)
    (parts,) = asked(answerer, user("name: Bo"))
    assert "".join(part.text for part in parts) == '{"said":"yes"}'
    last = parts[-1].about
    # 0.6, the least sure token, by the calibrator of the release; nothing speaks against it.
    assert last.confidence == pytest.approx(1 / (1 + math.exp(-(math.log(1.5) + 0.5))))
    assert (last.escalate, last.unlike) == (False, ())
    # 0.75, its own least sure token: log-odds of 3, doubled by the field's calibrator.
    assert last.to_json()["field_confidence"] == {"said": pytest.approx(0.9)}
    own = engine.asked[-1].json_schema
    asked(answerer, user("name: Bo", json_schema='{"type": "object"}'))
    assert engine.asked[-1].json_schema == own
    other = user("name: Bo", json_schema='{"type": "object", "properties": {"x": {}}}')
    with pytest.raises(ApiError, match="schema of its own"):
        asked(answerer, other)


def test_a_release_that_was_compared_by_asking_again_is_asked_again(tmp_path: Path) -> None:
    release = opened(releases.writing_release(tmp_path, **EXTRACT, bar=AGAIN))
    engine = FakeEngine()
    call = user("name: Bo", logprobs=2, seed=4, top_p=0.5, max_tokens=30)
    (parts,) = asked(Written(release, engine), call)
    first, *others = engine.asked
    freely = replace(
        first, temperature=0.7, seed=None, logprobs=None, top_p=1.0, max_tokens=40, live=False
    )
    assert others == [freely] * 2
    last = parts[-1]
    # The engine agrees with itself: 70 % of 1, and 30 % of the least sure token's 0.6.
    score = 0.7 + 0.3 * 0.6
    assert last.about.confidence == pytest.approx(
        1 / (1 + math.exp(-(math.log(score / (1 - score)) + 0.5)))
    )
    assert last.usage is not None
    assert last.usage.tokens_out == 2 * 3
    engine.asked.clear()
    # The field as well: the very same value both times, and 30 % of its own token's 0.75.
    known = 0.7 + 0.3 * 0.75
    odds = 2 * math.log(known / (1 - known))
    assert last.about.field_confidence == {"said": pytest.approx(1 / (1 + math.exp(-odds)))}
    (parts,) = asked(Written(release, engine), user("name: Bo", temperature=1.0))
    assert len(engine.asked) == 1
    assert parts[-1].about.confidence is None
    assert "field_confidence" not in parts[-1].about.to_json()


def test_a_model_that_is_busy_is_waited_for_and_one_that_is_away_leaves_it_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(FakeEngine):
        failure: EngineError = Busy("Too many are waiting.", 0.01)
        busy: int = 3

        async def generate(self, wanted: Wanted) -> AsyncIterator[Piece]:
            if wanted.temperature and self.busy:
                self.busy -= 1
                raise self.failure
            async for piece in super().generate(wanted):
                yield piece

    release = opened(releases.writing_release(tmp_path, **EXTRACT, bar=AGAIN))
    (parts,) = asked(Written(release, Full()), user("name: Bo"))
    assert parts[-1].about.escalate is False
    away = Full()
    away.failure = EngineDown("The model is away.")
    away.busy = 1
    (parts,) = asked(Written(release, away), user("name: Bo"))
    assert "".join(part.text for part in parts) == '{"said":"yes"}'
    assert len(away.asked) <= 2, "what was asked beside the one that failed is given up"
    known = parts[-1].about
    assert (known.confidence, known.escalate, known.unlike) == (None, None, ("ask_again",))
    monkeypatch.setattr(_again, "PATIENCE_S", 0.05)
    never = Full()
    never.busy = 1_000
    (parts,) = asked(Written(release, never), user("name: Bo"))
    assert parts[-1].about.unlike == ("ask_again",)


def test_a_server_that_takes_no_temperature_is_asked_without_one(tmp_path: Path) -> None:
    class Cold(FakeEngine):
        async def generate(self, wanted: Wanted) -> AsyncIterator[Piece]:
            if wanted.temperature:
                raise CannotDo("The server behind this model does not take temperature.")
            async for piece in super().generate(wanted):
                yield piece

    release = opened(releases.writing_release(tmp_path, **EXTRACT, bar=AGAIN))
    engine = Cold()
    (parts,) = asked(Written(release, engine), user("name: Bo"))
    assert len(engine.asked) == 1 + 2
    assert parts[-1].about.confidence is not None


def test_callers_that_fill_every_place_of_a_server_are_all_answered(tmp_path: Path) -> None:
    """Nobody holds a place while it waits for another."""

    def reply(call: Called) -> None:
        text, tokens = '{"said":"yes"}', logs(('{"said":', -0.9), ('"yes', -0.1), ('"}', -0.2))
        stream(call, chunk(text, logprobs=tokens), chunk(finish_reason="stop"), USAGE)

    release = opened(releases.writing_release(tmp_path, **EXTRACT, bar=AGAIN))
    with Server(reply) as server:
        settings = OpenAIModel(base_url=server.url, model="m", concurrency=2, spend_limit=1.0)

        async def every() -> list[Part]:
            answerer = Written(release, EndpointEngine("far", settings))

            async def one() -> Part:
                return [part async for part in answerer.answer(user("name: Bo"))][-1]

            async with asyncio.timeout(20):
                return await asyncio.gather(*(one() for _ in range(4)))

        found = asyncio.run(every())
        assert [part.about.escalate for part in found] == [False] * 4
        score = 0.7 + 0.3 * math.exp(-0.2)  # the least sure token of the field's own
        odds = 2 * math.log(score / (1 - score))
        for part in found:
            sure = part.about.field_confidence
            assert sure == {"said": pytest.approx(1 / (1 + math.exp(-odds)))}
        assert len(server.calls) == 4 * 3


def test_an_answer_longer_than_the_release_writes_is_unlike_it(writing: Release) -> None:
    words = " ".join(["tea"] * 60)
    (parts,) = asked(Written(writing, FakeEngine()), user(f"name: {words}", max_tokens=100))
    assert parts[-1].about.unlike == ("max_tokens",)
    (short,) = asked(Written(writing, FakeEngine()), user("name: Bo", max_tokens=100))
    assert short[-1].about.unlike == ()


def test_json_that_is_cut_off_is_no_answer(extracting: Release) -> None:
    (parts,) = asked(Written(extracting, FakeEngine()), user("name: Bo", max_tokens=1))
    last = parts[-1]
    assert (last.finish, last.about.failure) == ("length", "unfinished_json")
    assert (last.about.confidence, last.about.unlike) == (None, ("max_tokens",))


@pytest.mark.parametrize(
    ("more", "unlike"),
    [
        ({"temperature": 0.7}, ("temperature",)),
        ({"temperature": 0.0, "seed": 3, "top_p": 0.5, "logprobs": 2}, ()),
        ({"stop": ("x",)}, ("stop",)),
        ({"json_schema": '{"type": "object"}'}, ("response_format",)),
    ],
)
def test_how_sure_is_said_only_of_answers_asked_for_as_they_were_compared(
    writing: Release, more: dict[str, Any], unlike: tuple[str, ...]
) -> None:
    (parts,) = asked(Written(writing, FakeEngine()), user("name: Bo\nthing: tea", **more))
    about = parts[-1].about
    assert about.unlike == unlike
    assert (about.confidence is None, about.escalate is None) == (bool(unlike), bool(unlike))


def test_a_phrase_of_the_boundaries_hands_over_whatever_was_asked_otherwise(
    tmp_path: Path,
) -> None:
    release = opened(
        releases.writing_release(tmp_path, checks=[], boundaries={"phrases": ["rope"]})
    )
    answerer = Written(release, FakeEngine())
    for more in ({}, {"temperature": 0.7}):
        (parts,) = asked(answerer, user("name: Bo\nthing: a ROPE", **more))
        about = parts[-1].about
        assert (about.escalate, about.escalate_why) == (True, "the input says 'rope'")
        assert about.to_json()["escalate_why"] == "the input says 'rope'"
    (parts,) = asked(answerer, user("name: Bo\nthing: tea"))
    assert "escalate_why" not in parts[-1].about.to_json()


def test_an_answer_that_passes_the_checks_stays_with_the_model(tmp_path: Path) -> None:
    """The check names a column, so it is held only where the column is given."""
    release = opened(
        releases.writing_release(tmp_path, checks=[{"type": "starts-with", "value": "You said"}])
    )
    (parts,) = asked(Written(release, FakeEngine()), user("name: Bo\nthing: tea"))
    assert parts[-1].about.escalate is False


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> CausalModel:
    folder = tmp_path_factory.mktemp("tiny")
    return CausalModel("tiny", write_causal(folder, max_position_embeddings=2048))


@pytest.mark.parametrize("kind", ["write", "extract", "classify"])
def test_what_is_served_is_what_was_compared(tmp_path: Path, tiny: CausalModel, kind: str) -> None:
    """Through the server's engine, one beside the other, and through the candidate itself."""
    folder = {
        "write": lambda: releases.writing_release(tmp_path),
        "extract": lambda: releases.writing_release(tmp_path, **EXTRACT),
        "classify": lambda: releases.choosing_release(tmp_path),
    }[kind]()
    release = load(folder, releases.around(tmp_path, tiny))
    texts = ["name: Bo\nthing: tea", "name: Ann\nthing: rope 5", "my card is lost"]
    expected = release.answer(texts)
    handover = scorecard_of(release).handover
    known, fields = probabilities(handover, expected), field_probabilities(handover, expected)
    engine = LocalEngine("tiny", lambda: tiny)

    async def served() -> list[list[Part]]:
        answerer = Written(release, engine)

        async def one(text: str) -> list[Part]:
            return [part async for part in answerer.answer(user(text))]

        found = await asyncio.gather(*map(one, texts))
        await engine.close()
        return found

    for place, parts in enumerate(asyncio.run(served())):
        about = parts[-1].about
        assert about.failure == expected.failures[place]
        if about.failure is None:
            assert "".join(part.text for part in parts) == expected.outputs[place]
            assert about.confidence == pytest.approx(known[place], rel=1e-4)
            assert about.field_confidence == pytest.approx(fields[place], rel=1e-3)
            assert bool(about.field_confidence) == (kind == "extract")
        if expected.probabilities_NL is not None:
            assert about.probabilities is not None
            shares = list(about.probabilities.values())
            assert shares == pytest.approx(expected.probabilities_NL[place].tolist(), rel=1e-4)
