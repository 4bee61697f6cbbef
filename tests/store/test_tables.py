"""Runs, versions, the ledger, responses and kept candidates: on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.errors import StoreError
from etude.models._base import ResponseCache
from etude.records.run import Look, Run
from etude.store import Store

MakeRun = Callable[..., Run]


def empty(out: Path, work: Path) -> None:
    (out / "f").write_text("x")


def ids(runs: list[Run]) -> list[str]:
    return [run.id for run in runs]


def test_runs_are_begun_finished_and_found(store: Store, make_run: MakeRun) -> None:
    assert store.runs() == []
    assert store.latest_run() is None
    store.begin_run(make_run("a", "check"))
    store.finish_run("a", "done")
    store.begin_run(make_run("b", "compare"))
    assert ids(store.runs()) == ["b", "a"]
    assert ids(store.runs(limit=1)) == ["b"]
    assert store.runs()[0].status == "running"
    store.finish_run("b", "failed", note="é\x00")
    latest = store.latest_run(verb="compare")
    assert latest is not None
    assert (latest.status, latest.note) == ("failed", "é\x00")
    assert latest.finished is not None
    assert store.latest_run(status="done") == store.runs()[1]
    assert store.latest_run("compare", "done") is None
    written = json.loads((store.run_folder("b") / "run.json").read_text())
    assert Run.model_validate(written) == latest


def test_a_run_is_begun_once(store: Store, make_run: MakeRun) -> None:
    store.begin_run(make_run("a"))
    with pytest.raises(StoreError, match="under way already"):
        store.begin_run(make_run("a"))
    store.finish_run("a", "done")
    with pytest.raises(StoreError, match="there is a run a already"):
        store.begin_run(make_run("a"))
    with pytest.raises(StoreError, match="there is no run z"):
        store.finish_run("z", "done")
    with pytest.raises(StoreError, match="can't be the name of a run"):
        store.run_folder("../a")


CRASH = """
import os, sys
from etude.records.run import Run
from etude.store import Store
url = sys.argv[2] or None
store = Store.open(sys.argv[1], url=url)
store.begin_run(Run.model_validate_json(sys.argv[3]))
os._exit(9)
"""


def test_a_run_whose_process_died_is_interrupted(
    store: Store, url: str | None, make_run: MakeRun
) -> None:
    arguments = [str(store.root), url or "", make_run("dead").model_dump_json()]
    assert subprocess.run([sys.executable, "-c", CRASH, *arguments]).returncode == 9
    store.begin_run(make_run("mine"))
    with Store.open(store.root, url=url) as other:
        assert [(r.id, r.status) for r in other.runs()] == [
            ("mine", "running"),
            ("dead", "interrupted"),
        ]
        assert other.latest_run(status="interrupted") == other.runs()[1]


def test_units_are_written_down_under_the_run(store: Store, make_run: MakeRun) -> None:
    store.compute("fit", {"a": 0}, empty)
    store.begin_run(make_run("a"))
    first = store.compute("fit", {"a": 1}, empty)
    store.compute("fit", {"a": 1}, empty)
    old = store.compute("fit", {"a": 0}, empty)
    store.finish_run("a", "done")
    store.compute("fit", {"a": 2}, empty)
    units = {unit.path: unit for unit in store.run_units("a")}
    assert set(units) == {first.path, old.path}
    assert not units[first.path].cached
    assert units[old.path].cached
    assert units[first.path].seconds == pytest.approx(first.seconds)


def test_pruning_keeps_what_new_runs_and_kept_candidates_need(
    store: Store, make_run: MakeRun
) -> None:
    paths = {}
    for name in ("one", "two", "three"):
        store.begin_run(make_run(name))
        paths[name] = store.compute("fit", {"run": name}, empty).path
        store.finish_run(name, "done")
    store.begin_run(make_run("check", "check"))
    store.finish_run("check", "done")
    paths["orphan"] = store.compute("fit", {"run": None}, empty).path
    store.keep_candidate("one", "probe@m", paths["one"])
    pruned = store.prune(keep=1)
    assert pruned.units == 2
    assert pruned.bytes > 0
    assert {name for name, path in paths.items() if path.exists()} == {"one", "three"}


def test_kept_candidates_are_found_by_name(store: Store, make_run: MakeRun) -> None:
    for name in ("one", "two"):
        store.begin_run(make_run(name))
        unit = store.compute("fit", {"run": name}, empty)
        store.keep_candidate(name, "probe@m", unit.path)
        store.finish_run(name, "done")
    assert store.candidate_folder("probe@m") == unit.path
    assert store.candidate_folder("probe@m", run="one") != unit.path
    store.forget("fit", {"run": "two"})
    with pytest.raises(StoreError, match="is gone"):
        store.candidate_folder("probe@m")
    with pytest.raises(StoreError, match="no candidate x was kept"):
        store.candidate_folder("x")
    with pytest.raises(StoreError, match="not in the project"):
        store.keep_candidate("one", "x", store.root)
    with pytest.raises(StoreError, match="there is no run z"):
        store.keep_candidate("z", "x", store.folder / "runs")


def test_dataset_versions(store: Store) -> None:
    assert store.latest_version() is None
    assert store.assignments() is None

    def writer(text: str) -> Callable[[Path], object]:
        return lambda folder: (folder / "splits.parquet").write_text(text)

    first = store.save_version("v1", writer("1"))
    assert first == store.version_folder("v1") == store.folder / "versions" / "v1"
    store.save_version("v2", writer("2"))
    assert store.latest_version() == "v2"
    # Back to the earlier examples: they are in use, but what v2 kept aside stays known.
    assert store.save_version("v1", writer("other")) == first
    assert (first / "splits.parquet").read_text() == "1"
    assert store.latest_version() == "v1"
    assert store.assignments() == store.version_folder("v2") / "splits.parquet"
    store.save_assignments("v2", lambda path: path.write_text("new"))
    assert (store.version_folder("v2") / "splits.parquet").read_text() == "new"
    with pytest.raises(StoreError, match="v9 is not there"):
        store.version_folder("v9")
    with pytest.raises(StoreError, match="can't be the name"):
        store.save_version("../v", writer("x"))


def test_a_failing_version_writer_leaves_nothing(store: Store) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.save_version("v1", fail)
    assert list((store.folder / "versions").iterdir()) == []
    assert store.latest_version() is None


def test_a_lost_split_table_is_never_replaced_silently(store: Store) -> None:
    store.save_version("v1", lambda folder: (folder / "splits.parquet").touch())
    (store.version_folder("v1") / "splits.parquet").unlink()
    with pytest.raises(StoreError, match="kept aside is missing"):
        store.assignments()


def look(holdout: str, run: str) -> Look:
    return Look(time="t", holdout_id=holdout, run=run, candidates=("c",), reason="compare")


def test_the_ledger_keeps_looks_in_order_and_forever(store: Store) -> None:
    for run in ("z", "a", "m"):
        store.record_look(look("h1", run))
    store.record_look(look("h2", "z"))
    assert [entry.run for entry in store.looks("h1")] == ["z", "a", "m"]
    assert store.looks("h3") == []
    assert [entry.run for entry in store.looks("h2", "h1")] == ["z", "a", "m", "z"]
    assert sorted(store.looked_at()) == ["h1", "h2"]
    database = store._connect().database
    for statement in ("DELETE FROM looks", "UPDATE looks SET run = 'x'"):
        with (
            pytest.raises(StoreError, match="the ledger is append-only"),
            database.write() as connection,
        ):
            connection.execute(sa.text(statement))
    assert len(store.looks("h1")) == 3


def test_responses_and_money(store: Store) -> None:
    cache: ResponseCache = store.response_cache("m1")
    assert cache.get("k") is None
    assert cache.spent() == 0.0
    response = {"text": "é\x00\ud83d", "tokens": [1, 2.5], "failure": None}
    cache.put("k", response, 0.25)
    assert cache.get("k") == response
    # Paid twice by two processes: the first answer stays, both costs count.
    store.response_cache("m1").put("k", {"text": "other"}, 0.5)
    assert cache.get("k") == response
    assert cache.spent() == 0.75
    assert store.response_cache("m2").spent() == 0.0
    assert store.response_cache("m2").get("k") is None


@pytest.mark.parametrize("cost", [-0.01, float("nan"), float("inf")])
def test_a_cost_must_be_money(plain: Store, cost: float) -> None:
    with pytest.raises(ValueError, match="a cost is"):
        plain.response_cache("m").put("k", {}, cost)
    assert plain.response_cache("m").get("k") is None


def test_threads_share_a_response_cache(store: Store) -> None:
    cache = store.response_cache("m")

    def work(which: int) -> None:
        for i in range(20):
            cache.put(f"{which}-{i}", {"n": i}, 0.5)
            assert cache.get(f"{which}-{i}") == {"n": i}

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.spent() == 80.0


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(response=st.dictionaries(st.text(), json_values, max_size=4), key=st.text(min_size=1))
def test_any_response_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, response: dict[str, object], key: str
) -> None:
    place = tmp_path_factory.getbasetemp() / "responses"
    place.mkdir(exist_ok=True)
    with Store.open(place) as store:
        model = json.dumps([key, response])
        cache = store.response_cache(model)
        before = cache.get(key)
        cache.put(key, response, 0)
        assert cache.get(key) == (response if before is None else before)
