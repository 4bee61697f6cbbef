from __future__ import annotations

from etude.report import _readings as readings

from . import fixtures


def test_a_difference_reads_the_same_from_both_ends() -> None:
    comparison = fixtures.fine_tune()
    a, b = "probe@builtin:minilm", "finetune@builtin:minilm"
    there, back = readings.difference(comparison, b, a), readings.difference(comparison, a, b)
    assert there is not None
    assert back is not None
    assert (there.low, there.high) == (-back.high, -back.low)
    assert there.call == "better"
    assert back.call == "worse"
    assert readings.difference(comparison, a, "none@such") is None
