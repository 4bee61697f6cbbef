"""Suites change what somebody wrote, and nothing else of an input."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from etude.behaviour.cases import Material
from etude.behaviour.inputs import Form
from etude.behaviour.suites import registry, suite
from etude.data.written import CONTEXT
from tests._fakes import some_examples

TURNS = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hello, is anybody there?"},
    {"role": "assistant", "content": "Yes. How can I help?"},
]


def talk(said: str) -> str:
    return json.dumps([*TURNS, {"role": "user", "content": said}])


def material(kind: str, inputs: tuple[str, ...], **more: object) -> Material:
    examples = replace(
        some_examples(len(inputs)), inputs=inputs, targets=("We will see.",) * len(inputs)
    )
    return Material(kind, examples, (), 0, **more)  # type: ignore[arg-type]


SAID = tuple(f"Please send parcel number {n} to my other address tomorrow." for n in range(8))


@pytest.mark.parametrize("key", [k for k in registry.names() if "chat" in suite(k).rules])
def test_of_a_conversation_the_last_message_of_the_user_is_changed(key: str) -> None:
    cases = suite(key).make(material("chat", tuple(map(talk, SAID))))
    for case in (one for one in cases if one.source):
        base, changed = json.loads(case.base), json.loads(case.input)
        assert base[:-1] == changed[:-1] == TURNS
        assert base[-1]["content"] != changed[-1]["content"]
        assert changed[-1]["role"] == "user"


def test_every_suite_that_changes_texts_changes_conversations() -> None:
    wanted = {"typos", "padding", "cut", "injection", "personal_data", "names", "groups"}
    talks = material("chat", tuple(map(talk, SAID)))
    made = {key for key in wanted | {"over_refusal"} if suite(key).make(talks)}
    assert made == wanted | {"over_refusal"}
    assert all("chat" in suite(key).rules for key in made)


@pytest.mark.parametrize("key", ["typos", "padding", "injection", "names"])
def test_of_several_columns_the_longest_cell_is_changed(key: str) -> None:
    inputs = tuple(f"channel: chat\ncustomer: Jo\ndraft: {said}" for said in SAID)
    own = tuple(text + CONTEXT + "The shop opens at nine." for text in inputs)
    columns = ("channel", "customer", "draft")
    cases = suite(key).make(material("write", own, columns=columns))
    assert cases
    for case in cases:
        assert case.input.startswith("channel: chat\ncustomer: Jo\ndraft: ")
        assert case.input.endswith(CONTEXT + "The shop opens at nine.")


def test_cells_are_found_between_the_words_of_a_template() -> None:
    form = Form("write", ("a", "b"), "Subject: {{a}}\n\n{{ b }}\nThanks")
    text = "Subject: hello\n\nWhere is my parcel?\nThanks"
    assert form.said(text) == "Where is my parcel?"
    assert form.with_said(text, "WHERE") == "Subject: hello\n\nWHERE\nThanks"
    assert form.said("of another form") == "of another form"
    assert Form("write", ("a", "b")).said("") == ""
    assert Form("classify").with_said("all of it", "x") == "x"


def test_pictures_stay_and_who_said_nothing_is_left_alone() -> None:
    picture = {"type": "image_url", "image_url": {"url": "http://x/y.png"}}
    said = {"role": "user", "content": [{"type": "text", "text": "Look"}, picture]}
    form, text = Form("chat"), json.dumps([said])
    assert form.said(text) == "Look"
    assert json.loads(form.with_said(text, "See"))[0]["content"][1] == picture
    silent = json.dumps([{"role": "assistant", "content": "Anybody there?"}])
    assert form.said(silent) == ""
    assert form.with_said(silent, "x") == silent
    assert form.with_said("just a text", "x") == "x"
