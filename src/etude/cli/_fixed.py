"""Repairs at the terminal: what can be mended, with examples, and what was."""

from __future__ import annotations

from pathlib import Path

from etude.cli._drawing import Paper
from etude.cli._marked import difference, marked, show
from etude.cli._opening import nearby, to_type
from etude.report._figures import counted
from etude.workflow.export import Exported
from etude.workflow.fix import Bulk, Fixed, Repairs, Sample, Undone

OTHERS = 8
SAMPLE = 160
"""Characters of a sample's text."""


def show_repairs(paper: Paper, repairs: Repairs, root: Path) -> None:
    """Each repair with its count and three examples; then what needs a person for each row."""
    for one in repairs.bulk:
        _bulk(paper, one, root)
    if not repairs.bulk:
        paper.line("✓ nothing can be mended at once")
        paper.line()
    for code, count in repairs.done:
        paper.prose(f"✓ {code}: mended in {counted(count, 'row')} (--undo {code} takes it back)")
    if repairs.others:
        listed = ", ".join(item.code for item in repairs.others[:OTHERS])
        more = len(repairs.others) - OTHERS
        rest = f" and {more} more" if more > 0 else ""
        paper.prose(f"A person must look at each row of: {listed}{rest}.")
        paper.command("One after the other:", to_type("etude review", root))


def show_proposed(paper: Paper, repairs: Repairs) -> None:
    """What would be done, with examples, before somebody agrees."""
    for one in repairs.bulk:
        _proposed(paper, one)
    paper.line()


def _proposed(paper: Paper, one: Bulk) -> None:
    paper.line(f"{one.item.code}: {counted(one.rows, 'row')}", "bold")
    if one.item.to_do:
        paper.prose(one.item.to_do, first="  ")
    for sample in one.samples:
        _sample(paper, sample)


def _bulk(paper: Paper, one: Bulk, root: Path) -> None:
    _proposed(paper, one)
    paper.line(f"    {to_type(f'etude fix {one.item.code} --yes', root)}", "bold")
    paper.line()


def _sample(paper: Paper, sample: Sample) -> None:
    if sample.after is None:
        text = marked(f"left out: {_short(sample.before)}", ())
    else:
        text = difference(sample.before, sample.after)
    head = marked(f"{sample.id}: ", ())
    head.append_text(text)
    show(paper, head, 4)


def _short(text: str) -> str:
    return text if len(text) <= SAMPLE else f"{text[:SAMPLE]}…"


def show_fixed(paper: Paper, fixed: Fixed, root: Path) -> None:
    """What was accepted, and what could not be."""
    for code, count in fixed.rows:
        paper.prose(f"✓ {code}: {counted(count, 'row')} mended")
    for reason, count in fixed.left:
        rows = "1 row left as it is" if count == 1 else f"{count:,} rows left as they are"
        paper.prose(f"· {rows}: {reason}", rest="  ")
    paper.prose(
        "It stands in decisions.jsonl, which belongs under version control beside etude.yaml; your "
        "own files are as they were. etude fix --undo CODE takes it back."
    )
    paper.command("Next, see what is left:", to_type("etude check", root))


def show_undone(paper: Paper, undone: Undone, root: Path) -> None:
    """What was taken back, and what stays."""
    paper.prose(f"✓ {undone.code}: taken back for {counted(undone.rows, 'row')}")
    if undone.left:
        stay = "stays" if undone.left == 1 else "stay"
        paper.prose(f"{counted(undone.left, 'decision')} made in etude review {stay}.")
    paper.command("Next, see what is there now:", to_type("etude check", root))


def show_tidy(paper: Paper, count: int) -> None:
    """How many decisions went."""
    if count:
        paper.prose(
            f"✓ {counted(count, 'decision')} that no longer fit taken out of decisions.jsonl"
        )
    else:
        paper.prose("✓ every decision fits its row")


def show_exported(paper: Paper, written: Exported) -> None:
    """Where the examples are, and in what they differ from the source."""
    paper.line(f"{nearby(written.target)}", "bold")
    parts = [f"{counted(written.dropped, 'row')} left out"] * bool(written.dropped)
    parts += [f"{counted(written.changed, 'row')} changed"] * bool(written.changed)
    parts += [f"{counted(written.rejected, 'row')} that can't be used not in it"] * bool(
        written.rejected
    )
    said = "; ".join(parts) or "as in the source: nothing was decided"
    paper.prose(f"{counted(written.rows, 'example')}: {said}", first="  ")
