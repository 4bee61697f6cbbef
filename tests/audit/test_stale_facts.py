from __future__ import annotations

import pytest

from etude.audit._base import Found
from etude.audit.stale_facts import AUDIT
from tests.audit._material import material

PLAIN = [{"input": f"question {n}", "target": "Thank you for asking."} for n in range(60)]


def look(source: str, target: str, **more: object) -> list[Found]:
    rows = [{"input": source, "target": target}, *PLAIN]
    return list(AUDIT.run(material("write", rows, **more)))


@pytest.mark.parametrize(
    ("target", "evidence"),
    [
        ("Delivery costs £4.95 for you.", "£4.95"),
        ("It costs 12 euros a month.", "12 euros"),
        ("You get 20% off today.", "20% off"),
        ("Use version 3.2 of the app.", "version 3.2"),
        ("It runs on iOS 17 and later.", "iOS 17"),
        ("The offer is valid until 31 March 2025.", "valid until 31 March 2025"),
        ("Tickets are on sale until summer 2021.", "until summer 2021"),
        ("New from 30/09/2017!", "New from 30/09/2017"),
        ("We reopen on 1 June 2018.", "reopen on 1 June 2018"),
        ("The tent is currently out of stock.", "currently out"),
        ("Our current CEO is glad.", "Our current CEO"),
    ],
)
def test_what_goes_out_of_date_is_found(target: str, evidence: str) -> None:
    (one,) = look("Tell me about it", target)
    assert one.finding.code == "stale_facts"
    hit = one.hits.row(0, named=True)
    assert evidence in target[hit["start"] : hit["end"]]
    assert one.finding.severity == "note"


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Price: £4.95", "It costs £4.95."),
        ("price four pounds, 25% off", "You get 25% off."),
        ("price 4.95", "It costs £4.95."),
        ("app 3.2 is out", "Use version 3.2 of the app."),
        ("no pool is available here", "There is currently no pool available."),
        ("hello", "I am currently looking into it for you."),
        ("history", "He was born in 1949 and died in 1991."),
        ("hello", "The current was strong, and the present was nice."),
        ("walk", "Walk 20 percent of the way."),
    ],
)
def test_what_is_given_or_stays_is_not_named(source: str, target: str) -> None:
    assert look(source, target) == []


def test_the_knowledge_must_be_looked_up_so_it_counts() -> None:
    passages = ("Delivery costs £4.95.",)
    assert look("What is delivery?", "Delivery costs £4.95.", knowledge=passages)


def test_many_are_a_warning_that_counts_its_rows() -> None:
    rows = [
        {"input": f"q{n}", "target": f"It is {n + 20}.50 euros, or £{n + 30}."} for n in range(10)
    ]
    (one,) = AUDIT.run(material("write", [*rows, *PLAIN]))
    assert one.finding.severity == "warning"
    assert one.finding.count == 10


def _open_to(hour: int, count: int) -> list[dict[str, str]]:
    said = f"Our desk is open from 8 to {hour}."
    return [{"input": f"question {n}", "target": f"{said} Thank you, {n}."} for n in range(count)]


def test_what_a_few_say_otherwise_than_all_others_is_told_with_both() -> None:
    rows = [*_open_to(6, 2), *_open_to(10, 30)]
    (one,) = AUDIT.run(material("write", rows))
    assert (one.finding.code, one.finding.severity) == ("overtaken_facts", "warning")
    assert one.hits["id"].sort().to_list() == ["r000", "r001"]
    hit = one.hits.row(0, named=True)
    assert rows[0]["target"][hit["start"] : hit["end"]] == hit["evidence"][:1] == "6"
    assert hit["evidence"] == "6; the others say 10"


def test_links_go_out_of_date_too() -> None:
    links = ["www.old-shop.example", *["shop.example/book"] * 20]
    rows = [
        {"input": f"q {n}", "target": f"Orders are made at {at}."} for n, at in enumerate(links)
    ]
    (one,) = AUDIT.run(material("write", rows))
    assert one.hits["evidence"].to_list() == [
        "www.old-shop.example; the others say shop.example/book"
    ]


def test_what_the_input_gives_or_nobody_agrees_on_is_not_out_of_date() -> None:
    given = [{"input": "to 6", "target": "Our desk is open from 8 to 6."}]
    assert list(AUDIT.run(material("write", [*given, *_open_to(10, 30)]))) == []
    assert list(AUDIT.run(material("write", [*_open_to(6, 10), *_open_to(10, 20)]))) == []
    few = [*_open_to(6, 1), *_open_to(10, 8)]
    assert list(AUDIT.run(material("write", few))) == []
