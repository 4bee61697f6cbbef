"""The generator keeps its word: seeds, rates, places, checksums, and nothing where nothing is asked."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable

import pytest

from _planted import SORTS, Clean, Planted, Row, plant, plant_many, variants
from _planted import _identifiers as ids
from _planted._edits import FEWEST_WORDS, NEAR, near_copy
from _planted._plant import SORTS as REGISTRY
from _planted._wordings import ASIDE, FIRST
from _planted.format_drift import STYLES
from _planted.private import card_text
from _planted.secrets import TOKENS
from etude.data.conversations import comparable, turns_of
from etude.data.text import bare_form, normalise
from tests.benchmarks._invented import EVERY

RATE = 0.1
WANTED = {
    "bias", "conflicts", "duplicates", "encoding", "format_drift", "label_errors", "languages", "leaks",
    "leftovers", "length", "mixed_tone", "near_duplicates", "paraphrases", "private", "profanity",
    "secrets", "sensitive", "stale_facts", "unsupported_facts",
}  # fmt: skip
CASES = [
    (name, variant)
    for name, clean in EVERY.items()
    for sort in SORTS.names()
    for variant in variants(clean, sort)
]
ADDING = {"duplicates", "near_duplicates", "leaks", "conflicts", "paraphrases"}
"""Sorts that add rows; the others change some."""


def planted(name: str, variant: str, seed: int = 1, rate: float = RATE) -> Planted:
    return plant(EVERY[name], variant, rate, seed)


def by_id(made: Planted) -> dict[str, Row]:
    return {row["id"]: row for row in made.rows}


def test_the_sorts_are_those_that_were_asked_for() -> None:
    assert set(SORTS.names()) == WANTED
    assert {sort for _, v in CASES for sort in [v.partition("/")[0]]} == WANTED
    assert {v.partition("/")[2] for _, v in CASES} - {""} == {*STYLES, FIRST, ASIDE}


@pytest.mark.parametrize(("name", "variant"), CASES)
def test_a_seed_gives_the_same_rows_and_another_seed_others(name: str, variant: str) -> None:
    assert planted(name, variant) == planted(name, variant)
    assert planted(name, variant).rows != planted(name, variant, seed=2).rows


@pytest.mark.parametrize(("name", "variant"), CASES)
def test_the_rate_is_what_was_asked(name: str, variant: str) -> None:
    clean = EVERY[name]
    made = planted(name, variant)
    fit = len(clean.paraphrases) if variant == "paraphrases" else len(clean.rows)
    assert len(made.faults) == min(round(RATE * len(clean.rows)), fit)
    assert len({one.id for one in made.truth}) == len(made.truth)
    added = len(made.faults) if variant in ADDING else 0
    assert len(made.rows) == len(clean.rows) + added
    assert len(by_id(made)) == len(made.rows)


@pytest.mark.parametrize(("name", "variant"), CASES)
def test_every_place_holds_what_the_truth_says(name: str, variant: str) -> None:
    made = planted(name, variant)
    rows = by_id(made)
    for one in made.truth:
        row = rows[one.id]
        assert one.other is None or one.other in rows
        if one.start is not None:
            assert row[one.field][one.start : one.end] == one.text
        if one.was is not None and one.field == "target":
            assert row["target"] != one.was


@pytest.mark.parametrize(("name", "variant"), CASES)
def test_rows_without_truth_are_as_they_were(name: str, variant: str) -> None:
    made = planted(name, variant)
    if SORTS.load(variant.partition("/")[0]).whole:
        return
    touched = {one.id for one in made.truth}
    rows = by_id(made)
    assert all(rows[row["id"]] == row for row in EVERY[name].rows if row["id"] not in touched)


@pytest.mark.parametrize(("name", "variant"), CASES)
def test_reading_the_examples_would_change_nothing(name: str, variant: str) -> None:
    for row in planted(name, variant).rows:
        assert normalise(row["target"]) == row["target"] != ""
        assert normalise(row["input"]) == row["input"] != ""
        if EVERY[name].kind == "chat":
            assert turns_of(row["input"])[-1].role == "user"


@pytest.mark.parametrize("name", EVERY)
def test_a_clean_run_plants_nothing(name: str) -> None:
    made = plant_many(EVERY[name], dict.fromkeys(SORTS.names(), 0.0), seed=1)
    assert made.rows == EVERY[name].rows
    assert made.truth == ()
    assert made.knowledge == EVERY[name].knowledge


@pytest.mark.parametrize("name", EVERY)
def test_several_sorts_keep_out_of_each_others_rows(name: str) -> None:
    clean = EVERY[name]
    made = plant_many(clean, dict.fromkeys(SORTS.names(), 0.02), seed=3)
    counts = Counter(one.id for one in made.truth)
    assert set(counts.values()) == {1}
    fit = {sort for sort in SORTS.names() if SORTS.load(sort).fits(clean)}
    assert {one.sort for one in made.truth} == fit
    rows = by_id(made)
    for one in made.truth:
        if one.start is not None:
            assert rows[one.id][one.field][one.start : one.end] == one.text


def test_planting_leaves_the_clean_set_alone() -> None:
    before = json.dumps(EVERY["chat"].rows)
    plant_many(EVERY["chat"], dict.fromkeys(SORTS.names(), 0.05), seed=1)
    assert json.dumps(EVERY["chat"].rows) == before


@pytest.mark.parametrize("name", ["classify", "extract", "answer", "chat"])
def test_exact_copies_have_one_normal_form_and_near_ones_have_not(name: str) -> None:
    for sort, same in (("duplicates", True), ("near_duplicates", False)):
        made = planted(name, sort)
        rows = by_id(made)
        for one in made.truth:
            assert one.other
            kind = EVERY[name].kind
            a, b = (bare_form(comparable(rows[i]["input"], kind)) for i in (one.id, one.other))
            assert (a == b) is same, (one.name, a, b)


@pytest.mark.parametrize("edit", NEAR)
def test_near_copies_share_most_words_with_the_first(edit: str) -> None:
    text = (
        "My card has not come yet although you said that it would be here by Monday, can you help?"
    )
    for seed in range(30):
        made = near_copy(NEAR[edit], text, random.Random(seed))
        shared = Counter(made.lower().split()) & Counter(text.lower().split())
        assert made != text
        assert shared.total() >= 0.6 * len(text.split()) >= FEWEST_WORDS


def test_leaks_go_from_training_into_the_holdout() -> None:
    made = planted("classify", "leaks")
    rows = by_id(made)
    for one in made.truth:
        assert one.other
        assert (rows[one.id]["side"], rows[one.other]["side"]) == ("holdout", "train")


@pytest.mark.parametrize("name", ["classify", "write", "extract", "answer", "chat"])
def test_conflicts_have_another_target(name: str) -> None:
    made = planted(name, "conflicts")
    rows = by_id(made)
    for one in made.truth:
        assert one.other
        assert rows[one.id]["target"] != rows[one.other]["target"] == one.was


def test_label_errors_are_labels_of_the_set() -> None:
    made = planted("classify", "label_errors")
    labels = {row["target"] for row in EVERY["classify"].rows}
    rows = by_id(made)
    for one in made.truth:
        assert one.was in labels
        assert rows[one.id]["target"] in labels - {one.was}


@pytest.mark.parametrize("name", ["write", "extract", "answer", "classify"])
def test_a_house_style_is_kept_in_every_row_that_is_not_named(name: str) -> None:
    for variant in variants(EVERY[name], "format_drift"):
        made = planted(name, variant)
        broken = {one.id for one in made.truth}
        assert made.judged == {row["id"] for row in made.rows} - broken
    signed = planted("answer", "format_drift/signed")
    keeps = re.compile(r"Hello,\n\n.+\n\nBest wishes,\nThe Guest Team", re.S)
    kept = {row["id"] for row in signed.rows if keeps.fullmatch(row["target"])}
    assert kept == signed.judged


def test_json_that_drifts_is_still_json_but_for_its_frame() -> None:
    made = planted("extract", "format_drift/json")
    rows = by_id(made)
    for one in made.truth:
        if not one.name.endswith("fenced"):
            json.loads(rows[one.id]["target"])
    assert {json.dumps(list(json.loads(rows[i]["target"]))) for i in made.judged} == {
        json.dumps(["name", "food", "rating", "area", "familyFriendly", "near", "facts"])
    }


CHECKS: dict[str, Callable[[str], bool]] = {
    "nhs": ids.nhs_ok, "bsn": ids.bsn_ok, "pesel": ids.pesel_ok, "dni": ids.dni_ok,
    "nir": ids.nir_ok, "steuer": ids.steuer_ok, "sin": lambda t: ids.luhn_ok(t.replace(" ", "")),
    "aadhaar": lambda t: ids.aadhaar_ok(t.replace(" ", "")),
    "cpf": lambda t: ids.cpf_ok(re.sub(r"\D", "", t)),
    "ssn": lambda t: not re.match(r"000|666|9", t), "nino": lambda t: bool(re.fullmatch(
        r"[A-CEGHJ-PR-TW-Z]{2} \d\d \d\d \d\d [A-D]", t)),
}  # fmt: skip


def test_the_checksums_are_those_of_published_examples() -> None:
    assert ids.luhn_ok("4111111111111111")
    assert ids.iban_ok("GB82WEST12345698765432")
    assert ids.iban_ok("DE89370400440532013000")
    assert ids.nhs_ok("9434765919")
    assert ids.bsn_ok("111222333")
    assert ids.pesel_ok("44051401359")
    assert ids.dni_ok("12345678Z")
    assert ids.aadhaar_ok("2363")  # Verhoeff's own example: 236 with the digit 3
    assert ids.steuer_ok("86095742719")
    assert ids.cpf_ok("52998224725")
    assert ids.nir_ok("255081416802538")
    assert ids.luhn_ok("046454286")


@pytest.mark.parametrize("kind", ids.NATIONAL)
def test_national_ids_are_right_and_not_when_spoilt(kind: str) -> None:
    assert set(CHECKS) == set(ids.NATIONAL)
    for seed in range(50):
        number = ids.NATIONAL[kind][1](random.Random(seed))
        assert CHECKS[kind](number), number
        if kind not in ("ssn", "nino"):
            wrong = ids.spoilt(number, CHECKS[kind], random.Random(seed))
            assert not CHECKS[kind](wrong)


@pytest.mark.parametrize("name", ["answer", "classify", "chat"])
def test_private_numbers_pass_their_checks_and_decoys_fail_them(name: str) -> None:
    seen: Counter[str] = Counter()
    for seed in range(8):
        for one in planted(name, "private", seed, rate=0.3).truth:
            assert one.text
            seen[one.name] += 1
            digits = re.sub(r"\D", "", one.text)
            if one.name == "card":
                assert ids.luhn_ok(digits)
            elif one.name == "decoy.card_fails_luhn":
                assert not ids.luhn_ok(digits)
            elif one.name == "iban":
                assert ids.iban_ok(one.text.replace(" ", "").upper())
            elif one.name == "decoy.iban_like":
                assert not ids.iban_ok(one.text)
            elif one.name.startswith("national."):
                assert CHECKS[one.name.partition(".")[2]](one.text)
    for wanted in ("card", "iban", "email", "name", "address", "decoy.isbn", "decoy.version"):
        assert seen[wanted]
    assert any(key.startswith("phone.") for key in seen)
    assert any(key.startswith("national.") for key in seen)


def test_cards_are_written_as_people_write_them() -> None:
    made = {card_text("4111111111111111", random.Random(seed)) for seed in range(20)}
    assert made == {"4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111"}
    assert "3714 496353 98431" in {card_text("371449635398431", random.Random(s)) for s in range(9)}


def test_tokens_have_the_lengths_that_their_issuers_publish() -> None:
    draw = random.Random(0)
    made = {kind: make(draw) for kind, make in TOKENS.items()}
    assert re.fullmatch(r"AKIA[A-Z2-7]{16}", made["aws_id"])
    assert re.fullmatch(r"gh[pos]_[A-Za-z0-9]{36}", made["github"])
    assert re.fullmatch(r"AIza[\w-]{35}", made["google"])
    assert re.fullmatch(r"SG\.[\w-]{22}\.[\w-]{43}", made["sendgrid"])
    assert re.fullmatch(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{43}", made["jwt"])


@pytest.mark.parametrize("name", ["answer", "write", "chat", "extract"])
def test_unsupported_facts_are_nowhere_in_the_input(name: str) -> None:
    for seed in range(4):
        made = planted(name, "unsupported_facts", seed)
        rows = by_id(made)
        for one in made.faults:
            row = rows[one.id]
            known = (row["input"] + " " + (row.get("context") or "")).lower()
            assert one.text
            if one.text.isdigit():
                assert not re.search(rf"(?<!\d){one.text}(?!\d)", known)
            else:
                assert one.text.lower() not in known


def test_decoys_of_facts_are_said_in_the_context() -> None:
    made = planted("answer", "unsupported_facts")
    rows = by_id(made)
    assert {one.name for one in made.decoys} == {"decoy.number_in_words", "decoy.other_clock"}
    for one in made.decoys:
        if one.name == "decoy.other_clock" and one.text:
            hour, minute = one.text.split(":")
            assert f"{int(hour) % 12 or 12}:{minute} pm" in rows[one.id]["context"]


def test_damaged_letters_are_damaged_and_decoys_are_not() -> None:
    made = planted("answer", "encoding", rate=0.3)
    assert all(one.text != one.was for one in made.faults)
    assert all("�" not in (one.text or "") for one in made.decoys)


def test_the_registry_knows_the_nearest_name() -> None:
    with pytest.raises(Exception, match="duplicates"):
        REGISTRY.load("duplicate")


def test_a_set_without_paraphrases_or_holdout_has_none_planted() -> None:
    rows = tuple({**row, "side": "all"} for row in EVERY["classify"].rows)
    clean = Clean("flat", "classify", rows)
    assert variants(clean, "leaks") == ()
    assert plant(clean, "paraphrases", 0.5, 1).truth == ()


@pytest.mark.parametrize("sort", ["profanity", "sensitive", "bias"])
def test_wordings_kept_aside_are_no_others(sort: str) -> None:
    first, aside = (
        {
            t.text
            for s in range(6)
            for t in planted("answer", f"{sort}/{one}", s, 0.3).truth
            if t.text
        }
        for one in (FIRST, ASIDE)
    )
    assert len(first) > 4 < len(aside)
    # A word may come in both where it means something else: "Muslim", "black".
    assert len(first & aside) <= 0.1 * len(first)


def test_pairs_of_bias_differ_in_the_group_and_in_the_figure() -> None:
    made = planted("answer", "bias/first", rate=0.3)
    rows = by_id(made)
    pairs = [
        (rows[t.id], rows[t.other]) for t in made.faults if t.name == "counterparts" and t.other
    ]
    assert pairs
    for one, other in pairs:
        assert one["input"] != other["input"]
        assert one["input"].split(" is for ")[0] == other["input"].split(" is for ")[0]
        assert one["target"].split(" is £")[0] == other["target"].split(" is £")[0]
        assert one["target"] != other["target"]
