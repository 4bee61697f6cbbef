"""General requests have answers that are right and others that are not, and a loss has its interval."""

from __future__ import annotations

import re

from etude.behaviour.general import Request, general, is_right, requests

RIGHT = [one.right[0] for one in requests()]


def test_every_request_is_asked_once_and_knows_its_answer() -> None:
    asked = requests()
    assert len({one.text for one in asked}) == len(asked) == 40
    for one in asked:
        assert is_right(one, f' "{one.right[0]}".\n')
        assert not is_right(one, None)
        assert not is_right(one, f"{one.right[0]} and more")
    for one in asked:
        if found := re.match(r"How many words are in “(.+)”", one.text):
            assert one.right[0] == str(len(found.group(1).split()))


def test_letter_case_counts_where_it_is_asked_for() -> None:
    assert is_right(Request("?", ("yes",), any_case=True), "Yes.")
    assert not is_right(Request("?", ("GREEN",)), "green")


def test_a_loss_is_certain_or_not() -> None:
    lost = general("untuned@m", "finetune@m", RIGHT, [None] * 40, 1)
    assert (lost.base_right, lost.tuned_right, lost.call) == (40, 0, "worse")
    assert lost.loss.value == 1
    few = general("untuned@m", "finetune@m", RIGHT, [None, *RIGHT[1:]], 1)
    assert (few.call, few.loss.value) == ("cant_tell", 1 / 40)
    won = general("untuned@m", "finetune@m", [None] * 40, RIGHT, 1)
    assert won.call == "better"
    many = general("untuned@m", "finetune@m", RIGHT, [None, *RIGHT[1:]], 4)
    assert many.loss.high > few.loss.high
