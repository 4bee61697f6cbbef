"""The queue of batches: one holder at a time, and each line's answer once."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from etude.records.batch import Batch, Counts
from etude.records.tuning import Endpoint
from etude.store import Store
from etude.store.batches import Batches, Line
from etude.store.leases import LeaseLost, holder


def batch(name: str = "batch_1", **more: Any) -> Batch:
    base = {"id": name, "created": 1, "endpoint": "/v1/embeddings", "input_file": "file-1"}
    return Batch.model_validate(base | {"expires": 2} | more)


def test_the_oldest_that_nobody_holds_is_claimed(shared: Store) -> None:
    kept, first, second = Batches(shared.database), holder(), holder()
    for name in ("batch_1", "batch_2"):
        kept.create(batch(name))
    claims = [kept.claim(owner, 60) for owner in (first, second, second)]
    assert [claim and claim.id for claim in claims] == ["batch_1", "batch_2", None]
    with pytest.raises(LeaseLost):
        kept.change("batch_1", second, "in_progress")
    kept.release("batch_1", first)
    again = kept.claim(second, 60)
    assert again is not None
    assert again.id == "batch_1"
    with pytest.raises(LeaseLost):
        kept.renew("batch_1", first, 60)


def test_a_lease_that_ran_out_is_free(shared: Store) -> None:
    kept = Batches(shared.database)
    kept.create(batch())
    assert kept.claim(holder(), -1) is not None
    assert kept.claim(holder(), 60) is not None


def test_two_who_claim_at_once_get_one(shared: Store) -> None:
    Batches(shared.database).create(batch())
    won: list[Batch] = []

    def work() -> None:
        with Store.open(shared.root, url=shared.url) as mine:
            got = Batches(mine.database).claim(holder(), 60)
            if got is not None:
                won.append(got)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_a_line_is_answered_once_and_counted(shared: Store) -> None:
    kept, owner = Batches(shared.database), holder()
    kept.create(batch())
    kept.claim(owner, 60)
    kept.change("batch_1", owner, "in_progress", counts=Counts(total=3))
    assert kept.write_line("batch_1", Line(2, False, "first"))
    assert not kept.write_line("batch_1", Line(2, True, "again"))
    assert kept.write_line("batch_1", Line(1, True, "bad"))
    assert kept.done("batch_1") == {1, 2}
    assert list(kept.lines("batch_1")) == [Line(1, True, "bad"), Line(2, False, "first")]
    found = kept.find("batch_1")
    assert found is not None
    assert found.counts == Counts(total=3, completed=1, failed=1)


def test_a_cancelled_batch_does_not_go_on(shared: Store) -> None:
    kept, owner = Batches(shared.database), holder()
    kept.create(batch())
    kept.claim(owner, 60)
    asked = kept.cancel("batch_1")
    assert asked is not None
    assert asked.status == "cancelling"
    assert kept.change("batch_1", owner, "in_progress", model="m").status == "cancelling"
    assert kept.renew("batch_1", owner, 60).model == "m"
    ended = kept.change("batch_1", owner, "cancelled")
    assert set(ended.stamps) == {"cancelling_at", "cancelled_at"}
    assert kept.cancel("batch_1") == ended
    assert kept.claim(owner, 60) is None
    assert kept.cancel("batch_9") is None


def test_pages_are_newest_first(shared: Store) -> None:
    kept = Batches(shared.database)
    for number in range(3):
        kept.create(batch(f"batch_{number}"))
    rows, more = kept.page(2)
    assert ([row.id for row in rows], more) == (["batch_2", "batch_1"], True)
    rows, more = kept.page(2, "batch_1")
    assert ([row.id for row in rows], more) == (["batch_0"], False)
    with pytest.raises(KeyError):
        kept.page(2, "batch_9")


def test_who_wants_to_be_told_of_the_end_is_told_once(shared: Store) -> None:
    shared.webhooks.put(
        Endpoint(
            id="we_1",
            created=1,
            updated=1,
            name="n",
            url="https://example.com",
            event_types=("batch.completed",),
            secret="whsec_YQ==",
        )
    )
    kept, owner = Batches(shared.database), holder()
    kept.create(batch())
    kept.claim(owner, 60)
    kept.change("batch_1", owner, "in_progress")
    assert shared.webhooks.pending("we_1") == []
    for status in ("completed", "completed"):
        kept.change("batch_1", owner, status)
    (told,) = shared.webhooks.pending("we_1")
    assert '"data": {"id": "batch_1"}' in told.body
