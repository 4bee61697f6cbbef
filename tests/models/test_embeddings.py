from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from tests._children import Child

from etude.errors import StoreError
from etude.models import embeddings as module
from etude.models.embeddings import CachedEmbeddings


class Counting:
    """An embedder whose vectors follow from the text and, by rounding, from its neighbours."""

    name = "counting"
    fingerprint = "f"
    abilities = frozenset({"embed"})
    dim = 8
    max_tokens = 10

    def __init__(self, pause: float = 0.0, stops: int = -1) -> None:
        self.asked: list[list[str]] = []
        self.pause, self.stops = pause, stops

    def embed(self, texts, progress=None):
        time.sleep(600 if len(self.asked) == self.stops else self.pause)
        self.asked.append(list(texts))
        rows = np.array(
            [np.frombuffer(text.encode().ljust(8, b"x")[:8], dtype=np.uint8) for text in texts],
            dtype=np.float32,
        ).reshape(-1, 8)
        rows[:, 0] += 1e-4 * len(texts)  # a result that shows which chunk it was computed in
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def count_tokens(self, texts):
        return np.array([len(t) for t in texts])


def texts(count: int) -> list[str]:
    return [f"{i:x} text" + "!" * (i % 7) for i in range(count)]


def test_each_text_is_computed_once_and_found_again(tmp_path):
    model = Counting()
    cache = CachedEmbeddings(model, tmp_path / "f")
    asked = [*texts(30), "5 text!!!!!", *texts(10)]
    first = cache.of(asked)
    assert first.shape == (41, 8)
    assert np.array_equal(first[:10], first[-10:])
    assert sum(map(len, model.asked)) == 30
    other = Counting()
    again = CachedEmbeddings(other, tmp_path / "f")
    assert again.missing(texts(32)) == 2
    assert np.array_equal(again.of(asked), first)
    assert other.asked == []
    assert again.of([]).shape == (0, 8)


def test_chunks_are_cut_by_length_and_text(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 10)
    model = Counting()
    CachedEmbeddings(model, tmp_path / "f").of(texts(35))
    assert [len(chunk) for chunk in model.asked] == [10, 10, 10, 5]
    everything = [text for chunk in model.asked for text in chunk]
    assert everything == sorted(texts(35), key=lambda t: (len(t), t))


IN_THE_VECTORS, IN_THE_KEYS = -330, -3


@pytest.mark.parametrize("place", [IN_THE_VECTORS, IN_THE_KEYS])
def test_damaged_chunks_are_computed_again(tmp_path, monkeypatch, place):
    monkeypatch.setattr(module, "CHUNK", 10)
    expected = CachedEmbeddings(Counting(), tmp_path / "f").of(texts(40))
    first, second, third, _ = sorted((tmp_path / "f").iterdir())
    data = bytearray(first.read_bytes())
    data[place] ^= 1
    first.write_bytes(data)
    second.write_bytes(second.read_bytes()[:50])
    third.write_bytes(b"")
    model = Counting()
    found = CachedEmbeddings(model, tmp_path / "f").of(texts(40))
    assert sum(map(len, model.asked)) == 30
    assert np.allclose(found, expected, atol=1e-4)
    after = Counting()
    assert np.array_equal(CachedEmbeddings(after, tmp_path / "f").of(texts(40)), found)
    assert after.asked == []


def test_another_process_chunks_are_seen(tmp_path):
    mine, theirs = Counting(), Counting()
    first = CachedEmbeddings(mine, tmp_path / "f")
    first.of(texts(5))
    CachedEmbeddings(theirs, tmp_path / "f").of(texts(20))
    first.of(texts(20))
    assert sum(map(len, mine.asked)) == 5
    assert sum(map(len, theirs.asked)) == 15


def test_only_so_many_chunks_stay_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 5)
    monkeypatch.setattr(module, "KEPT_CHUNKS", 2)
    cache = CachedEmbeddings(Counting(), tmp_path / "f")
    first = cache.of(texts(40))
    assert len(cache._chunks) == 2
    assert np.array_equal(cache.of(texts(40)), first)


def test_half_an_emoji_is_a_text(tmp_path):
    model = Counting()
    model.embed = lambda t, progress=None: np.ones((len(t), 8), dtype=np.float32)
    assert CachedEmbeddings(model, tmp_path / "f").of(["\ud83d", "a"]).shape == (2, 8)


def test_a_folder_that_cant_be_written_is_named(tmp_path):
    (tmp_path / "f").write_text("a file")
    with pytest.raises(StoreError):
        CachedEmbeddings(Counting(), tmp_path / "f" / "fingerprint").of(["a"])


CHILD = """
import sys
from pathlib import Path
from test_embeddings import Counting, texts
from etude.models import embeddings
embeddings.CHUNK = 10
counting = Counting(0.05, int(sys.argv[2]))
embeddings.CachedEmbeddings(counting, Path(sys.argv[1])).of(texts(200))
"""


def start(folder: Path, stops: int = -1) -> Child:
    """A process that embeds 20 lots, or waits to be killed after so many."""
    return Child(CHILD, folder, stops, cwd=Path(__file__).parent)


def finished(folder: Path) -> list[Path]:
    return list(folder.glob("[0-9a-f]*.safetensors")) if folder.is_dir() else []


def test_a_killed_run_goes_on_at_the_same_boundaries_with_the_same_bits(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 10)
    whole = CachedEmbeddings(Counting(), tmp_path / "whole").of(texts(200))
    process = start(tmp_path / "f", stops=7)
    deadline = time.monotonic() + 120
    while len(finished(tmp_path / "f")) < 5 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    kept = len(finished(tmp_path / "f"))
    assert 5 <= kept <= 7
    model = Counting()
    found = CachedEmbeddings(model, tmp_path / "f").of(texts(200))
    assert len(model.asked) == 20 - kept
    assert np.array_equal(found, whole)
    names = {path.name for path in finished(tmp_path / "whole")}
    assert {path.name for path in finished(tmp_path / "f")} == names


def test_two_processes_at_once_agree(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 10)
    both = [start(tmp_path / "f") for _ in range(2)]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    whole = CachedEmbeddings(Counting(), tmp_path / "whole").of(texts(200))
    found = CachedEmbeddings(Counting(), tmp_path / "f").of(texts(200))
    assert np.allclose(found, whole, atol=1e-4)
