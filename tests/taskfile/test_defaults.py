"""Defaults by kind agree with what the metrics and the rungs say of themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from etude.metrics import metric, registry
from etude.records.task import BUILT_KINDS, KINDS, WRITING
from etude.taskfile import read
from etude.taskfile.defaults import METRICS, WRITING_LADDER

WRITE = "task: t\nkind: {kind}\ndata: {{examples: a.csv}}\n{more}\n"
MORE = {
    "extract": "schema: {type: object, properties: {a: {type: string}}}",
    "write": "checks: [{type: word-count, value: {max: 9}}]",
    "rewrite": "checks: [{type: word-count, value: {max: 9}}]",
    "chat": "checks: [{type: word-count, value: {max: 9}}]",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kinds_metrics_are_those_that_name_it(kind: str) -> None:
    fitting = {name for name in registry.names() if kind in metric(name).kinds}
    if kind in ("classify", "image"):
        fitting.discard("exact")  # it is what accuracy says of labels
    assert set(METRICS[kind]) == fitting


@pytest.mark.parametrize("kind", WRITING)
def test_a_writing_task_gets_its_own_metric_models_and_ladder(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "etude.yaml"
    path.write_text(WRITE.format(kind=kind, more=MORE[kind]))
    task = read(path).task
    assert task.bar.metric == METRICS[kind][0]
    assert [model.name for model in task.models] == ["builtin:starter"]
    assert task.ladder == WRITING_LADDER


def test_every_built_kind_has_a_metric() -> None:
    assert set(BUILT_KINDS) <= set(METRICS)


def test_settings_of_training_keep_their_types(tmp_path: Path) -> None:
    path = tmp_path / "etude.yaml"
    more = MORE["write"] + "\ntraining: {epochs: 3, sweep: {rank: [8, 16], dora: [true, false]}}"
    path.write_text(WRITE.format(kind="write", more=more))
    training = read(path).task.training
    assert training.epochs == 3
    assert training.sweep == {"rank": (8, 16), "dora": (True, False)}
    assert type(training.sweep["rank"][0]) is int
