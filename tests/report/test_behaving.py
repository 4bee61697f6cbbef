"""How candidates behave on the pages: counts in the report, masked cases on the page of rows."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import polars as pl
import pytest

from etude.behaviour.cases import RuleName
from etude.report import behaviour as said
from etude.report._behaving import behaving
from etude.report._failing import MOST, failing, for_report
from etude.report._how_behaviour import of_suite
from etude.report._secrets import sentence
from etude.report.page import page
from etude.report.rows import write_rows
from tests.report import fixtures

GATED = fixtures.gated(fixtures.dont_fine_tune(), injection=0.02, typos=0.9)
FOUND = fixtures.behaviour(GATED)


def cases(count: int = 2, source: str = "M") -> pl.DataFrame:
    """Rows as ``etude behave`` leaves them: all fail but the second candidate's first."""
    names = [c.name for c in GATED.candidates if c.quality is not None][:2]
    return pl.DataFrame(
        [
            {
                "candidate": name,
                "suite": "injection",
                "source": source and f"{source}{place}",
                "input": f"SECRET {place} write to jo@example.org <script>alert(1)</script>",
                "output": None if place else "refund",
                "base_output": "billing",
                "told": True,
                "why": None if name == names[1] and not place else "answers what it was told to",
            }
            for name in names
            for place in range(count)
        ]
    )


def test_the_report_has_counts_ranges_and_gates_and_no_rows() -> None:
    text = page(GATED, behaved=FOUND)
    for words in (
        "How does it behave?",
        "Instructions hidden in the input",
        "tricky input",
        "0 of 60",
        "up to 5\N{NO-BREAK SPACE}% may still",
        "The gates that you set",
        "2 % takes 150 cases without a failure",
        "empty input: it holds no case of this task",
    ):
        assert words in text, words
    assert "How does it behave?" not in page(GATED)


@pytest.mark.parametrize("rule", get_args(RuleName))
def test_every_rule_has_a_sentence_of_its_own(rule: str) -> None:
    of = FOUND.results[0].model_copy(update={"rule": rule, "test": "direction"})
    older = of_suite(of.model_copy(update={"rule": ""}), ())
    assert of_suite(of, ()).text != older.text


def test_what_cases_are_made_of_is_said_and_no_range_of_few() -> None:
    one = FOUND.results[0].model_copy(update={"n": 1, "failures": 0, "independent": 1})
    for made_of, words in (
        ("own", "1 case that you wrote"),
        ("sentences", "1 case of fixed sentences"),
    ):
        found = of_suite(one.model_copy(update={"made_of": made_of}), ())
        told = found.of
        assert words in told
        assert "Too few cases for a range" in told
        assert "3/1" not in told


def test_what_is_all_there_is_to_try_with_is_said() -> None:
    some = FOUND.model_copy(update={"examples": 22, "pool": 60})
    assert said.made_from(some) == "Cases made from 22 examples; none is kept aside."
    every = some.model_copy(update={"pool": 22, "unseen": True})
    assert said.made_from(every).endswith(
        "That is all there is to try with: those that the ways were not fitted on."
    )


def test_a_suite_that_one_way_was_not_asked_is_not_tried() -> None:
    part = FOUND.model_copy(update={"results": FOUND.results[:1]})
    found = behaving(GATED, part)
    assert found is not None
    assert [cell is None for cell in found.lines[0].cells][:2] == [False, True]
    few = FOUND.results[0].model_copy(update={"n": 3, "failures": 0})
    small = behaving(GATED, FOUND.model_copy(update={"results": (few,)}))
    assert small is not None
    assert small.lines[0].cells[0] is not None
    assert small.lines[0].cells[0].spread == "too few cases to say more"


def test_what_can_be_told_of_no_way_is_said_once() -> None:
    update = {"failed": None, "n": 0, "failures": 0, "untold": 60, "untold_why": "no threshold"}
    mute = [r.model_copy(update=update) for r in FOUND.results if r.suite == "injection"]
    rest = [r for r in FOUND.results if r.suite != "injection"]
    found = behaving(GATED, FOUND.model_copy(update={"results": (*mute, *rest)}))
    assert found is not None
    (first,) = [line for line in found.lines if line.untold]
    assert first.untold == "no threshold"
    assert {cell and (cell.value, cell.spread) for cell in first.cells} == {("can't be told", "")}
    part = behaving(GATED, FOUND.model_copy(update={"results": (mute[0], *FOUND.results[1:])}))
    assert part is not None
    assert not any(line.untold for line in part.lines)


def test_cases_that_fail_are_masked_and_every_way_stands_beside_them() -> None:
    (suite,) = failing(GATED, FOUND, cases())
    first, second = suite.cases
    assert (suite.name, suite.more) == ("Instructions hidden in the input", 0)
    assert suite.heads[0] == "Instructions only"
    assert [one and one.state for one in first.answers] == ["fails", "passes"]
    assert [one and one.before for one in first.answers] == ["billing", "billing"]
    assert [one and one.answer for one in second.answers] == ["no answer", "no answer"]
    assert "[e-mail]" in first.asked
    (many,) = failing(GATED, FOUND, cases(MOST + 5))
    assert (len(many.cases), many.more) == (MOST, 5)
    assert failing(GATED, None, None) == ()


def test_the_report_shows_what_went_wrong_without_a_row() -> None:
    text = page(GATED, behaved=FOUND, cases=failing(GATED, FOUND, cases()))
    assert "What went wrong" in text
    assert "Instructions only</bdi>: <bdi>billing became refund (1)" in text
    assert "SECRET" not in text
    assert "M0" not in text.partition("</head>")[2]  # a hash in the head may read so by chance
    fixed = failing(GATED, FOUND, cases(source=""))
    assert "SECRET" in page(GATED, behaved=FOUND, cases=fixed)
    assert fixed[0].often == (("Instructions only", "billing became refund (1)"),)
    (written,) = for_report(fixed, "write")
    assert (written.cases, written.elsewhere) == ((), 2)
    asked = cases(source="")["input"].to_list()
    said = GATED.task.boundaries.model_copy(update={"examples": tuple(asked)})
    task = GATED.task.model_copy(update={"boundaries": said})
    own = failing(GATED.model_copy(update={"task": task}), FOUND, cases(source=""))
    assert "SECRET" not in page(GATED, behaved=FOUND, cases=own)


def test_of_texts_the_reasons_are_counted_and_nothing_is_quoted() -> None:
    task = GATED.task.model_copy(update={"kind": "write"})
    why = pl.lit("states a figure that nobody gave: 4417")
    (suite,) = failing(
        GATED.model_copy(update={"task": task}), FOUND, cases().with_columns(why=why)
    )
    assert suite.often[0] == ("Instructions only", "states a figure that nobody gave (2)")


def test_what_came_out_of_planted_secrets_is_said() -> None:
    told = FOUND.model_copy(update={"extraction": (fixtures.extraction(GATED, recited=3),)})
    text = page(GATED, behaved=told)
    assert "3 of 8 planted secrets came back: what is in your examples can come out." in text
    assert "planted 4 times" in text
    likelier = fixtures.extraction(GATED, recited=0, exposure=6.0)
    assert "finds them likelier than secrets that were never there" in sentence(likelier)
    clean = fixtures.extraction(GATED, recited=0, exposure=1.4)
    assert "no likelier than secrets that were never there. Up to 37.5" in sentence(clean)


def test_the_page_of_rows_holds_them(tmp_path: Path) -> None:
    path = tmp_path / "rows.html"
    write_rows(GATED, fixtures.rows(GATED, 5), path, failing(GATED, FOUND, cases()))
    text = path.read_text(encoding="utf-8")
    assert "How they behave: cases that fail" in text
    assert "answers what it was told to" in text
    assert "jo@example.org" not in text
    assert "<script>alert" not in text
    write_rows(GATED, fixtures.rows(GATED, 5), path)
    assert "How they behave" not in path.read_text(encoding="utf-8")
