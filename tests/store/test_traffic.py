"""Traffic: once a response, its key's use with it, its text forgotten in time."""

from __future__ import annotations

import threading

from etude.records.traffic import Served
from etude.store import Store
from etude.store.api_keys import ApiKeys
from etude.store.traffic import Traffic

DAY = 1_764_374_400.0  # 2025-11-29 00:00 UTC


def served(name: str, **said: object) -> Served:
    base = {"id": name, "time": DAY, "endpoint": "/v1/chat/completions", "model": "m"}
    return Served.model_validate(base | {"prompt_hash": "h", "seconds": 0.5} | said)


def test_what_is_written_is_read(shared: Store) -> None:
    traffic = Traffic(shared.database)
    row = served("a", tokens_in=3, first_token=0.1, confidence=0.7, escalate=True, key="key_1")
    traffic.add([row], 60)
    assert traffic.get("a") == row
    assert traffic.get("b") is None


def test_text_that_no_database_holds_is_kept_without_it(shared: Store) -> None:
    traffic = Traffic(shared.database)
    traffic.add([served("a", input="x\0y", output="é\ud800z")], 60)
    row = traffic.get("a")
    assert row is not None
    assert row.input in ("x\0y", "x\ufffdy")  # PostgreSQL has no zero character
    assert row.output == "é?z"
    # Names that no row can have are looked for in vain.
    assert traffic.get("a\0b") is None
    assert traffic.newest(5, after="\0") == []
    assert shared.files.find("file-\0") is None


def test_twice_is_once_also_for_what_a_key_used(shared: Store) -> None:
    traffic, keys = Traffic(shared.database), ApiKeys(shared.database)
    row = served("a", tokens_in=3, tokens_out=4, key="key_1")
    traffic.add([row, row], 60)
    traffic.add([row, served("b", tokens_in=10, key="key_1", time=DAY - 1)], 60)
    assert [one.id for one in traffic.newest(10)] == ["b", "a"]
    assert keys.tokens_used("key_1", "2025-11-29") == 7
    assert keys.tokens_used("key_1", "2025-11-28") == 10
    assert keys.tokens_used("key_2", "2025-11-29") == 0


def test_the_list_goes_on_where_it_ended(shared: Store) -> None:
    traffic = Traffic(shared.database)
    traffic.add([served(name) for name in "abcde"], 60)
    assert [one.id for one in traffic.newest(2)] == ["e", "d"]
    assert [one.id for one in traffic.newest(2, after="d")] == ["c", "b"]
    assert traffic.newest(2, after="nothing") == []


def test_rows_are_found_by_what_their_requests_were_called(shared: Store) -> None:
    traffic = Traffic(shared.database)
    called = {"a": "mine", "b": "theirs", "c": "mine", "d": None}
    traffic.add([served(name, request_id=said) for name, said in called.items()], 60)
    assert [one.id for one in traffic.newest(9, request_id="mine")] == ["c", "a"]
    assert [one.id for one in traffic.newest(9, after="c", request_id="mine")] == ["a"]
    assert traffic.newest(9, request_id="d") == []


def test_text_is_forgotten_and_numbers_stay(shared: Store) -> None:
    traffic = Traffic(shared.database)
    traffic.add([served("old", input="i", output="o", tokens_in=3)], 60)
    traffic.add([served("new", input="i", time=DAY + 60), served("none")], 60)
    assert traffic.forget_text(DAY + 61) == 1
    old, new = traffic.get("old"), traffic.get("new")
    assert old is not None
    assert (old.input, old.output, old.tokens_in) == (None, None, 3)
    assert new is not None
    assert new.input == "i"
    assert traffic.forget_text(DAY + 61) == 0


def test_writers_lose_nothing(shared: Store) -> None:
    """Two processes' worth of writers, with one key between them."""

    def work(which: str) -> None:
        with Store.open(shared.root, url=shared.url) as mine:
            for number in range(10):
                row = served(f"{which}{number}", tokens_in=1, key="key_1")
                Traffic(mine.database).add([row], 60)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Traffic(shared.database).newest(100)) == 20
    assert ApiKeys(shared.database).tokens_used("key_1", "2025-11-29") == 20
