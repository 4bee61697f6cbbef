from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.audit import Found, registry
from etude.audit.format_drift import AUDIT
from tests.audit._material import material

THINGS = "kettle lamp chair bicycle radio basket ladder mirror teapot drawer".split()  # noqa: SIM905
PLACES = ["kitchen", "garden", "cellar", "attic", "workshop", "hallway", "bedroom", "office"]
DEEDS = ["repaired", "painted", "polished", "delivered", "collected", "measured", "wrapped"]


def thing(at: int) -> str:
    return THINGS[at % len(THINGS)]


def body(at: int) -> str:
    return (
        f"We {DEEDS[at % len(DEEDS)]} your {thing(at)} in the {PLACES[at % len(PLACES)]}, "
        f"and parcel {at + 100} is on its way."
    )


def letter(at: int) -> str:
    name = ["Ann", "Ben", "Cleo", "Dan", "Eve"][at % 5]
    return f"Hi {name},\n{body(at)}\nKind regards,\nThe Workshop"


def card(at: int) -> str:
    return f"Title: The {thing(at)} no. {at}\nUse: in the {PLACES[at % 8]}\nCare: {DEEDS[at % 7]}."


def broken_by(
    base: Callable[[int], str],
    change: Callable[[str], str],
    *,
    rows: int = 100,
    at: Sequence[int] = (7, 23, 61),
    kind: str = "write",
    given_by: Callable[[int], str] = lambda at: f"order {at} of a {thing(at)}",
) -> list[Found]:
    made = [
        {"input": given_by(i), "target": change(base(i)) if i in at else base(i)}
        for i in range(rows)
    ]
    return list(AUDIT.run(material(kind, made)))


def one(founds: Sequence[Found], code: str) -> Found:
    return next(found for found in founds if found.finding.code == code)


def ids(found: Found) -> set[str]:
    return set(found.hits["id"])


DRIFTED = {"r007", "r023", "r061"}


def test_it_is_found_by_its_file() -> None:
    assert "format_drift" in registry.names()
    assert "classify" not in AUDIT.kinds


@pytest.mark.parametrize(
    ("base", "change", "code"),
    [
        (letter, lambda t: t.replace("\nKind regards,\nThe Workshop", ""), "last_line"),
        (letter, lambda t: t.replace("The Workshop", "Our Team"), "last_line"),
        (letter, lambda t: t.replace("Kind regards", "Cheers"), "sign_off_words"),
        (letter, lambda t: t.split("\n", 1)[1], "greeting"),
        (letter, lambda t: t.replace("Hi ", "Dear ", 1), "greeting_words"),
        (letter, lambda t: t.replace(",\n", "!\n", 1), "greeting_mark"),
        (card, lambda t: t.replace("\nUse: ", "\nused "), "section_missing"),
        (card, lambda t: t.replace("Use:", "USE:"), "section_missing"),
        (card, lambda t: "\n".join(reversed(t.split("\n"))), "section_order"),
        (card, lambda t: t + "\nUse: once more", "section_twice"),
        (card, lambda t: t + "\nWarning: hot", "section_unusual"),
        (card, lambda t: t.replace("\n", "\n\n"), "blank_lines"),
        (body, lambda t: t.rstrip("."), "final_mark"),
        (body, lambda t: t[0].lower() + t[1:], "first_capital"),
        (letter, lambda t: t.lower().replace("the workshop", "The Workshop")[:-12], "last_line"),
        (lambda i: f"Ann, {body(i)}", lambda t: t.upper(), "casing"),
        (body, lambda t: t.replace(" in the", "  in the"), "double_spaces"),
        (body, lambda t: t.replace(".", "!"), "exclamation"),
        (body, lambda t: t + "..", "kind_of_mark"),
        (body, lambda t: t + " 😀", "emoji"),
        (body, lambda t: t.replace("your", "**your**"), "markdown"),
        (body, lambda t: f"<p>{t}</p>", "html_tags"),
        (body, lambda t: t.replace("We ", "I "), "person"),
        (body, lambda t: t + " Is it all right?", "final_question"),
        (body, lambda t: t + " It was so good that we did it again and again." * 12, "length"),
        (body, lambda t: "Wir haben das Rad im Hof, und es ist nicht für Sie.", "language"),
        (lambda i: f"{body(i)} It costs £{i}.", lambda t: t.replace("£", "$"), "currency"),
        (lambda i: f"{body(i)} It costs £{i}.", lambda t: t.split(" It costs")[0], "field_price"),
        (lambda i: f"{body(i)} See 2024-05-{i % 20 + 10}.",
         lambda t: t.split("See")[0] + "See May 3, 2024.", "date_format"),
        (lambda i: f"{body(i)} Come at {i % 9 + 1}pm.",
         lambda t: t.split("Come")[0] + "Come at 14:00.", "time_format"),
        (lambda i: f"- {thing(i)}\n- {PLACES[i % 8]} {i}\n- {DEEDS[i % 7]}",
         lambda t: t.replace("- ", "* "), "list_marks"),
        (lambda i: f'The "{thing(i)}" is {DEEDS[i % 7]} {i} times.',
         lambda t: t.replace('"', "“", 1), "quotes"),
        (lambda i: f"The {thing(i)}'s colour is {i}.", lambda t: t.replace("'", "’"), "apostrophes"),
        (lambda i: f"The {thing(i)}'s colour is {i}.", lambda t: t.replace("'", "`"), "apostrophes"),
        (lambda i: f"{body(i)} It costs £{i}.50.", lambda t: t.replace(".50.", "."), "cents"),
        (lambda i: f"The colour of your {thing(i)} is no. {i}.",
         lambda t: t.replace("colour", "color"), "spelling_variant"),
    ],
)  # fmt: skip
def test_rows_that_break_what_most_share_are_named(
    base: Callable[[int], str], change: Callable[[str], str], code: str
) -> None:
    assert broken_by(base, lambda text: text, at=()) == []
    assert ids(one(broken_by(base, change), code)) == DRIFTED


def test_what_most_do_not_have_the_others_do() -> None:
    sentence = one(broken_by(body, lambda t: f"{t} Great!", at=(7, 23)), "exclamation")
    assert "have no exclamation mark; 2 of 100 do (" in sentence.finding.sentence


def either(at: int, colour: str) -> str:
    """Half have a word that only one side writes, half one that both may write."""
    return f"The {colour} of the {thing(at)} is {at}." if at % 2 else f"Programme {at} begins."


def test_a_word_of_both_sides_is_judged_by_how_british_texts_write_it() -> None:
    def american(text: str) -> str:
        return text.replace("Programme", "Program").replace("colour", "color")

    drifted = broken_by(lambda at: either(at, "colour"), american, at=(8, 22, 60))
    assert ids(one(drifted, "spelling_variant")) == {"r008", "r022", "r060"}
    assert set(one(drifted, "spelling_variant").hits["evidence"]) == {"“Program 8 begins.”",
        "“Program 22 begins.”", "“Program 60 begins.”"}  # fmt: skip
    assert broken_by(lambda at: either(at, "color"), american, at=(8, 22, 60)) == []
    half = range(0, 60, 4)
    assert broken_by(lambda at: either(at, "colour"), american, at=half) == []


def test_the_sentence_gives_the_share_and_one_finding_tells_all_that_the_same_rows_break() -> None:
    founds = broken_by(letter, lambda t: t.split("\nKind regards")[0])
    assert len(founds) == 1
    sentence = founds[0].finding.sentence
    assert sentence.startswith("97 % of targets end with the line “The Workshop”; 3 of 100 don't")
    assert "have no sign-off (3)" in sentence
    assert founds[0].finding.severity == "warning"


@pytest.mark.parametrize(
    ("at", "said"),
    [((7,), "; 1 of 100 isn't (is in German)"), ((7, 23), "; 2 of 100 aren't (are in German)")],
)
def test_one_row_is_spoken_of_in_the_singular(at: tuple[int, ...], said: str) -> None:
    german = "Wir haben das Rad im Hof, und es ist nicht für Sie."
    found = one(broken_by(body, lambda _: german, at=at), "language")
    assert said in found.finding.sentence


def test_tags_have_another_code_than_what_is_left_over_has() -> None:
    rows = [{"input": f"q{at}", "target": body(at)} for at in range(60)]
    rows[3]["target"] = f"<p>{rows[3]['target']}</p>"
    read = material("write", rows)
    codes = [
        one.finding.code
        for key in ("leftovers", "format_drift")
        for one in registry.load(key).run(read)
    ]
    assert sorted(codes) == ["html", "html_tags"]


@pytest.mark.parametrize("rows", [10, 19])
def test_nine_of_ten_are_no_rule(rows: int) -> None:
    assert broken_by(letter, lambda t: t.split("\n")[1], rows=rows, at=(3,)) == []


def test_a_part_that_a_column_explains_is_no_fault_and_is_asked_for_where_it_is_due() -> None:
    def row(at: int, *, forgotten: bool = False) -> dict[str, str]:
        scary = "a wolf" if at % 5 == 0 else ""
        note = "" if not scary or forgotten else f"\nA gentle note: {thing(at)} {at} is kind."
        cells = json.dumps({"about": thing(at), "scary": scary})
        return {"input": f"about: {thing(at)}", "target": card(at) + note, "cells": cells}

    kept = [row(at) for at in range(200)]
    assert list(AUDIT.run(material("write", kept))) == []
    forgot = [row(at, forgotten=at in (10, 55)) for at in range(200)]
    found = one(list(AUDIT.run(material("write", forgot))), "section_missing")
    assert ids(found) == {"r010", "r055"}
    assert "where `scary` is not empty" in found.finding.sentence


def test_a_word_of_the_input_explains_too() -> None:
    rows = [
        {
            "input": f"{'urgent ' if at % 10 == 0 else ''}order {at} of a {thing(at)}",
            "target": body(at) if at % 10 else body(at).replace("We", "Hello, we"),
        }
        for at in range(200)
    ]
    assert list(AUDIT.run(material("write", rows))) == []


def test_a_form_that_the_draft_has_already_is_kept_not_broken() -> None:
    def draft(at: int) -> str:
        return f"{body(at)} Paid ${at}." if at % 12 == 0 else f"{body(at)} Paid £{at}."

    rows = [{"input": "DRAFT " + draft(at), "target": draft(at)} for at in range(120)]
    assert list(AUDIT.run(material("rewrite", rows))) == []


def test_a_mark_is_not_copied_where_only_the_word_before_it_is() -> None:
    found = broken_by(
        body, lambda t: t.rstrip(".") + "!", given_by=lambda at: f"order {at} is on its way"
    )
    assert ids(one(found, "exclamation")) == DRIFTED
    same = broken_by(
        body, lambda t: t.rstrip(".") + "!", given_by=lambda at: f"order {at} is on its way!"
    )
    assert "exclamation" not in [each.finding.code for each in same]


def test_a_persons_other_columns_excuse_nothing() -> None:
    rows = [
        {
            "input": f"order {at}",
            "target": letter(at) if at % 10 else body(at),
            "meta": json.dumps({"author": "Sam" if at % 10 == 0 else "Kim"}),
        }
        for at in range(100)
    ]
    assert one(list(AUDIT.run(material("write", rows))), "last_line").finding.count == 10


def record(at: int) -> dict[str, object]:
    return {"item": thing(at), "count": at, "place": PLACES[at % 8] if at % 3 else None}


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda r: {k: v for k, v in r.items() if k != "count"}, "json_key"),
        (lambda r: {("Count" if k == "count" else k): v for k, v in r.items()}, "json_key"),
        (lambda r: dict(reversed(r.items())), "json_order"),
        (lambda r: r | {"count": str(r["count"])}, "json_type"),
        (lambda r: r | {"remark": "x"}, "json_unusual_key"),
        (lambda r: r | {"item": str(r["item"]).upper()}, "json_form"),
    ],
)
def test_records_are_held_to_their_keys_types_and_forms(
    change: Callable[[dict[str, object]], dict[str, object]], code: str
) -> None:
    def made(text: str) -> str:
        return compact(change(json.loads(text)))

    def plain(at: int) -> str:
        return compact(record(at))

    def mail(at: int) -> str:
        return f"mail {at}"

    assert broken_by(plain, str, at=(), kind="extract", given_by=mail) == []
    found = one(broken_by(plain, made, kind="extract", given_by=mail), code)
    assert ids(found) == DRIFTED


def test_missing_values_are_written_in_one_way() -> None:
    rows = [compact(record(at) | ({"place": ""} if at in (6, 30, 60) else {})) for at in range(120)]
    made = [{"input": f"mail {at}", "target": text} for at, text in enumerate(rows)]
    found = one(list(AUDIT.run(material("extract", made))), "json_absent")
    assert ids(found) == {"r006", "r030", "r060"}


def test_a_proposal_puts_keys_back_into_order_and_changes_nothing_else() -> None:
    base = [record(at) for at in range(100)]
    made = [
        {"input": f"mail {at}", "target": compact(dict(reversed(r.items())) if at == 7 else r)}
        for at, r in enumerate(base)
    ]
    hit = one(list(AUDIT.run(material("extract", made))), "json_order").hits.row(0, named=True)
    assert hit["proposal"] == compact(base[7])
    assert hit["start"] is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda t: t.rstrip("."), "final_mark"),
        (lambda t: t[0].lower() + t[1:], "first_capital"),
        (lambda t: t.replace(" your ", "  your "), "double_spaces"),
        (lambda t: t.replace("neighbour's", "neighbor's"), "spelling_variant"),
        (lambda t: t.replace("'", "’"), "apostrophes"),
    ],
)
def test_applied_proposals_give_the_text_that_the_others_have(
    change: Callable[[str], str], code: str
) -> None:
    def base(at: int) -> str:
        return body(at).replace("parcel", "your neighbour's parcel")

    found = one(broken_by(base, change), code)
    assert found.finding.repair is not None
    assert found.finding.repair.apply == "replace"
    texts = {f"r{at:03d}": change(base(at)) for at in (7, 23, 61)}
    proposed = found.hits.filter(pl.col("proposal").is_not_null()).sort("start", descending=True)
    for hit in proposed.iter_rows(named=True):
        text = texts[hit["id"]]
        texts[hit["id"]] = text[: hit["start"]] + hit["proposal"] + text[hit["end"] :]
    assert texts == {f"r{at:03d}": base(at) for at in (7, 23, 61)}


def test_other_scripts_and_varied_chat_are_left_alone() -> None:
    chinese = [
        {"input": f"问题{at}", "target": f"您的{'茶壶灯椅子'[at % 5]}已经修好，包裹{at}明天送到。"}
        for at in range(60)
    ]
    assert list(AUDIT.run(material("chat", chinese))) == []
    code = [
        {"input": f"rows of {thing(at)}", "target": f"SELECT * FROM {thing(at)} WHERE n = {at};"}
        for at in range(60)
    ]
    assert list(AUDIT.run(material("write", code))) == []


def test_no_rows_and_empty_targets_do_no_harm() -> None:
    assert list(AUDIT.run(material("write", []))) == []
    rows = [{"input": f"a {at}", "target": "" if at % 9 == 0 else body(at)} for at in range(60)]
    list(AUDIT.run(material("write", rows)))


MESS = st.text(alphabet=st.sampled_from(list("aB.!? \n:-*\"'’“#{}[]£$1é漢😀")), max_size=60)


@settings(max_examples=5, deadline=None, derandomize=True)
@given(st.lists(MESS, min_size=8, max_size=20))
def test_places_always_lie_in_the_text(odd: list[str]) -> None:
    targets = [letter(at) for at in range(60)] + [text.strip() for text in odd]
    made = material("write", [{"input": f"i {at}", "target": t} for at, t in enumerate(targets)])
    texts = dict(zip(made.frame["id"], made.frame["target"], strict=True))
    for found in AUDIT.run(made):
        placed = found.hits.filter(pl.col("start").is_not_null())
        for hit in placed.iter_rows(named=True):
            assert 0 <= hit["start"] <= hit["end"] <= len(texts[hit["id"]])
        assert found.hits["score"].is_between(0, 1).all()


@pytest.mark.parametrize("last", ["Lovely lamps", "Bestselling chairs", "Thanksgiving sale"])
def test_a_word_that_begins_like_a_sign_off_is_none(last: str) -> None:
    found = broken_by(letter, lambda text: text.replace("Kind regards,\nThe Workshop", last))
    told = [one for one in found if "sign-off" in one.finding.sentence]
    assert [ids(one) for one in told] == [{"r007", "r023", "r061"}]
