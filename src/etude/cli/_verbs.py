"""The verbs in the order of the job, each with its one line; a verb's file is imported when used.

So ``etude --help`` costs no more than reading this table.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from etude.errors import UnknownName
from etude.registry import nearest

VERBS: dict[str, str] = {
    "new": "make a project folder from your examples",
    "advise": "say whether fine-tuning is the right next step, and what is",
    "check": "read the examples, and say what you should know about them",
    "review": "look at doubtful examples one by one, and decide about each",
    "fix": "accept repairs of the examples for all rows at once",
    "compare": "try the simple ways, then fine-tuning; say which is worth it",
    "behave": "try unusual, tricky and sensitive input on what was compared",
    "diff": "say what changed between two comparisons",
    "report": "write the newest comparison as pages to read and send on",
    "predict": "answer new texts with the way that was recommended",
    "release": "seal a candidate, put it in production, export it, take it back",
    "serve": "answer OpenAI's API from this folder, fine-tuning jobs included",
    "keys": "say who may call the server: make keys, list them, revoke them",
    "run": "the whole job: check, compare, report",
    "convert": "write examples in another shape or kind of file",
    "doctor": "say what this machine can do, and what is missing",
}


class Verbs(TyperGroup):
    """A group that knows its verbs without importing them."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The verbs in the order of the job."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of one verb; its file is imported now.

        Raises:
            UnknownName: there is no such verb; the nearest is named.
        """
        if cmd_name not in VERBS:
            near = nearest(cmd_name, list(VERBS))
            raise UnknownName(
                f"there is no verb called {cmd_name!r}",
                where="etude",
                expected=f"one of {', '.join(VERBS)}",
                hint=f"did you mean {near}? Type: etude {near}" if near else "etude --help",
            )
        return command(cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """One plain line a verb, without importing any."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


class Verb(TyperCommand):
    """A command whose help names arguments as people write them: NAME, not ``{NAME} <path>``."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Arguments first, in square brackets where they may be left out."""
        named = [p.metavar or p.name for p in self.params if p.param_type_name == "argument"]
        return [*named, "[OPTIONS]"]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments, then options, each in the order in which the verb takes them."""
        for kind, head in (("argument", "Arguments"), ("option", "Options")):
            rows = [
                _plain(*record)
                for param in self.get_params(ctx)
                if param.param_type_name == kind and (record := param.get_help_record(ctx))
            ]
            if rows:
                with formatter.section(head):
                    formatter.write_dl(rows)


def _plain(name: str, text: str) -> tuple[str, str]:
    """A help record without the names of Python's types and its way of writing a range."""
    return re.sub(r" <[^>]*>$", "", name), re.sub(r"\[(\d+)<=x<=(\d+)\]", r"[\1 to \2]", text)


def command(verb: str) -> Any:
    """The command of ``verb``: the function of that name in the file of that name."""
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(verb, cls=Verb, short_help=VERBS[verb])(
        getattr(import_module(f"etude.cli.{verb}"), verb)
    )
    return typer.main.get_command(alone)
