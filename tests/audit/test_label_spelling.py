from __future__ import annotations

from typing import Any

import pytest

from etude.audit import Found, label_spelling
from etude.audit.label_spelling import spellings
from tests.audit._material import material


def found_in(*labels: str) -> list[Found]:
    rows: list[dict[str, Any]] = [
        {"input": f"text {at}", "target": t} for at, t in enumerate(labels)
    ]
    return list(label_spelling.run(material("classify", rows)))


@pytest.mark.parametrize(
    "other",
    [
        "Card_arrival",
        "CARD_ARRIVAL",
        "card arrival",
        "card-arrival",
        "CardArrival",
        "card_arrival.",
    ],
)
def test_another_spelling_of_a_label_is_told_with_the_commonest(other: str) -> None:
    (one,) = found_in(*["card_arrival"] * 3, other, *["refund"] * 5)
    assert one.finding.severity == "warning"
    assert one.hits.select("id", "proposal").rows() == [("r003", "card_arrival")]
    assert other in one.finding.sentence
    assert one.finding.repair is not None
    assert one.finding.repair.apply == "relabel"


def test_a_rare_label_a_letter_from_a_common_one_is_a_slip() -> None:
    assert spellings({"card_arrival": 10, "card_arival": 1}) == {"card_arival": "card_arrival"}
    assert spellings({"card_arrival": 10, "card_arriavl": 2}) == {"card_arriavl": "card_arrival"}


@pytest.mark.parametrize(
    "counts",
    [
        {"card_arrival": 10, "card_arival": 4},
        {"section_1": 20, "section_2": 1},
        {"section_1": 20, "section_11": 1},
        {"casual_wear": 20, "causal_links": 1},
        {"pin": 20, "pins": 1},
        {"c": 20, "c++": 1, "c#": 1, "+": 4, "-": 9},
        {"lock_card": 20, "block_card": 8},
        {"positive": 20, "negative": 1},
    ],
)
def test_labels_that_are_two(counts: dict[str, int]) -> None:
    assert spellings(counts) == {}


def test_a_slip_in_another_spelling_leads_to_the_commonest() -> None:
    found = spellings({"card_arrival": 10, "Card arrival": 3, "Card arival": 1})
    assert set(found.values()) == {"card_arrival"}
    assert set(found) == {"Card arrival", "Card arival"}


def test_one_spelling_each_is_nothing() -> None:
    assert found_in(*["card"] * 4, *["parcel"] * 3) == []
