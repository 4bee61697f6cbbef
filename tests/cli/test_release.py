"""``etude release``: the screens of what can be done with releases, and every wrong use in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etude.workflow.session import open_session
from tests.releases._made import FILES, make

from .conftest import Ran

TASK = """\
task: small
kind: classify
data: {examples: rows.csv}
"""
Typed = Callable[..., Ran]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A real project with two releases; where they lie."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "etude.yaml").write_text(TASK)
    (folder / "rows.csv").write_text("text,label\na,b\n")
    opened = open_session(folder)
    releases = opened.store.releases.folder
    opened.store.close()
    make(releases)
    make(releases, FILES | {"MODEL_CARD.md": "# Another"})
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "100")
    return releases


def names(home: Path) -> list[str]:
    return sorted(path.name for path in home.iterdir() if path.is_dir())


def test_a_folder_without_a_task_is_brought_a_release_and_serves_it(
    home: Path, command: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = names(home)
    command("release", "export", first, str(tmp_path / "out.tar.gz"))
    served = tmp_path / "served"
    served.mkdir()
    monkeypatch.chdir(served)
    nothing = command("release", "list")
    assert (nothing.code, list(served.iterdir())) == (2, [])
    assert "there is no etude.yaml here" in nothing.err
    brought = command("release", "import", str(tmp_path / "out.tar.gz"))
    assert f"etude release alias {first[:12]} production --project ." in brought.out
    assert command("release", "alias", first[:8], "production").code == 0
    assert "[production]" in command("release", "list").out
    assert command("release", "verify", "production").code == 0
    assert command("release", "export", "production", str(tmp_path / "again")).code == 0
    monkeypatch.chdir(tmp_path)
    assert command("release", "unalias", "production", "--project", str(served)).code == 0
    log = command("release", "log", "--project", str(served)).out.splitlines()
    assert [line.split()[2].rstrip(":") for line in log] == [
        "imported",
        "production",
        "exported",
        "production",
    ]


def test_put_to_work_and_taken_back(home: Path, command: Typed) -> None:
    first, second = names(home)
    assert command("release", "list").out.count("probe@builtin:minilm") == 2
    assert command("release", "alias", first[:8], "production").out.startswith(
        f"✓ production stands for {first[:12]}"
    )
    moved = command("release", "alias", second, "production", "--json").json
    assert (moved["alias"], moved["before"], moved["after"]) == ("production", first, second)
    back = command("release", "rollback")
    assert f"production stands for {first[:12]} (before: {second[:12]})" in back.out
    assert command("release", "show", "previous").out.startswith(second)
    assert "5 files, each as it was made" in command("release", "verify", "production").out
    log = command("release", "log").out.splitlines()
    assert len(log) == 5
    assert log[-1].endswith("by: etude release rollback")
    assert command("release", "unalias", "production").code == 0
    assert "[previous]" in command("release", "list").out


def test_carried_to_a_folder_and_an_archive(home: Path, command: Typed, tmp_path: Path) -> None:
    first, _ = names(home)
    for target in ("out", "out.tar.gz"):
        done = command("release", "export", first, str(tmp_path / target))
        assert (done.code, done.err) == (0, "")
        assert (tmp_path / target).exists()
        again = command("release", "export", first, str(tmp_path / target))
        assert again.code == 2
        assert "this is there already" in again.err
    assert "It was here already." in command("release", "import", str(tmp_path / "out")).out


def test_a_damaged_archive_is_not_brought_in(home: Path, command: Typed, tmp_path: Path) -> None:
    first, _ = names(home)
    archive = tmp_path / "out.tar.gz"
    command("release", "export", first, str(archive))
    whole = archive.read_bytes()
    before = names(home)
    for data in (whole[:200], whole[:-20], b"no archive at all", b"", bytes(len(whole))):
        archive.write_bytes(data)
        done = command("release", "import", str(archive))
        assert done.code == 3, data[:20]
        assert "this archive is not brought in" in done.err
        assert "Traceback" not in done.err
        assert names(home) == before


WRONG = [
    (["show", "nothing"], 2, "there is no release 'nothing'"),
    (["show", "prodction"], 2, "there is no release 'prodction'"),
    (["alias", "FIRST", "prodution"], 2, "did you mean production?"),
    (["alias", "FIRST", "previous"], 2, "previous is set by itself"),
    (["alias", "FIRST"], 2, "too few words"),
    (["unalias", "canary"], 3, "canary stands for no release"),
    (["rollback"], 3, "there is no release to go back to"),
    (["rollback", "now"], 2, "too many words"),
    (["list", "--whole"], 2, "--whole does not go with this"),
    (["export", "FIRST", "out.zip"], 2, "this kind of archive is not written"),
    (["export", "FIRST", "out", "--format", "pef"], 2, "did you mean 'peft'?"),
    (["export", "FIRST", "out", "--precision", "f16"], 2, "a release is exported as it is"),
    (["export", "FIRST", "out", "--allow-differences"], 2, "so nothing can differ"),
    (["export", "FIRST", "out", "--yes"], 2, "--yes does not go with this"),
    (["export", "FIRST", "out", "--to-hub", "me/support"], 2, "too many words"),
    (["export", "FIRST", "--to-hub", "support"], 2, "no repository's name"),
    (["export", "FIRST", "--to-hub", "me/support", "--yes"], 2, "stay offline"),
    (["import", "nothing.tar.gz"], 2, "there is nothing there"),
    (["import", "rows.csv"], 3, "neither a .tar.gz nor a .tar.zst"),
    (["import", "."], 3, "this folder is no release"),
    ([], 3, "nothing has been compared in this project yet"),
]


@pytest.mark.parametrize(("words", "code", "said"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_uses_are_told(
    home: Path,
    command: Typed,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    code: int,
    said: str,
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    first, _ = before = names(home)
    done = command("release", *(first if word == "FIRST" else word for word in words))
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert "Traceback" not in done.err
    assert names(home) == before
    assert not (Path.cwd() / "out").exists()


def test_a_name_that_is_nearly_right_names_the_nearest(home: Path, command: Typed) -> None:
    first, _ = names(home)
    command("release", "alias", first, "canary")
    assert "did you mean 'canary'?" in command("release", "show", "canry").err
    wrong = first[:-1] + ("0" if first[-1] != "0" else "1")
    assert f"did you mean {first!r}?" in command("release", "show", wrong).err
