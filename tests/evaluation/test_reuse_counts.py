"""What counts as taken from before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from etude.evaluation.reuse import Reuse


class Kept:
    """A memory that knows everything it is asked for."""

    def __init__(self, values: Mapping[str, dict[str, Any]]) -> None:
        self.values = values

    def recall(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        return {key: self.values[key] for key in keys}

    def keep(self, values: Mapping[str, dict[str, Any]]) -> None:
        raise AssertionError("nothing is kept anew")


def test_a_teachers_words_are_no_trainings() -> None:
    reuse = Reuse()
    values = {"a": {"said": [], "best_epoch": 1}, "b": {"ids": "", "known": 0.5}}
    memory = reuse.trainings("bake", Kept(values))
    assert memory.recall(["a", "b"]) == values
    memory.recall(["b"])
    assert reuse._work["bake"].said == "1 training"
