from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from etude.audit import Found, same_meaning
from etude.audit._copies.meaning import pairs_above
from tests.audit._material import material
from tests.audit._sentences import different

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def embedding(*alike: Sequence[str], cosine: float = 0.97) -> Embed:
    """Texts of one list are near one another; all others stand apart."""
    place = {text: at for at, texts in enumerate(alike) for text in texts}

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), 1024), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            rng = np.random.default_rng(abs(sum(ord(c) * 31**i for i, c in enumerate(text[:60]))))
            own = rng.normal(size=1024)
            own /= np.linalg.norm(own)
            if text in place:
                shared = np.random.default_rng(place[text]).normal(size=1024)
                shared /= np.linalg.norm(shared)
                own = np.sqrt(cosine) * shared + np.sqrt(1 - cosine) * own
            row[:] = own / np.linalg.norm(own)
        return rows

    return embed


def found_in(kind: str, rows: list[dict[str, Any]], embed: Embed | None) -> dict[str, Found]:
    full = rows + [
        {"input": text, "target": "other" if kind == "classify" else f"t{at}"}
        for at, text in enumerate(different(20))
    ]
    made = material(kind, full, embed=embed)
    return {one.finding.code: one for one in same_meaning.run(made)}


SAME = ("How long until my card arrives?", "When will the new card get to me?")


def rows_of(texts: Sequence[str], *targets: str, **more: Any) -> list[dict[str, Any]]:
    return [
        {"input": text, "target": target, **more}
        for text, target in zip(texts, targets, strict=True)
    ]


def test_two_ways_of_saying_a_thing_are_a_note_that_names_both() -> None:
    rows = rows_of(SAME, "card", "card", fold=1)
    codes = found_in("classify", rows, embedding(SAME))
    assert set(codes) == {"same_meaning"}
    one = codes["same_meaning"]
    assert one.finding.severity == "note"
    assert one.hits.select("id", "other").rows() == [("r001", "r000")]
    assert SAME[0] in one.hits["evidence"][0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Where has my order 12 got to?", "Can you find order 13 for me?"),
        ("I can use my card in shops", "My card can't be used when shopping"),
        ("How do I open the account?", "What must I do to close an account?"),
        ("We are flying to Paris in spring", "In spring we take a plane to Rome"),
        ("It will be there on Monday at noon", "You get it on Tuesday around twelve"),
        ("我的卡什么时候能到？", "什么时候可以收到卡片？"),
        ("card", "cards"),
    ],
)
def test_pairs_that_only_look_alike_to_an_encoder(one: str, other: str) -> None:
    rows = rows_of((one, other), "a", "a", fold=1)
    assert found_in("classify", rows, embedding((one, other), cosine=0.99)) == {}


def test_less_near_is_enough_in_similar_words_or_with_one_long_answer() -> None:
    alike = ("I have never received the card you sent", "The card you sent has never been received")
    assert set(found_in("classify", rows_of(alike, "a", "a"), embedding(alike, cosine=0.9))) == {
        "same_meaning", "same_meaning_across",
    }  # fmt: skip
    record = '{"what":"card","when":"soon","who":"me"}'
    found = found_in("extract", rows_of(SAME, record, record, fold=1), embedding(SAME, cosine=0.85))
    assert set(found) == {"same_meaning"}
    short = '{"what":"card"}'
    rows = rows_of(SAME, short, short, fold=1)
    assert found_in("extract", rows, embedding(SAME, cosine=0.85)) == {}


def test_answers_that_follow_another_word_mean_something_else() -> None:
    texts = ("How do I switch the heating on over there", "How do I get the lights on over there")
    rows = rows_of(texts, "The heating has a dial by the door.", "The lights are by the door.")
    assert found_in("write", rows, embedding(texts)) == {}
    rows = rows_of(texts, "There is a dial by the door.", "Look for it by the door.", fold=1)
    assert set(found_in("write", rows, embedding(texts))) == {"same_meaning"}


def test_a_last_message_means_the_same_only_after_the_same_beginning() -> None:
    def talk(greeting: str, text: str) -> str:
        said = (("system", "Be kind."), ("user", greeting), ("assistant", "Hello!"), ("user", text))
        return json.dumps([{"role": role, "content": content} for role, content in said])

    alike = [talk("Good day", text) for text in SAME]
    found = found_in("chat", rows_of(alike, "Soon.", "On Monday.", fold=1), embedding(SAME))
    assert found["same_meaning"].hits.select("id", "other").rows() == [("r001", "r000")]
    apart = [talk("Good day", SAME[0]), talk("About my old card", SAME[1])]
    assert found_in("chat", rows_of(apart, "Soon.", "On Monday.", fold=1), embedding(SAME)) == {}


def test_records_are_passed_over() -> None:
    texts = [
        f"name[Place {n}], food[{food}], area[centre]" for n in range(60) for food in ("x", "y")
    ]
    rows = rows_of(texts, *map(str, range(120)), fold=1)
    assert found_in("write", rows, embedding(texts)) == {}


def test_less_near_is_not_the_same() -> None:
    rows = rows_of(SAME, "card", "card", fold=1)
    assert found_in("classify", rows, embedding(SAME, cosine=0.88)) == {}


def test_another_label_is_a_conflict_only_when_very_near() -> None:
    rows = rows_of(SAME, "card", "parcel", fold=1)
    codes = found_in("classify", rows, embedding(SAME))
    assert set(codes) == {"conflicting_meaning"}
    assert codes["conflicting_meaning"].hits["id"].sort().to_list() == ["r000", "r001"]
    assert (
        '"card" here, "parcel" in r001'
        in codes["conflicting_meaning"].hits.sort("id")["evidence"][0]
    )
    assert found_in("classify", rows, embedding(SAME, cosine=0.93)) == {}


def test_one_against_many_is_given_their_label() -> None:
    texts = (*SAME, "What day should the card be here?", "Is there a date when my card comes?")
    rows = rows_of(texts, "parcel", "card", "card", "card", fold=1)
    codes = found_in("classify", rows, embedding(texts))
    assert "conflicting_meaning" not in codes
    hits = codes["outvoted_meaning"].hits
    assert hits.select("id", "proposal").rows() == [("r000", "card")]


def test_likeness_to_held_out_rows_is_reported_and_no_error() -> None:
    rows = rows_of(SAME, "card", "card")
    rows[0]["side"], rows[1]["side"] = "holdout", "train"
    codes = found_in("classify", rows, embedding(SAME))
    assert set(codes) == {"same_meaning_across"}
    assert codes["same_meaning_across"].finding.severity == "note"
    assert codes["same_meaning_across"].hits.select("id", "other").rows() == [("r001", "r000")]
    rows[0]["side"], rows[1]["side"] = "all", "all"
    rows[0]["fold"], rows[1]["fold"] = 0, 1
    across = found_in("classify", rows, embedding(SAME))["same_meaning_across"]
    assert across.hits["id"].sort().to_list() == ["r000", "r001"]


def test_near_copies_are_left_to_the_audit_of_copies() -> None:
    texts = ("Where is my new card?", "Where is my new card, please")
    assert found_in("classify", rows_of(texts, "a", "a"), embedding(texts)) == {}


def test_other_contexts_and_without_an_encoder_nothing() -> None:
    rows = rows_of(SAME, "x", "y", fold=1)
    assert set(found_in("write", rows, embedding(SAME))) == {"same_meaning"}
    rows[0]["context"], rows[1]["context"] = "It takes a day.", "It takes a week."
    assert found_in("write", rows, embedding(SAME)) == {}
    assert found_in("write", rows, None) == {}


def test_neighbourhoods_find_what_all_against_all_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    base = rng.normal(size=(3000, 48))
    twins = base[:400] + rng.normal(size=(400, 48)) * 0.15
    rows = np.concatenate([base, twins])
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    exact, cosines = pairs_above(vectors, 0.92)
    assert (np.diff(cosines) <= 0).all()
    assert np.allclose(
        (vectors[exact[:, 0]] * vectors[exact[:, 1]]).sum(axis=1), cosines, atol=1e-5
    )
    assert len(exact) > 390
    monkeypatch.setattr("etude.audit._copies.meaning.EXACT", 1000)
    near, _ = pairs_above(vectors, 0.92)
    wanted = {tuple(pair) for pair in exact.tolist()}
    found = {tuple(pair) for pair in near.tolist()}
    assert found <= wanted
    assert len(found) > 0.9 * len(wanted)


def test_many_alike_keep_the_nearest_alone() -> None:
    vectors = np.ones((600, 8), dtype=np.float32) / np.sqrt(8, dtype=np.float32)
    pairs, _ = pairs_above(vectors, 0.92)
    assert len(pairs) <= 8 * 600
    assert (pairs[:, 0] < pairs[:, 1]).all()
