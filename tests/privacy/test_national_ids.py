"""Numbers that the issuing offices (or the pages that cite them) print as examples."""

from __future__ import annotations

import pytest

from etude.privacy import matches

EXAMPLES = {
    "US social security number": "my SSN is 123-45-6780",
    "UK National Insurance number": "national insurance AB123456C",
    "NHS number": "NHS number 943 476 5919",
    "German tax number (Steuer-ID)": "Steuer-ID 86 095 742 719",
    "German identity card": "Personalausweis L01X00T471",
    "French social security number": "sécurité sociale 1 84 12 76 451 089 46",
    "Spanish identity number (DNI or NIE)": "DNI 12345678Z",
    "Italian fiscal code": "codice fiscale MRTMTT91D08F205J",
    "Dutch citizen service number (BSN)": "BSN 111222333",
    "Polish PESEL": "PESEL 44051401359",
    "Swedish personal number": "personnummer 19811218-9876",
    "Finnish personal identity code": "hetu 131052-308T",
    "Brazilian tax number (CPF)": "CPF 529.982.247-25",
    "Brazilian company number (CNPJ)": "CNPJ 11.222.333/0001-81",
    "Aadhaar number": "aadhaar 2341 2341 2346",
    "Indian tax number (PAN)": "PAN ABCPE1234F",
    "Canadian social insurance number": "SIN 046 454 286",
    "Australian tax file number": "TFN 123 456 782",
    "Australian Medicare number": "medicare 2123 45670 1",
    "Swiss social security number (AHV)": "AHV 756.9217.0769.85",
    "Belgian national number": "NISS 85.07.30-033.28",
    "Danish CPR number": "CPR 070761-4285",
    "Norwegian birth number": "fødselsnummer 13097248022",
    "Portuguese tax number (NIF)": "contribuinte 123456789",
    "South African identity number": "ID number 8001015009087",
    "Chinese resident number": "身份证 11010519491231002X",
    "Mexican population number (CURP)": "CURP HEGG560427MVZRRL04",
    "Irish PPS number": "PPSN 1234567T",
    "Turkish identity number": "kimlik no 10000000146",
}
UNCHECKED = {
    "US social security number",
    "UK National Insurance number",
    "Indian tax number (PAN)",
    "Danish CPR number",
}
"""Numbers without a check digit."""
SHAPED = [
    "123-45-6780",
    "AB 12 34 56 C",
    "811218-9876",
    "131052-308T",
    "529.982.247-25",
    "756.9217.0769.85",
    "85.07.30-033.28",
    "MRTMTT91D08F205J",
    "11010519491231002X",
]
"""What its shape tells apart without a word."""


@pytest.mark.parametrize(("title", "text"), EXAMPLES.items())
def test_an_identity_number_is_found_by_its_word(title: str, text: str) -> None:
    assert title in [match.title for match in matches(text)]


@pytest.mark.parametrize(("title", "text"), EXAMPLES.items())
def test_a_wrong_check_digit_is_none(title: str, text: str) -> None:
    if title in UNCHECKED:
        pytest.skip("it has no check digit")
    digits = [at for at, letter in enumerate(text) if letter.isdigit()]
    place = digits[-2 if "Medicare" in title else -1]  # Medicare's last says which card it is
    wrong = f"{text[:place]}{(int(text[place]) + 1) % 10}{text[place + 1 :]}"
    assert title not in [match.title for match in matches(wrong)]


@pytest.mark.parametrize("text", SHAPED)
def test_a_shape_of_its_own_needs_no_word(text: str) -> None:
    assert [match.sort.tag for match in matches(f"here: {text} ok")] == ["NATIONAL_ID"]


@pytest.mark.parametrize("text", SHAPED)
def test_after_order_even_a_shape_is_none(text: str) -> None:
    assert matches(f"my order number is {text}") == ()


def test_korean_numbers_are_checked() -> None:
    digits = "800101-123456"
    fitting = [n for n in range(10) if matches(f"here: {digits}{n}")]
    assert len(fitting) == 1
