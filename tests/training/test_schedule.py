"""The order of batches and the learning rate: derived, complete, near-equal in length."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from etude.training._checkpoint import Checkpoint
from etude.training._schedule import epoch_batches, rate_share, steps_per_epoch


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=400),
    st.integers(1, 40),
    st.integers(0, 5),
    st.integers(0, 5),
)
@settings(deadline=None, derandomize=True, max_examples=60)
def test_every_row_stands_in_one_batch(
    lengths: list[int], size: int, seed: int, epoch: int
) -> None:
    batches = epoch_batches(lengths, size, seed, epoch)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    assert len(batches) == steps_per_epoch(len(lengths), size)
    assert max(len(batch) for batch in batches) <= size


def test_the_order_is_derived_from_seed_and_epoch() -> None:
    lengths = list(np.random.default_rng(0).integers(1, 60, 300))

    def flat(*key: int) -> list[int]:
        return np.concatenate(epoch_batches(lengths, 16, *key)).tolist()

    assert flat(1, 2) == flat(1, 2)
    assert flat(1, 2) != flat(1, 3)
    assert flat(1, 2) != flat(2, 2)


def test_a_batch_is_of_near_equal_length() -> None:
    lengths = np.random.default_rng(0).integers(1, 60, 2000)
    spread = np.mean([np.ptp(lengths[batch]) for batch in epoch_batches(lengths, 16, 0, 0)])
    assert spread < 15  # without sorting it is over 50


def test_the_rate_rises_then_falls_in_lines() -> None:
    shares = [rate_share(step, 100, 0.1) for step in range(100)]
    assert shares[:3] == pytest.approx([0.1, 0.2, 0.3])
    assert max(shares) == shares[9] == shares[10] == 1
    assert shares[55] == pytest.approx(0.5)
    assert shares[99] == pytest.approx(1 / 90)
    assert rate_share(0, 1, 0.1) == 1


def test_a_checkpoint_is_whole_or_not_there(tmp_path: Path) -> None:
    place = Checkpoint(tmp_path / "deep" / "a.safetensors", "key")
    assert place.load() is None
    place.save({"w": torch.arange(3.0)}, {"epoch": 2})
    found = place.load()
    assert found is not None
    assert torch.equal(found[0]["w"], torch.arange(3.0))
    assert found[1] == {"epoch": 2}
    assert Checkpoint(place.path, "other").load() is None
    place.path.write_bytes(place.path.read_bytes()[:-4])
    assert place.load() is None


def test_a_full_disk_leaves_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Checkpoint(tmp_path / "a.safetensors", "key")
    place.save({"w": torch.ones(2)}, {"epoch": 1})

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("etude.training._checkpoint.save_file", full)
    with pytest.raises(OSError, match="No space"):
        place.save({"w": torch.zeros(2)}, {"epoch": 2})
    found = place.load()
    assert found is not None
    assert found[1] == {"epoch": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["a.safetensors"]
