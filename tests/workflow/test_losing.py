"""Which trained ways money speaks against while nothing is settled."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from etude.records.task import Economics
from etude.workflow.assemble import PRICED, losing
from etude.workflow.spent import Spent
from tests.verdict.test_decide import TASK, candidate, pairs

SEVERAL = [candidate("prompt", 0.5), candidate("probe", 0.90), candidate("finetune", 0.92)]
STATED = Spent(stated=PRICED)


def found(
    requests: float, spent: Spent = STATED, several: list[Any] = SEVERAL, **money: float
) -> frozenset[str]:
    economics = Economics(requests_per_month=requests, upkeep_hours_per_month=2, **money)
    task = TASK.model_copy(update={"economics": economics})
    scores: Any = SimpleNamespace(right_pairs=pairs(several, 0.05), handing_pairs=())
    return losing(task, tuple(several), scores, spent)


def test_few_requests_do_not_pay_for_training_and_many_do() -> None:
    # 2 points of 2 minutes at 30 an hour: 0.02 a request; upkeep 60 a month.
    assert found(1_000) == {"finetune@m"}
    assert found(10_000) == frozenset()


def test_collecting_has_a_say_only_where_somebody_stated_its_hours() -> None:
    # 60 a month are left of 120: 720 a year, less 90 of testing, and 900 of collecting where it counts.
    economics = {"hours_to_collect": 30.0}
    stated = Spent(stated=PRICED | {"economics.hours_to_collect"})
    assert found(6_000, STATED, **economics) == frozenset()
    assert found(6_000, stated, **economics) == {"finetune@m"}


def test_money_has_a_say_only_where_somebody_stated_it() -> None:
    assert found(1_000, Spent()) == frozenset()
    assert found(1_000, Spent(stated=frozenset({"economics.requests_per_month"}))) == frozenset()


@pytest.mark.parametrize("several", [SEVERAL[:2], SEVERAL[2:]])
def test_it_takes_one_of_either_kind(several: list[Any]) -> None:
    assert found(1_000, several=several) == frozenset()
