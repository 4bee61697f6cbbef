"""``etude keys``: who may call the server, from where others can reach it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from etude.cli import _options as options
from etude.errors import UsageError

ACTIONS = {"create": "create NAME", "list": "list", "revoke": "revoke NAME"}
USUAL = "infer"
SCOPES = (USUAL, "tune", "admin")

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ACTION]",
        show_default=False,
        help="create NAME; list; revoke NAME (a name or an id). Default: list.",
    ),
]
Scopes = Annotated[
    list[str] | None,
    typer.Option(
        "--scope",
        metavar="SCOPE",
        show_default=False,
        help="What a new key opens; give it again for more. infer: ask models, give feedback. tune: "
        "files, fine-tuning jobs, batches. admin: everything. Default: infer.",
    ),
]
PerMinute = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=1_000_000,
        metavar="N",
        show_default=False,
        help="Requests that a new key may send in a minute. Default: no limit.",
    ),
]
PerDay = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        show_default=False,
        help="Tokens, read and written, that a new key may use in a day (UTC). Default: no limit.",
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--project",
        metavar="DIR",
        show_default=False,
        help="The folder that is served. Default: the project that this folder is in, else this "
        "folder.",
    ),
]


def keys(
    words: Words = None,
    scope: Scopes = None,
    requests_per_minute: PerMinute = None,
    tokens_per_day: PerDay = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
    project: Folder = None,
) -> None:
    """Create, list and revoke the keys by which others call etude serve.

    A key is shown once, when it is made; only a hash of it is kept. A server that runs takes a new
    key at once and refuses a revoked one within seconds. Once a key was made here, one is asked for
    on this machine too.
    """
    action, *given = words or ["list"]
    making = {
        "--scope": bool(scope),
        "--requests-per-minute": requests_per_minute is not None,
        "--tokens-per-day": tokens_per_day is not None,
    }
    _refuse_misplaced(action, given, [name for name, there in making.items() if there])
    from etude.cli._keys import Told, created, listed, opened, revoked

    told = Told(as_json, quiet)
    with opened(project) as kept:
        if action == "create":
            scopes = _known(scope or [USUAL])
            created(kept, given[0], scopes, requests_per_minute, tokens_per_day, told)
        elif action == "revoke":
            revoked(kept, given[0], told)
        else:
            listed(kept, told)


def _refuse_misplaced(action: str, given: list[str], making: list[str]) -> None:
    if action not in ACTIONS:
        raise UsageError(
            f"{action!r} can't be done with keys",
            where="etude keys",
            expected="one of: " + "; ".join(ACTIONS.values()),
            hint="etude keys --help",
        )
    usage = f"etude keys {ACTIONS[action]}"
    wanted = len(ACTIONS[action].split()) - 1
    if len(given) != wanted:
        raise UsageError(
            f"{'too many' if len(given) > wanted else 'too few'} words",
            where="etude keys",
            expected=usage,
        )
    if making and action != "create":
        raise UsageError(f"{making[0]} goes with create alone", where=usage)


def _known(scopes: list[str]) -> list[str]:
    for one in scopes:
        if one not in SCOPES:
            raise UsageError(
                f"there is no scope {one!r}",
                where="--scope",
                expected=f"one of {', '.join(SCOPES)}",
            )
    return scopes
