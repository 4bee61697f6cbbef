"""Checkpoints: the last two and the best are kept, damage and others' files are passed over."""

from __future__ import annotations

from pathlib import Path

import torch

from etude.training.lm.checkpoints import Checkpoints


def filled(folder: Path, key: str = "a") -> Checkpoints:
    """Steps 1 to 5; the best weights are those of 2, and from 5 on those of 5."""
    kept = Checkpoints(folder, key, every=0.0)
    for step in range(1, 6):
        if step in (2, 5):
            kept.save_best(step, {"w": torch.tensor([float(step)])})
        best = None if step < 2 else kept.best_name(2 if step < 5 else 5)
        kept.save(step, {"w": torch.tensor([step / 10])}, {"step": step, "best": best})
    return kept


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_last_two_and_their_best_are_kept(tmp_path: Path) -> None:
    filled(tmp_path)
    assert names(tmp_path) == [
        "best-00000002.safetensors",
        "best-00000005.safetensors",
        "step-00000004.safetensors",
        "step-00000005.safetensors",
    ]


def test_the_newest_whole_one_is_loaded(tmp_path: Path) -> None:
    filled(tmp_path)
    tensors, state = Checkpoints(tmp_path, "a").load(tidy=True) or ({}, {})
    assert state["step"] == 5
    assert tensors["w"].item() == 0.5


def test_a_damaged_one_is_passed_over_with_its_best(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "step-00000005.safetensors").write_bytes(b"half")
    again = Checkpoints(tmp_path, "a")
    _, state = again.load(tidy=True) or ({}, {})
    assert state["step"] == 4
    assert (again.best(state["best"]) or {})["w"].item() == 2.0


def test_one_whose_best_is_gone_is_passed_over(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "best-00000005.safetensors").unlink()
    _, state = Checkpoints(tmp_path, "a").load(tidy=True) or ({}, {})
    assert state["step"] == 4


def test_another_trainings_are_not_taken(tmp_path: Path) -> None:
    filled(tmp_path)
    assert Checkpoints(tmp_path, "b").load(tidy=True) is None
    assert Checkpoints(tmp_path / "none", "a").load(tidy=True) is None


def test_half_written_files_of_the_dead_go(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "step-00000006.safetensors.999999999.new").write_bytes(b"half")
    Checkpoints(tmp_path, "a").load(tidy=True)
    assert not [name for name in names(tmp_path) if name.endswith(".new")]


def test_nothing_is_pickled(tmp_path: Path) -> None:
    filled(tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes()[8:9] == b"{"  # safetensors: a length, then JSON
