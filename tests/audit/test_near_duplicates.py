from __future__ import annotations

import random
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.audit import Found, near_duplicates
from etude.audit._copies.forest import alike
from etude.audit._copies.near import MOST_PAIRS, copies_of
from etude.data.copies import SHINGLE, shingles
from tests.audit._material import material
from tests.audit._sentences import different


def found_in(kind: str, rows: list[dict[str, Any]]) -> dict[str, Found]:
    return {one.finding.code: one for one in near_duplicates.run(material(kind, rows))}


def labelled(*texts: str, good: int = 30) -> list[dict[str, Any]]:
    return [{"input": text, "target": "a"} for text in (*texts, *different(good))]


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("Where is my new card?", "where is my new card, please", '"please"'),
        ("I am waiting for my new card", "I'm waiting for my new card", '"im"'),
        ("I did not get the invoice yet", "i didnt get the invoice yet", "not"),
        ("The delivery of my sofa was late", "The delivry of my sofa was late", '"delivry"'),
        ("How do I track a parcel", "How do I track the parcel?", '"the"'),
        ("wheres my refund!!", "Where's my refund?", "punctuation"),
        ("Do you recognise this payment", "Do you recognize this payment", '"recognize"'),
        ("The top-up has still not arrived", "The top up has still not arrived", "top"),
        ("Я не получил свою новую карту", "я не получил свою новую карту!!!", "punctuation"),
        ("我想要申请一张新的信用卡，谢谢", "我想要申请一张新的信用卡 谢谢！", "punctuation"),
    ],
)
def test_variants_of_one_text_are_found_with_what_differs(one: str, other: str, said: str) -> None:
    near = found_in("classify", labelled(one, other, "We like a delivery"))["near_duplicates"]
    assert near.hits.select("id", "other").rows() == [("r001", "r000")]
    assert said in near.hits["evidence"][0]
    assert near.finding.repair is not None
    assert near.finding.repair.apply == "drop"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Where is my order 12 from Monday?", "Where is my order 13 from Monday?"),
        ("I can pay with the new card today", "I can't pay with the new card today"),
        ("I could open the box in the kitchen", "I could close the box in the kitchen"),
        ("Please send it to our office in Lyon", "Please send it to our office in Lille"),
        ("It costs 1.5 in the little shop", "It costs 15 in the little shop"),
        ("My payment was in € and went well", "My payment was in $ and went well"),
        ("What a lovely lamp it is 🙂", "What a lovely lamp it is 🙁"),
        ("我想要申请一张新的信用卡", "我不想要申请一张新的信用卡"),
        ("मुझे नया कार्ड की ज़रूरत है", "मुझे नया कार्ड का ज़रूरत है"),
        ("for (a = 0; a < n; a++) run(a)", "for (a = 0; a > n; a--) run(a)"),
        ("Ich kann die Karte heute nutzen", "Ich kann die Karte heute nicht nutzen"),
        ("It comes on Tuesday I was told", "It comes on Thursday I was told"),
    ],
)
def test_a_changed_value_or_negation_is_no_copy(one: str, other: str) -> None:
    assert "near_duplicates" not in found_in("classify", labelled(one, other))


PAID = "I tried to pay with my new card in the little shop but they refused it"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PAID, PAID.replace("tried", "attempted")),
        (PAID, PAID.replace("new ", "").replace(" little", "")),
        (
            "Since I just got married I need to change my name",
            "I need to change my name, since I just got married",
        ),
    ],
)
def test_a_few_words_changed_make_a_variant_that_is_a_note(one: str, other: str) -> None:
    codes = found_in("classify", labelled(one, other))
    variants = codes["variants"]
    assert set(codes) == {"variants"}
    assert variants.finding.severity == "note"
    assert variants.hits.select("id", "other").rows() == [("r001", "r000")]
    assert variants.finding.repair is not None
    assert variants.finding.repair.apply != "drop"


def test_a_variant_with_another_label_is_none() -> None:
    rows = labelled("I tried to pay with my card but the shop refused it",
                    "I tried paying with my card but the shop refused it")  # fmt: skip
    rows[1]["target"] = "b"
    assert found_in("classify", rows) == {}


RECORD = '{"name":"Aromi","food":"Thai","area":"riverside"}'


def test_texts_of_one_long_answer_are_variants_however_little_they_share() -> None:
    one, other = (
        "Aromi serves Thai food at the riverside",
        "By the riverside, Aromi: food from Thailand",
    )
    rows = [{"input": text, "target": RECORD} for text in (one, other)]
    rows += [
        {"input": text, "target": f'{{"number":{at}}}'} for at, text in enumerate(different(30))
    ]
    assert set(found_in("extract", rows)) == set()
    rows[1]["input"] = "By the riverside Aromi serves food: Thai food"
    variants = found_in("extract", rows)["variants"]
    assert variants.hits.select("id", "other").rows() == [("r001", "r000")]
    # What many are answered with says nothing of what was asked.
    rows += [{"input": text, "target": RECORD} for text in different(40)[30:]]
    assert found_in("extract", rows) == {}


def test_written_variants_need_a_long_answer_or_one_context() -> None:
    one, other = "Do you have a gym for guests here", "Have you got a gym for guests here"
    rows = [{"input": text, "target": "Yes, we do."} for text in (one, other)]
    good = [{"input": text, "target": f"t{at}"} for at, text in enumerate(different(30))]
    assert found_in("write", rows + good) == {}
    for row in rows:
        row["target"] = "Yes, there is a gym in the basement."
    assert set(found_in("write", rows + good)) == {"variants"}
    rows[0]["context"] = "The gym is closed."
    assert found_in("write", rows + good) == {}


RECORDS = [
    f"name[Place {at}], food[{food}], area[{area}], price[{price}]"
    for at, (food, area, price) in enumerate(
        (food, area, price)
        for food in ("Thai", "Indian", "French")
        for area in ("centre", "riverside")
        for price in ("high", "low", "average")
    )
]


def test_fields_of_a_record_may_stand_in_another_order_and_must_all_agree() -> None:
    rows = [{"input": text, "target": f"text number {at}"} for at, text in enumerate(RECORDS)]
    assert found_in("write", rows) == {}
    first, rest = RECORDS[3].split(", ", 1)
    copy = {"input": f"{rest},\n{first}", "target": "text number 3"}
    near = found_in("write", [*rows, copy])["near_duplicates"]
    assert near.hits["id"].to_list() == [f"r{len(rows):03d}"]
    assert near.hits["other"].to_list() == ["r003"]
    assert (
        found_in("write", [*rows, {**copy, "input": copy["input"].replace("Thai", "Greek")}]) == {}
    )


def test_different_sentences_of_one_trade_are_no_copies() -> None:
    assert found_in("classify", labelled(good=200)) == {}


def test_thanks_make_a_copy_only_where_much_else_is_the_same() -> None:
    assert "near_duplicates" in found_in("classify", labelled("That is all", "That is all, thanks"))
    assert found_in("classify", labelled("no salad", "no thank you, just the salad")) == {}


def test_written_answers_that_follow_another_word_of_the_input_are_no_copies() -> None:
    start = "name Aromi, type coffee shop, food Chinese, rating average, area riverside, price"
    end = "coffee shop at the riverside that serves Chinese food"
    rows = [
        {"input": f"{start} high", "target": f"Aromi is a costly {end}"},
        {"input": f"{start} cheap", "target": f"Aromi is a cheap {end}"},
    ]
    assert found_in("write", rows) == {}


def test_another_target_is_no_copy() -> None:
    rows = labelled("Where is my new card?", "Where is my new card please")
    rows[1]["target"] = "b"
    assert found_in("classify", rows) == {}
    for row, target in zip(rows, ("It left on Monday.", "A poem on the sea"), strict=False):
        row["target"] = target
    assert found_in("write", rows) == {}


def test_the_longest_target_stays() -> None:
    rows = labelled("Where is my new card?", "Where is my new card please", good=5)
    rows[0]["target"] = "It left on Monday, and will be there soon"
    rows[1]["target"] = "It left on Monday, and will be there soon."
    near = found_in("write", rows)["near_duplicates"]
    assert near.hits.select("id", "other").rows() == [("r000", "r001")]


def test_letters_count_where_values_are_extracted() -> None:
    texts = ("The invoice of Jonn is late again", "The invoice of Joan is late again")
    rows = [{"input": text, "target": '{"late":true}'} for text in texts]
    assert found_in("extract", rows) == {}


def test_shared_instructions_do_not_make_rows_alike() -> None:
    rules = "Read the message below and answer as a friendly member of our support team would."
    rows = [{"input": f"{rules}\n{text}", "target": text[::-1]} for text in different(40)]
    assert found_in("write", rows) == {}


def test_a_sentence_with_many_names_is_one_cluster_and_few_pairs() -> None:
    rng = random.Random(3)
    names = [
        "".join(rng.choice("bdfklmn") + rng.choice("aeiou") for _ in range(3)) for _ in range(900)
    ]
    sentence = "we would like to book the small room upstairs for the party on behalf of {} and her"
    texts = sorted({sentence.format(name.capitalize()) for name in names})
    made = material("write", [{"input": text, "target": "Booked."} for text in texts])
    began = time.process_time()
    codes = {one.finding.code: one for one in near_duplicates.run(made)}
    assert time.process_time() - began < 20
    assert set(codes) == {"templates"}
    assert codes["templates"].finding.severity == "note"
    assert f"has {len(texts)}" in codes["templates"].finding.sentence
    assert len(codes["templates"].hits) == len(texts) - 1
    assert len(copies_of(made).links.pairs) < 12 * len(texts) < MOST_PAIRS


def test_a_form_of_columns_is_no_template() -> None:
    rows = [
        {
            "input": f"name: Ada\nage: {age}\ntown: a long name of a town",
            "target": "x",
            "cells": "{}",
        }
        for age in range(20, 60)
    ]
    assert found_in("write", rows) == {}


def test_links_are_remembered_for_the_frame_they_are_of() -> None:
    made = material("classify", labelled(good=3))
    assert copies_of(made) is copies_of(made)
    assert copies_of(material("classify", labelled(good=3))) is not copies_of(made)


def grams_of(text: str) -> frozenset[str]:
    return frozenset(text[i : i + SHINGLE] for i in range(len(text) - SHINGLE + 1))


def test_pairs_have_their_true_similarity_and_hardly_any_is_missed() -> None:
    rng = random.Random(9)
    base = different(80)
    texts = sorted({*base, *(_edited(rng, text) for text in base for _ in range(2))})
    sets = [grams_of(text) for text in texts]
    true = np.array([[len(a & b) / len(a | b) for b in sets] for a in sets])
    pairs, scores = alike(shingles(texts), 0.6)
    assert (pairs[:, 0] < pairs[:, 1]).all()
    assert np.allclose(true[pairs[:, 0], pairs[:, 1]], scores)
    found = {tuple(pair) for pair in pairs.tolist()}
    np.fill_diagonal(true, 0)
    nearest = true.argmax(axis=1).tolist()
    wanted = [(min(a, b), max(a, b)) for a, b in enumerate(nearest) if true[a, b] >= 0.65]
    assert len(wanted) > 60
    assert np.mean([pair in found for pair in wanted]) > 0.99


def _edited(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text))
    return text[:at] + rng.choice("xyz") + text[at + 1 :]


def test_the_nearest_of_another_side_is_compared_too() -> None:
    texts = [f"{'the same beginning of many a sentence ' * 2}{i:05d}" for i in range(400)]
    sides = np.zeros(len(texts), dtype=np.int64)
    sides[7] = 1
    pairs, _ = alike(shingles(texts), 0.6, [sides])
    assert (pairs == 7).any(axis=1).sum() > 20


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.lists(st.text("abc n'o1. 不é🙂-", min_size=1, max_size=30), min_size=1, max_size=12))
def test_hits_name_rows_that_are_there_and_never_one_that_stays(texts: list[str]) -> None:
    rows = [{"input": text, "target": "a"} for text in texts]
    near = found_in("classify", rows).get("near_duplicates")
    if near is not None:
        assert set(near.hits["other"]).isdisjoint(near.hits["id"])
        assert set(near.hits["other"]) <= {f"r{at:03d}" for at in range(len(texts))}
        assert near.hits["score"].is_between(0.6, 1.0).all()
