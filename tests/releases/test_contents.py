"""A release is its bytes: another byte, one file more or less, and it is not loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.errors import StoreError
from etude.records.release import ReleaseManifest, name_of
from etude.releases import making
from etude.releases.contents import MANIFEST, entries, parse_manifest, verify, why_not
from tests.releases._made import FILES, make, manifest_for, write_files


def test_the_name_is_the_hash_of_what_is_in_it(tmp_path: Path) -> None:
    folder = make(tmp_path / "a")
    assert folder.name == name_of((folder / MANIFEST).read_bytes())
    assert make(tmp_path / "b").name == folder.name  # the same contents, the same name
    other = make(tmp_path / "a", FILES | {"candidate/arrays.safetensors": "other numbers"})
    assert other.name != folder.name
    assert verify(folder).files == entries(folder)


def test_making_the_same_again_changes_nothing(tmp_path: Path) -> None:
    folder = make(tmp_path)
    before = (folder / MANIFEST).stat().st_mtime_ns
    assert make(tmp_path) == folder
    assert (folder / MANIFEST).stat().st_mtime_ns == before
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]  # no temporary folder stays


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_a_changed_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = make(tmp_path)
    data = bytearray((folder / name).read_bytes())
    data[-1] ^= 1  # the size stays
    (folder / name).write_bytes(data)
    with pytest.raises(StoreError, match=r"not as it was made|can't be read") as caught:
        verify(folder)
    assert caught.value.hint


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_a_missing_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = make(tmp_path)
    (folder / name).unlink()
    with pytest.raises(StoreError, match=name.rpartition("/")[2].replace(".", r"\.")):
        verify(folder)


@pytest.mark.parametrize("name", ["candidate/more.json", "evil.pkl", ".hidden", "x/y.txt"])
def test_an_added_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = make(tmp_path)
    write_files(folder, {name: "x"})
    with pytest.raises(StoreError, match="was added"):
        verify(folder)


def test_a_link_is_refused_even_to_the_same_bytes(tmp_path: Path) -> None:
    folder = make(tmp_path)
    path = folder / "MODEL_CARD.md"
    path.rename(tmp_path / "elsewhere.md")
    path.symlink_to(tmp_path / "elsewhere.md")
    with pytest.raises(StoreError, match="is a link"):
        verify(folder)


def test_a_manifest_that_was_written_to_fit_gets_no_old_name(tmp_path: Path) -> None:
    """Never the same name with other weights: whoever changes both changes the name."""
    folder = make(tmp_path)
    (folder / "candidate/arrays.safetensors").write_text("evil numbers")
    (folder / MANIFEST).write_bytes(manifest_for(folder).canonical())
    with pytest.raises(StoreError, match="not the one of this name"):
        verify(folder)


def test_a_damaged_release_is_made_again_in_its_place(tmp_path: Path) -> None:
    folder = make(tmp_path)
    (folder / "MODEL_CARD.md").write_text("torn")
    assert make(tmp_path) == folder
    assert verify(folder)


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd", "../up.json", "a/../../up.json", "a//b.json", "./a.json", "a/", "",
        "C:/x.json", "a\\..\\b.json", "a\0.json", "weights.bin", "model.pkl", "weights.pt",
        "code.py", "candidate/code.py", ".ssh/x.json", "con.json", "a/NUL.txt", "x" * 120 + ".json",
        "noending", "a /b.json", "line\nbreak.json",
    ],
)  # fmt: skip
def test_names_that_may_not_be_in_a_release(name: str) -> None:
    assert why_not(name)


@pytest.mark.parametrize(
    "name",
    ["manifest2.json", "candidate/model/model-00001-of-00002.safetensors", "project/checks.py",
     "base/1_Pooling/config.json", "candidate/model/chat_template.jinja", "base/tokenizer.model"],
)  # fmt: skip
def test_names_that_may(name: str) -> None:
    assert why_not(name) is None


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.text(alphabet="./\\ab:~ \0é-", max_size=30))
def test_no_name_that_may_be_written_leads_out(name: str) -> None:
    if why_not(name + ".json") is None:
        inside = Path("/home/x/release")
        assert (inside / (name + ".json")).resolve().is_relative_to(inside)


def test_manifests_that_are_none(tmp_path: Path) -> None:
    folder = make(tmp_path)
    whole = json.loads((folder / MANIFEST).read_bytes())
    entry = whole["files"]["asked.json"]
    wrong: list[object] = [
        {},
        [],
        whole | {"files": {"../x.json": entry}},
        whole | {"files": {MANIFEST: entry}},
        whole | {"files": {"a.json": entry, "A.json": entry}},
        whole | {"files": {"a.json": entry | {"sha256": "short"}}},
        whole | {"files": {"a.json": entry | {"size": -1}}},
        whole | {"surprise": 1},
    ]
    for value in wrong:
        with pytest.raises(StoreError, match="manifest"):
            parse_manifest(json.dumps(value).encode(), "here")
    assert isinstance(parse_manifest(json.dumps(whole).encode(), "here"), ReleaseManifest)


def test_what_a_candidate_may_not_bring(tmp_path: Path) -> None:
    with making.staged(tmp_path) as temp:
        write_files(temp, {"candidate/weights.bin": "pickled"})
        with pytest.raises(StoreError, match=r"end with \.bin"):
            entries(temp)
    assert list(tmp_path.iterdir()) == []
