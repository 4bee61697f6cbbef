from __future__ import annotations

import pytest

from etude.audit.rights import AUDIT
from tests.audit._material import material, task

ROWS = [
    {"input": f"Where is parcel {n}?", "target": "shipping" if n % 2 else "other"} for n in (1, 2)
]


def codes(rights: str | None, rows: list[dict[str, str]] = ROWS) -> list[str]:
    data = {"examples": "rows.csv"} | ({"rights": rights} if rights is not None else {})
    given = task("classify", data=data)
    return [one.finding.code for one in AUDIT.run(material("classify", rows, task=given))]


@pytest.mark.parametrize(
    "rights", [None, "", "unknown", "?", "TBD", "n/a", "scraped", "not sure", "yes"]
)
def test_rights_that_say_nothing_are_a_note(rights: str | None) -> None:
    assert codes(rights) == ["rights"]


@pytest.mark.parametrize(
    "rights",
    ["ours", "written for this project, Apache-2.0", "CC BY 4.0", "customers agreed", "MIT"],
)
def test_rights_that_are_said_are_no_finding(rights: str) -> None:
    assert codes(rights) == []


@pytest.mark.parametrize(
    "rights", ["CC BY-NC 4.0", "research use only", "non-commercial", "under NDA"]
)
def test_limited_rights_are_named(rights: str) -> None:
    assert codes(rights) == ["rights_limited"]


def test_a_copyright_notice_is_shown_where_it_stands() -> None:
    text = "Great shoes. © 2021 Example Press. All rights reserved."
    rows = [
        {"input": text, "target": "a"},
        {"input": "I ask for the copyright form", "target": "b"},
        {"input": "The cafÃ© is open and the crÃªpes are good", "target": "b"},
    ]
    given = task("classify", data={"examples": "rows.csv", "rights": "ours"})
    (one,) = AUDIT.run(material("classify", rows, task=given))
    assert one.finding.code == "copyright_notice"
    hit = one.hits.row(0, named=True)
    assert text[hit["start"] : hit["end"]].startswith("© 2021")
    assert one.hits["id"].to_list() == ["r000"]
