"""Feedback is idempotent: said twice is said once, said otherwise replaces."""

from __future__ import annotations

import threading

import pytest
from pydantic import ValidationError

from etude.records.feedback import Feedback
from etude.store import Store
from etude.store.feedback import Feedbacks


def said(**fields: object) -> Feedback:
    base = {"response_id": "chatcmpl-1", "name": "correct", "result": {"label": "no"}}
    return Feedback.model_validate(base | fields)


def test_the_same_again_changes_nothing(shared: Store) -> None:
    kept = Feedbacks(shared.database)
    first = kept.put(said())
    assert kept.put(said()) == first
    assert kept.page(9) == ([first], False)


def test_another_verdict_of_the_same_name_replaces(shared: Store) -> None:
    kept = Feedbacks(shared.database)
    first = kept.put(said())
    second = kept.put(said(result={"label": "yes"}, correction="Better."))
    assert second.seq == first.seq
    assert second.time >= first.time
    (only,), _ = kept.page(9)
    assert only.feedback.result.label == "yes"
    assert only.feedback.correction == "Better."


def test_what_names_it_tells_it_apart(shared: Store) -> None:
    kept = Feedbacks(shared.database)
    others: list[dict[str, object]] = [
        {},
        {"response_id": "r2"},
        {"name": "tone"},
        {"annotator_kind": "LLM"},
        {"identifier": "bob"},
    ]
    for other in others:
        kept.put(said(**other))
    assert len(kept.page(9)[0]) == len(others)


def test_pages_go_on_and_keep_to_a_response(shared: Store) -> None:
    kept = Feedbacks(shared.database)
    for number in range(5):
        kept.put(said(response_id=f"r{number % 2}", identifier=str(number)))
    first, more = kept.page(2)
    assert [one.feedback.identifier for one in first] == ["4", "3"]
    assert more
    rest, more = kept.page(9, after=first[-1].seq)
    assert [one.feedback.identifier for one in rest] == ["2", "1", "0"]
    assert not more
    assert [one.feedback.identifier for one in kept.page(9, response="r1")[0]] == ["3", "1"]


def test_many_at_once_leave_one(shared: Store) -> None:
    def work(label: str) -> None:
        with Store.open(shared.root, url=shared.url) as mine:
            for _ in range(5):
                Feedbacks(mine.database).put(said(result={"label": label}))

    threads = [threading.Thread(target=work, args=(label,)) for label in ("yes", "no")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows, _ = Feedbacks(shared.database).page(9)
    assert len(rows) == 1
    assert rows[0].feedback.result.label in ("yes", "no")


@pytest.mark.parametrize(
    "fields",
    [
        {"result": {}},
        {"result": {"score": float("nan")}},
        {"result": {"label": "a\x00b"}},
        {"name": ""},
        {"name": "two\nlines"},
        {"identifier": "x" * 129},
        {"annotator_kind": "CAT"},
        {"metadata": {str(n): n for n in range(17)}},
        {"stars": 5},
    ],
)
def test_what_says_nothing_or_too_much_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        said(**fields)
