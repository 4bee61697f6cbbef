"""Damage to what Etude keeps, a full disk, and two commands at once, on one small comparison."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import etude as package
from etude.cli.main import run
from tests._children import run as in_child
from tests.bad_input.conftest import (
    AS_NOBODY,
    Etude,
    Maker,
    as_csv,
    fresh,
    in_house_form,
    owned,
    rows,
    start,
    temporaries,
)

PACKAGE = Path(package.__file__).resolve().parent


def cut(paths: Iterator[Path]) -> None:
    found = [path for path in paths if path.is_file()]
    assert found
    for path in found:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def remove(paths: Iterator[Path]) -> None:
    found = list(paths)
    assert found
    for path in found:
        shutil.rmtree(path)


def everything_in_the_cache(folder: Path) -> None:
    cut(folder.glob(".etude/cache/*/??/*/*"))
    cut(folder.glob(".etude/cache/embeddings/*/*"))


@pytest.mark.parametrize(
    "damage",
    [
        everything_in_the_cache,
        lambda folder: remove(folder.glob(".etude/cache/*/??")),
        lambda folder: remove(folder.glob(".etude/cache")),
    ],
)
def test_a_damaged_cache_is_computed_again(
    etude: Etude, compared: Path, damage: Callable[[Path], None]
) -> None:
    damage(compared)
    ended = etude(compared, "predict", "my card is lost", "--json")
    assert ended.code == 0, ended.err
    assert len(json.loads(ended.out)["predictions"]) == 1


@pytest.mark.parametrize(
    ("name", "verb"),
    [
        ("comparison.json", ("report",)),
        ("comparison.json", ("predict", "a text")),
        ("rows.parquet", ("report",)),
    ],
)
def test_a_damaged_comparison_is_said(
    etude: Etude, compared: Path, name: str, verb: tuple[str, ...]
) -> None:
    cut(compared.glob(f".etude/runs/*/{name}"))
    in_house_form(etude(compared, *verb), 3, name, "etude compare")


@pytest.mark.parametrize("name", ["manifest.json", "examples.parquet"])
def test_damaged_examples_are_written_again(etude: Etude, compared: Path, name: str) -> None:
    [path] = compared.glob(f".etude/versions/*/{name}")
    before = path.read_bytes()
    cut(compared.glob(f".etude/versions/*/{name}"))
    ended = etude(compared, "check")
    assert ended.code == 0, ended.err
    assert "written again" in ended.words
    if name == "examples.parquet":
        assert path.read_bytes() == before
    assert "written again" not in etude(compared, "check").words


def test_what_is_kept_aside_is_never_guessed(etude: Etude, compared: Path) -> None:
    cut(compared.glob(".etude/versions/*/splits.parquet"))
    in_house_form(etude(compared, "check"), 3, "kept aside can't be read", "from a copy")


@pytest.mark.parametrize("content", [b"", b"garbage" * 999, None])
def test_a_damaged_database(etude: Etude, compared: Path, content: bytes | None) -> None:
    path = compared / ".etude" / "etude.db"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    in_house_form(etude(compared, "check"), 3, "the database is damaged")
    path.rename(compared / ".etude" / "old.db")
    assert etude(compared, "check").code == 0


@pytest.mark.parametrize("name", ["", "cache", "versions", "work", "runs"])
def test_a_file_where_a_folder_should_be(etude: Etude, project: Maker, name: str) -> None:
    folder = project(as_csv(rows()))
    if name:
        assert etude(folder, "check").code == 0
        shutil.rmtree(folder / ".etude" / name)
    place = folder / ".etude" / name if name else folder / ".etude"
    place.write_text("mine")
    in_house_form(etude(folder, "check"), 3, "a file is where", str(place))
    assert place.read_text() == "mine"


def test_a_file_where_the_embeddings_should_be(etude: Etude, compared: Path) -> None:
    remove(compared.glob(".etude/cache/embeddings"))
    (compared / ".etude/cache/embeddings").write_text("mine")
    in_house_form(etude(compared, "compare"), 3, "a file is where a folder should be")


def test_report_and_predict_before_a_comparison(etude: Etude, project: Maker) -> None:
    folder = project(as_csv(rows()))
    for verb in (("report",), ("predict", "a text")):
        in_house_form(etude(folder, *verb), 3, "nothing has been compared", "etude compare")


def test_a_folder_where_the_report_should_be(etude: Etude, compared: Path) -> None:
    (compared / "report.html").unlink(missing_ok=True)
    (compared / "report.html").mkdir()
    ended = etude(compared, "report")
    in_house_form(ended, 3, "a folder is where a file should be")
    assert ".tmp-" not in ended.err


@pytest.mark.parametrize("verb", ["check", "compare"])
def test_a_file_that_may_not_grow(project: Maker, verb: str) -> None:
    folder = fresh(project())
    before = owned(folder)
    ended = start(folder, verb, largest=2000).end()
    assert ended.returncode == 3, ended.stderr
    assert "Traceback" not in ended.stderr
    assert "next: " in ended.stderr
    assert (owned(folder), temporaries(folder)) == (before, [])
    assert run(["check", "--quiet", "--project", str(folder)]) == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    root = os.name != "nt" and os.geteuid() == 0
    if not root or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("only who may mount a disk can fill a small one")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize(("verb", "left"), [("check", 8192), ("compare", 220_000)])
def test_a_full_disk(etude: Etude, small_disk: Path, verb: str, left: int) -> None:
    folder = fresh(small_disk / "project")
    ballast = small_disk / "ballast"
    used = shutil.disk_usage(small_disk)
    ballast.write_bytes(b"x" * (used.free - left))
    ended = etude(folder, verb)
    in_house_form(ended, 3, "disk is full")
    ballast.unlink()
    again = etude(folder, verb)
    assert again.code == 0, again.err


def listable(path: Path) -> bool:
    """Whether another user can list this folder."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in (path, *path.parents))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can be another user")
@pytest.mark.skipif(not listable(PACKAGE), reason="another user cannot reach Etude's own modules")
def test_no_permission(project: Maker, tmp_path: Path) -> None:
    folder = fresh(project())
    readable = fresh(tmp_path / "readable")
    for parent in (folder, *folder.parents[:-2]):
        parent.chmod(0o755)
    done = in_child(AS_NOBODY, readable, folder)
    assert done.returncode == 3, done.stderr
    assert "no permission" in done.stderr
    folder.chmod(0o777)
    (folder / "data.csv").chmod(0)
    shutil.rmtree(readable / ".etude")  # made again, so that what making imports is imported
    done = in_child(AS_NOBODY, readable, folder)
    assert done.returncode == 3, done.stderr
    assert "data.csv" in done.stderr
    assert "Traceback" not in done.stderr
    assert "next: " in done.stderr
