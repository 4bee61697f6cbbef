"""The walk of ``etude review --blind`` at a terminal: two answers without names, a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from rich.text import Text

from etude.cli._drawing import Paper
from etude.cli._marked import marked, show
from etude.cli._screen import clean
from etude.cli._walk import QUIT, Hands
from etude.records.judgement import ContestRow, Preferred
from etude.report import _figures as figures
from etude.report.summary import titles
from etude.workflow.blind import Blind, TwoAnswers
from etude.workflow.blind_pairs import SEED

SAID = {"a": "a", "b": "b", "s": "same"}


@dataclass
class Pairs:
    """One walk through pairs of answers."""

    paper: Paper
    blind: Blind
    hands: Hands
    limit: int | None = None

    def go(self) -> None:
        """Until the end, the limit, or a person's wish to stop."""
        if self.blind.total:
            which = "that you named" if self.blind.named else "that its verdict hangs on most"
            self.paper.prose(
                f"The two ways of the newest comparison {which}: "
                f"{figures.counted(self.blind.total, 'pair')} of answers to compare. Which is A is "
                f"drawn for each pair (seed {SEED}); whose they are is told at the end. Answers that "
                "are the same are not shown and count as ties."
            )
        while self.limit is None or self.blind.decided < self.limit:
            pair = self.blind.pair()
            if pair is None:
                if self.blind.total:
                    self.paper.line("✓ No more pairs.", "bold")
                return
            self._draw(pair)
            if not self._answer(pair):
                return

    def _draw(self, pair: TwoAnswers) -> None:
        self.paper.console.rule(style="dim")
        row = self.blind.answered.ids[pair.at]
        self.paper.line(f"{pair.number:,} of {self.blind.total:,} · {row}")
        self.paper.line("what is read", "dim")
        show(self.paper, marked(self.blind.shown(pair), ()))
        for title, text in (("A", pair.a), ("B", pair.b)):
            self.paper.line(title, "bold")
            # Whole, however long: what is cut off could be what makes the difference.
            show(self.paper, Text(clean(text)))

    def _answer(self, pair: TwoAnswers) -> bool:
        """Take keys until the pair is left; False: a person wants to stop."""
        while True:
            keys = {"a": "A is better", "b": "B is better", "s": "the same", "k": "skip"}
            if self.blind.decided:
                keys["u"] = "undo the last"
            keys["q"] = "stop"
            shown = (f"[{key}]\u00a0{text}".replace(" ", "\u00a0") for key, text in keys.items())
            self.paper.prose(" ".join(shown))
            pressed = self.hands.key().lower()
            if pressed in QUIT:
                return False
            if pressed in SAID:
                self.blind.say(pair, cast("Preferred", SAID[pressed]))
                self.paper.line(f"✓ {keys[pressed]}", "green")
                return True
            if pressed == "k":
                self.blind.skip()
                return True
            if pressed == "u" and self.blind.undo():
                self.paper.line("↶ taken back")
                return True


def show_said(paper: Paper, blind: Blind) -> None:
    """Whose answers they were, and what people say of them by now."""
    called = titles(blind.comparison)
    paper.line()
    rows = [blind.row, *(r for r in blind.people().report.rows if r.n and not _two(r, blind))]
    for row in rows:
        if row.n:
            paper.prose(said(row, called), rest="  ")
    quality = blind.quality
    if quality is not None:
        paper.prose(
            f"“{called[blind.other]}” is preferred in {figures.quality_text(quality)} of cases "
            f"({figures.quality_range(quality)}), the same counting half."
        )
    if blind.row.left:
        paper.prose(f"{figures.counted(blind.row.left, 'pair')} of these two left to compare.")
    for line in _still(blind):
        paper.prose(line)


def _still(blind: Blind) -> list[str]:
    """How many pairs it takes: until they count, and until they would likely settle it."""
    people = blind.people()
    lacking = people.report.to_judge
    if lacking:
        pairs = figures.counted(lacking, "pair")
        return [f"It takes {pairs} more until people's word can decide (bar.metric: person)."]
    more = [p.more_examples for p in people.pairs if {p.a, p.b} == {blind.first, blind.other}]
    return [
        f"About {figures.about(count)} more would likely settle whether the simpler of the two is as "
        "good."
        for count in more
        if count is not None and figures.known(count)
    ]


def _two(row: ContestRow, blind: Blind) -> bool:
    return {row.candidate, row.against} == {blind.first, blind.other}


def said(row: ContestRow, called: dict[str, str]) -> str:
    """``“Fine-tuned” against “instructions only”: better on 12, the same on 10 (4 of them letter for
    letter), worse on 8 of 30 inputs``."""
    identical = f" ({row.identical:,} of them letter for letter)" if row.identical else ""
    return (
        f"“{called[row.candidate]}” against “{called[row.against]}”: better on {row.better:,}, the "
        f"same on {row.same:,}{identical}, worse on {row.worse:,} of {row.n:,} inputs"
    )
