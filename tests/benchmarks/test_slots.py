"""What the slot rule reads in texts about places, and what it must not."""

from __future__ import annotations

import pytest

from _slots import adds_no_value, columns, faults, says_every_value, spoken

ASKED = {
    "name": "The Mill",
    "eatType": "pub",
    "food": "English",
    "priceRange": "moderate",
    "customer rating": "1 out of 5",
    "area": "riverside",
    "familyFriendly": "yes",
    "near": "Café Rouge",
}
SAID = (
    "The Mill is a moderately priced, family-friendly pub by the river near Café Rouge. It serves "
    "English food and has a customer rating of 1 out of 5."
)


def test_a_text_that_says_everything_has_no_fault() -> None:
    assert faults(ASKED, SAID) == {}


@pytest.mark.parametrize(
    ("slot", "before", "after", "fault"),
    [
        ("name", "The Mill", "The Eagle", "wrong"),
        ("name", "The Mill", "This place", "missing"),
        ("eatType", " pub ", " place ", "missing"),
        ("food", "English", "French", "wrong"),
        ("priceRange", "moderately priced", "expensive", "wrong"),
        ("customer rating", " of 1 out of 5", "", "missing"),
        ("customer rating", "1 out of 5", "5 out of 5", "wrong"),
        ("area", "by the river", "in the city centre", "wrong"),
        ("familyFriendly", "family-friendly", "adults only", "wrong"),
        ("familyFriendly", "family-friendly", "not very family-friendly", "wrong"),
        ("near", "Café Rouge", "Avalon", "wrong"),
    ],
)
def test_one_changed_value_is_one_fault(slot: str, before: str, after: str, fault: str) -> None:
    changed = SAID.replace(before, after)
    assert changed != SAID
    assert faults(ASKED, changed) == {slot: fault}


@pytest.mark.parametrize("slot", [slot for slot in ASKED if slot != "name"])
def test_a_value_that_was_not_asked_for_is_added(slot: str) -> None:
    assert faults({**ASKED, slot: ""}, SAID) == {slot: "added"}


def test_an_empty_answer_lacks_every_slot() -> None:
    assert set(faults(ASKED, "").values()) == {"missing"}
    assert len(faults(ASKED, "")) == len(ASKED)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        # A name takes its words for itself.
        ("Raja Indian Cuisine", {("near", "Raja Indian Cuisine")}),
        # What stands in another clause belongs to something else.
        ("high, with a rating", set()),
        ("the price is fine and low in salt", set()),
        ("£20-25", {("priceRange", "£20-25")}),
        ("CAFE SICILIA", {("near", "Café Sicilia")}),
        ("not family friendly", {("familyFriendly", "no")}),
    ],
)
def test_what_is_read(text: str, says: set[tuple[str, str]]) -> None:
    assert set().union(*spoken(text)) == says


def test_the_checks_read_a_rows_columns() -> None:
    row = {slot.replace(" ", "_"): value for slot, value in ASKED.items()}
    assert columns(row) == ASKED
    context = {"vars": row}
    assert says_every_value(SAID, context)[0]
    assert says_every_value("The Mill", context)[0] is False
    assert adds_no_value(SAID, {"vars": {**row, "food": ""}}) == (False, "adds: food")
