"""The entry point: parses, runs one verb, and ends with an exit code, never with a traceback.

Exit codes: 0 done, 1 to 5 and 130 as ``etude.errors`` says, 70 for a fault of Etude's own, and 141
where whoever reads the output has gone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer
import typer.main

from etude import __version__
from etude.cli import _failures
from etude.cli._interrupts import twice_safe
from etude.cli._verbs import Verbs
from etude.errors import EtudeError, Interrupted

READER_GONE = 141
"""What a shell reports for a program that SIGPIPE has ended."""

app = typer.Typer(
    name="etude",
    cls=Verbs,
    add_completion=False,
    rich_markup_mode=None,
    subcommand_metavar="VERB ...",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        print(f"etude {__version__}")
        raise typer.Exit


@app.callback(epilog="Every verb explains itself: etude compare --help")
def etude(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Is fine-tuning worth it for your task? Etude tries the simpler ways first, and tells you."""


def main() -> NoReturn:
    """Run the command line of this process."""
    sys.exit(run(sys.argv[1:]))


def run(args: Sequence[str]) -> int:
    """Run one command line; the exit code."""
    _soften()
    as_json = "--json" in _before_dashes(args)
    try:
        with twice_safe():
            _invoke(list(args) or ["--help"])
            sys.stdout.flush()
    except typer.Exit as done:
        return _flushed(done.exit_code)
    except EtudeError as error:
        return _failures.told(error, as_json)
    except typer.TyperException as error:
        return _failures.told(_failures.misuse(error), as_json)
    except BrokenPipeError:
        return _reader_gone()
    except typer.Abort:
        return _failures.told(Interrupted("stopped before anything was done"), as_json)
    except KeyboardInterrupt:
        stopped = Interrupted("stopped", hint="the same command goes on from here")
        return _failures.told(stopped, as_json)
    except Exception as error:  # noqa: BLE001 - the one place: a person never sees a traceback
        return _failures.unexpected(error, args, as_json)
    return 0


def _invoke(args: list[str]) -> None:
    # Not `app()`: it has exits and words of its own for Ctrl-C and closed pipes.
    group: Any = typer.main.get_command(app)
    with group.make_context("etude", args) as context:
        group.invoke(context)


def _before_dashes(args: Sequence[str]) -> Sequence[str]:
    return args[: args.index("--")] if "--" in args else args


def _soften() -> None:
    """A character that the terminal's encoding lacks is written as its code, never an error."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _flushed(code: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _reader_gone()
    return code


def _reader_gone() -> int:
    """Point stdout nowhere, so that Python's own flush at exit has nothing to complain of."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return READER_GONE


if __name__ == "__main__":
    main()
