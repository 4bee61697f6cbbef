from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.errors import StoreError
from etude.store import atomic
from etude.store.disk import explain, size_in_words, storing


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def run_script(script: str, *arguments: str, prefix: tuple[str, ...] = ()) -> str:
    command = [*prefix, sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_files_are_written_replaced_and_alone(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "file.json"
    atomic.write_json(target, {"a": [1, "é"]})
    atomic.write_text(target, "ä\r\n")
    assert target.read_bytes() == "ä\r\n".encode()
    atomic.write_with(target, lambda path: path.write_bytes(b"third"))
    assert target.read_bytes() == b"third"
    assert names(target.parent) == ["file.json"]


def test_a_failing_writer_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "file.txt"
    atomic.write_text(target, "old")

    def write(path: Path) -> None:
        path.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        atomic.write_with(target, write)
    assert target.read_text() == "old"
    assert names(tmp_path) == ["file.txt"]


def test_the_umask_decides_who_may_read(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        atomic.write_text(tmp_path / "file", "x")
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o644


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real.txt"
    real.write_text("old")
    link = tmp_path / "link.txt"
    link.symlink_to(real)
    atomic.write_text(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "unit"

    def fail() -> None:
        with atomic.folder(target) as out:
            (out / "sub").mkdir()
            (out / "sub" / "a").write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert names(tmp_path) == []
    with atomic.folder(target) as out:
        (out / "a").write_text("whole")
        assert not target.exists()
    assert names(tmp_path) == ["unit"]
    with pytest.raises(StoreError, match="there already"), atomic.folder(target):
        pass
    assert (target / "a").read_text() == "whole"


def test_a_folder_makes_room_for_a_whole_one_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "unit"
    target.mkdir()
    (target / "old").write_text("old")

    def put(fails: bool = False) -> None:
        with atomic.folder(target, replace=True) as out:
            (out / "new").write_text("new")
            if fails:
                raise RuntimeError

    with pytest.raises(RuntimeError):
        put(fails=True)
    rename = Path.rename

    def refused(path: Path, to: Path) -> Path:
        if (path / "new").exists():  # the old one has made room by now
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        return rename(path, to)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refused)
        with pytest.raises(StoreError):
            put()
    assert (names(tmp_path), names(target)) == (["unit"], ["old"])
    put()
    assert (names(tmp_path), names(target)) == (["unit"], ["new"])


def test_writing_onto_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    with pytest.raises(StoreError, match="a folder is where a file should be"):
        atomic.write_text(tmp_path / "report.html", "x")
    assert names(tmp_path) == ["report.html"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "no permission"),
    ],
)
@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_refusals_are_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str, moment: str
) -> None:
    target = tmp_path / "file"
    atomic.write_text(target, "old")

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, moment, refuse)
        with pytest.raises(StoreError, match=words) as caught:
            atomic.write_text(target, "new")
    assert caught.value.where == str(target)
    assert caught.value.hint
    assert target.read_text() == "old"
    assert names(tmp_path) == ["file"]


def test_other_errors_pass_untouched(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), storing(tmp_path):
        (tmp_path / "missing").read_text()
    assert explain(ValueError("no"), tmp_path) is None


def test_a_full_disk_told_by_a_library_in_rust_is_understood(tmp_path: Path) -> None:
    found = explain(RuntimeError("I/O error: No space left on device (os error 28)"), tmp_path)
    assert found is not None
    assert "full" in found.found


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_device_that_is_really_full(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="the disk is full") as caught, storing(tmp_path):
        Path("/dev/full").write_bytes(b"x")
    assert "free space and type the same command" in str(caught.value)


LIMITED = """
import resource, sys
from pathlib import Path
from etude.errors import StoreError
from etude.store import atomic
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    atomic.write_bytes(Path(sys.argv[1]), b"x" * 5000)
except StoreError as error:
    print(error)
"""


@pytest.mark.skipif(os.name == "nt", reason="no file size limits on Windows")
def test_a_real_limit_on_file_size(tmp_path: Path) -> None:
    target = tmp_path / "file"
    atomic.write_text(target, "old")
    assert "largest size allowed" in run_script(LIMITED, str(target))
    assert target.read_text() == "old"
    assert names(tmp_path) == ["file"]


FULL = """
import subprocess, sys
from pathlib import Path
from etude.errors import StoreError
from etude.store import Store, atomic
disk = Path(sys.argv[1])
if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]).returncode:
    print("no mount"); sys.exit(0)
store = Store.open(disk)
cache = store.response_cache("m")
unit = store.compute("a", {}, lambda out, work: (out / "f").write_bytes(b"x" * 1000))
def big(out, work):
    (work / "checkpoint").write_bytes(b"c" * 10)
    (out / "f").write_bytes(b"x" * 2_000_000)
for attempt in (lambda: store.compute("b", {}, big),
                lambda: atomic.write_bytes(disk / "g", b"x" * 2_000_000),
                lambda: [cache.put(str(i), {"t": "x" * 9000}, 1.0) for i in range(1000)]):
    try:
        attempt()
    except StoreError as error:
        print("told:", error.found, error.hint)
assert store.compute("a", {}, None).cached
rest = [p for p in disk.rglob(".tmp-*")]
assert not rest, rest
kept = sum(cache.get(str(i)) is not None for i in range(1000))
assert kept == cache.spent() > 0, (kept, cache.spent())
assert len(list((disk / ".etude/work").glob("*/checkpoint"))) == 1
store.close()
subprocess.run(["mount", "-o", "remount,size=9m", disk], check=True)
again = Store.open(disk)
assert again.response_cache("m").spent() == kept
assert not again.compute("b", {}, big).cached
again.close()
subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
try:
    atomic.write_text(disk / "h", "x")
except StoreError as error:
    print("told:", error.found)
"""


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root can mount a small disk"
)
def test_a_real_disk_that_is_full_and_then_read_only(tmp_path: Path) -> None:
    # In a mount namespace of its own, so that nothing stays mounted whatever happens.
    try:
        said = run_script(FULL, str(tmp_path), prefix=("unshare", "--mount"))
    except (AssertionError, FileNotFoundError) as error:
        if "unshare" in str(error):
            pytest.skip("no mount namespaces here")
        raise
    if "no mount" in said:
        pytest.skip("mounting is not allowed here")
    assert said.count("told: the disk is full") == 3
    assert said.count("type the same command") == 3
    assert "told: the disk is read-only" in said


DENIED = """
import os, sys
from pathlib import Path
from etude.errors import StoreError
from etude.store import Store, atomic
if os.geteuid() == 0:
    os.seteuid(65534)
for attempt in (lambda: atomic.write_text(Path(sys.argv[1], "f"), "x"),
                lambda: Store.open(sys.argv[1])):
    try:
        attempt()
    except StoreError as error:
        print("told:", error.found, error.where)
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    closed.chmod(0o555)
    assert run_script(DENIED, str(closed)).count("told: no permission") == 2
    assert names(closed) == []


def test_only_the_dead_are_swept(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    mine = atomic.temporary(tmp_path, "a")
    mine.touch()
    gone = tmp_path / mine.name.replace(f"-{os.getpid()}-", f"-{dead.pid}-")
    gone.mkdir()
    (gone / "inside").touch()
    elsewhere = tmp_path / ".tmp-00000000-1-aaaa-new"
    elsewhere.touch()
    forgotten = tmp_path / ".tmp-00000000-1-aaaa-old"
    forgotten.touch()
    month_ago = time.time() - 30 * 24 * 3600
    os.utime(forgotten, (month_ago, month_ago))
    own = tmp_path / ".tmp-notes"
    own.touch()
    assert atomic.sweep(tmp_path) == 2
    assert names(tmp_path) == sorted([mine.name, elsewhere.name, own.name])


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 10**15))
def test_sizes_in_words_have_at_most_four_digits(count: int) -> None:
    number, unit = size_in_words(count).split()
    assert len(number.replace(".", "")) <= 5
    assert unit in ("bytes", "kB", "MB", "GB", "TB")


def test_sizes_in_words() -> None:
    assert [size_in_words(n) for n in (0, 999, 12_000_000)] == ["0 bytes", "999 bytes", "12 MB"]
