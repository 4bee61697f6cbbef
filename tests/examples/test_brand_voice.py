"""The brand-voice example's data: its size, its variety, and its house rules, written once more.

The rules are implemented here again, apart from ``etude.checks``, and then both are compared.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

import pytest
import yaml

from etude.checks import CheckTable, Subject, compile_checks, run_checks

ROOT = Path(__file__).resolve().parents[2] / "examples" / "brand-voice"
SIGN_OFF = "Walk well, Oxbarrow"
STOCK = """unfortunately|regrettably|kindly|please be advised|as per|regrets?|inconvenience|hesitate
|hereby|utilise|in order to|prior to|at your earliest|valued customers?|pleased to|delighted
|thrill(?:ed|ing)|excited|amazing""".replace("\n", "")
PASSIVE = r"(?:has|have|had) been|(?:will|can|must|should|may) be|(?:is|are) being"
SHORTENED = r"\w+n't|(?:i|we|you|they|it|he|she|that|there|here|what|who)'(?:m|re|ve|ll|d|s)"
PRODUCTS = [
    "Bramble", "Cairn", "Drover", "Ember", "Fellmark", "Founders", "Hob", "Lantern", "Linnet",
    "Moorhen", "Pedlar", "Plover", "Sexton", "Shepherd", "Tarn", "Teasel", "Wren"
]  # fmt: skip
PLACES = [
    "Averby", "Callow", "Gannet", "Penmarrow", "Quayside", "Ridge", "Stellingdale", "Northlink"
]  # fmt: skip
# Without May, which begins sentences too.
DAYS = [
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "January",
    "February", "March", "April", "June", "July", "August", "September", "October", "November",
    "December"
]  # fmt: skip
JUDGED = {"added", "lost", "images"}  # a person sees what is worse in these, a check need not

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    with (ROOT / "data" / "drafts.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def pairs() -> list[Row]:
    lines = (ROOT / "data" / "preferences.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def words(text: str) -> list[str]:
    return re.sub(r"[^\w\s']", " ", text.lower()).split()


def numbers(text: str) -> set[str]:
    """Amounts, hours, codes: what has digits, with its currency and the letters before a hyphen."""
    return set(re.findall(r"[£€$]?(?:\b[A-Z]{1,4}-)?\d+(?:[.,:/]\d+)*", text))


def body(row: Row, text: str) -> str:
    """The text without its greeting and its last line."""
    lines = text.splitlines()
    return "\n".join(lines[1 if row["customer"] else 0 : -1])


def broken(row: Row, text: str) -> Iterator[str]:
    """The rules that ``text`` breaks as an answer to ``row``, by the words of ``why``."""
    name, channel, lower = row["customer"], row["channel"], text.lower()
    lines = text.split("\n")
    if lines[0] != f"Hi {name}," if name else re.match(r"(hi|hello|hey|dear|good \w+)\b", lower):
        yield "greeting"
    if lines[-1] != SIGN_OFF or len(lines) == 1:
        yield "signoff"
    if len(text.split()) > (40 if channel == "chat" else 70):
        yield "length"
    if max(len(part.split()) for part in re.split(r"[.?!]\s|\n", text)) > 15:
        yield "sentence"
    told = [line for line in lines if line.startswith("Next: ")]
    if len(told) != (channel != "product note"):
        yield "next"
    if lower.count("sorry") > 1:
        yield "sorry"
    if "!" in text:
        yield "exclamation"
    for why, pattern in (("stock", STOCK), ("passive", PASSIVE), ("contraction", SHORTENED)):
        if re.search(rf"\b(?:{pattern})\b", lower):
            yield why
    if numbers(text) != numbers(row["draft"]):
        yield "number"


def test_enough_rows_in_four_channels(rows: list[Row], pairs: list[Row]) -> None:
    assert len(rows) >= 340
    assert len(pairs) >= 320
    assert len({row["id"] for row in rows}) == len(rows)
    channels = Counter(row["channel"] for row in rows)
    assert set(channels) == {"email", "chat", "product note", "announcement"}
    assert min(channels.values()) >= 40


def test_every_ideal_text_keeps_every_rule(rows: list[Row]) -> None:
    for row in rows:
        assert list(broken(row, row["text"])) == [], row["id"]


def test_every_ideal_text_keeps_names_and_days(rows: list[Row]) -> None:
    for row in rows:
        for name in PRODUCTS + PLACES + DAYS:
            if re.search(rf"\b{name}\b", row["draft"]):
                assert name in row["text"], (row["id"], name)


def test_no_ideal_text_brings_in_a_name_or_a_day(rows: list[Row]) -> None:
    for row in rows:
        for name in PRODUCTS + PLACES + DAYS:
            if re.search(rf"\b{name}\b", body(row, row["text"])):
                assert name in row["draft"], (row["id"], name)


def test_no_draft_would_do(rows: list[Row]) -> None:
    for row in rows:
        assert list(broken(row, row["draft"])), row["id"]


def test_pairs_are_about_the_rows(rows: list[Row], pairs: list[Row]) -> None:
    by_id = {row["id"]: row for row in rows}
    assert len({pair["id"] for pair in pairs}) == len(pairs)
    for pair in pairs:
        assert set(pair) == {"id", "channel", "customer", "draft", "chosen", "rejected", "why"}
        row = by_id[pair["id"]]
        assert pair["chosen"] == row["text"]
        assert all(pair[key] == row[key] for key in ("channel", "customer", "draft"))
        assert pair["rejected"] not in (row["text"], row["draft"])


def test_rejected_texts_are_worse_as_they_say(pairs: list[Row]) -> None:
    for pair in pairs:
        assert pair["why"] in JUDGED | set(broken(pair, pair["rejected"])), pair["id"]


def test_every_way_of_being_worse_is_there(pairs: list[Row]) -> None:
    counts = Counter(pair["why"] for pair in pairs)
    assert len(counts) == 14
    assert min(counts.values()) >= 8
    assert max(counts.values()) <= 0.12 * len(pairs)


def test_rejected_texts_are_near_misses(pairs: list[Row]) -> None:
    found = [len(set(broken(pair, pair["rejected"]))) for pair in pairs]
    assert sum(count <= 2 for count in found) / len(found) >= 0.95


def test_texts_are_unique(rows: list[Row], pairs: list[Row]) -> None:
    for texts in (
        [row["draft"] for row in rows],
        [row["text"] for row in rows],
        [pair["rejected"] for pair in pairs],
    ):
        assert len({" ".join(words(text)) for text in texts}) == len(texts)


@pytest.mark.parametrize("column", ["draft", "text"])
def test_no_two_share_six_words_in_a_row(rows: list[Row], column: str) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for row in rows:
        tokens = words(row["draft"] if column == "draft" else body(row, row["text"]))
        for start in range(len(tokens) - 5):
            run = tuple(tokens[start : start + 6])
            assert seen.setdefault(run, row["id"]) == row["id"], run


def test_no_opening_is_used_often(rows: list[Row]) -> None:
    drafts = Counter(tuple(words(row["draft"])[:3]) for row in rows)
    texts = Counter(tuple(words(body(row, row["text"]))[:3]) for row in rows)
    assert max(drafts.values()) <= 3
    assert max(texts.values()) <= 4


def test_words_vary(rows: list[Row]) -> None:
    for column in ("draft", "text"):
        tokens = [word for row in rows for word in words(row[column])]
        assert len({word for word in tokens if word.isalpha()}) >= 2000


def test_names_are_not_repeated(rows: list[Row]) -> None:
    names = Counter(row["customer"] for row in rows if row["customer"])
    assert len(names) >= 150
    assert max(names.values()) <= 2


def test_lengths_vary(rows: list[Row]) -> None:
    lengths = [len(row["draft"].split()) for row in rows]
    low, middle, high = quantiles(lengths, n=4)
    assert 15 <= min(lengths) <= 17
    assert 70 <= max(lengths) <= 75
    assert low + 4 < middle < high - 4


def test_addresses_and_numbers_are_nobodys(rows: list[Row], pairs: list[Row]) -> None:
    texts = [row["draft"] for row in rows] + [pair["rejected"] for pair in pairs]
    for text in texts:
        for domain in re.findall(r"@([\w.-]+\w)", text):
            assert domain == "example.org"
        for line in re.findall(r"\b0\d{4} \d+", text):
            assert line.startswith("01632 960")  # set aside for fiction


def run(rows: list[Row], answers: list[str]) -> CheckTable:
    task = yaml.safe_load((ROOT / "etude.yaml").read_text(encoding="utf-8"))
    checks = compile_checks(task["checks"], ROOT, list(rows[0]))
    inputs = ["\n".join(row[key] for key in task["data"]["input"]) for row in rows]
    subjects = [
        Subject(answer, input=told, fields=row)
        for answer, told, row in zip(answers, inputs, rows, strict=True)
    ]
    return run_checks(checks, subjects)


def test_the_checks_of_the_task_file_pass_every_ideal_text(rows: list[Row]) -> None:
    table = run(rows, [row["text"] for row in rows])
    assert dict(table.reasons) == {}
    assert (table.all_N == 1).all()


def test_the_checks_of_the_task_file_say_the_same_as_the_rules_here(pairs: list[Row]) -> None:
    table = run(pairs, [pair["rejected"] for pair in pairs])
    for pair, passed in zip(pairs, table.all_N, strict=True):
        assert bool(passed) is (not list(broken(pair, pair["rejected"]))), pair["id"]
        assert pair["why"] in JUDGED or not passed, pair["id"]
