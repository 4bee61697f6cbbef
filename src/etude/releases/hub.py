"""A folder pushed to a Hugging Face hub, by its own client, with its telemetry off.

It knows folders and repositories; whether anything may leave is asked before by whoever calls it.
"""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from pathlib import Path

from etude.errors import MissingDependency, ModelError, UsageError
from etude.models._hub import offline, quiet

USUAL = "https://huggingface.co"
_REPOSITORY = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}", re.ASCII)


def address() -> str:
    """Where things are pushed to: ``HF_ENDPOINT``, else the public hub."""
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or USUAL


def refuse_offline(repository: str) -> None:
    """Before any work is done.

    Raises:
        UsageError: the name is none of a repository, or everything is kept on this machine.
        MissingDependency: the client is not installed.
    """
    if not _REPOSITORY.fullmatch(repository):
        raise UsageError(
            f"{repository!r} is no repository's name", where="--to-hub", expected="owner/name"
        )
    if offline():
        raise UsageError(
            "this machine was told to stay offline (HF_HUB_OFFLINE)",
            where="--to-hub",
            hint="unset HF_HUB_OFFLINE, or export to a folder",
        )
    if find_spec("huggingface_hub") is None:
        raise MissingDependency(
            "pushing needs huggingface_hub, which is not installed",
            hint="pip install huggingface_hub",
        )


def push(folder: Path, repository: str) -> str:
    """Upload every file of ``folder`` to a private repository, made where it is missing; its address.

    Raises:
        ModelError: the hub can't be reached or refuses, or the repository is there for all to read.
    """
    quiet()
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    client = HfApi(endpoint=address())
    try:
        made = client.create_repo(repository, private=True, exist_ok=True)
        _refuse_public(client.model_info(repository).private, repository)
        client.upload_folder(
            repo_id=repository, folder_path=folder, commit_message="A release made by Etude"
        )
    except (HfHubHTTPError, HFValidationError, OSError, ValueError) as error:
        lines = str(error).strip().splitlines()
        raise ModelError(
            f"the hub did not take it: {lines[0] if lines else type(error).__name__}",
            where=f"{address()}/{repository}",
            hint="sign in with `hf auth login`, or set HF_TOKEN to a token that may write there",
        ) from error
    return str(made)


def _refuse_public(private: bool | None, repository: str) -> None:
    """A person agreed to a private repository, and one that is there keeps what it is."""
    if not private:
        raise ModelError(
            f"the repository {repository} is there already, and anybody can read it",
            where=f"{address()}/{repository}",
            expected="a private repository; nothing was sent",
            hint="make it private in its settings, or name another",
        )
