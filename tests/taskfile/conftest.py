from __future__ import annotations

import pytest

from etude.taskfile import rules


@pytest.fixture(autouse=True)
def known_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names told in problems do not depend on which rungs this version has."""
    monkeypatch.setattr(
        rules,
        "metric_names",
        lambda: ["accuracy", "all_checks", "chrf", "exact", "field_f1", "macro_f1"],
    )
    monkeypatch.setattr(rules, "rung_names", lambda: ["few_shot", "finetune", "probe", "prompt"])
