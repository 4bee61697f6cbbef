from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.audit import Found, Material, registry
from etude.audit import private as audited
from etude.audit.private import AUDIT
from etude.privacy import presidio, veiled
from etude.privacy._base import Place, Recogniser
from etude.privacy.sorts import NAME
from tests.audit._material import material, task

Row = dict[str, str]


def _codes(made: Material) -> dict[str, Found]:
    return {one.finding.code: one for one in AUDIT.run(made)}


def _letters(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))


def _replies(count: int, signer: str = "Anna") -> list[Row]:
    return [
        {
            "input": f"Where is order {40000000 + at}? Call 0412 345 {at:03d}. "
            f"My name is J{_letters(at)}x",
            "target": f"Dear J{_letters(at)}x,\nit is on its way.\n\nKind regards,\n{signer}\nTeam X",
        }
        for at in range(count)
    ]


def test_it_is_found_by_its_file() -> None:
    assert registry.load("private") is AUDIT


def test_each_sort_is_a_finding_with_all_its_places() -> None:
    rows: list[Row] = [
        {"input": "write to jane.doe@web.de or call +44 7700 900123", "target": "We'll write."},
        {"input": "jo@web.de here", "target": "Thanks, we write to jo@web.de today."},
        {"input": "where is order 4023 9911?", "target": "On its way."},
    ]
    found = _codes(material("write", rows))
    assert set(found) == {"private_email", "private_phone"}
    email = found["private_email"]
    assert email.finding.severity == "warning"
    assert email.finding.sentence == (
        "2 of 3 examples hold e-mail addresses (2 in inputs, 1 in targets)"
    )
    assert email.finding.count == 2
    assert email.finding.repair is not None
    assert email.finding.repair.apply == "replace"
    assert "fill" in email.finding.repair.sentence
    assert email.hits.sort("id", "field").select("id", "field", "proposal").rows() == [
        ("r000", "input", "[EMAIL_1]"),
        ("r001", "input", "[EMAIL_1]"),
        ("r001", "target", "[EMAIL_1]"),
    ]
    assert "a phone number" in found["private_phone"].finding.sentence


def test_what_is_found_is_never_shown_whole() -> None:
    rows: list[Row] = [{"input": "write to jane.doe@web.de", "target": "ok"}]
    (one,) = AUDIT.run(material("write", rows))
    assert one.hits["evidence"].to_list() == ["e-mail address: ja…de"]
    assert "jane" not in one.finding.model_dump_json()


def test_numbers_of_orders_dates_and_prices_are_nobodys() -> None:
    rows: list[Row] = [
        {
            "input": f"Order {10**9 + 7919 * at} of 12/03/2024 for 1,{at:03d}.00 is late",
            "target": "ok",
        }
        for at in range(200)
    ]
    assert _codes(material("write", rows)) == {}


def test_the_teams_own_names_are_told_once() -> None:
    found = _codes(material("write", _replies(40)))
    standing = found["private_standing"]
    assert standing.finding.severity == "note"
    assert len(standing.hits) == 1
    assert standing.hits["proposal"].to_list() == [None]
    assert "in 40" in standing.finding.sentence
    names = found["private_name"].hits
    assert names["id"].n_unique() == 40
    assert set(names["proposal"]) == {"[NAME_1]"}


def test_a_name_that_customers_share_is_not_the_teams() -> None:
    rows: list[Row] = [{"input": "Hello, my name is Anna Schmidt.", "target": "ok"}] * 4
    rows += [{"input": f"Question {at}", "target": "ok"} for at in range(60)]
    assert set(_codes(material("write", rows))) == {"private_name"}


@pytest.mark.parametrize(
    "more",
    [
        {"schema": {"type": "object", "properties": {"a": {"properties": {"phone": {}}}}}},
        {"data": {"examples": "rows.csv", "input": "phone_number"}},
    ],
)
def test_what_the_task_is_about_is_a_note(more: dict[str, object]) -> None:
    rows: list[Row] = [
        {"input": "call +44 7700 900123", "target": '{"a":{"phone":"+44 7700 900123"}}'}
    ]
    (one,) = AUDIT.run(material("extract", rows, task=task("extract", **more)))
    assert one.finding.severity == "note"
    assert "the task is about them" in one.finding.sentence
    assert one.finding.repair is not None
    assert "has agreed" in one.finding.repair.sentence
    assert one.hits["proposal"].null_count() == len(one.hits) == 2


def test_a_label_may_say_what_the_task_is_about() -> None:
    rows: list[Row] = [{"input": "it is now +44 7700 900123", "target": "change_phone_number"}]
    (one,) = AUDIT.run(material("classify", rows))
    assert one.finding.severity == "note"


def test_labels_are_no_texts() -> None:
    rows: list[Row] = [{"input": "hello", "target": "a.b@c.org"}]
    assert _codes(material("classify", rows)) == {}


@pytest.mark.parametrize(
    ("rights", "severity"),
    [
        ("customers gave their consent", "note"),
        ("all invented by us", "note"),
        ("without consent so far", "warning"),
        ("ours", "warning"),
    ],
)
def test_rights_may_say_that_it_is_allowed(rights: str, severity: str) -> None:
    given_rights = task("write", data={"examples": "rows.csv", "rights": rights})
    rows: list[Row] = [{"input": "write to a.b@c.org", "target": "ok"}]
    (one,) = AUDIT.run(material("write", rows, task=given_rights))
    assert one.finding.severity == severity
    assert (rights in one.finding.sentence) is (severity == "note")


def test_in_conversations_the_words_are_read_not_the_json() -> None:
    said = '[{"role":"user","content":"Hi Sarah,\\nmail a.b@c.org"}]'
    (email, name) = AUDIT.run(material("chat", [{"input": said, "target": "ok"}]))
    assert (email.finding.code, name.finding.code) == ("private_email", "private_name")
    start, end = email.hits.select("start", "end").row(0)
    assert said[start:end] == "a.b@c.org"


def _installed(read: list[str]) -> tuple[Recogniser, ...]:
    def find(text: str) -> Sequence[Place]:
        read.append(text)
        return [Place(0, 4, 0.85)] if text.startswith("Anna") else []

    return (Recogniser(NAME, "person's name (by Presidio)", ("A",), find),)


def test_presidio_is_asked_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    fake = SimpleNamespace(installed=lambda: "en", load=lambda model: _installed(read))
    monkeypatch.setattr(audited, "presidio", fake)
    rows: list[Row] = [{"input": "Anna knows", "target": "ok"}]
    (one,) = AUDIT.run(material("write", rows))
    assert "by Presidio" in one.finding.sentence
    monkeypatch.setattr(audited, "PRESIDIO_ROWS", 0)
    assert list(_codes(material("write", rows))) == ["private_names_not_read"]


def test_presidio_is_not_needed() -> None:
    assert presidio.installed() is None or presidio.load()


PARTS = st.sampled_from(["🎉 ", "é", '"', "\n", "a.b@c.org ", "call 0412 345 678, "])


@settings(deadline=None, derandomize=True, max_examples=3)
@given(st.lists(st.lists(PARTS, max_size=6).map("".join), min_size=10, max_size=20))
def test_places_point_at_the_evidence(texts: list[str]) -> None:
    made = material("write", [{"input": text, "target": "x" + text} for text in texts])
    row_of = {row["id"]: row for row in made.frame.iter_rows(named=True)}
    for one in AUDIT.run(made):
        for hit in one.hits.iter_rows(named=True):
            whole = row_of[hit["id"]][hit["field"]]
            assert hit["evidence"].endswith(f": {veiled(whole[hit['start'] : hit['end']])}")


def test_hits_have_a_row_for_every_place() -> None:
    rows: list[Row] = [{"input": "a.b@c.org and d.e@f.org", "target": "a.b@c.org"}]
    (one,) = AUDIT.run(material("write", rows))
    assert one.hits.sort("field", "start")["proposal"].to_list() == [
        "[EMAIL_1]",
        "[EMAIL_2]",
        "[EMAIL_1]",
    ]
    assert one.hits.schema["start"] == pl.Int64
