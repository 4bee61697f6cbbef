"""The order example's data: its size, its variety, and that every value stands in its mail."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[2] / "examples" / "order-extract"
Row = dict[str, Any]

_NUMBER_WORDS = """
    a 1, an 1, another 1, one 1, couple 2, pair 2, two 2, three 3, four 4, five 5, six 6, seven 7,
    eight 8, nine 9, ten 10, eleven 11, twelve 12, thirteen 13, fourteen 14, fifteen 15,
    sixteen 16, seventeen 17, eighteen 18, nineteen 19, twenty 20, thirty 30, forty 40, fifty 50,
    sixty 60, seventy 70, eighty 80, ninety 90
"""
_WORTH = {word: int(value) for word, value in re.findall(r"(\w+) (\d+)", _NUMBER_WORDS)}
_TIMES = {"dozen": 12, "hundred": 100, "thousand": 1000}
_SPELLED = {
    "kg": r"kg|kilos?",
    "bag": r"bags?",
    "box": r"box(es)?",
    "bottle": r"bottles?",
    "carton": r"cartons?",
    "case": r"cases?",
    "jar": r"jars?",
    "pack": r"packs?|packets?",
    "pouch": r"pouch(es)?",
    "sack": r"sacks?",
    "sleeve": r"sleeves?",
    "tin": r"tins?",
    "tub": r"tubs?",
}


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    text = (ROOT / "data" / "orders.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def task() -> Row:
    loaded: Row = yaml.safe_load((ROOT / "etude.yaml").read_text(encoding="utf-8"))
    return loaded


def words(text: str) -> list[str]:
    return re.sub(r"[^\w\s']", " ", text.lower()).split()


def stands_in(value: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None


def numbers(text: str) -> set[int]:
    """Every number in a text: in digits, and in words such as "a hundred and twenty"."""
    found = {int(digits) for digits in re.findall(r"\d+", re.sub(r"(\d),(\d{3})\b", r"\1\2", text))}
    total: int | None = None
    for word in [*re.findall(r"[a-z]+", text.lower()), "."]:
        if word in _TIMES:
            total = (total or 1) * _TIMES[word]
        elif word in _WORTH and total is not None and total % 10 == 0:
            total += _WORTH[word]
        elif word in _WORTH:
            total = _WORTH[word]
        elif word not in ("and", "of"):
            total = None
        found |= {total} if total is not None else set()
        if word in _WORTH:
            found.add(_WORTH[word])
    return found | ({6} if re.search(r"half[ -]a[ -]dozen", text.lower()) else set())


def test_orders_are_valid_and_compact(rows: list[Row], task: Row) -> None:
    validator = Draft202012Validator(task["schema"])
    raw = (ROOT / "data" / "orders.jsonl").read_text(encoding="utf-8").splitlines()
    for row, line in zip(rows, raw, strict=True):
        assert list(row) == ["id", "customer_id", "email", "order"]
        assert not list(validator.iter_errors(row["order"])), row["id"]
        assert list(row["order"]) == task["schema"]["required"], row["id"]
        assert line == json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def test_enough_rows_and_none_twice(rows: list[Row]) -> None:
    assert len(rows) >= 440
    assert len({row["id"] for row in rows}) == len(rows)
    assert len({" ".join(words(row["email"])) for row in rows}) == len(rows)


def test_text_values_stand_in_the_mail(rows: list[Row]) -> None:
    for row in rows:
        order, mail = row["order"], row["email"]
        values = [order["customer"], order["po_number"], order["deliver_by"]]
        values += [item[name] for item in order["items"] for name in ("product", "size")]
        for value in values:
            assert value is None or stands_in(value, mail), (row["id"], value)
            assert value is None or not re.match(r"(the|a|an|your|by|on) ", value), value


def test_quantities_and_units_stand_in_the_mail(rows: list[Row]) -> None:
    for row in rows:
        there = numbers(row["email"])
        for item in row["order"]["items"]:
            assert item["quantity"] in there, (row["id"], item)
            if item["unit"] is not None:
                spelled = rf"(?<![a-z])({_SPELLED[item['unit']]})(?![a-z])"
                assert re.search(spelled, row["email"].lower()), (row["id"], item)


def test_products_have_no_size_and_stand_in_order(rows: list[Row]) -> None:
    for row in rows:
        products = [item["product"] for item in row["order"]["items"]]
        assert not any(re.search(r"[()]|\d+ ?(kg|g|oz|cl)\b", name) for name in products)
        found = [re.search(rf"(?<!\w){re.escape(name)}(?!\w)", row["email"]) for name in products]
        starts = [match.start() for match in found if match is not None]
        assert starts == sorted(starts), row["id"]
        pairs = {(item["product"], item["size"]) for item in row["order"]["items"]}
        assert len(pairs) == len(products), row["id"]


def test_the_order_number_is_not_a_phone_or_a_label(rows: list[Row]) -> None:
    for row in rows:
        number = row["order"]["po_number"]
        assert number is None or re.search(r"\d", number), row["id"]
        assert number is None or not re.match(r"(po|no|#|01632|07700)\b", number.lower()), row["id"]


def test_groups_are_many_and_small(rows: list[Row]) -> None:
    sizes = Counter(row["customer_id"] for row in rows)
    assert 60 <= len(sizes) <= 150
    assert min(sizes.values()) >= 2
    assert max(sizes.values()) <= 8


def test_lengths_fit_a_small_model(rows: list[Row]) -> None:
    lengths = [len(row["email"].split()) for row in rows]
    assert min(lengths) >= 15
    assert max(lengths) <= 130
    assert 45 <= median(lengths) <= 65


def test_sizes_of_orders_vary(rows: list[Row]) -> None:
    counts = Counter(len(row["order"]["items"]) for row in rows)
    assert set(counts) == {1, 2, 3, 4, 5, 6}
    assert max(counts.values()) <= len(rows) / 2
    for field in ("customer", "po_number", "deliver_by"):
        assert 0 < sum(row["order"][field] is None for row in rows) < len(rows) / 2


def test_no_two_customers_share_seven_words_in_a_row(rows: list[Row]) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for row in rows:
        tokens = words(row["email"])
        for start in range(len(tokens) - 6):
            run = tuple(tokens[start : start + 7])
            assert seen.setdefault(run, row["customer_id"]) == row["customer_id"], run


def test_no_opening_is_used_often(rows: list[Row]) -> None:
    openings = Counter(tuple(words(row["email"])[:4]) for row in rows)
    assert max(openings.values()) <= 6


def test_many_products(rows: list[Row]) -> None:
    products = {item["product"] for row in rows for item in row["order"]["items"]}
    assert len(products) >= 400


def test_instructions_are_short(task: Row) -> None:
    assert 100 <= len(task["instructions"].split()) <= 200


def test_addresses_and_phones_are_example_ones(rows: list[Row]) -> None:
    for row in rows:
        for domain in re.findall(r"@([\w-]+\.[\w.-]*\w)", row["email"]):
            assert domain in ("example.com", "example.org", "example.net"), row["id"]
        for phone in re.findall(r"\b0\d{3,4} ?\d{3} ?\d{3}\b", row["email"]):
            assert re.match(r"(01632 ?960|07700 ?900)", phone), (row["id"], phone)
