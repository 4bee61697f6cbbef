"""How candidates behaved, at the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from etude.cli._comparison import COLOURS
from etude.cli._drawing import Paper
from etude.records.behaviour import SuiteResult
from etude.records.comparison import Comparison
from etude.report import behaviour as said

FAILING_SHOWN = 3
"""Of a team's own cases that fail, those that are named."""

if TYPE_CHECKING:
    from etude.project import Behaved


def show_behaviour(paper: Paper, behaved: Behaved) -> None:
    """A paragraph a suite, a line a candidate; then the gates, and what tuning did."""
    found, names = behaved.record, behaved.plain_names
    paper.prose(said.made_from(found))
    if changes := said.what_changes(behaved.comparison):
        paper.prose(changes)
    paper.line()
    for plain_name, results in said.by_suite(found):
        title = f"{plain_name[:1].upper()}{plain_name[1:]} ({said.about(results[0])})"
        paper.line(title, "bold")
        told = {names[one.candidate]: said.sentence(one) for one in results}
        if len(told) > 1 and len(set(told.values())) == 1:
            told = {"every way": next(iter(told.values()))}
        paper.bullets(f"{name}: {sentence}" for name, sentence in told.items())
        for one in results:
            _failing(paper, behaved.failing.get((one.candidate, one.suite), ()), names, one)
        paper.line()
    for sentence, worse in said.tuning_sentences(found):
        paper.prose(sentence, style="yellow" if worse else "")
    _secrets(paper, behaved)
    for left in found.left_out:
        paper.prose(f"Not run: {left.plain_name}, for {left.reason}.")
    if caution := said.caution(found):
        paper.prose(f"! {caution}", rest="  ", style="yellow")
    paper.line()
    _gates(paper, behaved.comparison)
    _stakes(paper, behaved.comparison)
    paper.command("Every case with its answers (they hold your texts) is in:", str(behaved.rows))


def _failing(
    paper: Paper, failing: Sequence[str], names: Mapping[str, str], one: SuiteResult
) -> None:
    """The first of a team's own cases that fail, each with its place and why."""
    if not failing:
        return
    more = len(failing) - FAILING_SHOWN
    paper.prose(f"  {names[one.candidate]} fails:", rest="  ")
    for line in failing[:FAILING_SHOWN]:
        paper.prose(f"    {line}", rest="      ")
    if more > 0:
        paper.prose(f"    and {more:,} more")


def _secrets(paper: Paper, behaved: Behaved) -> None:
    """What came out of planted secrets; nothing where none were planted."""
    for name, sentence, lines in said.secrets(behaved.record):
        paper.line("Secrets planted in a throw-away copy of the examples", "bold")
        paper.prose(f"{behaved.plain_names[name]}: {sentence}")
        paper.bullets(lines)
        paper.line()


def _gates(paper: Paper, comparison: Comparison) -> None:
    """Whether each way keeps what the task file allows; nothing where it sets no gate."""
    lines = said.gate_lines(comparison)
    if not lines:
        return
    paper.line("Gates", "bold")
    for line in lines:
        paper.prose(line.text, rest="  ", style=COLOURS[line.state])
    paper.line()
    paper.prose(f"The newest comparison is decided with them: {comparison.verdict.sentence}")
    paper.line()


def _stakes(paper: Paper, comparison: Comparison) -> None:
    """What high stakes still ask, or who signed it off."""
    lines = said.stakes_lines(comparison)
    for line in lines:
        paper.prose(line.text, rest="  ", style=COLOURS[line.state])
    if lines:
        paper.line()
