"""Every figure opens to how it came about, and where it is of rows to exactly those that are there."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

import polars as pl
import pytest

from etude.records.candidate import WrongTurn, WrongTurns
from etude.records.comparison import Comparison
from etude.records.estimate import Estimate
from etude.records.handover import Handover
from etude.records.slices import Slice, SliceRow, Slices
from etude.report import _beside as beside
from etude.report._behind import behind
from etude.report._how_quality import of_metric
from etude.report.as_json import to_json
from etude.report.page import page
from etude.report.rows import write_rows

from . import fixtures
from .parsed import Read, assert_harmless
from .test_browser import opened
from .test_rows import data_of
from .test_written import rows_for, writing

NAME = "probe@builtin:minilm"
PART = "inputs of up to 8 words"
TURN = "“card_arrival” is answered “lost_card”, often"


def with_turn(comparison: Comparison) -> Comparison:
    turn = WrongTurn(name=TURN, wrong=2, chance=0.01, examples=9, few=False)
    found = WrongTurns(
        side="dev", answers=9, wrong=4, repeatable=2, partly=0, level=0.05, turns=(turn,)
    )
    candidates = tuple(
        c.model_copy(update={"wrong_turns": found}) if c.name == NAME else c
        for c in comparison.candidates
    )
    return comparison.model_copy(update={"candidates": candidates})


def with_parts(comparison: Comparison, words: str) -> Comparison:
    right = Estimate(value=0.8, low=0.7, high=0.9)
    made = tuple(
        SliceRow(candidate=c.name, right=right) for c in comparison.candidates if c.quality
    )
    one = Slice(sort="length", words=words, n=100, groups=100, rows=made)
    return comparison.model_copy(update={"slices": Slices(against=NAME, slices=(one,))})


def labelled(*sides: str) -> tuple[Comparison, pl.DataFrame]:
    """Rows of these sides, by turns; two of them share a wrong turn."""
    comparison = with_parts(with_turn(fixtures.dont_fine_tune()), PART)
    rows = fixtures.rows(comparison, 200)
    parts = [[PART] if i < 100 and sides[i % len(sides)] == sides[-1] else [] for i in range(200)]
    rows = rows.with_columns(pl.Series("parts", parts, dtype=pl.List(pl.String)))
    rows = rows.with_columns(pl.Series("side", [sides[i % len(sides)] for i in range(200)]))
    wrong = (pl.col(f"{NAME}|output") != pl.col("target")).fill_null(False)
    wrong &= pl.col("side") == "dev"
    of_turn = wrong & (wrong.cum_sum() <= 2)
    return comparison, rows.with_columns(
        pl.when(of_turn)
        .then(pl.lit([TURN]))
        .otherwise(pl.lit([], pl.List(pl.String)))
        .alias(f"{NAME}|turns"),
    )


def written() -> tuple[Comparison, pl.DataFrame]:
    comparison = writing().model_copy(
        update={"dataset": writing().dataset.model_copy(update={"scheme": "cross_fitting"})}
    )
    said: dict[str, list[str | None]] = {"prompt": ["one", None, "two"], "probe": ["x", "b", "c"]}
    return comparison, rows_for(comparison, said, target=["a", "b", "c"])


CASES = {
    "dev": lambda: labelled("dev"),
    "held out": lambda: labelled("dev", "holdout"),
    "written": written,
}


def links(report: str) -> list[tuple[dict[str, str], str]]:
    """What each link to rows asks for, and its words."""
    found = re.findall(r'<a href="rows\.html#([^"]*=[^"]*)">(.*?)</a>', report)
    return [
        ({key: one for key, (one,) in parse_qs(html.unescape(asked)).items()}, words)
        for asked, words in found
    ]


def shown(data: dict[str, Any], asked: dict[str, str]) -> int:
    """How many rows the page of rows shows at that address, by its own data."""
    first = data["answers"][data["names"].index(asked["first"])]
    second = data["answers"][data["names"].index(asked.get("second", asked["first"]))]
    texts, checks = data["texts"], data.get("checks", [])

    def said(place: int | None) -> str | None:
        return None if place is None else texts[place]

    def stays(i: int) -> bool:
        a, b = first["right"][i], second["right"][i]
        stands = {
            "all": True,
            "wrong": a == 0,
            "none": a is not None and first["output"][i] is None,
            "only-first": (a, b) == (1, 0),
            "only-second": (a, b) == (0, 1),
        }
        faults = first.get("faults", [[]] * len(data["ids"]))[i]
        here = {
            "label": said(data["targets"][i]),
            "answer": said(first["output"][i]),
            "side": said(data["sides"][i]),
        }
        parts = {said(place) for place in data["parts"][i]}
        return (
            stands[asked.get("show", "all")]
            and all(asked.get(key, value) == value for key, value in here.items())
            and ("part" not in asked or asked["part"] in parts)
            and asked.get("check") in {None, *(checks[place] for place, _ in faults)}
            and asked.get("turn") in {None, *(said(place) for place in first["turns"][i])}
        )

    return sum(stays(i) for i in range(len(data["ids"])))


@pytest.mark.parametrize("case", CASES)
def test_every_link_finds_as_many_rows_as_it_says(case: str, tmp_path: Path) -> None:
    comparison, rows = CASES[case]()
    write_rows(comparison, rows, tmp_path / "rows.html")
    data, report = data_of(tmp_path / "rows.html"), page(comparison, rows=rows)
    assert_harmless(Read(report))
    found = links(report)
    assert len({tuple(asked.items()) for asked, _ in found}) > 9
    for asked, words in found:
        count = shown(data, asked)
        assert count > 0, asked
        counted = re.match(r"([\d,]+) [a-z]", words)
        assert counted is None or int(counted[1].replace(",", "")) == count, (asked, words)
    kinds = {key for asked, _ in found for key in asked}
    assert kinds >= (
        {"check"} if case == "written" else {"label", "answer", "turn", "second", "part"}
    )


def test_rows_of_dev_are_said_to_be_those_and_held_out_ones_are_linked_where_they_are() -> None:
    apart = page(*labelled("dev")[:1], rows=labelled("dev")[1])
    assert "wrong answers on dev" in apart
    assert "those kept aside are not in rows.html" in apart
    assert not any("side" in asked for asked, _ in links(apart))
    comparison, rows = labelled("dev", "holdout")
    here = page(comparison, rows=rows)
    assert "wrong answers on dev" not in here
    assert {asked["side"] for asked, _ in links(here) if "turn" not in asked} == {"holdout"}
    assert {asked["side"] for asked, _ in links(here) if "turn" in asked} == {"dev"}
    assert links(page(comparison)) == []


def test_each_figure_of_the_table_says_its_formula_its_side_and_its_range() -> None:
    text = Read(page(fixtures.dont_fine_tune())).text
    for words in (
        "Right answers, divided by all answers.",
        "2,000 examples kept aside (holdout), in 1,834 independent groups",
        "%, Wilson's limits over groups.",
        "The middle one of the times to a whole answer: 1 request at a time",
        "ms of this machine a request",
        "taken example by example.",
        "for all pairs together, Bonett–Price",
        "20,000 requests a month, times the difference in right answers",
        "Found (recall): of the examples of a category",
    ):
        assert words in text, words
    folds = Read(page(fixtures.cant_tell())).text
    assert "140 examples scored out of fold, in 129 independent groups" in folds


def test_only_a_metric_of_right_answers_leads_to_wrong_ones() -> None:
    comparison, rows = written()
    linked, c = behind(comparison, rows), comparison.candidate(NAME)
    assert c.quality is not None
    found = {
        key: of_metric(comparison, linked, c, c.quality.model_copy(update={"metric": key})).links
        for key in ("all_checks", "exact", "chrf", "judge")
    }
    assert [link.words for link in found.pop("all_checks")] == ["1 answer to be mended"]
    assert set(found.values()) == {()}


def test_what_the_page_of_rows_cuts_or_masks_is_not_linked() -> None:
    comparison, rows = labelled("dev")
    linked = behind(comparison, rows.with_columns(target=pl.lit("jo@example.org")))
    assert linked is not None
    assert linked.link(NAME, "row", label="jo@example.org") is None
    assert linked.link(NAME, "row") is not None
    assert linked.link(NAME, "row", label="not there") is None


def test_tokens_of_all_askings_are_said_to_be_those() -> None:
    comparison = writing()
    told = {"confidence": 0.95, "curve": (), "n": 0, "ask_again": 3}
    again = Handover.model_construct(**dict.fromkeys(Handover.model_fields) | told)
    changed = tuple(
        c.model_copy(update={"handover": again}) if c.name == NAME else c
        for c in comparison.candidates
    )
    asked = comparison.model_copy(update={"candidates": changed})
    table, plain = beside.measures(asked), beside.measures(comparison)
    assert table is not None
    assert plain is not None
    assert "“Quick classifier” is asked 4 times for each text" in table.askings
    assert plain.askings == ""
    found = {c["name"]: c["tokens"]["askings"] for c in to_json(asked)["candidates"]}
    assert found[NAME] == 4
    assert set(found.values()) == {1, 4}


def test_a_figure_opens_by_keyboard_and_is_not_printed(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    comparison, rows = labelled("dev")
    path.write_text(page(comparison, rows=rows), encoding="utf-8")
    view, said = opened(browser, path, viewport={"width": 390, "height": 800})
    figure = view.locator(".candidates .how").first
    figure.locator("summary").focus()
    view.keyboard.press("Enter")
    assert figure.locator(".about").is_visible()
    assert view.evaluate("document.documentElement.scrollWidth") <= 390
    view.emulate_media(media="print")
    assert not figure.locator(".about").is_visible()
    view.emulate_media(media="screen")
    view.keyboard.press("Escape")
    assert not figure.locator(".about").is_visible()
    assert said == []


def test_a_part_of_the_examples_narrows_the_rows_down(browser: Any, tmp_path: Path) -> None:
    comparison, rows = labelled("out-of-fold")
    write_rows(comparison, rows, tmp_path / "rows.html")
    view, said = opened(browser, tmp_path / "rows.html")
    assert view.locator("#part").is_visible()
    view.goto(f"{view.url.partition('#')[0]}#first={NAME}&show=all&part={quote(PART)}")
    view.reload()
    assert "100" in view.locator("#count").inner_text()
    view.get_by_role("button", name=f"Take away: Part of the examples: {PART}").click()
    assert "200" in view.locator("#count").inner_text()
    assert said == []
    bare = comparison, rows.drop("parts")
    write_rows(*bare, tmp_path / "rows.html")
    view, _ = opened(browser, tmp_path / "rows.html")
    assert not view.locator("#part").is_visible()
