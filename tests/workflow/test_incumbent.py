"""Which way is in production, as far as a comparison knows it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from etude.workflow.incumbent import incumbent

SCORED = ("prompt@m", "probe@m")


def session(**aliases: str) -> Any:
    releases = SimpleNamespace(aliases=lambda: aliases, folder="home")
    task = SimpleNamespace(task=SimpleNamespace(task="triage"))
    return SimpleNamespace(store=SimpleNamespace(releases=releases), taskfile=task)


@pytest.mark.parametrize(
    ("aliases", "manifest", "found"),
    [
        ({"production": "r"}, ("triage", "probe@m"), "probe@m"),
        ({"production": "r"}, ("triage", "finetune@other"), None),
        ({"production": "r"}, ("another task", "probe@m"), None),
        ({"production": "r"}, None, None),
        ({"canary": "r"}, ("triage", "probe@m"), None),
        ({}, ("triage", "probe@m"), None),
    ],
)
def test_it_is_the_released_way_where_it_is_of_this_task_and_scored(
    aliases: dict[str, str],
    manifest: tuple[str, str] | None,
    found: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = None if manifest is None else SimpleNamespace(task=manifest[0], candidate=manifest[1])
    monkeypatch.setattr("etude.releases.shelf.manifest_of", lambda home, name: read)
    assert incumbent(session(**aliases), SCORED) == found
