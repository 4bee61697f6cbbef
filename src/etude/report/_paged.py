"""What both pages of rows hold: the candidates, the rows, and each answer with whether it is right.

It knows the columns of ``rows.write_rows``; which of them a page adds, and how texts are laid out,
is the page's own. That personal data are masked and texts cut is ``_shown``'s work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from etude.records.candidate import CandidateReport
from etude.records.comparison import Comparison
from etude.report._failing import FailedSuite
from etude.report._rewritten import rewritten
from etude.report._rights import rights
from etude.report._shown import Texts, length_for, safe_json, shown
from etude.report._templates import render
from etude.report._words import failure
from etude.report.summary import titles


def as_it_is(text: str | None) -> str | None:
    """For texts that need no laying out."""
    return text


@dataclass(frozen=True)
class Paged:
    """The rows of the candidates that were scored, on their way into a page."""

    comparison: Comparison
    scored: Sequence[CandidateReport]
    rows: pl.DataFrame
    failing: Sequence[FailedSuite] = ()
    """Cases on how they behave that failed, below the rows."""

    @cached_property
    def texts(self) -> Texts:
        """Each distinct text of the page, once."""
        return Texts(length_for(self.rows.height))

    @property
    def names(self) -> list[str]:
        """The candidates' names, in their order on the page."""
        return [one.name for one in self.scored]

    def column(self, name: str, part: str) -> list[Any]:
        """One part of a candidate's answers, a value a row."""
        return self.rows[f"{name}|{part}"].to_list()

    def places(self, values: Sequence[object]) -> list[int | None]:
        """Where each of the texts stands."""
        return [self.texts.place(value) for value in values]

    def answers(
        self, name: str, layout: Callable[[str | None], str | None] = as_it_is
    ) -> dict[str, list[Any]]:
        """What a candidate said; right is null where it was not asked."""
        outputs, failures = self.column(name, "output"), self.column(name, "failure")
        return {
            "output": self.places([layout(value) for value in outputs]),
            "failure": self.places([failure(value) for value in failures]),
            "right": [None if one is None else int(one) for one in rights(self.rows, name)],
            "turns": [self.places(names or ()) for names in self._turns(name)],
        }

    def _turns(self, name: str) -> list[Any]:
        """The names of each answer's wrong turns; none in rows that older comparisons left."""
        known = f"{name}|turns" in self.rows.columns
        return self.column(name, "turns") if known else [None] * self.rows.height

    def _parts(self) -> list[Any]:
        """The parts that each row is in, likewise."""
        known = "parts" in self.rows.columns
        return self.rows["parts"].to_list() if known else [None] * self.rows.height

    def near(self) -> list[list[Any]]:
        """Of each turn of any candidate: its name, and ids of the examples nearest to its rows."""
        found = [one.wrong_turns for one in self.scored if one.wrong_turns]
        return [
            [self.texts.place(turn.name), [shown(name, 200) for name in turn.nearest]]
            for one in found
            for turn in (*one.turns, *one.unsure)
        ]

    def page(
        self,
        kind: str,
        *,
        first: str | None,
        second: str | None,
        answers: Sequence[dict[str, list[Any]]],
        asked: Callable[[str | None], str | None] = as_it_is,
        ideal: Callable[[str | None], str | None] = as_it_is,
        **own: Any,
    ) -> str:
        """The page as text.

        Args:
            kind: the name of its template and of its script.
            first: the candidate that is shown at the start; the top one where it was not scored.
            second: the one beside it, if any.
            answers: one for each candidate.
            asked: lays an input out.
            ideal: lays a target out.
            own: what the page's own script reads besides.
        """
        called = titles(self.comparison)
        data = {
            "candidates": [called[name] for name in self.names],
            "names": self.names,
            "first": self.names.index(first) if first in self.names else 0,
            "second": self.names.index(second) if second in self.names else None,
            "ids": [shown(str(value), 200) for value in self.rows["id"].to_list()],
            "inputs": self.places([asked(value) for value in self.rows["input"].to_list()]),
            "targets": self.places([ideal(value) for value in self.rows["target"].to_list()]),
            "sides": self.places(self.rows["side"].to_list()),
            "parts": [self.places(names or ()) for names in self._parts()],
            "answers": answers,
            "near": self.near(),
            **own,
            "texts": self.texts.known,
        }
        return render(
            f"{kind}.html.j2",
            "_address.js",
            "_paged.js",
            f"{kind}.js",
            task=self.comparison.task.task,
            count=self.rows.height,
            created=self.comparison.created,
            holdout="holdout" in self.rows["side"].to_list(),
            data=safe_json(data),
            failing=self.failing,
            rewritten=rewritten(self.scored, called),
        )
