"""A project's releases: found, moved, verified, sent out and brought in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from etude.errors import StoreError, UnknownName, UsageError
from etude.workflow.session import Session, open_session
from etude.workflow.shelved import Releases
from tests.releases._made import FILES, make

TASK = """\
task: small
kind: classify
data: {examples: rows.csv}
"""


def project(folder: Path) -> Session:
    folder.mkdir()
    (folder / "etude.yaml").write_text(TASK)
    (folder / "rows.csv").write_text("text,label\na,b\n")
    return open_session(folder)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    opened = project(tmp_path / "one")
    yield opened
    opened.store.close()


def names(session: Session) -> tuple[str, str]:
    """Two releases."""
    home = session.store.folder / "releases"
    return make(home).name, make(home, FILES | {"MODEL_CARD.md": "# Another"}).name


def test_they_are_found_by_name_by_first_digits_and_by_alias(session: Session) -> None:
    first, second = names(session)
    releases = Releases(session)
    assert {one.name for one in releases.every()} == {first, second}
    releases.move(first[:8], "production")
    assert releases.show("production").name == first
    assert releases.show(first[:6]).aliases == ("production",)
    for said in ("", first[:3], "nothing", "../" + first):
        with pytest.raises(UnknownName, match="there is no release"):
            releases.show(said)


def test_a_damaged_release_is_never_put_to_work(session: Session) -> None:
    first, second = names(session)
    releases = Releases(session)
    releases.move(first, "production")
    releases.move(second, "production")
    for name in (first, second):
        (session.store.folder / "releases" / name / "MODEL_CARD.md").write_text("torn")
    with pytest.raises(StoreError, match=r"MODEL_CARD\.md has changed"):
        releases.move(first, "canary")
    with pytest.raises(StoreError, match=r"MODEL_CARD\.md has changed"):
        releases.rollback()
    assert session.store.releases.aliases() == {"production": second, "previous": first}


def test_a_release_that_is_gone_is_told(session: Session) -> None:
    first, second = names(session)
    releases = Releases(session)
    releases.move(first, "production")
    releases.move(second, "production")
    folder = session.store.folder / "releases" / first
    folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(StoreError, match="which is gone"):
        releases.show("previous")
    with pytest.raises(StoreError, match="to go back to is gone"):
        releases.rollback()


@pytest.mark.parametrize("target", ["out", "out.tar.gz", "out.tar.zst"])
def test_it_travels_to_another_project(session: Session, tmp_path: Path, target: str) -> None:
    first, _ = names(session)
    Releases(session).export(first, tmp_path / target)
    other = project(tmp_path / "two")
    done = Releases(other).bring_in(tmp_path / target)
    assert (done.name, done.new) == (first, True)
    assert Releases(other).verify(first).imported
    assert not Releases(other).bring_in(tmp_path / target).new
    assert [line.event for line in Releases(other).log()] == ["imported"]
    assert [line.event for line in Releases(session).log()] == ["exported"]
    other.store.close()


def test_nothing_is_written_over(session: Session, tmp_path: Path) -> None:
    first, _ = names(session)
    (tmp_path / "there").mkdir()
    with pytest.raises(UsageError, match="there already"):
        Releases(session).export(first, tmp_path / "there")


def test_a_folder_with_something_more_is_not_brought_in(session: Session, tmp_path: Path) -> None:
    first, _ = names(session)
    Releases(session).export(first, tmp_path / "out")
    (tmp_path / "out" / "more.json").write_text("{}")
    other = project(tmp_path / "two")
    with pytest.raises(StoreError, match=r"more\.json was added"):
        Releases(other).bring_in(tmp_path / "out")
    assert Releases(other).every() == []
    assert list((other.store.folder / "releases").iterdir()) == []
    other.store.close()


def test_code_comes_in_only_where_it_is_allowed(session: Session, tmp_path: Path) -> None:
    home = session.store.folder / "releases"
    name = make(
        home, FILES | {"project/checks.py": "def polite(output, context): return True"}
    ).name
    Releases(session).export(name, tmp_path / "out.tar.gz")
    other = project(tmp_path / "two")
    with pytest.raises(UsageError, match=r"functions that would be run here: project/checks\.py"):
        Releases(other).bring_in(tmp_path / "out.tar.gz")
    assert Releases(other).every() == []
    assert Releases(other).bring_in(tmp_path / "out.tar.gz", allow_code=True).new
    other.store.close()


def test_too_many_gigabytes_are_refused(session: Session, tmp_path: Path) -> None:
    first, _ = names(session)
    for target in ("out", "out.tar.gz"):
        Releases(session).export(first, tmp_path / target)
        with pytest.raises(StoreError, match="the release has"):
            Releases(session).bring_in(tmp_path / target, most_gb=1e-9)
