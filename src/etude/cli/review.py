"""``etude review``: the doubtful rows one after the other, each with one key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from etude.cli import _options as options
from etude.cli._opening import open_project, to_type
from etude.cli._screen import interactive, print_json
from etude.errors import UsageError

if TYPE_CHECKING:
    from etude.project import Project

Finding = Annotated[
    str | None,
    typer.Option(
        "--finding",
        metavar="CODE",
        show_default=False,
        help="Only the rows of this finding, notes too. Default: of all that is wrong or to be "
        "looked at.",
    ),
]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit", min=1, metavar="N", show_default=False, help="Stop after so many decisions."
    ),
]
Judge = Annotated[
    bool,
    typer.Option(
        "--judge",
        help="Answer the judge's questions about candidates' answers yourself, to see how far it "
        "can be believed.",
    ),
]
Blind = Annotated[
    bool,
    typer.Option(
        "--blind",
        help="Compare two ways' answers to the same input without knowing whose they are.",
    ),
]
Pair = Annotated[
    tuple[str, str] | None,
    typer.Option(
        "--pair",
        metavar="NAME NAME",
        show_default=False,
        help="With --blind: the two ways. Default: those that the verdict hangs on.",
    ),
]
ShowHoldout = Annotated[
    bool,
    typer.Option(
        "--show-holdout",
        help="Show rows that are kept aside too. It is written down: once read, they no longer "
        "prove as much.",
    ),
]


def review(
    finding: Finding = None,
    limit: Limit = None,
    judge: Judge = False,
    blind: Blind = False,
    pair: Pair = None,
    show_holdout: ShowHoldout = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    project: options.ProjectFolder = None,
) -> None:
    """Look at the doubtful rows one after the other, and decide: accept, edit, drop, relabel, keep.

    What you decide is written to decisions.jsonl in the project's folder at once, and applied
    wherever the examples are read; your own files are never changed. Stop when you like: the next
    time goes on with what is left. Nothing is asked with --json: it prints the rows to look at.

    With --judge you see answers of the newest comparison, not whose they are nor what the model that
    judges said, and press y or n. With --blind you see two ways' answers to the same input as A and
    B, and press a, b or s for the same. What you say is written to judgements.jsonl.
    """
    _refuse(finding, judge, blind, pair, show_holdout)
    opened = open_project(project, quiet)
    if not as_json and not interactive():
        _nobody(opened, judge, blind, pair)
    if judge:
        _label(opened, limit, as_json)
        return
    if blind:
        _compare_blind(opened, pair, limit, show_holdout, as_json)
        return
    _decide(opened, finding, limit, show_holdout, as_json)


def _nobody(opened: Project, judge: bool, blind: bool, pair: tuple[str, str] | None) -> NoReturn:
    """Without a terminal; what else is wrong comes first, for a terminal would not help there.

    Raises:
        EtudeError: always.
    """
    hint = "etude fix accepts what is proposed in bulk; etude check --rows FILE writes the rows"
    if judge:
        opened.to_label()
        hint = "etude review --judge --json prints the answers to look at"
    if blind:
        # Never the rows that are kept aside: nobody would see them, and it would be a look.
        opened.to_compare(pair)
        hint = "etude review --blind --json prints the pairs to look at"
    raise UsageError(
        "nobody is at the keyboard", where="etude review", expected="a terminal", hint=hint
    )


def _refuse(
    finding: str | None,
    judge: bool,
    blind: bool,
    pair: tuple[str, str] | None,
    show_holdout: bool,
) -> None:
    """Options that don't go together.

    Raises:
        UsageError: there are some.
    """
    if judge and (finding is not None or show_holdout or blind):
        raise UsageError(
            "--judge goes with none of --finding, --show-holdout and --blind",
            where="etude review",
            expected="answers to examples that are open to all",
        )
    if blind and finding is not None:
        raise UsageError(
            "--blind does not go with --finding",
            where="etude review",
            expected="one of the two: answers to compare, or examples to mend",
        )
    if pair is not None and not blind:
        raise UsageError(
            "--pair names the two ways whose answers are compared, and nothing is compared here",
            where="etude review",
            hint=f"etude review --blind --pair {pair[0]} {pair[1]}",
        )


def _decide(
    opened: Project, finding: str | None, limit: int | None, show_holdout: bool, as_json: bool
) -> None:
    """Rows one after the other, and what was decided."""
    walk = opened.to_review(finding, show_holdout=show_holdout)
    if as_json:
        print_json(walk.to_json())
        return
    from etude.cli._drawing import Paper
    from etude.cli._hands import hands
    from etude.cli._walk import Walk

    paper = Paper()
    if walk.total:
        Walk(paper, walk, hands(), limit).go()
    else:
        paper.line("✓ No rows to look at.", "bold")
    if walk.aside:
        kept = "1 row is" if walk.aside == 1 else f"{walk.aside:,} rows are"
        paper.prose(f"{kept} kept aside for the verdict and not shown (--show-holdout shows them).")
    if walk.judged:
        paper.prose(
            f"{walk.judged:,} left out: candidates' answers to them have been judged "
            "(judgements.jsonl), and who has seen these no longer reads the example with a free eye."
        )
    if walk.decided:
        rows = "1 row" if walk.decided == 1 else f"{walk.decided:,} rows"
        paper.prose(
            f"Decided on {rows}, in decisions.jsonl: keep it under version control beside etude.yaml."
        )
        paper.command("Next, see what is left:", to_type("etude check", opened.root))


def _compare_blind(
    opened: Project,
    pair: tuple[str, str] | None,
    limit: int | None,
    show_holdout: bool,
    as_json: bool,
) -> None:
    """``--blind``: a person compares answers, and then sees whose they were."""
    blind = opened.to_compare(pair, show_holdout=show_holdout)
    if as_json:
        print_json(blind.to_json())
        return
    from etude.cli._blind import Pairs, show_said
    from etude.cli._drawing import Paper
    from etude.cli._hands import hands

    paper = Paper()
    Pairs(paper, blind, hands(), limit).go()
    if blind.hidden:
        paper.prose(
            f"{blind.hidden:,} pairs are answers to examples that are kept aside, and not shown. "
            "--show-holdout shows them, and it is written down: compare answers to them when you have "
            "made your choices, not while you are still changing things."
        )
        paper.command(
            "To compare them:", to_type("etude review --blind --show-holdout", opened.root)
        )
        return
    if not blind.total:
        paper.line("✓ No pairs to compare.", "bold")
    if blind.seen:
        paper.prose(f"Answers to {blind.seen:,} examples that you have reviewed are left out.")
    show_said(paper, blind)
    paper.prose("Keep judgements.jsonl under version control beside etude.yaml.")
    shown = " --show-holdout" if show_holdout else ""
    decides = opened.task.bar.metric == "person" and bool(blind.people().report.judged)
    next_up = f"etude review --blind{shown}" if blind.row.left else "etude report --rows"
    if decides:
        next_up = "etude compare"
    paper.command("Next:", to_type(next_up, opened.root))


def _label(opened: Project, limit: int | None, as_json: bool) -> None:
    """``--judge``: a person labels answers, and sees how far the judge agrees."""
    labelling = opened.to_label()
    if as_json:
        print_json(labelling.to_json())
        return
    from etude.cli._drawing import Paper
    from etude.cli._hands import hands
    from etude.cli._labelling import Labels, show_agreement

    paper = Paper()
    Labels(paper, labelling, hands(), limit).go()
    for count, why in ((labelling.aside, "kept aside"), (labelling.seen, "reviewed as examples")):
        if count:
            paper.prose(f"{count:,} answers are not shown: their examples are {why}.")
    show_agreement(paper, labelling)
    paper.prose("Keep judgements.jsonl under version control beside etude.yaml.")
    next_up = "etude compare" if labelling.trust().trusted else "etude review --judge"
    paper.command("Next:", to_type(next_up, opened.root))
