"""The page on metrics: it has every metric and every measure, and its examples come out so."""

from __future__ import annotations

import json
import re

import pytest

from etude.metrics import metric, registry
from etude.metrics._base import Judged
from etude.metrics._fields import hits, leaves
from etude.metrics.measures import registry as measures
from etude.records.task import BUILT_KINDS
from tests.docs._pages import page

PAGE = page("reference/metrics.md")
STATISTICS = {
    "right_wrong": "right or wrong",
    "mean": "mean",
    "ratio": "ratio",
    "macro_f1": "macro-F1",
}


def cells(name: str) -> list[str]:
    (line,) = re.findall(rf"^\| `{name}` \|.*\|$", PAGE, re.MULTILINE)
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("name", registry.names())
def test_every_metric_is_on_the_page_as_it_is(name: str) -> None:
    found, row = metric(name), cells(name)
    kinds = re.findall(r"`(\w+)`", row[1])
    assert row[2] == found.plain_name
    assert row[4] == STATISTICS[found.statistic]
    if name != "exact":  # for labels it is accuracy under another name
        assert kinds == [kind for kind in BUILT_KINDS if kind in found.kinds]


@pytest.mark.parametrize("name", measures.names())
def test_every_measure_is_on_the_page_as_it_is(name: str) -> None:
    found, row = measures.load(name), cells(name)
    assert re.findall(r"`(\w+)`", row[1]) == [kind for kind in BUILT_KINDS if kind in found.kinds]
    assert row[2] == found.plain_name
    assert row[3] == found.better


ROWS = re.findall(r"^\| `(.+?)` \| `(.+?)` \| (\d+) \| (\d+) \| ([\d.]+) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("ideal", "answer", "found", "values", "f1"), ROWS)
def test_the_examples_of_field_f1(
    ideal: str, answer: str, found: str, values: str, f1: str
) -> None:
    target = json.loads(ideal)
    output = json.loads(answer) if answer.startswith("{") else None
    assert hits(target, output) == int(found)
    assert leaves(target) + leaves(output) == int(values)
    judged = Judged((ideal,), (answer,), target_values=(target,), output_values=(output,))
    assert f"{metric('field_f1').value(judged):.2f}" == f1


def test_there_are_examples() -> None:
    assert len(ROWS) == 8
