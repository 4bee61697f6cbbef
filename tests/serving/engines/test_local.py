"""A model of this process as an engine: what it gives beside others, in pieces, and at an end."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from tests.models._causal_folders import write_causal

from etude.errors import ModelError
from etude.models._base import ChatRequest, Message
from etude.models._causal import CausalModel
from etude.models.generation.rows import Row
from etude.models.opening import open_model
from etude.records.task import ModelRef
from etude.serving.engines._base import Busy, CannotDo, EngineDown, Piece, TooLong, Usage, Wanted
from etude.serving.engines._scored import chosen
from etude.serving.engines.local import LocalEngine

RECORD = {
    "type": "object",
    "properties": {"where": {"type": "string", "maxLength": 4}, "sure": {"type": "boolean"}},
    "required": ["where", "sure"],
    "additionalProperties": False,
}
RULES = Message("system", "Read the message and choose the one label that fits it best. " * 4)


def asked(text: str, **more) -> Wanted:
    more = {"max_tokens": 24, "shared": 1} | more
    return Wanted(messages=(RULES, Message("user", text)), **more)


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> CausalModel:
    return CausalModel("m", write_causal(tmp_path_factory.mktemp("m") / "llama"))


async def pieces_of(engine: LocalEngine, wanted: Wanted) -> list[Piece]:
    return [piece async for piece in engine.generate(wanted)]


def answers(model: CausalModel, wanted: list[Wanted]) -> list[list[Piece]]:
    async def ask() -> list[list[Piece]]:
        engine = LocalEngine("m", lambda: model)
        found = await asyncio.gather(*(pieces_of(engine, one) for one in wanted))
        await engine.close()
        return found

    return asyncio.run(ask())


def text_of(pieces: list[Piece]) -> str:
    assert [piece.finish is not None for piece in pieces] == [*[False] * (len(pieces) - 1), True]
    return "".join(piece.text for piece in pieces)


@pytest.mark.parametrize("kind", ["Llama", "Bloom"])
def test_answers_are_those_of_the_model_asked_at_once(tmp_path, kind):
    model = CausalModel("m", write_causal(tmp_path, kind))
    wanted = [asked(f"card {i} " * (i + 1)) for i in range(6)]
    wanted += [asked("Where?", choices=("yes", "no", "may be"))]
    wanted += [asked("Where?", json_schema='{"type": "boolean"}')]
    wanted += [asked("Where?", json_schema=json.dumps(RECORD), live=live) for live in (True, False)]
    found = answers(model, wanted)
    requests = [
        ChatRequest(one.messages, one.choices, 24, json_schema=one.json_schema) for one in wanted
    ]
    for pieces, one in zip(found, model.complete(requests), strict=True):
        last = pieces[-1]
        assert text_of(pieces) == one.text
        assert last.finish == one.finish_reason
        assert (last.usage.tokens_in, last.usage.tokens_out) == (one.tokens_in, one.tokens_out)
        if one.likelihood is not None:
            assert last.likelihood.mean == pytest.approx(one.likelihood.mean, abs=1e-4)
            fields, expected = (dict(said.likelihood.fields or ()) for said in (last, one))
            assert fields == pytest.approx(expected, abs=1e-4)
            assert list(fields) == (["where", "sure"] if '"where"' in one.text else [])
        if one.choice_probabilities is not None:
            assert last.choice_probabilities == pytest.approx(one.choice_probabilities, abs=1e-4)
    assert max(map(len, found)) > 2, "a text comes in pieces"
    cached = [pieces[-1].usage.tokens_cached for pieces in found]
    assert any(cached) == (kind == "Llama")


def test_the_starter_answers_as_when_it_is_asked_at_once():
    model = open_model(ModelRef(name="builtin:starter"))
    assert isinstance(model, CausalModel)
    said = [
        (Message("system", "You are a librarian. " * 20), Message("user", f"Tell me of {what}."))
        for what in ("the sea", "winter", "an old house")
    ]
    found = answers(model, [Wanted(messages=one, max_tokens=16, shared=1) for one in said])
    expected = model.complete([ChatRequest(one, max_tokens=16) for one in said])
    assert [text_of(pieces) for pieces in found] == [one.text for one in expected]


def test_logs_belong_to_the_text(model):
    pieces = answers(model, [asked("card", logprobs=3, max_tokens=12)])[0]
    logs = [log for piece in pieces for log in piece.tokens]
    assert len(logs) in (11, 12), "the end has no text"
    for log in logs:
        assert len(log.top) == 3
        assert log.top[0][1] == pytest.approx(log.log, abs=1e-6), "greedy takes the likeliest"
        assert log.top[0][1] >= log.top[1][1] >= log.top[2][1]
    mean = sum(log.log for log in logs) / len(logs)
    assert pieces[-1].likelihood.mean == pytest.approx(mean, abs=0.5)
    assert answers(model, [asked("card", logprobs=0)])[0][0].tokens[0].top == ()
    assert not any(piece.tokens for piece in answers(model, [asked("card")])[0])
    choice = answers(model, [asked("card", logprobs=1, choices=("a", "b"))])[0][0]
    assert choice.tokens[0].text == choice.text == choice.tokens[0].top[0][0]


def test_a_stop_text_ends_the_answer_and_the_work(model):
    whole = text_of(answers(model, [asked("card")])[0])
    stop = whole[len(whole) // 2 :][:3]
    pieces = answers(model, [asked("card", stop=(stop, "never"), logprobs=0)])[0]
    assert text_of(pieces) == whole[: whole.index(stop)]
    assert pieces[-1].finish == "stop"
    assert pieces[-1].usage.tokens_out < 24
    logs = "".join(log.text for piece in pieces for log in piece.tokens)
    assert stop not in logs[:-2]


def test_drawn_answers_repeat_with_their_seed(model):
    warm = {"temperature": 1.0, "top_p": 0.9}
    wanted = [asked("card", seed=seed, **warm) for seed in (1, 1, -7, None, None)]
    one, again, other, *free = map(text_of, answers(model, wanted))
    assert one == again != other
    assert free[0] != free[1]


def test_raw_text_is_continued_without_a_template(model):
    ids = model.format.raw_ids("The old man")
    pieces = answers(model, [Wanted(prompt="The old man", max_tokens=5)])[0]
    assert pieces[-1].usage.tokens_in == len(ids) < 10
    by_ids = answers(model, [Wanted(prompt=tuple(map(int, ids)), max_tokens=5)])[0]
    assert text_of(by_ids) == text_of(pieces) != ""


def test_json_that_is_cut_says_so(model):
    schema = json.dumps({"type": "array", "items": {"type": "string"}, "minItems": 30})
    assert answers(model, [asked("card", json_schema=schema)])[0][-1].finish == "length"


def test_a_choice_is_drawn_from_the_likeliest_alone():
    scores, ids = np.log([0.6, 0.39, 0.01]), [np.zeros(1, dtype=np.int32)] * 3
    wanted = asked("card", choices=("a", "b", "c"), temperature=1.0)

    def drawn(top_p: float) -> set[str]:
        said = replace(wanted, top_p=top_p)
        return {chosen(said, scores, ids, seed, Usage(1, 0)).text for seed in range(300)}

    assert (drawn(0.5), drawn(0.7), drawn(1.0)) == ({"a"}, {"a", "b"}, {"a", "b", "c"})


@pytest.mark.parametrize(
    ("wanted", "error", "word"),
    [
        (asked("card " * 600), TooLong, "512 tokens"),
        (asked("card", json_schema="no JSON"), CannotDo, "schema"),
        (asked("card", json_schema="{}", choices=("a",)), CannotDo, "at once"),
        (asked("card", stop=("x",), choices=("a",)), CannotDo, "leave stop out"),
        (Wanted(prompt=""), CannotDo, "empty"),
        (Wanted(prompt=(1, 10**9)), CannotDo, "no token 1000000000"),
    ],
)
def test_what_cannot_be_done_is_said(model, wanted, error, word):
    with pytest.raises(error, match=word):
        answers(model, [wanted])


def test_who_goes_away_is_computed_for_no_longer(model):
    async def ask() -> list[int]:
        engine = LocalEngine("m", lambda: model)
        leaving = engine.generate(asked("card", max_tokens=400, temperature=5.0, seed=1))
        await anext(leaving)
        staying = asyncio.ensure_future(pieces_of(engine, asked("card")))
        await leaving.aclose()
        assert text_of(await staying)
        await engine.close()
        return [len(engine._unfinished), len(engine._news)]

    assert asyncio.run(ask()) == [0, 0]


def test_who_goes_away_holds_up_no_batch_of_the_ordinary_way(tmp_path, monkeypatch):
    model = CausalModel("m", write_causal(tmp_path, "Bloom"))
    tokens = []
    take = Row.take
    monkeypatch.setattr(Row, "take", lambda row, one: tokens.append(one) or take(row, one))

    async def ask() -> None:
        engine = LocalEngine("m", lambda: model)
        leaving = engine.generate(wanted)
        assert (await anext(leaving)).finish is None
        await leaving.aclose()
        await engine.close()

    numbers = json.dumps({"type": "array", "items": {"type": "integer"}, "minItems": 200})
    wanted = asked("card", max_tokens=120, json_schema=numbers)
    answers(model, [wanted])
    whole = len(tokens)
    tokens.clear()
    asyncio.run(ask())
    assert len(tokens) < whole / 2, whole


def test_a_request_that_cannot_be_read_leaves_the_others_alone(model):
    async def ask() -> None:
        engine = LocalEngine("m", lambda: model)
        wanted = [asked("card"), asked("half a letter: \ud800"), asked("card")]
        one, broken, other = await asyncio.gather(
            *(pieces_of(engine, each) for each in wanted), return_exceptions=True
        )
        assert isinstance(broken, CannotDo)
        assert text_of(one) == text_of(other)
        await engine.close()

    asyncio.run(ask())


def test_more_than_may_wait_is_refused_and_closing_finishes_what_runs(model):
    async def ask() -> None:
        engine = LocalEngine("m", lambda: model, most=2)
        running = [asyncio.ensure_future(pieces_of(engine, asked("card"))) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Busy, match="Too many"):
            await pieces_of(engine, asked("card"))
        closing = asyncio.ensure_future(engine.close())
        await asyncio.sleep(0)
        with pytest.raises(EngineDown, match="stopping"):
            await pieces_of(engine, asked("card"))
        assert len({text_of(await one) for one in running}) == 1
        await closing

    asyncio.run(ask())


def test_loading_holds_nobody_up_and_its_failure_is_told(model):
    may_go = threading.Event()

    def slowly() -> CausalModel:
        may_go.wait(120)
        raise ModelError("there is no such model", where="/a/secret/place")

    async def ask() -> None:
        engine = LocalEngine("m", slowly)
        waiting = asyncio.ensure_future(pieces_of(engine, asked("card")))
        started = time.perf_counter()
        await asyncio.sleep(0.01)
        assert time.perf_counter() - started < 60
        may_go.set()
        with pytest.raises(EngineDown, match="can't be loaded") as error:
            await waiting
        assert "secret" not in str(error.value)
        with pytest.raises(EngineDown):
            await pieces_of(engine, asked("card"))
        with pytest.raises(ModelError, match="no such model"):
            await engine.ready()
        await engine.close()

    asyncio.run(ask())


def test_a_pass_that_fails_is_told_and_the_next_request_is_answered(model, monkeypatch):
    with model.driven() as answering:
        engine = answering.engine
    whole, calls = engine.run, []

    def breaking(*given):
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("no memory")
        return whole(*given)

    monkeypatch.setattr(engine, "run", breaking)

    async def ask() -> None:
        local = LocalEngine("m", lambda: model)
        with pytest.raises(EngineDown, match="failed while"):
            await pieces_of(local, asked("card"))
        assert text_of(await pieces_of(local, asked("card")))
        await local.close()

    asyncio.run(ask())


def test_what_nobody_reads_along_comes_in_two_pieces_at_most(model):
    read_along = asked("Tell me of the card", logprobs=2, stop=("q",))
    live, held = answers(model, [read_along, replace(read_along, live=False)])
    assert len(live) > 3
    assert len(held) == 2
    assert text_of(held) == text_of(live)
    tokens, expected = ([t for piece in one for t in piece.tokens] for one in (held, live))
    assert [token.text for token in tokens] == [token.text for token in expected]
    logs = [[token.log for token in one] for one in (tokens, expected)]
    assert logs[0] == pytest.approx(logs[1], abs=1e-4)
    assert held[-1].usage == live[-1].usage
    counts = [piece.usage.tokens_out for piece in live]
    assert counts == sorted(counts), "what was written until then is counted, whoever goes away"
    assert {piece.usage.tokens_in for piece in live} == {live[-1].usage.tokens_in}


def test_a_text_that_can_never_fit_is_not_even_read(model, monkeypatch):
    read = []
    monkeypatch.setattr(
        type(model.format), "prompt_ids", lambda self, messages: read.append(messages)
    )
    with pytest.raises(TooLong, match=r"maximum context length is 512 tokens\. However"):
        answers(model, [asked("card " * 200_000)])
    assert read == []
