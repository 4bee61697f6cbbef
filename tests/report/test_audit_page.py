"""The page of rows: what is marked, what is masked, what is not shown, and that nothing runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from etude.records.audit import CurvePoint, LearningCurve
from etude.records.dataset import Finding, Repair, Severity
from etude.report._changes import changes, shortened
from etude.report.audit import AuditPage, PageFinding, html, write_audit

from .test_browser import opened
from .test_rows import HOSTILE

MEND = Repair(apply="replace", sentence="put it right")


def example(name: str, text: str, target: str = "a", **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "input": text,
        "target": target,
        "context": None,
        "source": "rows.csv",
        "line": 7,
        "side": "all",
    } | more


def place(name: str, start: int | None, end: int | None, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"id": name, "field": "input", "start": start, "end": end}
    empty = dict.fromkeys(("evidence", "other", "proposal", "score"))
    return made | empty | more


def finding(
    places: list[dict[str, Any]], audit: str = "typos", severity: Severity = "warning", **more: Any
) -> PageFinding:
    schema = {
        "id": pl.String,
        "field": pl.String,
        "start": pl.Int64,
        "end": pl.Int64,
        "evidence": pl.String,
        "other": pl.String,
        "proposal": pl.String,
        "score": pl.Float64,
    }
    ids = tuple(dict.fromkeys(one["id"] for one in places))
    record = Finding(
        code=audit,
        severity=severity,
        sentence=f"{len(ids)} rows have it",
        rows=ids,
        count=len(ids),
        audit=audit,
        repair=more.pop("repair", MEND),
        minutes=2.0,
    )
    return PageFinding(record, pl.DataFrame(places, schema=schema), **more)


def page(
    rows: list[dict[str, Any]], *found: PageFinding, kind: str = "classify", **more: Any
) -> AuditPage:
    schema = dict.fromkeys(("id", "input", "target", "context", "source", "side"), pl.String)
    frame = pl.DataFrame(rows, schema=schema | {"line": pl.Int64}, orient="row")
    return AuditPage(
        task="tried",
        kind=kind,  # type: ignore[arg-type]
        created="2026-01-01T00:00:00Z",
        word="needs work",
        reasons=["many rows"],
        findings=found,
        rows=frame,
        **more,
    )


def test_what_is_pointed_at_is_marked_and_what_is_proposed_beside_it() -> None:
    rows = [example("r1", "where is teh card"), example("r2", "teh end of teh day")]
    text = html(
        page(
            rows,
            finding([place("r1", 9, 12)], severity="error"),
            finding([place("r2", 0, 3, proposal="the"), place("r2", 11, 14, proposal="the")]),
        )
    )
    assert "where is <mark>teh</mark> card" in text
    assert "<del>teh</del><ins>the</ins> end of <del>teh</del><ins>the</ins> day" in text
    assert "✗ wrong:" in text
    assert "about 2 minutes of a person&#39;s time" in text


def test_what_more_examples_would_buy_is_drawn_where_it_was_measured() -> None:
    points = tuple(
        CurvePoint(examples=count, value=value, low=value - 0.05, high=value + 0.05)
        for count, value in ((50, 0.6), (100, 0.7), (400, 0.8))
    )
    curve = LearningCurve(metric="accuracy", points=points, sentence="100 more would buy 2 points.")
    text = html(page([], curve=curve))
    assert "100 more would buy 2 points." in text
    assert "<title>100 examples: 70\u00a0% (65\u00a0% to 75\u00a0%)</title>" in text
    assert text.count("whisker") - html(page([])).count("whisker") == 3
    unmeasured = html(page([], curve=LearningCurve(sentence="Not measured: too few.")))
    assert "Not measured: too few." in unmeasured
    assert "<svg" not in unmeasured


def test_a_whole_new_text_is_shown_as_a_difference() -> None:
    rows = [example("r1", "x", target="card")]
    relabel = Repair(apply="relabel", sentence="take it")
    found = finding([place("r1", None, None, field="target", proposal="refund")], repair=relabel)
    assert "<del>card</del><ins>refund</ins>" in html(page(rows, found))


def test_personal_data_are_masked_wherever_they_stand() -> None:
    mail = "write to jane.doe@example.com about teh card"
    at = mail.index("teh")
    rows = [example("r1", mail), example("r2", "like it: call +44 7700 900123")]
    found = finding(
        [place("r1", at, at + 3, proposal="the", evidence="jane.doe@example.com", other="r2")]
    )
    text = html(page(rows, found))
    assert "jane.doe" not in text
    assert "7700" not in text
    assert "write to [e-mail] about <del>teh</del><ins>the</ins> card" in text


def test_secrets_are_dots_in_every_finding() -> None:
    rows = [example("r1", "key sk-verysecret1 for teh box")]
    secret = finding([place("r1", 4, 18, proposal="[SECRET_1]", evidence="sk-…")], audit="secrets")
    typo = finding([place("r1", 23, 26)])
    text = html(page(rows, secret, typo))
    assert "verysecret" not in text
    assert f"<del>{'•' * 14}</del><ins>[SECRET_1]</ins>" in text
    assert "<mark>teh</mark>" in text


def test_rows_that_are_kept_aside_are_not_shown() -> None:
    rows = [example("r1", "nobody may read it", side="holdout"), example("r2", "open")]
    text = html(page(rows, finding([place("r1", 0, 6), place("r2", 0, 4, other="r1")])))
    assert "nobody may" not in text
    assert text.count("kept aside for the verdict, so not shown") == 2


def test_conversations_are_laid_out_and_marked_by_what_is_said() -> None:
    talk = '[{"role":"user","content":"Hi"},{"role":"user","content":"say \\"teh\\" twice"}]'
    at = talk.index("teh")
    text = html(page([example("r1", talk)], finding([place("r1", at, at + 3)]), kind="chat"))
    assert "user: Hi" in text
    assert "<mark>teh</mark>" in text
    assert "role" not in text.split("what is read")[1]


def test_fifty_rows_are_shown_and_the_rest_counted() -> None:
    rows = [example(f"r{n}", "teh") for n in range(60)]
    text = html(page(rows, finding([place(f"r{n}", 0, 3) for n in range(60)])))
    assert text.count("<article") == 50
    assert "and 10 more" in text


@pytest.mark.parametrize(
    ("before", "after"),
    [("one two three", "one 2 three"), ("same", "same"), ("", "new"), ("old", ""), ("teh", "the")],
)
def test_a_difference_holds_both_texts(before: str, after: str) -> None:
    parts = changes(before, after)
    assert "".join(p.text for p in parts if p.kind != "ins") == before
    assert "".join(p.text for p in parts if p.kind != "del") == after


def test_long_texts_are_cut_beside_the_change_and_never_in_it() -> None:
    parts = shortened(changes("a " * 500 + "teh" + " b" * 500, "a " * 500 + "the" + " b" * 500), 20)
    assert sum(len(part.text) for part in parts) < 60
    assert [p.text for p in parts if p.kind in ("del", "ins")] == ["teh", "the"]


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_quiet_and_never_wider_than_its_window(
    browser: Any, tmp_path: Path, width: int, scheme: str
) -> None:
    hostile = " ".join(HOSTILE)
    rows = [example("r1", hostile + "x" * 400, target=hostile), example(hostile, "teh")]
    found = finding([place("r1", 0, 3, evidence=hostile), place(hostile, 0, 3, proposal=hostile)])
    path = tmp_path / "audit.html"
    write_audit(page(rows, found, not_run=[("a", "b")], notes=["c"]), path)
    options = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    shown, said = opened(browser, path, **options)
    shown.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert shown.evaluate("window.pwned") is None
    assert said == []
