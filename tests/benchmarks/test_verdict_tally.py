"""What evaluation draws came to, kept in a file and taken from there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np

from _verdict_tally import Of, Tally, keep, kept, share, told


def tally() -> Tally:
    made = Tally.empty()
    for loss, picked in ((0.0, "probe"), (np.float64(0.02), "probe"), (0.0312345678, "prompt")):
        made.note(losses=loss, picks=picked, single=np.bool_(loss < 0.03), decisions="cant_tell")
        made.note(plain_losses=loss, lowest_losses=loss, wary_losses=loss, knowing_losses=loss)
    made.note(more=1200.0, settled_by_more=True, not_enough=False)
    return made


def test_what_is_kept_comes_back_and_adds_up(tmp_path: Path) -> None:
    file, first = tmp_path / "results" / "kept.jsonl", Of("trec6", 300, 0, True, 250)
    assert kept(file) == {}
    keep(file, first, tally())
    keep(file, first._replace(draw=1), tally())
    found = kept(file)
    assert found == {first: tally(), first._replace(draw=1): tally()}
    lines = told([(of.task, one) for of, one in found.items()])
    assert lines["pick within the margin of the true best"] == " 66.7 % (6 of 2 draws)"
    assert lines["intervals of two candidates cover"].endswith("6 of 2 draws)")
    assert lines["picked"] == "probe 4, prompt 2"
    assert "most 3.1" in lines["loss of the pick, points"]
    assert lines["claimed of two, their answers swapped"] == "none"


def test_a_range_is_over_the_training_draws_of_each_task() -> None:
    """Two tasks far apart, whose draws are near: the tasks are meant, so their distance is no error."""
    easy = [("easy", Counter({True: 90 + at, False: 10 - at})) for at in range(4)]
    hard = [("hard", Counter({True: 50 + at, False: 50 - at})) for at in range(4)]
    assert share(easy) == " 91.5 % (+/- 2.1; 400 of 4 draws)"
    assert share(easy + hard) == " 71.5 % (+/- 1.1; 800 of 8 draws)"
    assert share(easy[:1] + hard[:1]) == " 70.0 % (200 of 2 draws)", "a draw each shows no spread"
    assert share([]) == "none"


def test_without_a_file_nothing_is_kept() -> None:
    keep(None, Of("trec6", 300, 0, True, 250), tally())
    assert kept(None) == {}
