"""``etude advise``: is fine-tuning the right next step, and if not, what is?"""

from __future__ import annotations

from typing import Annotated

import typer

from etude.cli import _options as options
from etude.cli._opening import open_project
from etude.cli._screen import interactive, print_json
from etude.errors import UsageError

Answer = Annotated[
    list[str] | None,
    typer.Option(
        "--answer",
        metavar="KEY=yes|no",
        show_default=False,
        help="Answer one question, by the word that stands beside it; give it again for more. "
        "corrected_per_100=30: of 100 answers today, those that a person corrects.",
    ),
]
AskNothing = Annotated[
    bool, typer.Option("--yes", "-y", help="Ask nothing; what is not known stays open.")
]


def advise(
    answer: Answer = None,
    yes: AskNothing = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    project: options.ProjectFolder = None,
) -> None:
    """Say whether fine-tuning is the right next step for this task, and what is if it is not.

    Five questions and six red flags, each answered from your examples, your task file and the newest
    comparison wherever they tell; you are asked only for the rest, at a terminal. Nothing is trained,
    nothing leaves this machine, and examples that are kept aside are not looked at.
    """
    given = _parsed(answer or [])
    opened = open_project(project, quiet)
    from etude.cli._advised import show_advice
    from etude.cli._advising import asker
    from etude.cli._drawing import Paper
    from etude.project import AdviseOptions

    ask = asker() if interactive() and not yes and not as_json else None
    result = opened.advise(AdviseOptions(given, ask))
    if as_json:
        print_json(result.to_json())
        return
    show_advice(Paper(), result, opened.task, opened.root)


def _parsed(answers: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in answers:
        key, mark, value = one.partition("=")
        if not mark:
            raise UsageError(
                f"found {one!r}",
                where="--answer",
                expected="a question's word, = and the answer",
                hint="etude advise --answer gap_left=yes",
            )
        if key in found:
            raise UsageError(
                f"{key} is answered twice", where="--answer", expected="one answer each"
            )
        found[key] = value
    return found
