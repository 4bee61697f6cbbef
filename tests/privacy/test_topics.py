from __future__ import annotations

import pytest

from etude.privacy.sorts import ADDRESS, CARD, EMAIL, NAME, PHONE
from etude.privacy.topics import topic_of


@pytest.mark.parametrize(
    ("sort", "name"),
    [
        (PHONE, "phone"),
        (PHONE, "customerPhoneNumber"),
        (PHONE, "change_phone_number"),
        (EMAIL, "E-Mail"),
        (NAME, "name"),
        (NAME, "first_name"),
        (ADDRESS, "delivery_address"),
        (CARD, "card_number"),
    ],
)
def test_a_field_is_about_a_sort(sort: object, name: str) -> None:
    assert topic_of(sort, ["order", name]) == name  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sort", "name"),
    [
        (PHONE, "iphone_model"),
        (EMAIL, "text"),
        (NAME, "product_name"),
        (ADDRESS, "email_address"),
        (CARD, "card_arrival"),
    ],
)
def test_a_field_is_about_something_else(sort: object, name: str) -> None:
    assert topic_of(sort, [name]) is None  # type: ignore[arg-type]
