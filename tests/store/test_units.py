from __future__ import annotations

import errno
import json
import os
import threading
import time
from pathlib import Path

import pytest

from etude.errors import StoreError
from etude.store import Store, atomic
from etude.store.locks import Lock, is_held, locked
from etude.store.units import SMALL_BYTES

KEY = {"lr": 0.1, "labels": ["a", "é"]}


class Builder:
    """Counts its builds and writes a small and a large file."""

    def __init__(self, large: int = 0) -> None:
        self.count = 0
        self.large = large

    def __call__(self, out: Path, work: Path) -> None:
        self.count += 1
        (out / "sub").mkdir()
        (out / "sub" / "small.txt").write_text("small")
        if self.large:
            (out / "large.bin").write_bytes(b"\0" * self.large)


def leftovers(store: Store) -> list[Path]:
    cache, work = store.folder / "cache", store.folder / "work"
    return [*cache.rglob(".tmp-*"), *work.iterdir()]


def test_a_unit_is_built_once_and_describes_itself(plain: Store) -> None:
    build = Builder()
    first = plain.compute("fit", KEY, build)
    again = plain.compute("fit", {"labels": ("a", "é"), "lr": 0.1}, build)
    assert (first.cached, again.cached, build.count) == (False, True, 1)
    assert again.path == first.path
    assert again.seconds == first.seconds > 0
    assert first.path.parent == plain.folder / "cache" / "fit" / first.hash[:2]
    assert json.loads((first.path / "key.json").read_text()) == {"stage": "fit", "key": KEY}
    done = json.loads((first.path / "done.json").read_text())
    assert set(done["files"]) == {"key.json", "sub/small.txt"}
    assert done["files"]["sub/small.txt"]["size"] == 5
    assert leftovers(plain) == []


def test_other_stages_and_keys_are_other_units(plain: Store) -> None:
    build = Builder()
    paths = {
        plain.compute("fit", KEY, build).path,
        plain.compute("choose", KEY, build).path,
        plain.compute("fit", KEY | {"lr": 0.2}, build).path,
    }
    assert len(paths) == build.count == 3


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[0] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("name", ["sub/small.txt", "key.json", "done.json"])
@pytest.mark.parametrize("harm", [cut, flip, Path.unlink])
def test_a_damaged_unit_is_built_again(plain: Store, name: str, harm: object) -> None:
    build = Builder()
    unit = plain.compute("fit", KEY, build)
    harm(unit.path / name)  # type: ignore[operator]
    mended = plain.compute("fit", KEY, build)
    if name == "done.json" and harm is cut:
        assert mended.cached  # only the last line's end was lost
        return
    assert (mended.cached, build.count) == (False, 2)
    assert (unit.path / "sub" / "small.txt").read_text() == "small"
    assert plain.compute("fit", KEY, build).cached
    assert leftovers(plain) == []


@pytest.mark.parametrize("text", ["[]", "{}", "null", '{"files": [], "seconds": 1}', "\x00"])
def test_a_strange_done_file_is_damage(plain: Store, text: str) -> None:
    build = Builder()
    unit = plain.compute("fit", KEY, build)
    (unit.path / "done.json").write_text(text)
    assert not plain.compute("fit", KEY, build).cached


def test_large_files_are_measured(plain: Store) -> None:
    build = Builder(large=SMALL_BYTES + 1)
    unit = plain.compute("fit", KEY, build)
    cut(unit.path / "large.bin")
    assert not plain.compute("fit", KEY, build).cached
    assert plain.compute("fit", KEY, build).cached


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_build_keeps_its_checkpoints_only(
    plain: Store, error: type[BaseException]
) -> None:
    def build(out: Path, work: Path) -> None:
        (out / "half").write_text("half")
        steps = work / "steps"
        if not steps.exists():
            steps.write_text("10")
            raise error
        (out / "steps").write_text(steps.read_text())

    with pytest.raises(error):
        plain.compute("fit", KEY, build)
    assert list((plain.folder / "cache").rglob("half")) == []
    with Store.open(plain.root) as again:  # opening keeps checkpoints
        unit = again.compute("fit", KEY, build)
    assert (unit.path / "steps").read_text() == "10"
    assert leftovers(plain) == []


def test_a_full_disk_in_a_build_is_told_and_leaves_nothing(plain: Store) -> None:
    def build(out: Path, work: Path) -> None:
        (work / "checkpoint").write_text("kept")
        (out / "half").write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(StoreError, match="the disk is full"):
        plain.compute("fit", KEY, build)
    assert list((plain.folder / "cache").rglob("half")) == []
    assert len(list((plain.folder / "work").glob("*/checkpoint"))) == 1


def test_wrong_builds_are_named(plain: Store) -> None:
    with pytest.raises(ValueError, match=r"done\.json is the store's own"):
        plain.compute("fit", KEY, lambda out, work: (out / "done.json").write_text("{}"))
    with pytest.raises(ValueError, match="is a link"):
        plain.compute("fit", KEY, lambda out, work: (out / "l").symlink_to("/"))
    with pytest.raises(ValueError, match="a stage is a lower-case word"):
        plain.compute("../fit", KEY, Builder())
    assert not any(path.is_file() for path in (plain.folder / "cache").rglob("*"))


def test_units_may_be_asked_for_inside_a_build(plain: Store) -> None:
    def outer(out: Path, work: Path) -> None:
        inner = plain.compute("inner", KEY, Builder())
        (out / "copy").write_text((inner.path / "sub" / "small.txt").read_text())

    unit = plain.compute("outer", KEY, outer)
    assert (unit.path / "copy").read_text() == "small"


def test_threads_that_ask_together_build_once(tmp_path: Path) -> None:
    said: list[str] = []
    store = Store.open(tmp_path, notice=said.append)
    began = threading.Event()
    builds = []

    def build(out: Path, work: Path) -> None:
        builds.append(1)
        began.set()
        while not said:
            time.sleep(0.01)

    units = []
    first = threading.Thread(target=lambda: units.append(store.compute("fit", KEY, build)))
    first.start()
    began.wait()
    units.append(store.compute("fit", KEY, build))
    first.join()
    assert builds == [1]
    assert sorted(unit.cached for unit in units) == [False, True]
    assert said == ["waiting for another process: its step 'fit'"]


def test_forgetting_and_transient_units(plain: Store) -> None:
    build = Builder()
    unit = plain.compute("fit", KEY, build)
    assert plain.forget("fit", KEY) is True
    assert plain.forget("fit", KEY) is False
    assert not unit.path.exists()
    with plain.transient("fit", KEY, build) as unit:
        assert unit.path.exists()
    assert not unit.path.exists()
    with pytest.raises(RuntimeError), plain.transient("fit", KEY, build) as unit:
        raise RuntimeError
    assert unit.path.exists()
    assert leftovers(plain) == []


def test_opening_clears_what_killed_processes_left(plain: Store) -> None:
    unit = plain.compute("fit", KEY, Builder())
    work = plain.folder / "work"
    (work / unit.hash).mkdir()  # killed between commit and clean-up
    unfinished = work / ("0" * 64)
    unfinished.mkdir()
    (work / "run-gone.lock").touch()
    mine = atomic.temporary(plain.folder / "cache", "x")
    mine.with_name(mine.name.replace(f"-{os.getpid()}-", "-999999999-")).mkdir()
    with locked(work / "held.lock"):
        Store.open(plain.root).close()
        assert sorted(p.name for p in work.iterdir()) == ["0" * 64, "held.lock"]
    assert list((plain.folder / "cache").rglob(".tmp-*")) == []


def test_a_lock_is_exclusive_and_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    first, second = Lock(path), Lock(path)
    assert first.try_acquire()
    assert not second.try_acquire()
    assert is_held(path)
    first.release()
    first.release()
    assert not is_held(path)
    assert second.try_acquire()
    second.release()
    assert list(tmp_path.iterdir()) == []


def test_a_lock_counts_one_holder_at_a_time(tmp_path: Path) -> None:
    inside: list[int] = []
    most = []

    def work() -> None:
        for _ in range(30):
            lock = Lock(tmp_path / "a.lock")
            while not lock.try_acquire():
                time.sleep(0.0005)
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            lock.release()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 120
    assert max(most) == 1
