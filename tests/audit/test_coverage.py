from __future__ import annotations

import json

import numpy as np
import pytest

from etude.audit import Found, Material, registry
from tests._fakes import FakeEmbedder
from tests.audit._material import material

KNOWN = {
    "card": ["card", "delivery", "post", "waiting", "envelope", "arrive", "letter", "street"],
    "refund": ["refund", "money", "back", "returned", "shop", "paid", "invoice", "price"],
    "login": ["password", "login", "app", "reset", "code", "screen", "phone", "account"],
}
NEW = ["mortgage", "interest", "house", "loan", "rate", "bank", "fixed", "years"]
BESIDE = ["card", "delivery", "post", "stolen", "thief", "police", "lost", "block"]
"""Half of the words of a topic that is known."""
FILLER = ["please", "my", "the", "help", "today", "when", "is", "hello", "need", "with"]


def said(words: list[str], count: int, seed: int) -> list[str]:
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        chosen = [*random.choice(words, 4, replace=False), *random.choice(FILLER, 2)]
        made.append(" ".join(random.permutation(chosen)))
    return made


def examples(kind: str = "write") -> list[dict[str, str]]:
    texts = [text for at, words in enumerate(KNOWN.values()) for text in said(words, 60, at)]
    if kind == "chat":
        texts = [json.dumps([{"role": "user", "content": text}]) for text in texts]
    return [{"input": text, "target": "done"} for text in texts]


def known_traffic() -> list[str]:
    return [text for at, words in enumerate(KNOWN.values()) for text in said(words, 60, at + 10)]


def findings(traffic: list[str], kind: str = "write", **more: object) -> dict[str, Found]:
    read: Material = material(
        kind, examples(kind), embed=FakeEmbedder(256).embed, traffic=traffic, **more
    )
    return {one.finding.code: one for one in registry.load("coverage").run(read)}


def test_a_topic_beside_a_known_one_is_found_by_its_own_crowd() -> None:
    new = said(BESIDE, 40, 99)
    sentence = findings(known_traffic() + new)["traffic_without_examples"].finding.sentence
    shown = sentence.split(" different texts are nearer")[0]
    assert any(text in shown for text in new)
    assert not any(text in shown for text in known_traffic())


def test_a_topic_that_no_example_has_is_found_with_its_share_and_typical_texts() -> None:
    new = said(NEW, 40, 99)
    one = findings(known_traffic() + new)["traffic_without_examples"].finding
    assert one.severity == "warning"
    assert "of the real traffic" in one.sentence
    assert "like no example" in one.sentence
    share = int(one.sentence.split("(")[1].split(" of ")[0])
    assert 30 <= share <= 40
    shown = one.sentence.split(" different texts are nearer")[0]
    assert sum(text in shown for text in new) >= 3
    assert not any(text in shown for text in known_traffic())
    assert one.repair is not None
    assert one.repair.apply == "add"


def test_what_is_private_in_the_texts_shown_is_masked() -> None:
    # Long enough for the cut at the sentence's end to fall inside the address.
    new = [
        f"{text} {'please ' * 2}anna.lindqvist{at}@example.org"
        for at, text in enumerate(said(NEW, 40, 99))
    ]
    sentence = findings(known_traffic() + new)["traffic_without_examples"].finding.sentence
    assert "[EMAIL_" in sentence
    assert "lindq" not in sentence
    assert "anna" not in sentence


def test_traffic_like_the_examples_is_covered() -> None:
    assert findings(known_traffic()) == {}


def test_a_few_odd_texts_are_no_cluster() -> None:
    odd = [f"zq{at}a xw{at}b vj{at}c kk{at}d" for at in range(4)]
    assert findings(known_traffic() + odd) == {}


def test_requests_count_as_often_as_they_came() -> None:
    new = said(NEW, 20, 99)
    one = findings(known_traffic() + new * 10)["traffic_without_examples"].finding
    assert " of 380 requests" in one.sentence


def test_conversations_are_read_by_the_message_to_be_answered() -> None:
    def asked(text: str) -> str:
        turns = [
            {"role": "system", "content": "You are a bank's assistant and answer politely"},
            {"role": "user", "content": text},
        ]
        return json.dumps(turns)

    assert findings([asked(text) for text in known_traffic()], "chat") == {}
    new = [asked(text) for text in said(NEW, 40, 99)]
    sentence = findings([*map(asked, known_traffic()), *new], "chat")[
        "traffic_without_examples"
    ].finding.sentence
    assert "assistant" not in sentence
    assert "mortgage" in sentence or "loan" in sentence or "house" in sentence


def test_a_short_log_is_said_and_not_judged() -> None:
    found = findings(said(NEW, 10, 0))
    assert set(found) == {"traffic_not_compared"}
    assert "the log holds 10 different texts" in found["traffic_not_compared"].finding.sentence


def test_without_a_log_or_an_encoder_nothing_is_said() -> None:
    assert findings([]) == {}
    read = material("write", examples(), traffic=known_traffic())
    assert list(registry.load("coverage").run(read)) == []


def test_the_same_log_in_another_order_says_the_same() -> None:
    traffic = known_traffic() + said(NEW, 40, 99)
    shuffled = [traffic[at] for at in np.random.default_rng(1).permutation(len(traffic))]
    first = findings(traffic)["traffic_without_examples"].finding
    assert first == findings(shuffled)["traffic_without_examples"].finding


def test_more_than_is_compared_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    module = __import__("etude.audit.coverage", fromlist=["coverage"])
    monkeypatch.setattr(module, "MOST_TRAFFIC", 120)
    sentence = findings(known_traffic() + said(NEW, 100, 99))[
        "traffic_without_examples"
    ].finding.sentence
    assert "120 of the log's" in sentence
