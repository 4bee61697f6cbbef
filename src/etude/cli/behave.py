"""``etude behave``: how the ways that were compared answer unusual, tricky and sensitive input."""

from __future__ import annotations

from typing import Annotated

import typer

from etude.cli import _options as options
from etude.cli._comparing import asking, hold, refuse_no_gates
from etude.cli._opening import open_project
from etude.cli._screen import print_json

Suites = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="SUITE",
        show_default=False,
        help="Suites to run, such as typos or injection. Default: all that fit the task.",
    ),
]
Examples = Annotated[
    int,
    typer.Option(
        "--examples",
        min=1,
        max=10_000,
        metavar="N",
        show_default=False,
        help="Examples to make cases from. Default: 60.",
    ),
]
Seed = Annotated[
    int,
    typer.Option(
        "--seed",
        min=0,
        max=1_000_000,
        metavar="N",
        show_default=False,
        help="Other cases from other examples. Default: 0.",
    ),
]
Canaries = Annotated[
    bool,
    typer.Option(
        "--canaries",
        help="Also plant made-up secrets in a throw-away copy of the examples, train on it, and "
        "see whether they come out: one training more for each fine-tuned way that writes.",
    ),
]
Gate = Annotated[
    bool,
    typer.Option(
        "--gate",
        help="Exit with 1 unless the recommended way keeps every gate on behaviour for certain.",
    ),
]
SignOff = Annotated[
    str | None,
    typer.Option(
        "--sign-off",
        metavar="NAME",
        show_default=False,
        help="Write down that this person signs the recommended way off, once its suites are run.",
    ),
]


def behave(
    suites: Suites = None,
    examples: Examples = 60,
    seed: Seed = 0,
    canaries: Canaries = False,
    gate: Gate = False,
    sign_off: SignOff = None,
    yes: options.Yes = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    project: options.ProjectFolder = None,
) -> None:
    """Ask every way of the newest comparison inputs that were changed on purpose, and count failures.

    Typing mistakes, instructions hidden in the input, other people's names, input without a meaning.
    The cases are made from your own examples by rule, never from those kept aside. Where a
    fine-tuned way fails what its model did not fail before, it is said. Gates in etude.yaml become part
    of the verdict. Nothing leaves this machine unless an endpoint is among the ways, and then you are
    asked.
    """
    opened = open_project(project, quiet)
    if gate:
        refuse_no_gates(opened)
    from etude.project import BehaveOptions

    found = opened.behave(
        BehaveOptions(
            suites=tuple(suites or ()),
            examples=examples,
            seed=seed,
            canaries=canaries,
            sign_off=sign_off,
            confirm=asking(yes, quiet),
        )
    )
    from etude.cli._behaved import show_behaviour
    from etude.cli._drawing import Paper
    from etude.report import behaviour as said

    if as_json:
        print_json(said.to_json(found.record, found.comparison))
    else:
        show_behaviour(Paper(), found)
    if gate:
        hold(found.comparison, suites_only=True)
