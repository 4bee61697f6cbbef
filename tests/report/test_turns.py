"""What comes back, on the pages: the sentence, the marks, and the rows of a turn."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest

from etude.records.candidate import WrongTurn, WrongTurns
from etude.records.comparison import Comparison
from etude.report._turns import turns
from etude.report.as_json import to_json
from etude.report.page import page
from etude.report.rows import write_rows

from . import fixtures
from .parsed import Read

NAME = "probe@builtin:minilm"
FEW = WrongTurn(
    name="“fee” is answered “card”", wrong=6, chance=0.00001, examples=4, few=True, nearest=("k1",)
)
RULE = WrongTurn(name="“date” is left out", wrong=3, chance=None, examples=40, few=False)
MAYBE = WrongTurn(name="“fee” is answered “lost”", wrong=6, chance=0.3, examples=4, few=True)
FOUND = WrongTurns(
    side="dev", answers=90, wrong=20, repeatable=8, partly=1, level=0.05, turns=(FEW, RULE)
)


def comparison(found: WrongTurns) -> Comparison:
    whole = fixtures.dont_fine_tune()
    changed = tuple(
        c.model_copy(update={"wrong_turns": found}) if c.name == NAME else c
        for c in whole.candidates
    )
    return whole.model_copy(update={"candidates": changed})


def test_the_page_says_how_much_comes_back_and_what_to_collect_and_names_no_row() -> None:
    text = Read(page(comparison(FOUND))).text
    assert (
        "20 of 90 examples to choose by went wrong. 8 of these (40 %), and in part 1 more" in text
    )
    assert "For 1 of them too few examples" in text
    assert "6 of 20" in text
    assert "chance < 0.0001, at most 0.05" in text
    assert "one rule explains all" in text
    assert "k1" not in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"turns": (), "repeatable": 0, "partly": 0}, "no mistake comes back so often"),
        ({"side": "out-of-fold"}, "20 of 90 examples went wrong"),
        ({"turns": (FEW,)}, "For this one"),
        ({}, "The rest can't be told from chance."),
        ({"maybe": 0}, "The other 11 are one-offs."),
        (
            {"maybe": 5},
            "what training can mend is 40 % to 65 % of all that went wrong. The other 6 are",
        ),
        ({"maybe": 11}, "mend is 40 % to 95 % of all that went wrong. For"),
        (
            {"turns": (), "unsure": (MAYBE,), "repeatable": 0, "partly": 0, "maybe": 6},
            "surely more than chance. 6 went wrong as at least two others did, which may be chance",
        ),
        ({"unsure": (MAYBE,)}, "For 1 of those that are more than chance"),
    ],
)
def test_the_sentence_follows_what_was_found(change: dict[str, object], said: str) -> None:
    view = turns(comparison(FOUND.model_copy(update=change)).candidate(NAME))
    assert view is not None
    assert said in f"{view.sentence} {view.advice}".replace("\xa0", " ")


def test_what_may_be_chance_is_shown_and_called_so() -> None:
    found = FOUND.model_copy(update={"unsure": (MAYBE,), "maybe": 6})
    text = " ".join(Read(page(comparison(found))).text.split())
    assert "“fee” is answered “lost” (may be chance)" in text
    assert "chance 0.3000, more than 0.05" in text
    assert text.count("(may be chance)") == 1


def test_nothing_wrong_needs_no_words() -> None:
    assert turns(comparison(FOUND.model_copy(update={"wrong": 0})).candidate(NAME)) is None
    assert turns(fixtures.dont_fine_tune().candidate(NAME)) is None


def test_json_has_them_as_counts() -> None:
    document = json.loads(json.dumps(to_json(comparison(FOUND))))
    (one,) = [c["wrong_turns"] for c in document["candidates"] if c["name"] == NAME]
    assert (one["wrong"], one["repeatable"], one["turns"][1]["chance"]) == (20, 8, None)


def test_rows_carry_their_turns_and_older_ones_have_none(tmp_path: Path) -> None:
    rows = fixtures.rows(comparison(FOUND), 3)
    names = pl.Series(f"{NAME}|turns", [[FEW.name], [], None], dtype=pl.List(pl.String))
    for table, expected in ((rows.with_columns(names), [[FEW.name], [], []]), (rows, [[], [], []])):
        write_rows(comparison(FOUND), table, tmp_path / "rows.html")
        html = (tmp_path / "rows.html").read_text("utf-8")
        data = json.loads(re.search(r'id="data">(.*?)</script>', html, re.S)[1])  # type: ignore[index]
        found = [[data["texts"][at] for at in one["turns"][0]] for one in data["answers"]]
        assert expected[0] in found
        assert data["near"][0][1] == ["k1"]
