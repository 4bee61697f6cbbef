"""Archives carry a release; one that means harm writes nothing that its manifest does not name."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from etude.errors import StoreError, UsageError
from etude.releases.contents import MANIFEST, verify
from etude.releases.packing import pack, refuse_taken, unpack
from tests.releases._made import make

Member = tuple[tarfile.TarInfo, bytes]
PLENTY = 10**9


def unpacked(archive: Path, place: Path, most: int = PLENTY) -> Path:
    place.mkdir()
    unpack(archive, place, most)
    return place


@pytest.mark.parametrize("ending", [".tar.gz", ".tgz", ".tar.zst"])
def test_there_and_back(tmp_path: Path, ending: str) -> None:
    folder = make(tmp_path / "home")
    archive = tmp_path / f"out{ending}"
    pack(folder, archive)
    verify(unpacked(archive, tmp_path / "in"), folder.name)
    first = archive.read_bytes()
    archive.unlink()
    pack(folder, archive)
    assert archive.read_bytes() == first


def test_what_gnu_tar_makes_of_a_folder_is_read(tmp_path: Path) -> None:
    folder = make(tmp_path / "home")
    members = [plain(f"./{path.relative_to(folder.parent)}", path.read_bytes())
               for path in sorted(folder.rglob("*"), key=lambda p: p.name != MANIFEST)
               if path.is_file()]  # fmt: skip
    directory = tarfile.TarInfo(f"./{folder.name}/candidate")
    directory.type = tarfile.DIRTYPE
    archive = packed(tmp_path, [(directory, b""), *members])
    verify(unpacked(archive, tmp_path / "in"), folder.name)


def plain(name: str, data: bytes) -> Member:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    return info, data


def special(name: str, kind: bytes, target: str) -> Member:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def packed(tmp_path: Path, members: list[Member], **settings: int) -> Path:
    archive = tmp_path / "made.tar.gz"
    with tarfile.open(archive, "w:gz", format=settings.get("format", tarfile.GNU_FORMAT)) as tar:
        for info, data in members:
            tar.addfile(info, io.BytesIO(data))
    return archive


def of(folder: Path) -> list[Member]:
    paths = sorted(folder.rglob("*"), key=lambda path: (path.name != MANIFEST, str(path)))
    return [
        plain(f"r/{path.relative_to(folder).as_posix()}", path.read_bytes())
        for path in paths
        if path.is_file()
    ]


HOSTILE: dict[str, Callable[[list[Member]], list[Member]]] = {
    "climbs out": lambda good: [*good, plain("r/../../evil.json", b"x")],
    "climbs out by its first part": lambda good: [*good, plain("../evil.json", b"x")],
    "is absolute": lambda good: [*good, plain("/tmp/evil.json", b"x")],
    "is a link": lambda good: [*good, special("r/link.json", tarfile.SYMTYPE, "/etc/passwd")],
    "is a hard link": lambda good: [*good, special("r/hard.json", tarfile.LNKTYPE, "r/asked.json")],
    "links a folder": lambda good: [
        good[0],
        special("r/candidate", tarfile.SYMTYPE, "/tmp"),
        *good[1:],
    ],
    "is a device": lambda good: [*good, special("r/dev.json", tarfile.CHRTYPE, "")],
    "is a pipe": lambda good: [*good, special("r/pipe.json", tarfile.FIFOTYPE, "")],
    "is in no manifest": lambda good: [*good, plain("r/more.json", b"{}")],
    "comes twice": lambda good: [*good, good[-1]],
    "has other bytes": lambda good: [
        *good[:-1],
        plain(good[-1][0].name, bytes(len(good[-1][1]))),
    ],
    "has more bytes": lambda good: [*good[:-1], plain(good[-1][0].name, good[-1][1] + b"x")],
    "is missing": lambda good: good[:-1],
    "stands before the manifest": lambda good: [*good[1:], good[0]],
    "is pickled": lambda good: [good[0], plain("r/evil.pkl", b"\x80"), *good[1:]],
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_archives_are_refused(tmp_path: Path, what: str) -> None:
    folder = make(tmp_path / "home")
    archive = packed(tmp_path, HOSTILE[what](of(folder)))
    inside = tmp_path / "deep" / "in"
    inside.parent.mkdir()
    with pytest.raises(StoreError, match="this archive is not brought in"):
        unpacked(archive, inside)
    named = {path.relative_to(folder) for path in folder.rglob("*")}
    written = {path.relative_to(inside) for path in inside.rglob("*")}
    assert written <= named
    assert not any(path.is_symlink() for path in inside.rglob("*"))
    assert {path.name for path in tmp_path.iterdir()} == {"home", "made.tar.gz", "deep"}


def test_a_release_that_is_too_large_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    folder = make(tmp_path / "home")
    archive = packed(tmp_path, of(folder))
    with pytest.raises(StoreError, match="the release has") as caught:
        unpacked(archive, tmp_path / "in", most=10)
    assert "--max-gb" in str(caught.value.hint)
    assert list((tmp_path / "in").iterdir()) == []


def test_a_bomb_is_read_no_further_than_its_manifest_says(tmp_path: Path) -> None:
    """A file of a gigabyte of zeros, in a megabyte: its header alone is enough to refuse it."""
    folder = make(tmp_path / "home")
    good = of(folder)
    header = tarfile.TarInfo("r/zeros.json")
    header.size = 1 << 40
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        tar.addfile(good[0][0], io.BytesIO(good[0][1]))
    start = raw.getvalue()[: 512 + -(-len(good[0][1]) // 512) * 512]
    archive = tmp_path / "bomb.tar.gz"
    archive.write_bytes(gzip.compress(start + header.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 20)))
    with pytest.raises(StoreError, match="its manifest does not name"):
        unpacked(archive, tmp_path / "in")


def test_a_header_can_not_fill_the_memory(tmp_path: Path) -> None:
    """Extended headers may be of any size, and the usual reader takes them in whole."""
    folder = make(tmp_path / "home")
    good = of(folder)
    good[1][0].pax_headers = {"comment": "x" * 1000}
    archive = packed(tmp_path, good, format=tarfile.PAX_FORMAT)
    with pytest.raises(StoreError, match="no plain file"):
        unpacked(archive, tmp_path / "in")


@pytest.mark.parametrize("ending", [".tar.gz", ".tar.zst"])
def test_a_cut_archive_is_refused(tmp_path: Path, ending: str) -> None:
    folder = make(tmp_path / "home")
    archive = tmp_path / f"out{ending}"
    pack(folder, archive)
    data = archive.read_bytes()
    for number, size in enumerate((0, 3, 12, len(data) // 2, len(data) * 9 // 10)):
        archive.write_bytes(data[:size])
        with pytest.raises(StoreError, match="not brought in"):
            unpacked(archive, tmp_path / f"in{number}")


def test_a_flipped_byte_is_refused(tmp_path: Path) -> None:
    folder = make(tmp_path / "home")
    archive = tmp_path / "out.tar.gz"
    pack(folder, archive)
    data = archive.read_bytes()
    for number, place in enumerate(range(20, len(data), max(1, len(data) // 25))):
        archive.write_bytes(data[:place] + bytes([data[place] ^ 0x40]) + data[place + 1 :])
        inside = tmp_path / f"in{number}"
        try:
            unpacked(archive, inside)
        except StoreError:
            continue
        verify(inside, folder.name)  # a byte that no content hangs on, as in padding


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    with pytest.raises(UsageError, match="there already"):
        refuse_taken(tmp_path / "there")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="there already"):
        refuse_taken(tmp_path / "dangling")
    refuse_taken(tmp_path / "free")
