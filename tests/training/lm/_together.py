"""Trainings in two processes of this machine, forked by one that has imported everything.

Each JSON file of ``cases/`` in a folder is a training in the folder of its name there; the
processes are joined once and train one case after the other.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
import transformers

from etude.training.lm import _peft, _sharded, checkpoints, loop
from etude.training.lm.result import LmResult
from tests.training.lm._shapes import SHAPES
from tests.training.lm._tiny import SETTINGS, VOCABULARY, Shown, TinySource, pairs

SIZE = 2


def source(case: dict[str, Any]) -> TinySource:
    """The tiny Llama, or a random model of another shape with its vocabulary."""
    if case.get("shape") is None:
        return TinySource()
    name, values = SHAPES[case["shape"]]
    changed = {"vocab_size": VOCABULARY, "max_position_embeddings": 256, "n_positions": 256}
    config = getattr(transformers, name)()
    known = {key: value for key, value in {**values, **changed}.items() if hasattr(config, key)}
    return TinySource(getattr(transformers, name)(**known))


def run(case: dict[str, Any], folder: Path, shown: Shown | None = None) -> LmResult:
    """One case in the processes that there are."""
    checkpoints.EVERY_SECONDS = case.get("every", 3600.0)
    settings = replace(SETTINGS, **case.get("settings", {}))
    made = pairs(case.get("count", 13)), pairs(case.get("kept", 7), 1)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in case.get("environment", {}).items():
            patch.setenv(name, value)
        if case.get("as_on_gpus"):
            patch.setattr(_sharded, "gathered_dtype", lambda dtype, device: dtype)
        return loop.train(source(case), *made, settings, folder, shown)


def _killed(at: int) -> None:
    """From now on: die while the ``at``-th file of a checkpoint is half written."""
    from etude.training import _checkpoint

    to_disk, left = _checkpoint._to_disk, [at]

    def half_way(path: Path) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        to_disk(path)

    _checkpoint._to_disk = half_way


def _process(rank: int, folder: Path, names: list[str], kill: int) -> None:
    torch.set_num_threads(1)
    store = dist.FileStore(str(folder / f"store-{'-'.join(names)}"), SIZE)
    dist.init_process_group("gloo", store=store, rank=rank, world_size=SIZE)
    os.environ.update(RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(SIZE))
    if kill and rank:
        _killed(kill)
    for name in names:
        case = json.loads((folder / "cases" / f"{name}.json").read_text("utf-8"))
        shown = Shown()
        try:
            result = run(case, folder / name, shown)
        except Exception:
            (folder / f"{name}.{rank}.error").write_text(traceback.format_exc(), "utf-8")
            raise
        said = {"best": result.best_dev_loss, "notices": result.notices, "said": shown.said}
        (folder / f"{name}.{rank}.json").write_text(json.dumps(said), "utf-8")
    dist.destroy_process_group()


def together(folder: Path, names: list[str], kill: int = 0) -> bool:
    """Whether all processes came to the end; where one dies the others are ended."""
    fork = multiprocessing.get_context("fork")
    running = [
        fork.Process(target=_process, args=(rank, folder, names, kill)) for rank in range(SIZE)
    ]
    for process in running:
        process.start()
    multiprocessing.connection.wait([process.sentinel for process in running])
    died = any(process.exitcode not in (None, 0) for process in running)
    for process in running:
        if died:
            process.kill()
        process.join()
    return all(process.exitcode == 0 for process in running)


def main(at: str) -> int:
    """Train every case in the folder ``at``; 0 where all came to their ends."""
    folder = Path(at)
    assert _sharded, _peft.library().LoraConfig  # imported before there are two
    names = sorted(path.stem for path in (folder / "cases").glob("*.json"))
    killed = [name for name in names if name.startswith("killed")]
    for name in killed:
        assert not together(folder, [name], kill=9)
        (folder / f"store-{name}").unlink()
        held = [path.name for path in (folder / name / "checkpoints").iterdir()]
        (folder / f"{name}.held").write_text("\n".join(held), "utf-8")
    return 0 if together(folder, names) else 1
