from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.privacy.checksums import luhn
from etude.report._masking import mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to jo.bloggs+x@mail.example.org.", "write to [e-mail]."),
        ("(jö@exämple.de)", "([e-mail])"),
        ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [IBAN] please"),
        ("gb29nwbk60161331926819", "[IBAN]"),
        ("NO93 8601 1117 947 thanks 12", "[IBAN] thanks 12"),
        ("card 4111 1111 1111 1111", "card [card]"),
        ("4111-1111-1111-1111,", "[card],"),
        ("378282246310005", "[card]"),
        ("call +44 7700 900123 now", "call [phone] now"),
        ("call 0044 7700 900123", "call [phone]"),
        ("07700 900123", "[phone]"),
        ("07700900123", "[phone]"),
        ("tel. 030/1234567", "tel. [phone]"),
        ("(555) 123-4567", "[phone]"),
        ("my number: 555-123-4567", "my number: [phone]"),
        ("order no +49 30 1234567", "order no [phone]"),
        ("write to info@shop.example", "write to [e-mail]"),
        ("my SSN is 536-22-8726", "my SSN is [national identity number]"),
        ("password: hunter2Xq9", "password: [password]"),
        ("use AKIAIOSFODNN7EXAMPLQ", "use [key or token]"),
        ('{"to": "a.b@c.org", "n": 41}', '{"to": "[e-mail]", "n": 41}'),
    ],
)
def test_personal_data_are_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "order 4023 9911",
        "order 40239911223",
        "order number 0412 345 678",
        "ticket #0499123456",
        "invoice 2024-0001234",
        "paid 1,234.50 on 01.02.2024",
        "2024-01-15 10:30:00",
        "4111 1111 1111 1112",
        "1234567812345670 is no issuer",
        "tracking 00340434161094021501",
        "AB12 is a bay",
        "v1.2.3.4, 10.0.0.1, 0.123456789",
        "costs 99 or 100 000",
        "at @handle on 5@7",
        "serial: 06-1234-5678",
        "Anna Lindqvist, 12 Mill Lane",
    ],
)
def test_numbers_that_are_not_of_a_person_stay(text: str) -> None:
    assert mask(text) == text


def test_luhn() -> None:
    assert luhn("4539578763621486")
    assert not luhn("4539578763621487")


@given(st.text())
@settings(deadline=None, derandomize=True)
def test_any_text_can_be_masked_twice(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(
    st.from_regex(r"[a-z]{1,12}(\.[a-z]{1,8})?@[a-z]{2,12}\.(com|org|de)", fullmatch=True),
    st.text(alphabet="abc ,;()\n", max_size=20),
)
@settings(deadline=None, derandomize=True)
def test_no_address_survives(address: str, around: str) -> None:
    assert address not in mask(f"{around} {address} {around}")


@pytest.mark.parametrize("piece", ["a", "1", "0 ", "a@", "DE12 ", "+1 ", "(0", ". ", "1-"])
def test_hostile_texts_take_no_long_time(piece: str) -> None:
    began = time.process_time()
    mask(piece * (4_400 // len(piece)))
    assert time.process_time() - began < 1
