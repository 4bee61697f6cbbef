"""Completions through the official client: one text, several, several answers to each."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from tests.serving.conftest import Site

from etude.serving.together import together
from etude.store.traffic import Traffic


def test_a_completion(site: Site) -> None:
    found = site.client.completions.create(
        model="small", prompt=["Once upon a time"], max_tokens=3, logprobs=2
    )
    assert (found.choices[0].text, found.choices[0].finish_reason) == ("You said: Once", "length")
    assert (site.engine.asked[-1].messages, site.engine.asked[-1].prompt) == (
        None,
        "Once upon a time",
    )
    logs = found.choices[0].logprobs
    assert logs is not None
    assert (logs.tokens, logs.text_offset) == (["You", " said:", " Once"], [0, 3, 9])
    assert logs.top_logprobs is not None
    assert len(logs.top_logprobs[0]) == 2
    stream = site.client.completions.create(model="small", prompt="a b", stream=True)
    assert "".join(one.choices[0].text for one in stream) == "You said: a b"


def test_a_completion_of_a_release_answers_its_input(site: Site) -> None:
    found = site.client.completions.create(model="production", prompt="my card is lost or stolen")
    assert found.choices[0].text == "lost_card"


def test_a_model_that_only_embeds_does_not_chat(site: Site) -> None:
    with pytest.raises(openai.BadRequestError, match="embeds texts and writes none"):
        site.client.completions.create(model="words", prompt="x")


def test_several_prompts_with_several_answers_each(site: Site) -> None:
    found = site.client.completions.create(
        model="small", prompt=["a", "b c"], n=2, seed=5, temperature=1, echo=True
    )
    said = [(one.index, one.text) for one in found.choices]
    answers = ["aYou said: a", "aYou said: a", "b cYou said: b c", "b cYou said: b c"]
    assert said == list(enumerate(answers))
    asked = site.engine.asked[-4:]
    seeds = defaultdict(set)
    for one in asked:
        seeds[one.prompt].add(one.seed)
    assert dict(seeds) == {"a": {5, 6}, "b c": {5, 6}}
    assert found.usage is not None
    # The fake counts words: a prompt counts once, each of its answers by itself.
    assert (found.usage.prompt_tokens, found.usage.completion_tokens) == (3, 14)


def test_each_of_several_answers_is_written_down_and_can_be_named(site: Site) -> None:
    texts = ["my card is lost or stolen", "where is the card I ordered"]
    found = site.client.completions.create(model="production", prompt=texts)
    names = [one.model_extra["etude"]["id"] for one in found.choices]  # type: ignore[index]
    assert names == [found.id, f"{found.id}-1"]
    traffic = Traffic(site.services.store.database)
    rows = [traffic.get(name) for name in names]
    assert [row and row.release for row in rows] == [site.labels, site.labels]
    assert len({row.prompt_hash for row in rows if row}) == 2
    assert all("confidence" in one.model_extra["etude"] for one in found.choices)  # type: ignore[index]


def test_several_answers_in_one_stream(site: Site) -> None:
    usage: dict[str, Any] = {"include_usage": True}
    chunks = list(
        site.client.completions.create(
            model="small", prompt=["a", "b c"], echo=True, stream=True, stream_options=usage
        )
    )
    texts: dict[int, str] = defaultdict(str)
    ends = {}
    for chunk in chunks:
        for one in chunk.choices:
            texts[one.index] += one.text
            ends[one.index] = one.finish_reason or ends.get(one.index)
    assert dict(texts) == {0: "aYou said: a", 1: "b cYou said: b c"}
    assert ends == {0: "stop", 1: "stop"}
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 7


def test_token_ids_go_to_the_model_as_they_are(site: Site) -> None:
    site.client.completions.create(model="small", prompt=[[1, 2], [3]], max_tokens=1)
    assert {one.prompt for one in site.engine.asked[-2:]} == {(1, 2), (3,)}
    site.client.completions.create(model="small", prompt=[7, 8], max_tokens=1)
    assert site.engine.asked[-1].prompt == (7, 8)
    with pytest.raises(openai.BadRequestError, match="token ids"):
        site.client.completions.create(model="production", prompt=[1, 2])


def test_one_that_fails_fails_the_request(site: Site) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        site.client.completions.create(model="small", prompt=["a", "LONG", "HANG b"])
    assert caught.value.code == "context_length_exceeded"


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"prompt": []}, "prompt"),
        ({"prompt": ["a", [1]]}, "prompt"),
        ({"prompt": [True]}, "prompt"),
        ({"prompt": ["a"] * 3, "n": 100}, "n"),
        ({"best_of": 3}, "best_of"),
        ({"best_of": 1, "n": 2}, "best_of"),
        ({"echo": True, "logprobs": 1}, "echo"),
        ({"echo": True, "prompt": [1, 2]}, "echo"),
        ({"suffix": "end"}, "suffix"),
    ],
)
def test_what_completions_cannot_do(site: Site, more: dict[str, Any], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        site.client.completions.create(**{"model": "small", "prompt": "x"} | more)
    assert caught.value.param == param


def test_streams_are_read_together_and_no_more_than_may_be_at_once() -> None:
    running, most = 0, 0
    closed: list[int] = []

    async def stream(number: int) -> AsyncIterator[int]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            for value in range(2):
                await asyncio.sleep(0)
                yield 10 * number + value
        finally:
            running -= 1
            closed.append(number)

    async def every() -> list[tuple[int, int]]:
        return [one async for one in together([stream(i) for i in range(5)], 2)]

    async def first() -> tuple[int, int]:
        numbered = together([stream(i) for i in range(5)], 2)
        found = await anext(numbered)
        await numbered.aclose()  # type: ignore[attr-defined]
        return found

    found = asyncio.run(every())
    assert sorted(found) == [(i, 10 * i + j) for i in range(5) for j in range(2)]
    assert (most, running) == (2, 0)
    closed.clear()
    assert asyncio.run(first())[0] in (0, 1)
    assert (running, sorted(closed)) == (0, [0, 1])
