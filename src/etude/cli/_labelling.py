"""The walk of ``etude review --judge`` at a terminal: an answer, a question, a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from etude.cli._drawing import Paper
from etude.cli._marked import marked, show
from etude.cli._walk import QUIT, Hands
from etude.records.judgement import Agreement, Said
from etude.workflow.agreement import ENOUGH, KAPPA
from etude.workflow.labelling import Labelling, Question

APART = 10
"""Disagreements that are listed."""


@dataclass
class Labels:
    """One walk through answers that a model has judged."""

    paper: Paper
    labelling: Labelling
    hands: Hands
    limit: int | None = None

    def go(self) -> None:
        """Until the end, the limit, or a person's wish to stop."""
        number = 0
        while self.limit is None or self.labelling.decided < self.limit:
            question = self.labelling.question()
            if question is None:
                self.paper.line("✓ No more answers.", "bold")
                return
            if question.number != number:
                self._draw(question)
                number = question.number
            self.paper.prose(question.words, first=f"{question.criterion}: ", style="bold")
            if not self._answer(question):
                return

    def _draw(self, question: Question) -> None:
        self.paper.console.rule(style="dim")
        self.paper.line(f"{question.number:,} of {self.labelling.total:,} · {question.row['id']}")
        for title, text in self.labelling.shown(question).items():
            self.paper.line(title, "dim")
            show(self.paper, marked(text, ()))

    def _answer(self, question: Question) -> bool:
        """Take keys until the question is left; False: a person wants to stop."""
        while True:
            keys = {"y": "yes", "n": "no", "s": "skip the answer"}
            if self.labelling.decided:
                keys["u"] = "undo the last"
            keys["q"] = "stop"
            self.paper.prose(" ".join(f"[{key}]\u00a0{text}" for key, text in keys.items()))
            pressed = self.hands.key().lower()
            if pressed in QUIT:
                return False
            if pressed in ("y", "n"):
                self.labelling.say(question, cast("Said", keys[pressed]))
                self.paper.line(f"✓ {keys[pressed]}", "green")
                return True
            if pressed == "s":
                self.labelling.skip()
                return True
            if pressed == "u" and self.labelling.undo():
                self.paper.line("↶ taken back")
                return True


def show_agreement(paper: Paper, labelling: Labelling) -> None:
    """How far the judge and people agree, what is missing, and where they disagree."""
    trust, judge = labelling.trust(), labelling.newest.judge.model.name
    paper.line()
    for one in labelling.agreements():
        paper.prose(_said(one), rest="  ")
    if trust.trusted:
        paper.prose(f"✓ {judge} may decide: etude compare counts it, put right for its mistakes.")
    else:
        paper.prose(f"? {judge} is only advisory: {trust.why_not}.")
    if trust.more_labels:
        paper.prose(
            f"About {trust.more_labels:,} answers more to label; it takes {ENOUGH} with a kappa of "
            f"{KAPPA} or more."
        )
    apart = labelling.apart()
    if apart:
        paper.line(f"Where they disagree ({len(apart):,}):")
        paper.bullets(
            f"{row}, {criterion}: the judge said {'yes' if yes else 'no'}"
            for row, criterion, yes in apart[:APART]
        )
        if len(apart) > APART:
            paper.line(f"  and {len(apart) - APART:,} more (--json has them all)", "dim")


def _said(one: Agreement) -> str:
    name = one.criterion or "all criteria"
    same = one.both_yes + one.both_no
    if one.kappa is None or one.low is None or one.high is None:
        return f"{name}: {one.n:,} answers labelled; a kappa can't be said yet"
    return (
        f"{name}: the same word on {same:,} of {one.n:,} answers, kappa {one.kappa:.2f} "
        f"({one.low:.2f} to {one.high:.2f})"
    )
