"""The page on keys, traffic and feedback: its Python runs as it stands, its commands can be typed."""

from __future__ import annotations

import csv
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.docs._pages import blocks, page, typed
from tests.serving.conftest import Site

from etude.cli._verbs import command
from etude.serving.config import ServingConfig
from etude.store.feedback import Feedbacks
from etude.store.traffic import Traffic

NAME = "how-to/keys-traffic-and-feedback.md"


def test_its_python_runs(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    give, collect = blocks(page(NAME), "python")
    scope: dict[str, Any] = {}
    exec(give.replace("http://127.0.0.1:8000", site.url), scope)
    said = scope["said"]
    database = site.services.store.database
    (kept,), _ = Feedbacks(database).page(9, response=said.id)
    assert kept.feedback.correction == "lost_card"
    assert Traffic(database).get(said.id) is not None
    exec(collect, scope)
    with open("corrected.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert "lost_card" in [row["label"] for row in rows]


def test_its_commands_and_settings_are_real() -> None:
    found = typed(page(NAME))
    assert len(found) == 5
    for one in found:
        words = shlex.split(one)
        command(words[1]).make_context(words[1], words[2:])
    recording, _ = blocks(page(NAME), "yaml")
    assert ServingConfig.model_validate(yaml.safe_load(recording)).recording.text


def test_the_reference_names_the_metrics_that_there_are(site: Site) -> None:
    text = page("reference/server.md")
    families = {metric.name for metric in site.services.metrics.registry.collect()}
    for name in families:
        assert f"`{name}" in text, name
