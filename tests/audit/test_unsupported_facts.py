from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.audit._base import Found
from etude.audit.unsupported_facts import AUDIT
from tests.audit._material import material, task

PLAIN = [
    {"input": f"order {n} is late, says the customer", "target": "We are sorry that it is late."}
    for n in range(12)
]


def look(source: str, target: str, kind: str = "write", **more: object) -> dict[str, list[str]]:
    found = _found([{"input": source, "target": target}, *PLAIN], kind, **more)
    return {code: one.hits["evidence"].to_list() for code, one in found.items()}


def _found(rows: list[dict[str, str]], kind: str, **more: object) -> dict[str, Found]:
    return {one.finding.code: one for one in AUDIT.run(material(kind, rows, **more))}


@pytest.mark.parametrize(
    ("source", "target", "code", "evidence"),
    [
        ("Refund for boots", "We refund £134.00 to you.", "invented_numbers", "134.00"),
        ("It costs 40 euros", "It costs 45 euros.", "invented_numbers", "45"),
        ("The boots are late", "You can call us at 555 0199.", "invented_numbers", "0199"),
        ("Open until 1 pm", "We close at 1400.", "invented_numbers", "1400"),
        ("Where is my parcel", "It arrives by Friday.", "invented_dates", "Friday"),
        ("The sale ends soon", "The sale ends on 3 March.", "invented_dates", "March"),
        ("Write to the customer", "Please ask for Miriam Okafor.", "invented_names", "Miriam"),
        (
            "Anna asks about boots",
            "Hello Anna, our shop in Toulouse has it.",
            "invented_names",
            "Toulouse",
        ),
    ],
)
def test_what_nothing_says_is_found(source: str, target: str, code: str, evidence: str) -> None:
    assert evidence in look(source, target)[code]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("two boxes of tea", "We send 2 boxes."),
        ("are children allowed", "they are allowed How many of you come"),
        ("a dozen eggs and twenty-five rolls", "12 eggs and 25 rolls are on their way."),
        ("it costs 1,000 euros", "It costs 1000 euros."),
        ("it costs 1.5 million", "It costs 1,500,000."),
        ("tea 3.50, coffee 4.25", "That is 7.75 in all."),
        ("price 80, 25% off", "You pay 60 instead of 80."),
        ("length 10 inches", "It is 25.4 cm long."),
        ("it takes 2 hours", "It takes 120 minutes."),
        ("open until 14:30", "We close at 2:30 pm."),
        ("open until 1 pm", "We close at 13:00."),
        ("open from 9 am to 5 pm", "Come from 0900 to 1700."),
        ("open until 12 am", "We close at 00:00."),
        ("on 2025-03-03", "We come on 3 March 2025."),
        ("on 3/3/2025", "We come on Monday, March 3."),
        ("for Anna Smith of Leeds", "Dear Anna, greetings to Leeds."),
        ("the Germans won", "The German team won."),
        ("Leonodis wrote it", "It was Leonidis who wrote it."),
        ("the World Health Organization said", "Then the WHO said so."),
        ("pay with American Express", "You can pay with Amex."),
        ("it costs £5", "It costs 5 British pounds."),
        ("Cafe Brazil is open", "The Café Brazil is open."),
        ("tips for walking", "Here are 3 tips:\n1. Walk\n2. Rest\n3. Drink"),
        ("born 1980, today is 2020", "At 40 she is well."),
        ("say hello", "Hello there. Monday is not a name. I'm here, OK?"),
        ("they may help, we march on", "This may help while we march."),
        ("a shop", "We are open 24/7 and 100% happy."),
        ("a note", "Terms And Conditions Of Use"),
    ],
)
def test_what_follows_from_the_input_is_not_named(source: str, target: str) -> None:
    assert look(source, target) == (
        {} if "Monday" not in target or "3/3" in source else {"invented_dates": ["Monday"]}
    )


def test_places_point_at_the_evidence() -> None:
    target = "Miriam says: in 1987 it was 87 and 987, said Okafor on Friday."
    for one in _found([{"input": "write", "target": target}, *PLAIN], "write").values():
        for hit in one.hits.iter_rows(named=True):
            assert target[hit["start"] : hit["end"]] == hit["evidence"]


def test_instructions_and_knowledge_are_given() -> None:
    target = "You can send it back within 60 days to Oxbarrow."
    assert set(look("a return", target)) == {"invented_numbers", "invented_names"}
    told = task("write", instructions="We are Oxbarrow; returns within 60 days.")
    assert look("a return", target, task=told) == {}
    assert (
        look("a return", target, knowledge=("Oxbarrow: you can send back within 60 days.",)) == {}
    )


def test_a_number_of_another_passage_is_not_given() -> None:
    passages = ("Tea is sold in tins of 60 grams.",)
    assert "invented_numbers" in look("a return", "Return it within 60 days.", knowledge=passages)


def test_facts_of_the_house_are_said_once() -> None:
    rows = [
        {
            "input": f"question about topic {chr(97 + n)}",
            "target": "Call us at 020 7946 0991, your Oxbarrow.",
        }
        for n in range(20)
    ]
    found = _found([*rows, *PLAIN], "write")
    assert set(found) == {"house_facts"}
    assert "Oxbarrow" in found["house_facts"].finding.sentence
    assert found["house_facts"].finding.severity == "note"


def test_german_nouns_are_no_names() -> None:
    rows = [
        {
            "input": f"Frage {n} zur Lieferung",
            "target": "Wir haben die Lieferung heute auf den Weg gebracht, das Paket mit den Schuhen "
            "kommt bald in der Filiale an, und die Rechnung liegt im Karton.",
        }
        for n in range(12)
    ]
    assert _found(rows, "write") == {}


def test_codes_are_numbers_and_json_messages_are_read() -> None:
    asked = '[{"role":"user","content":"Where is order TR5558 of Anna?"}]'
    assert look(asked, "Hello Anna, order TR5558 is late.", kind="chat") == {}
    assert "5559" in look(asked, "Your order TR5559 is late.", kind="chat")["invented_numbers"]


def record(name: str, **more: object) -> str:
    return json.dumps({"name": name} | more, separators=(",", ":"))


def test_values_that_are_copied_must_be_in_the_input() -> None:
    rows = [
        {"input": f"From shop{n}: please send tea", "target": record(f"shop{n}")} for n in range(20)
    ]
    rows[3]["target"] = record("Grand Hotel")
    found = _found(rows, "extract")
    hit = found["invented_values"].hits.row(0, named=True)
    assert (hit["id"], hit["evidence"]) == ("r003", "Grand Hotel")
    assert rows[3]["target"][hit["start"] : hit["end"]] == "Grand Hotel"


def test_chosen_and_normalised_values_are_not_asked_about() -> None:
    rows = [
        {
            "input": f"From Shop{n}: please send a couple of TINS by 3 March 2025, urgent",
            "target": record(
                f"shop{n}",
                priority="high" if n % 2 else "low",
                count=2,
                by="2025-03-03",
                unit="tin",
            ),
        }
        for n in range(20)
    ]
    assert _found(rows, "extract") == {}


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.integers(min_value=13, max_value=99999), st.sampled_from(["tea", "Anna", "boots"]))
def test_copied_facts_are_never_named(number: int, word: str) -> None:
    assert look(f"send {number} of {word}", f"We send {number} pieces of {word} today.") == {}
