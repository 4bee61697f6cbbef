"""What ``etude keys`` does and says, action by action."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from etude.cli._drawing import Paper
from etude.cli._screen import print_json
from etude.cli._serving import folder_of
from etude.errors import UsageError
from etude.records.api_key import ApiKey, Scope
from etude.store import Store
from etude.store.api_keys import ApiKeys

SCOPE_WORDS = {
    "infer": "ask models and give feedback",
    "tune": "work with files, fine-tuning jobs and batches",
    "admin": "do everything",
}


@dataclass(frozen=True)
class Told:
    """How results are told."""

    as_json: bool
    quiet: bool


@contextmanager
def opened(project: Path | None) -> Iterator[ApiKeys]:
    """The keys of the folder that is served; it need not be a project.

    Raises:
        UsageError: there is no such folder.
        StoreError: it can't be read or written.
    """
    with Store.open(folder_of(project)) as store:
        yield ApiKeys(store.database)


def created(
    kept: ApiKeys,
    name: str,
    scopes: Sequence[str],
    requests_per_minute: int | None,
    tokens_per_day: int | None,
    told: Told,
) -> None:
    """A new key, shown this once."""
    if any(key.name == name and key.revoked is None for key in kept.every()):
        raise UsageError(
            f"a key in force is called {name!r} already",
            where="etude keys create",
            hint=f"another name; or: etude keys revoke {name}",
        )
    try:
        made, secret = kept.create(
            name, cast("Sequence[Scope]", scopes), requests_per_minute, tokens_per_day
        )
    except ValidationError as error:
        raise UsageError(
            "that can't be a key's name", where="etude keys create", expected="1 to 64 characters"
        ) from error
    if told.as_json:
        print_json({"schema": 1, "key": secret, **_document(made)})
        return
    if told.quiet:
        print(secret)
        return
    paper = Paper()
    paper.line(f"✓ {made.name} may {_may(made)}{_limits(made)}.", "bold")
    paper.line()
    paper.line(f"  {secret}", "bold")
    paper.line()
    paper.prose("It is shown this once: only a hash of it is kept. Hand it over safely.")
    paper.command("Clients find it here:", f"export OPENAI_API_KEY={secret}")


def listed(kept: ApiKeys, told: Told) -> None:
    """Every key, with the tokens that it used today."""
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    found = [(key, kept.tokens_used(key.id, today)) for key in kept.every()]
    if told.as_json:
        rows = [_document(key) | {"tokens_today": used} for key, used in found]
        print_json({"schema": 1, "keys": rows})
        return
    paper = Paper()
    if not found:
        paper.line("No keys yet: only this machine can call the server, without one.")
        paper.command("Make one:", "etude keys create NAME")
    for key, used in found:
        state = "" if key.revoked is None else f"  revoked {_day(key.revoked)}"
        paper.line(f"{key.name}  …{key.hint}{state}", "" if key.revoked else "bold")
        paper.prose(
            f"may {_may(key)}{_limits(key)}; made {_day(key.created)}; {used:,} tokens today; "
            f"{key.id}",
            first="  ",
        )


def revoked(kept: ApiKeys, named: str, told: Told) -> None:
    """A key that opens nothing any more."""
    ended = kept.revoke(named)
    if told.as_json:
        print_json({"schema": 1, **_document(ended)})
        return
    paper = Paper()
    paper.line(f"✓ {ended.name} (…{ended.hint}) is revoked; within seconds nothing opens to it.")
    if not kept.any_in_force():
        paper.command("No key is left. Make one:", "etude keys create NAME")


def _document(key: ApiKey) -> dict[str, Any]:
    return key.model_dump(mode="json")


def _may(key: ApiKey) -> str:
    return ", ".join(SCOPE_WORDS[scope] for scope in key.scopes)


def _limits(key: ApiKey) -> str:
    said = []
    if key.requests_per_minute is not None:
        said.append(f"{key.requests_per_minute:,} requests a minute")
    if key.tokens_per_day is not None:
        said.append(f"{key.tokens_per_day:,} tokens a day")
    return f", at most {' and '.join(said)}" if said else ""


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
