"""The endpoint backend against a real server on loopback, through the real client."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import statistics
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest
from _server import Server

from etude.errors import EndpointError, ModelError, SpendLimitReached
from etude.models._base import ChatModel, ChatRequest, Message
from etude.models._choices import read_choice
from etude.models._endpoint import Pauses, prompt_bound
from etude.models._likelihood import Likelihood
from etude.models.openai import EndpointModel
from etude.models.opening import open_model
from etude.records.task import ModelRef, OpenAIModel

CHOICES = ("card_arrival", "lost_card")
FAST = Pauses(first=0.01, most=0.05)


class Cache:
    def __init__(self) -> None:
        self.rows: dict[str, dict] = {}
        self.money = 0.0

    def get(self, key):
        return self.rows.get(key)

    def put(self, key, response, cost):
        self.rows[key] = json.loads(json.dumps(response))
        self.money += cost

    def spent(self):
        return self.money


def model_for(server, cache=None, **settings) -> EndpointModel:
    base = {"base_url": server.url, "model": "small", "timeout_s": 5, "max_retries": 3}
    return EndpointModel("openai:small", OpenAIModel(**(base | settings)), cache, FAST)


def requests_for(count: int, choices=CHOICES, **more) -> list[ChatRequest]:
    return [
        ChatRequest((Message("system", "Choose."), Message("user", f"text {i}")), choices, **more)
        for i in range(count)
    ]


def as_json(text: str) -> str:
    return json.dumps({"answer": text})


def test_answers_come_in_order_with_a_schema_and_a_cache():
    cache = Cache()

    def script(call):
        number = int(call.said.split()[-1])
        call.sleep(0.02 * (number % 3))
        call.answer(as_json(CHOICES[number % 2]))

    with Server(script) as server:
        model = model_for(server, cache, concurrency=4, price_in=1.0, price_out=2.0)
        assert isinstance(model, ChatModel)
        assert len(model.unanswered(requests_for(12))) == 12
        assert model.usual_seconds(requests_for(12)) is None
        found = model.complete(requests_for(12))
        assert [c.text for c in found] == [CHOICES[i % 2] for i in range(12)]
        assert all(c.failure is None and not c.cached and c.seconds > 0 for c in found)
        assert [(c.tokens_in, c.tokens_out) for c in found] == [(20, 3)] * 12
        assert 2 <= server.most <= 4
        schema = server.calls[0]["response_format"]["json_schema"]["schema"]
        assert schema["properties"]["answer"]["enum"] == list(CHOICES)
        assert cache.money == pytest.approx(12 * (20 * 1 + 3 * 2) / 1e6)
        again = model_for(server, cache).complete(requests_for(12))
        assert len(server.calls) == 12
        assert [c.text for c in again] == [c.text for c in found]
        assert [c.seconds for c in again] == [c.seconds for c in found]
        assert all(c.cached for c in again)
        assert not model.unanswered(requests_for(12))
        usual = model.usual_seconds(requests_for(12))
        assert usual == pytest.approx(statistics.median(c.seconds for c in found))


def test_nothing_more_is_asked_while_answers_wait_to_be_kept():
    class Slow(Cache):
        most = 0

        def put(self, key, response, cost):
            time.sleep(0.05)
            self.most = max(self.most, len(server.calls) - len(self.rows))
            super().put(key, response, cost)

    cache = Slow()
    with Server(lambda call: call.answer(as_json("lost_card"))) as server:
        model_for(server, cache, concurrency=3).complete(requests_for(12))
    assert cache.most == 3, "as many as may be under way"


def test_the_same_request_twice_is_asked_once():
    with Server(lambda call: call.answer(as_json("lost_card"))) as server:
        found = model_for(server).complete(requests_for(1) * 3)
        assert [c.text for c in found] == ["lost_card"] * 3
        assert len(server.calls) == 1


def test_how_likely_an_answer_was_is_read_where_it_is_told():
    def script(call):
        if call.number:
            call.answer(as_json("lost_card"))
        else:
            call.answer(as_json("lost_card"), logs=(-0.5, -0.1, 0.0))

    with Server(script) as server:
        model = model_for(server, Cache(), concurrency=1)
        told, silent = model.complete(requests_for(2))
        assert told.likelihood == Likelihood(pytest.approx(-0.2), -0.5)
        assert silent.likelihood is None
        assert all(call["logprobs"] is True for call in server.calls)
        kept = model.complete(requests_for(1))[0]
        assert (kept.cached, kept.likelihood) == (True, told.likelihood)


def test_how_likely_each_field_was_is_read_where_its_tokens_are_told_and_kept():
    tokens = (('{ "who":', -0.1), (' "Bo"', -0.7), (', "n"', -0.2), (": 2", -1.5), ("}", -0.3))
    text, cache = "".join(token for token, _ in tokens), Cache()
    asked = requests_for(1, choices=None, json_schema='{"type": "object"}')
    with Server(lambda call: call.answer(text, written=tokens)) as server:
        model = model_for(server, cache)
        (told,) = model.complete(asked)
        assert told.text == '{"who":"Bo","n":2}'
        assert told.likelihood.fields == (("who", -0.7), ("n", -1.5))
        (kept,) = model.complete(asked)
        assert (kept.cached, kept.likelihood) == (True, told.likelihood)
        (free,) = model.complete(requests_for(1, choices=None))
        assert free.likelihood.fields is None
        assert ["fields" in row for row in cache.rows.values()] == [True, False]
        for row in cache.rows.values():
            row.pop("fields", None)  # as an older version kept it
        (older,) = model.complete(asked)
        assert (older.cached, older.likelihood.fields) == (True, None)
    with Server(lambda call: call.answer(text, logs=(-0.5, -0.1))) as server:
        (other,) = model_for(server).complete(asked)
        assert other.likelihood == Likelihood(pytest.approx(-0.3), -0.5)


def test_an_endpoint_without_logprobs_is_asked_without():
    def script(call):
        if "logprobs" in call.body:
            call.error(400, "this model does not know logprobs")
        else:
            call.answer(as_json("lost_card"))

    with Server(script) as server:
        found = model_for(server, concurrency=1).complete(requests_for(3))
        assert [(c.text, c.likelihood) for c in found] == [("lost_card", None)] * 3
        assert ["logprobs" in call for call in server.calls] == [True, False, False, False]
        assert all("response_format" in call for call in server.calls)


def test_a_refused_schema_falls_back_to_text_and_is_remembered():
    def script(call):
        if "response_format" in call.body:
            call.error(400, "response_format is not supported by this model")
        else:
            assert "exactly one of these" in call.said
            call.answer(" Lost card. ")

    with Server(script) as server:
        model = model_for(server, concurrency=1)
        assert [c.text for c in model.complete(requests_for(3))] == ["lost_card"] * 3
        assert ["response_format" in call for call in server.calls] == [True, False, False, False]


def test_names_of_newer_parameters_are_learned():
    def script(call):
        if "max_tokens" in call.body:
            call.error(
                400,
                "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'.",
                "unsupported_parameter",
                "max_tokens",
            )
        elif "temperature" in call.body:
            call.error(
                400,
                "Unsupported value: 'temperature' does not support 0.",
                "unsupported_value",
                "temperature",
            )
        else:
            assert call.body["max_completion_tokens"] == 64
            call.answer(as_json("lost_card"))

    with Server(script) as server:
        found = model_for(server, concurrency=1).complete(requests_for(2))
        assert [c.text for c in found] == ["lost_card"] * 2
        assert len(server.calls) == 4
        assert all("response_format" in call for call in server.calls)


def test_retry_after_is_honoured():
    waited = []

    def script(call):
        waited.append(time.monotonic())
        if call.number == 0:
            call.error(429, "slow down", headers={"Retry-After": "0.4"})
        else:
            call.answer(as_json("lost_card"))

    with Server(script) as server:
        found = model_for(server).complete(requests_for(1))
        assert found[0].text == "lost_card"
        assert waited[1] - waited[0] >= 0.4
        assert found[0].seconds < 0.35, "waiting must not count as the request's time"


FOREVER = {
    "rate limit": (lambda call: call.error(429, "slow down"), "too many requests", 4),
    "server error": (lambda call: call.error(503, "overloaded"), "the server failed", 4),
    "web page": (
        lambda call: call.send(200, b"<html>hello</html>", "text/html"),
        "the answer is a web page",
        4,
    ),
    "error page": (
        lambda call: call.send(502, b"<html>bad gateway</html>", "text/html"),
        "web page",
        4,
    ),
    "broken json": (lambda call: call.send(200, b'{"choices": [{"mess'), "no valid JSON", 4),
    "no choices": (lambda call: call.send(200, b'{"choices": []}'), "no chat completion", 4),
    "dropped": (lambda call: call.drop(), "the connection broke", 4),
    "wrong key": (lambda call: call.error(401, "bad key", "invalid_api_key"), "key", 1),
    "forbidden": (lambda call: call.error(403, "no access"), "key", 1),
    "wrong model": (lambda call: call.error(404, "no such model"), "not found", 1),
    "no credit": (lambda call: call.error(429, "quota", "insufficient_quota"), "no credit", 1),
    "long wait": (
        lambda call: call.error(429, "x", headers={"Retry-After": "999"}),
        "too many requests",
        1,
    ),
    "always bad": (lambda call: call.error(400, "nonsense"), "refused the request", 3),
}


AT_ONCE = {"key", "not found", "no credit"}


@pytest.mark.parametrize("kind", FOREVER)
def test_what_never_works_ends_in_a_clear_error(kind):
    script, said, tries = FOREVER[kind]
    with Server(script) as server:
        with pytest.raises(EndpointError, match=said) as caught:
            model_for(server, concurrency=1).complete(requests_for(30))
        assert caught.value.exit_code == 4
        # Given up after five requests (a sixth may have begun) or at once, not after thirty.
        assert len(server.calls) <= 6 * tries if said not in AT_ONCE else len(server.calls) == 1
        assert server.url.split("/")[2] in str(caught.value)


def test_timeouts_end():
    with Server(lambda call: call.sleep(0.6)) as server:
        model = model_for(server, timeout_s=0.15, max_retries=1, concurrency=2)
        with pytest.raises(EndpointError, match="no answer within"):
            model.complete(requests_for(2))


def test_nobody_at_home():
    with Server(lambda call: None) as server:
        url = server.url
    settings = OpenAIModel(base_url=url, model="m", max_retries=2)
    with pytest.raises(EndpointError, match="no connection"):
        EndpointModel("m", settings, None, FAST).complete(requests_for(2))


def test_one_failure_among_answers_is_an_answer_that_failed():
    def script(call):
        number = int(call.said.split()[-1])
        if number == 3:
            call.error(500, "boom")
        else:
            call.answer(as_json("lost_card"))

    cache = Cache()
    with Server(script) as server:
        found = model_for(server, cache, max_retries=1).complete(requests_for(6))
        assert [c.failure for c in found] == [None, None, None, "server_error", None, None]
        assert found[3].text is None
        assert len(cache.rows) == 5, "failures of the line are asked again next time"


def test_refusals_and_other_words_are_failures():
    def script(call):
        number = int(call.said.split()[-1])
        if number == 0:
            call.answer(None, refusal="I can't help with that.")
        elif number == 1:
            call.answer("", finish="content_filter")
        elif number == 2:
            call.answer("a_third_thing")
        elif number == 3:
            call.answer('{"answer": "lost', finish="length")
        elif number == 4:
            call.error(400, "this model's maximum context length is 10", "context_length_exceeded")
        else:
            call.answer(as_json("lost_card"), usage=False)

    with Server(script) as server:
        model = model_for(server, price_in=1.0)
        requests = requests_for(6)
        found = model.complete(requests)
        assert [c.failure for c in found] == [
            "refusal",
            "refusal",
            "not_a_choice",
            "not_a_choice",
            "too_long",
            None,
        ]
        assert found[2].text == "a_third_thing"
        assert found[3].finish_reason == "length"
        # Without usage the bound counts: money is never taken for less than it can have been.
        assert found[5].tokens_in == prompt_bound(requests[5])


def test_the_spend_limit_is_never_passed():
    cache = Cache()
    with Server(lambda call: call.answer(as_json("lost_card"), tokens=(100, 10))) as server:
        settings = {"price_in": 1000.0, "price_out": 1000.0, "concurrency": 8}
        model = model_for(server, cache, **settings, spend_limit=2.0)
        with pytest.raises(SpendLimitReached) as caught:
            model.complete(requests_for(200))
        assert caught.value.exit_code == 5
        asked = len(server.calls)
        assert 0 < cache.money <= 2.0
        assert cache.money == pytest.approx(asked * 110 * 1000 / 1e6)
        most = model.endpoint.most(requests_for(1)[0])
        assert cache.money > 2.0 - 1.1 * most, "it stopped far before it had to"
        # A new process knows what was spent; with more money it goes on from there.
        with pytest.raises(SpendLimitReached):
            model_for(server, cache, **settings, spend_limit=2.0).complete(requests_for(200))
        assert cache.money <= 2.0
        done = model_for(server, cache, **settings, spend_limit=99.0).complete(requests_for(200))
        assert all(c.text == "lost_card" for c in done)
        assert len(server.calls) == 200


def test_answers_that_never_came_count_as_spent():
    cache = Cache()
    with Server(lambda call: call.drop()) as server:
        model = model_for(server, cache, price_in=1000.0, max_retries=1, spend_limit=1000)
        with pytest.raises(EndpointError):
            model.complete(requests_for(1))
        assert cache.money == pytest.approx(2 * model.endpoint.most(requests_for(1)[0]))
    assert model.budget.spent == pytest.approx(cache.money)


def test_the_key_comes_from_its_variable_and_no_other(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "another-endpoints-key")
    with Server(lambda call: call.answer("fine")) as server:
        model_for(server).complete(requests_for(1, None))
        assert server.keys == ["Bearer not-needed"]
        reference = ModelRef(
            name="openai:small",
            openai=OpenAIModel(base_url=server.url, model="small", api_key_env="MY_KEY"),
        )
        monkeypatch.delenv("MY_KEY", raising=False)
        with pytest.raises(ModelError, match="export MY_KEY"):
            open_model(reference)
        monkeypatch.setenv("MY_KEY", "secret")
        model = open_model(reference)
        assert model.complete(requests_for(1, None))[0].text == "fine"
        assert server.keys[-1] == "Bearer secret"
        assert model.host == server.url.split("/")[2]


def test_ctrl_c_stops_at_once_and_keeps_what_came():
    over = threading.Event()

    def script(call):
        if int(call.said.split()[-1]) >= 4:
            over.wait(120)
        call.answer("fine")

    code = textwrap.dedent("""
        import sys
        from test_openai import Cache, requests_for
        from etude.models.openai import EndpointModel
        from etude.records.task import OpenAIModel
        cache = Cache()
        settings = OpenAIModel(base_url=sys.argv[1], model="m", concurrency=2, timeout_s=30)
        try:
            EndpointModel("m", settings, cache).complete(requests_for(40, None))
        except KeyboardInterrupt:
            print("stopped", len(cache.rows), flush=True)
            raise
    """)
    with Server(script) as server:
        process = subprocess.Popen(
            [sys.executable, "-c", code, server.url],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=Path(__file__).parent,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
        )
        try:
            until = time.monotonic() + 60
            while len(server.calls) < 6 and time.monotonic() < until:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=60)  # it does not wait for what is under way
        finally:
            process.kill()
            over.set()
        assert out.split() == ["stopped", "4"]


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ('{"answer": "lost_card"}', "lost_card"),
        ('```json\n{"label": "lost_card"}\n```', "lost_card"),
        ("Lost card", "lost_card"),
        ("'card_arrival'.", "card_arrival"),
        ("lost_card or card_arrival", None),
        ("", None),
        ("{", None),
        ('{"answer": 3}', None),
    ],
)
def test_reading_choices(text, choice):
    assert read_choice(text, CHOICES) == choice


def test_choices_that_differ_in_case_only_are_told_apart():
    assert read_choice("US", ("us", "US")) == "US"
    assert read_choice("Us", ("us", "US")) is None


SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"title": {"type": "string"}, "year": {"type": "integer"}},
        "required": ["title", "year"],
        "additionalProperties": False,
    }
)


def test_json_is_asked_for_with_its_schema_and_read_compactly():
    texts = ['{"title": "é",\n "year": 1952}', '```json\n{"title":"b","year":2}\n```', "no JSON"]
    cache = Cache()

    def script(call):
        call.answer(texts[int(call.said.split()[-1])])

    with Server(script) as server:
        requests = requests_for(3, choices=None, json_schema=SCHEMA)
        found = model_for(server, cache).complete(requests)
        assert found[0].text == '{"title":"é","year":1952}'
        assert found[1].text == '{"title":"b","year":2}'
        assert [one.failure for one in found] == [None, None, "not_json"]
        form = server.calls[0]["response_format"]["json_schema"]
        assert (form["schema"], form["strict"]) == (json.loads(SCHEMA), True)
        again = model_for(server, cache).complete(requests)
        assert len(server.calls) == 3
        assert [one.text for one in again] == [one.text for one in found]
        assert all(one.cached for one in again)
        other = requests_for(1, choices=None, json_schema='{"type": "object"}')
        assert not model_for(server, cache).complete(other)[0].cached
        assert prompt_bound(requests[0]) > prompt_bound(requests_for(1, choices=None)[0])


def test_json_that_was_cut_off_is_named_so():
    def script(call):
        call.answer('{"title": "The o', finish="length")

    with Server(script) as server:
        found = model_for(server).complete(requests_for(1, choices=None, json_schema=SCHEMA))
        assert found[0].failure == "unfinished_json"
        with pytest.raises(ModelError, match="can't be read"):
            model_for(server).complete(requests_for(1, choices=None, json_schema="{bad"))


def test_an_endpoint_that_takes_no_schema_is_told_it_in_words():
    def script(call):
        if "response_format" in call.body:
            call.error(400, "response_format is not supported by this model")
        else:
            assert SCHEMA in call.said
            call.answer('{"title":"a","year":1}')

    with Server(script) as server:
        requests = requests_for(2, choices=None, json_schema=SCHEMA)
        found = model_for(server, concurrency=1).complete(requests)
        assert [one.text for one in found] == ['{"title":"a","year":1}'] * 2


def test_answers_kept_before_there_were_schemas_are_found():
    with Server(lambda call: call.answer(as_json("lost_card"))) as server:
        model = model_for(server)
        key, _ = model._keyed(requests_for(1))[0]
        old = {
            "messages": [
                {"role": "system", "content": "Choose."},
                {"role": "user", "content": "text 0"},
            ],
            "choices": CHOICES,
            "max_tokens": 64,
            "temperature": 0.0,
        }
        base = ["request", 1, server.url.rstrip("/"), "small"]
        text = json.dumps([*base, old], sort_keys=True)
        assert key == hashlib.sha256(text.encode()).hexdigest()
