"""Label metrics against scikit-learn and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from etude.errors import UnknownName
from etude.metrics import metric, registry
from etude.metrics._base import Judged
from etude.metrics._confusion import confusion

LABELS = ("a", "b", "c")


def test_every_metric_is_found_by_its_file_name() -> None:
    assert registry.names() == [
        "accuracy",
        "all_checks",
        "chrf",
        "exact",
        "field_f1",
        "judge",
        "macro_f1",
        "person",
    ]
    for name in registry.names():
        assert metric(name).key == name


def test_an_unknown_metric_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="acuracy") as caught:
        metric("acuracy")
    assert "accuracy" in (caught.value.hint or "")


@pytest.mark.parametrize("seed", range(5))
def test_metrics_equal_scikit_learn(seed: int) -> None:
    rng = np.random.default_rng(seed)
    targets = [LABELS[i] for i in rng.integers(0, 3, 80)]
    outputs = [LABELS[i] for i in rng.integers(0, 3, 80)]
    judged = Judged(targets, outputs, LABELS)
    assert metric("accuracy").value(judged) == pytest.approx(accuracy_score(targets, outputs))
    assert metric("macro_f1").value(judged) == pytest.approx(
        f1_score(targets, outputs, average="macro")
    )


def test_no_answer_is_wrong_and_no_label_of_its_own() -> None:
    targets, outputs = ["a", "a", "b"], ["a", None, "zzz"]
    judged = Judged(targets, outputs, LABELS)
    assert metric("accuracy").value(judged) == pytest.approx(1 / 3)
    assert metric("macro_f1").value(judged) == pytest.approx((2 / 3 + 0) / 2)
    assert confusion(targets, outputs, LABELS)[:, 3].tolist() == [1, 1, 0]


def test_nothing_to_score_is_not_a_number() -> None:
    assert math.isnan(metric("accuracy").value(Judged([], [], LABELS)))
    assert math.isnan(metric("macro_f1").value(Judged([], [], LABELS)))
