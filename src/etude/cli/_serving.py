"""What ``etude serve`` does with its options: the folder, the settings, the words at the start."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from etude.cli._interrupts import stay_interruptible
from etude.cli._opening import TASK_FILE
from etude.cli.progress import waiting
from etude.errors import UsageError


def folder_of(named: Path | None) -> Path:
    """The folder to serve: the one that was named, else the project that this folder is in, else
    this folder, whatever is in it.

    Raises:
        UsageError: there is no such folder.
    """
    if named is not None:
        if not named.is_dir():
            raise UsageError("there is no such folder", where=str(named), hint=f"mkdir {named}")
        return named
    here = Path.cwd()
    return next((p for p in (here, *here.parents) if (p / TASK_FILE).exists()), here)


def flags_of(
    *, models: Sequence[str], tune: Sequence[str], **said: Any
) -> dict[tuple[str, ...], Any]:
    """The options as settings, by their places in ``serve.yaml``; None where nothing was said.

    Raises:
        UsageError: a model is given without a name.
    """
    return {
        ("host",): said["host"],
        ("port",): said["port"],
        ("allow_system",): said["allow_system"] or None,
        ("recording", "text"): said["record_text"] or None,
        ("tuning", "workers"): said["workers"],
        ("tls_cert",): said["tls_cert"],
        ("tls_key",): said["tls_key"],
        **{("models", name): value for name, value in _pairs(models, "--model")},
        **{("tuning", "models", name): value for name, value in _pairs(tune, "--tune")},
    }


def _pairs(said: Sequence[str], option: str) -> list[tuple[str, str]]:
    found = []
    for one in said:
        name, equals, value = one.partition("=")
        if not (name and equals and value):
            raise UsageError(
                f"{one!r} is no name with a model",
                where=option,
                expected="NAME=MODEL",
                hint=f"{option} fast=builtin:starter",
            )
        found.append((name, value))
    return found


def listen(root: Path, flags: dict[tuple[str, ...], Any], *, as_json: bool, quiet: bool) -> None:
    """Serve until someone stops it.

    Raises:
        UsageError: the settings are wrong, or the address is open and there are no keys.
        StoreError: the folder can't be read or written.
    """
    with waiting("getting ready", quiet):
        from etude.serving.config import read_config
        from etude.serving.running import Server

        config = read_config(root, flags)
        server = Server.prepared(root, config, (lambda text: None) if quiet else _say)
    stay_interruptible()

    def opened(address: str) -> None:
        if as_json:
            # One line, which a script can read while the server goes on.
            print(json.dumps({"schema": 1, "address": address}), flush=True)
        if not quiet:
            _say(_welcome(address))

    server.run(opened)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _welcome(address: str) -> str:
    return (
        f"Listening on {address}\n"
        f'  clients: OpenAI(base_url="{address}/v1")\n'
        f"  models:  curl {address}/v1/models\n"
        "Ctrl-C stops it when what is running is done."
    )
