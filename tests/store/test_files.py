"""Files under ids of our own: whole or not there, listed by pages, gone when they expire."""

from __future__ import annotations

import hashlib
import os

import pytest

from etude.errors import StoreError
from etude.records.tuning import StoredFile
from etude.store import Store
from etude.store.files import shown


def kept(store: Store, data: bytes = b"x\n", **more: object) -> StoredFile:
    name = store.files.new()
    with store.files.receive(name) as incoming:
        incoming.write(data)
    said = {"purpose": "fine-tune", "filename": "a.jsonl"} | more
    return store.files.add(name, incoming, **said)  # type: ignore[arg-type]


def test_what_is_kept_is_what_came(store: Store) -> None:
    file = kept(store, b"one\ntwo\n")
    assert (file.bytes, file.sha256) == (8, hashlib.sha256(b"one\ntwo\n").hexdigest())
    assert store.files.find(file.id) == file
    assert store.files.path(file.id).read_bytes() == b"one\ntwo\n"
    assert store.files.delete(file.id)
    assert not store.files.delete(file.id)
    assert store.files.find(file.id) is None
    assert list(store.files.folder.iterdir()) == []


def test_a_transfer_that_breaks_leaves_nothing(plain: Store) -> None:
    def broken() -> None:
        with plain.files.receive(plain.files.new()) as incoming:
            incoming.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert list(plain.files.folder.iterdir()) == []


NAMES = ["../../etc/passwd", "/etc/passwd", "etude.db", "..", "", "a\0b", "\ud800"]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_no_name_from_outside_becomes_a_path(store: Store, name: str) -> None:
    file = kept(store, filename=name)
    assert file.filename == shown(name)
    assert store.files.find(name) is None
    with pytest.raises(StoreError):
        store.files.path(name)
    assert not store.files.delete(name)
    assert store.files.path(file.id).parent == store.files.folder
    for unknown in (
        store.jobs.find,
        store.jobs.tuned_model,
        store.webhooks.find,
        store.jobs.resume,
    ):
        assert unknown(name) is None
    for page in (store.jobs.page, store.webhooks.page):
        with pytest.raises(KeyError):
            page(after=name, limit=3)


def test_names_are_shown_short_and_plain() -> None:
    assert shown("C:\\a\\b.jsonl") == "b.jsonl"
    assert shown("/etc/pass\nwd") == "pass_wd"
    assert shown("") == "file"
    assert len(shown("a" * 999)) == 200


def test_pages_go_both_ways(store: Store) -> None:
    made = [kept(store, purpose="batch" if n % 2 else "fine-tune").id for n in range(5)]
    page, more = store.files.page(limit=2)
    assert ([file.id for file in page], more) == (made[:2:-1], True)
    page, more = store.files.page(after=made[3], limit=9)
    assert ([file.id for file in page], more) == (made[2::-1], False)
    page, _ = store.files.page(order="asc", purpose="batch")
    assert [file.id for file in page] == [made[1], made[3]]
    with pytest.raises(KeyError):
        store.files.page(after="file-9")


def test_expired_and_stray_bytes_are_swept(store: Store) -> None:
    old, new = kept(store, expires=1), kept(store)
    assert store.files.find(old.id) is None
    stray, fresh = store.files.folder / "file-stray", store.files.folder / "file-fresh"
    for path in (stray, fresh):
        path.write_bytes(b"no row")
    os.utime(stray, (1, 1))
    assert store.files.sweep() == 2
    assert {path.name for path in store.files.folder.iterdir()} == {new.id, fresh.name}


def test_what_is_made_here_is_written_once(store: Store) -> None:
    first = store.files.write(b"a", purpose="fine-tune-results", filename="r.csv", file="file-r")
    again = store.files.write(b"b", purpose="fine-tune-results", filename="r.csv", file="file-r")
    assert first == again
    assert store.files.path("file-r").read_bytes() == b"a"
