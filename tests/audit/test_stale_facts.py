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
