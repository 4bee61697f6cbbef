"""Advice at the terminal: the questions, the red flags, the next step, the money, what to type."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from etude.cli._drawing import Paper
from etude.cli._opening import to_type
from etude.records.advice import Advice, Answered, Failure, Outlook, Reply, Source
from etude.records.task import Task
from etude.verdict.advice._money import hangs_on, pays_back
from etude.verdict.advice._words import in_months, money

if TYPE_CHECKING:
    from etude.project import Advised

FOR: dict[Reply, tuple[str, str]] = {"yes": ("✓ yes", "green"), "no": ("✗ no", "red")}
AGAINST: dict[Reply, tuple[str, str]] = {"yes": ("! yes", "yellow"), "no": ("✓ no", "green")}
OPEN = ("? not known", "dim")
SOURCES: dict[Source, str] = {
    "examples": "from your examples",
    "comparison": "from the newest comparison",
    "etude.yaml": "from etude.yaml",
    "you": "you said so",
    "nothing": "",
}
INDENT = " " * 14
LEAST = 0.5
"""Money below which a line of the payback is left out: it would read 0."""


def show_advice(paper: Paper, result: Advised, task: Task, root: Path) -> None:
    """All of it."""
    advice = result.advice
    paper.line(f"{advice.task}: is fine-tuning the right next step?", "bold")
    paper.line()
    for one in advice.questions:
        _answered(paper, one, FOR)
    paper.line()
    paper.prose(advice.sentence, style="bold")
    paper.line()
    _flags(paper, advice)
    _step(paper, advice)
    if advice.outlook is not None:
        _money(paper, advice, advice.outlook, task.economics.currency)
    for note in advice.notes:
        paper.prose(note, style="dim")
    if advice.notes:
        paper.line()
    _keep(paper, result)
    paper.command("Type next:", to_type(advice.step.command, root))


def _answered(paper: Paper, one: Answered, marks: dict[Reply, tuple[str, str]]) -> None:
    word, style = marks.get(one.reply, OPEN)
    paper.prose(one.text, first=f"{word:<14}", rest=INDENT, style=style)
    source = SOURCES[one.source]
    told = f"{one.evidence} ({source})" if one.evidence and source else one.evidence or source
    if told:
        paper.prose(told, first=INDENT, style="dim")
    if one.said is not None:
        # Figures of a person's own were found by nobody.
        own = one.source in ("etude.yaml", "you")
        what = "your figures decide" if own else "what was found decides"
        paper.prose(f"You said {one.said}; {what}.", first=INDENT, style="dim")
    if one.reply == "unknown":
        paper.prose(f"If you know: --answer {one.key}=yes (or no)", first=INDENT, style="dim")


def _flags(paper: Paper, advice: Advice) -> None:
    """Raised ones in full; the rest in a line each way."""
    raised = [one for one in advice.flags if one.reply == "yes"]
    paper.line("Red flags" if raised else "No red flag is raised.", "bold")
    for one in raised:
        _answered(paper, one, AGAINST)
    clear = [_low(one.text) for one in advice.flags if one.reply == "no"]
    if clear:
        paper.prose(f"not so: {'; '.join(clear)}", first="✓ ", style="dim")
    unsure = [f"{_low(one.text)} ({one.key})" for one in advice.flags if one.reply == "unknown"]
    if unsure:
        paper.prose(
            f"not known: {'; '.join(unsure)}. If you know: --answer WORD=yes (or no)",
            first="? ",
            style="dim",
        )
    paper.line()


def _low(text: str) -> str:
    return text[:1].lower() + text[1:]


def _step(paper: Paper, advice: Advice) -> None:
    step = advice.step
    paper.line(f"→ The next step: {step.title}", "bold")
    paper.prose(step.why, first="  ")
    paper.bullets(step.takes)
    for failure in step.failures:
        _failure(paper, failure)
    paper.line()


def _failure(paper: Paper, failure: Failure) -> None:
    paper.prose(f"{failure.what}: {failure.count:,} of {failure.of:,}", first="    – ")
    paper.prose(f"row {failure.row}: {failure.input}", first="      ", style="dim")
    if failure.wanted:
        paper.prose(
            f"wanted: {failure.wanted}; answered: {failure.given}", first="      ", style="dim"
        )
    else:
        paper.prose(failure.given, first="      ", style="dim")


def _money(paper: Paper, advice: Advice, outlook: Outlook, currency: str) -> None:
    low, middle, high = outlook.gain
    paper.line(f"What it is worth over {in_months(outlook.months)}", "bold")
    what = (
        f"{outlook.of} against the best simple way"
        if advice.gain is not None
        else f"If {outlook.of} were right"
    )
    paper.prose(
        f"{what}: about {_of_100(middle)} more right answers in 100 ({_of_100(low)} to "
        f"{_of_100(high)}).",
        first="  ",
    )
    rows = [
        [line.name, money(line.low, currency), money(line.high, currency)]
        for line in outlook.lines
        if max(abs(line.low), abs(line.high)) >= LEAST
    ]
    rows.append(["left", money(outlook.net[0], currency), money(outlook.net[2], currency)])
    paper.table(["", "at the least", "at the most"], rows, gap=3)
    paper.prose(pays_back(outlook), first="  ")
    for sentence in hangs_on(currency, outlook):
        if sentence not in advice.step.takes:
            paper.prose(sentence, first="  ")
    paper.line()


def _of_100(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0").replace("-", "−")


def _keep(paper: Paper, result: Advised) -> None:
    """What was answered now, as lines for the task file."""
    if not result.answers:
        return
    paper.prose("To keep your answers, put them into etude.yaml:")
    paper.line("  advice:")
    for key, value in result.answers.items():
        paper.line(f"    {key}: {value}")
    paper.line()
