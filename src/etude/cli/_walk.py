"""The walk of ``etude review`` at a terminal: draws a case, takes a key, tells what was done.

It asks for keys and lines through functions that it is given, so that a script can stand in for a
person.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from etude.cli._drawing import Paper
from etude.cli._marked import difference, marked, show
from etude.data.conversations import flat, turns_of
from etude.report._grade import MARKS
from etude.workflow._held import ASIDE
from etude.workflow.review import Case, Review

FIELDS = {"input": "what is read", "context": "what may be used besides", "target": "the answer"}
LABELS = 30
"""Labels that are listed to choose among; of more, those that fit what was typed."""
QUIT = ("q", "\x03", "\x04", "\x1b", "")


@dataclass
class Hands:
    """A person's: a key, a line of text, a text changed in an editor (None: left as it was)."""

    key: Callable[[], str]
    line: Callable[[str], str]
    editor: Callable[[str], str | None]


@dataclass
class Walk:
    """One walk through the rows."""

    paper: Paper
    review: Review
    hands: Hands
    limit: int | None = None
    _finding: str = ""

    def go(self) -> None:
        """Until the end, the limit, or a person's wish to stop."""
        while self.limit is None or self.review.decided < self.limit:
            case = self.review.case()
            if case is None:
                self.paper.line("✓ No more rows.", "bold")
                return
            self._draw(case)
            if not self._answer(case):
                return

    def _draw(self, case: Case) -> None:
        paper, finding = self.paper, case.item.finding
        symbol, word, style = MARKS[finding.severity]
        paper.console.rule(style="dim")
        where = f"{case.row['source']}, line {case.row['line']:,}"
        paper.line(
            f"{case.number:,} of {self.review.total:,} · {finding.code} · {case.id} · {where}"
        )
        if finding.code != self._finding:
            paper.prose(finding.sentence, first=f"{symbol} {word}: ", rest="  ", style=style)
            self._finding = finding.code
        for evidence in dict.fromkeys(p.evidence for p in case.places if p.evidence):
            paper.prose(f"found: {_line(evidence)}", rest="  ")
        for name, title in FIELDS.items():
            if name == "context" and not self.shows_context(case):
                continue
            text = case.row[name] or ""
            paper.line(title, "dim")
            show(paper, marked(*_display(text, case, name)))
        for other in case.others[:2]:
            paper.line(f"beside it {other['id']}, line {other['line']:,}", "dim")
            show(paper, marked(_flat(other["input"]), ()))
            if other["target"] != case.row["target"]:
                show(paper, marked(f"→ {other['target']}", ()))
        for name in case.aside[:2]:
            paper.line(f"beside it {name}: {ASIDE}", "dim")
        if case.also:
            paper.prose(f"also found in this row: {', '.join(case.also)}", style="dim")
        self._draw_proposal(case)

    def _draw_proposal(self, case: Case) -> None:
        proposed = self.review.proposed(case)
        if proposed is None:
            return
        if not proposed:
            self.paper.line("proposed: leave this row out", "bold")
            return
        for name, after in proposed.items():
            self.paper.line(f"proposed for {FIELDS[name]}:", "bold")
            show(self.paper, difference(self.review.text(case, name), after))

    def shows_context(self, case: Case) -> bool:
        """Whether there is a context that is not shown as a part of the input already."""
        if self.review.prepared.version.columns.get("context") is None:
            return False
        text = case.row["context"] or ""
        return text not in case.row["input"] or any(p.field == "context" for p in case.places)

    def _keys(self, case: Case) -> dict[str, str]:
        keys = {}
        if self.review.proposed(case) is not None:
            keys["a"] = "accept"
        keys |= {"k": "keep as it is", "e": "edit", "d": "drop the row"}
        if self.review.labels:
            keys["l"] = "another label"
        keys["s"] = "skip"
        if self.review.decided:
            keys["u"] = "undo the last"
        return keys | {"q": "stop"}

    def _answer(self, case: Case) -> bool:
        """Take keys until the case is left; False: a person wants to stop."""
        while True:
            keys = self._keys(case)
            self.paper.prose(" ".join(f"[{key}]\u00a0{_glued(text)}" for key, text in keys.items()))
            pressed = self.hands.key().lower()
            if pressed in QUIT:
                return False
            if pressed not in keys:
                continue
            if self._done(case, pressed):
                self.paper.line()
                return True

    def _done(self, case: Case, pressed: str) -> bool:
        """Do what a key asks; False: the case is still open."""
        if pressed == "s":
            self.review.skip()
        elif pressed == "u":
            self.review.undo()
            self.paper.line("↶ taken back")
        elif pressed == "e":
            return self._edit(case)
        elif pressed == "l":
            return self._relabel(case)
        elif pressed == "a":
            return self._told(self.review.accept(case), "accepted")
        elif pressed == "d":
            return self._told(self.review.decide(case, "drop"), "the row is left out")
        else:
            return self._told(self.review.decide(case, "keep"), "kept as it is")
        return True

    def _told(self, reason: str | None, done: str) -> bool:
        if reason is None:
            self.paper.line(f"✓ {done}", "green")
            return True
        self.paper.prose(f"that can't be done: {reason}", style="yellow")
        return False

    def _edit(self, case: Case) -> bool:
        name = self._which(self.review.fields(case))
        before = self.review.text(case, name)
        after = self.hands.editor(before)
        if after is None or after.strip() == before.strip():
            self.paper.line("nothing was changed")
            return False
        return self._told(self.review.decide(case, "edit", after, name), "changed")

    def _which(self, names: Sequence[str]) -> str:
        """The field that is meant: asked where there are several; Enter is the first."""
        if len(names) == 1:
            return names[0]
        listed = [f"[{name[0]}]{name[1:]}" for name in names]
        question = f"Edit {', '.join(listed[:-1])} or {listed[-1]}? ({names[0][0]}) "
        typed = self.hands.line(question).strip().lower()
        return next((name for name in names if typed and name.startswith(typed)), names[0])

    def _relabel(self, case: Case) -> bool:
        labels = self.review.labels
        if len(labels) <= LABELS:
            listed = "  ".join(f"{n} {label}" for n, label in enumerate(labels, 1))
            self.paper.prose(listed, first="  ")
        typed = self.hands.line("Label (a number, or the first letters; Enter: none): ").strip()
        if not typed:
            return False
        fitting = fitting_labels(typed, labels)
        if len(fitting) > 1:
            self.paper.prose(f"several fit: {', '.join(fitting[:LABELS])}")
            return False
        if not fitting:
            self.paper.prose(f"no label is like {typed!r}")
            return False
        if fitting[0] == case.row["target"]:
            self.paper.prose(f"{fitting[0]} is its label already: k keeps it")
            return False
        return self._told(self.review.decide(case, "relabel", fitting[0]), f"→ {fitting[0]}")


def fitting_labels(typed: str, labels: Sequence[str]) -> list[str]:
    """The labels that a few letters or a number mean: the label itself, else those that begin so,
    else those that hold it, else the nearest."""
    if typed in labels:
        return [typed]
    if typed.isdecimal() and 1 <= int(typed) <= len(labels):
        return [labels[int(typed) - 1]]
    low = typed.lower()
    same = [label for label in labels if label.lower() == low]
    begin = [label for label in labels if label.lower().startswith(low)]
    inside = [label for label in labels if low in label.lower()]
    by_low = {label.lower(): label for label in labels}
    near = [by_low[name] for name in difflib.get_close_matches(low, list(by_low), n=1)]
    return same or begin or inside or near


def _display(text: str, case: Case, name: str) -> tuple[str, list[tuple[int, int]]]:
    """The text as it is shown, and what is marked in it."""
    shown = _flat(text) if name == "input" else text
    spans = [
        (place.start, place.end)
        for place in case.places
        if place.field == name and place.start is not None and place.end is not None
    ]
    if shown == text:
        return shown, spans
    # Of a conversation the words are shown, not the JSON that the places are in.
    parts = [text[start:end] for start, end in spans]
    found = [(shown.find(part), part) for part in parts if part]
    return shown, [(at, at + len(part)) for at, part in found if at >= 0]


def _flat(text: str) -> str:
    return flat(turns_of(text)) if text.lstrip().startswith("[") else text


def _line(text: str) -> str:
    return " ".join(text.split())


def _glued(text: str) -> str:
    return text.replace(" ", "\u00a0")
