"""``etude release``: seal a candidate, and everything that can be done with what was sealed."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from etude.cli import _options as options
from etude.cli._opening import open_project
from etude.cli._typed import USUAL_FORM, Typed
from etude.errors import UsageError

if TYPE_CHECKING:
    from etude.cli._shelf import Shelf

ACTIONS: dict[str, tuple[tuple[str, ...], frozenset[str]]] = {
    "list": ((), frozenset()),
    "show": (("NAME",), frozenset()),
    "verify": (("NAME",), frozenset()),
    "export": (
        ("NAME", "TARGET"),
        frozenset({"--format", "--precision", "--to-hub", "--allow-differences", "--yes"}),
    ),
    "import": (("SOURCE",), frozenset({"--max-gb", "--allow-code"})),
    "alias": (("NAME", "ALIAS"), frozenset()),
    "unalias": (("ALIAS",), frozenset()),
    "rollback": ((), frozenset()),
    "log": ((), frozenset()),
}
"""What may stand in place of a candidate: what it takes, and the options that go with it."""
MAKING = frozenset({"--as", "--whole", "--allow-differences", "--yes"})

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[CANDIDATE]",
        show_default=False,
        help="A candidate of the newest comparison, such as probe. Default: the recommended one. "
        "Or: list; show NAME; verify NAME; export NAME TARGET; import SOURCE; alias NAME "
        "production; unalias canary; rollback; log.",
    ),
]
Alias = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="ALIAS",
        show_default=False,
        help="Let this name stand for the new release: production or canary.",
    ),
]
Whole = Annotated[
    bool,
    typer.Option(
        "--whole",
        help="Copy the models that it stands on into the release. Without it they are found by "
        "their names and held to their hashes.",
    ),
]
Differences = Annotated[
    bool,
    typer.Option(
        "--allow-differences",
        help="Go on although some inputs are answered otherwise; it is written down.",
    ),
]
Form = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FORM",
        help="What export writes: release (for another project: a folder, .tar.gz or .tar.zst), "
        "or for other engines peft, merged or gguf.",
    ),
]
Precision = Annotated[
    str | None,
    typer.Option(
        "--precision",
        metavar="TYPE",
        show_default=False,
        help="Of the numbers in a GGUF file: f32, f16, bf16 or q8_0. Default: f16.",
    ),
]
Hub = Annotated[
    str | None,
    typer.Option(
        "--to-hub",
        metavar="OWNER/NAME",
        show_default=False,
        help="Push the export to a private repository of a model hub instead; you are asked first.",
    ),
]
MostGb = Annotated[
    float | None,
    typer.Option(
        "--max-gb",
        min=0.001,
        metavar="N",
        show_default=False,
        help="Refuse to import a release of more gigabytes. Default: 20.",
    ),
]
Code = Annotated[
    bool,
    typer.Option(
        "--allow-code", help="Import a release although it brings functions that are run here."
    ),
]


def release(
    words: Words = None,
    alias: Alias = None,
    whole: Whole = False,
    allow_differences: Differences = False,
    form: Form = USUAL_FORM,
    precision: Precision = None,
    hub: Hub = None,
    most_gb: MostGb = None,
    allow_code: Code = False,
    yes: options.Yes = False,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    project: options.ProjectFolder = None,
) -> None:
    """Seal a candidate as a release: everything that it answers with, named by its hash, for good.

    Held-out inputs go through the candidate as it was compared and through the release as it is loaded
    and served, and any difference stops it. A release never changes; the names production, canary and
    previous move. NAME is a release's name, its first digits, or one of these three.
    """
    said = words or []
    typed = Typed(alias, whole, allow_differences, form, precision, hub, most_gb, allow_code, yes)
    action = said[0] if said and said[0] in ACTIONS else None
    _refuse_misplaced(action, said, typed)
    from etude.cli import _releases
    from etude.cli._shelf import open_shelf

    command = "etude release " + shlex.join(said) if said else "etude release"
    told = _releases.Told(as_json, quiet)
    if action is None:
        opened = open_project(project, quiet)
        _releases.made(opened, said[0] if said else None, typed, command, told)
    else:
        shelf = open_shelf(project, quiet, bringing=action == "import")
        _done(action, shelf, said[1:], typed, command, told)


def _done(
    action: str, opened: Shelf, given: list[str], typed: Typed, command: str, told: Any
) -> None:
    from etude.cli import _releases

    acts: dict[str, Callable[[], None]] = {
        "list": lambda: _releases.listed(opened, told),
        "show": lambda: _releases.shown(opened, given[0], told),
        "verify": lambda: _releases.verified(opened, given[0], told),
        "export": lambda: _releases.exported(opened, given, typed, command, told),
        "import": lambda: _releases.imported(opened, Path(given[0]), typed, command, told),
        "alias": lambda: _releases.moved(opened, given[0], given[1], command, told),
        "unalias": lambda: _releases.unaliased(opened, given[0], command, told),
        "rollback": lambda: _releases.rolled_back(opened, command, told),
        "log": lambda: _releases.logged(opened, told),
    }
    acts[action]()


def _refuse_misplaced(action: str | None, said: list[str], typed: Typed) -> None:
    """Too many or too few words, and options of something else.

    Raises:
        UsageError: there are any.
    """
    wanted, allowed = ACTIONS[action] if action else ((), MAKING)
    if action == "export":
        # Where it goes, or the hub that it goes to; only what leaves is asked about.
        away = typed.hub is not None
        wanted, allowed = (wanted[:1], allowed) if away else (wanted, allowed - {"--yes"})
    usage = " ".join(["etude release", *([action] if action else ["[CANDIDATE]"]), *wanted])
    count = len(said) - 1 if action else max(0, len(said) - 1)
    if count != len(wanted):
        raise UsageError(
            f"{'too many' if count > len(wanted) else 'too few'} words",
            where="etude release",
            expected=usage,
            hint="etude release --help",
        )
    stray = sorted(typed.given() - allowed)
    if stray:
        raise UsageError(
            f"{stray[0]} does not go with this", where=usage, hint="etude release --help"
        )
