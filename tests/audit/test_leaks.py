from __future__ import annotations

import json
from typing import Any

import pytest

from etude.audit import Found, leaks
from tests.audit._material import material
from tests.audit._sentences import different

LONG = "My sister ordered the tea set for the party on the train, and nobody answers the phone"


def found_in(kind: str, rows: list[dict[str, Any]]) -> dict[str, Found]:
    return {one.finding.code: one for one in leaks.run(material(kind, rows))}


def sided(*pairs: tuple[str, str], good: int = 40) -> list[dict[str, Any]]:
    """Rows of (text, side), and different ones on both sides."""
    rows = [{"input": text, "target": "a", "side": side} for text, side in pairs]
    return rows + [
        {"input": text, "target": "b", "side": "holdout" if at % 4 == 0 else "train"}
        for at, text in enumerate(different(good))
    ]


@pytest.mark.parametrize("side", ["train", "dev"])
def test_an_exact_copy_of_a_held_out_row_is_an_error(side: str) -> None:
    codes = found_in(
        "classify", sided(("Where is my card?", "holdout"), ("where is my card?", side))
    )
    one = codes["leaks"]
    assert one.finding.severity == "error"
    assert one.hits.select("id", "other").rows() == [("r001", "r000")]
    assert one.finding.repair is not None
    assert one.finding.repair.apply == "drop"


def test_near_copies_are_named_with_what_differs() -> None:
    rows = sided((f"{LONG}!", "train"), (LONG, "holdout"), (f"Please, {LONG}", "train"))
    codes = found_in("classify", rows)
    near = codes["near_leaks"]
    assert near.finding.severity == "error"
    assert near.hits.select("id", "other").sort("id").rows() == [("r000", "r001"), ("r002", "r001")]
    assert '"please" more' in near.hits.filter(near.hits["id"] == "r002")["evidence"][0]
    assert "leaks" not in codes


@pytest.mark.parametrize(
    "pairs",
    [
        [(LONG, "left_out"), (LONG, "holdout")],
        [(LONG, "train"), (LONG, "dev")],
        [(LONG, "holdout"), (LONG, "holdout")],
        [(f"{LONG} 12", "train"), (f"{LONG} 13", "holdout")],
        [("Where is my card?", "train"), ("Where is my card please?", "holdout")],
        [("How do I get a refund", "train"), ("How can I be paid back", "holdout")],
    ],
)
def test_what_is_no_leak(pairs: list[tuple[str, str]]) -> None:
    assert found_in("classify", sided(*pairs)) == {}


def test_a_variant_of_a_held_out_row_is_a_warning_where_the_target_is_the_same() -> None:
    changed = LONG.replace("ordered the tea set", "bought a tea set")
    codes = found_in("classify", sided((changed, "train"), (LONG, "holdout"), (changed, "train")))
    variants = codes["leaked_variants"]
    assert variants.finding.severity == "warning"
    assert variants.hits.select("id", "other").sort("id").rows() == [
        ("r000", "r001"),
        ("r002", "r001"),
    ]
    assert '"bought a"' in variants.hits["evidence"][0]
    short = "I do not have my card here", "I still do not have my card here"
    rows = sided((short[0], "train"), (short[1], "holdout"))
    assert set(found_in("classify", rows)) == {"leaked_variants"}
    rows = sided((changed, "train"), (LONG, "holdout"))
    rows[0]["target"] = "b"
    assert found_in("classify", rows) == {}


def test_one_question_about_two_contexts_is_no_leak() -> None:
    rows = sided((f"Please, {LONG}", "train"), (LONG, "holdout"))
    assert set(found_in("classify", rows)) == {"near_leaks"}
    rows[0]["context"], rows[1]["context"] = "The first shop", "The second shop"
    assert found_in("classify", rows) == {}


def test_stock_phrases_of_many_conversations_are_no_leak() -> None:
    rows: list[dict[str, Any]] = []
    for talk, text in enumerate(different(30)):
        side = "holdout" if talk % 3 == 0 else "train"
        rows += [
            {"input": said, "target": "a", "group": talk, "side": side} for said in ("Yes!", text)
        ]
    assert found_in("classify", rows) == {}


def test_a_copy_in_another_fold_is_an_error_and_a_near_one_a_warning() -> None:
    rows: list[dict[str, Any]] = [{"input": text, "target": "b"} for text in different(20)]
    rows += [{"input": LONG, "target": "a", "fold": 0}, {"input": LONG, "target": "a", "fold": 1}]
    rows += [{"input": f"Hello, {LONG}", "target": "a", "fold": 2}]
    codes = found_in("classify", rows)
    assert codes["leaks"].hits.select("id", "other").rows() == [("r021", "r020")]
    assert codes["leaks"].finding.severity == "error"
    assert codes["near_leaks"].hits["id"].to_list() == ["r022"]
    assert codes["near_leaks"].finding.severity == "warning"
    for row in rows:
        row["fold"] = 3
    assert found_in("classify", rows) == {}


def test_a_conversation_that_goes_on_from_a_held_out_one_holds_its_answer() -> None:
    turns = [
        {"role": "user", "content": "Can I bring the kettle back without the receipt, please?"},
        {"role": "assistant", "content": "Yes, within 30 days."},
        {"role": "user", "content": "Thanks!"},
    ]
    rows = sided(good=12)
    held = {"input": json.dumps(turns[:1]), "target": "Yes, within 30 days.", "side": "holdout"}
    longer = {"input": json.dumps(turns), "target": "Gladly.", "side": "train"}
    found = found_in("chat", [held, longer, *rows])["leaks"]
    assert found.hits.select("id", "other").rows() == [("r001", "r000")]
    assert "goes on from r000" in found.hits["evidence"][0]
    other = held | {"target": "No."}
    assert found_in("chat", [other, longer, *rows]) == {}


def test_a_text_of_many_rows_makes_no_square_of_hits() -> None:
    rows = sided(*[(LONG, "train")] * 300, *[(LONG, "holdout")] * 300)
    one = found_in("classify", rows)["leaks"]
    assert len(one.hits) == one.finding.count == 300
