"""What counts as a label in a model's words."""

from __future__ import annotations

import pytest

from etude.contracts.labels import LabelContract

CONTRACT = LabelContract(["card_arrival", "lost card", "Yes", "no", "NO-show"])


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("card_arrival", "card_arrival"),
        (" Card arrival.", "card_arrival"),
        ('"lost_card"', "lost card"),
        ("yes", "Yes"),
        ("NO", "no"),
        ("no show", "NO-show"),
        ("The answer is yes", None),
        ("", None),
        (None, None),
        ("maybe", None),
    ],
)
def test_case_quotes_and_joints_are_forgiven_and_nothing_more(
    text: str | None, label: str | None
) -> None:
    assert CONTRACT.read(text) == label


def test_two_labels_that_differ_in_case_alone_must_be_named_exactly() -> None:
    contract = LabelContract(["Spam", "spam"])
    assert contract.read("spam") == "spam"
    assert contract.read("SPAM") is None
