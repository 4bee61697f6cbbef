"""Two processes that share out the weights take the steps of one that holds them all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from etude.errors import TrainingError
from etude.training.lm import sharding
from etude.training.lm.distributed import Alone
from etude.training.lm.log import read_log
from etude.training.lm.loop import train
from etude.training.lm.result import training_key
from etude.training.lm.settings import LmSettings
from etude.training.lm.sharding import ALONE, FOLLOWED, asked, loaded_whole, sharded
from tests._children import main_of
from tests._children import run as in_child
from tests.training.lm._run import weights
from tests.training.lm._tiny import SETTINGS, TinySource, pairs
from tests.training.lm._together import run

ROOT = Path(__file__).parents[3]
FULL = {"epochs": 2, "clip": 0.1}
LORA = {**FULL, "method": "lora", "rank": 4}
CASES: dict[str, dict[str, Any]] = {
    # 13 rows in steps of 4 and, at the end, of 1: one process is left without a row.
    "full": {"settings": {**FULL, "batch_size": 2, "accumulation": 2}},
    "full-apart": {"settings": {**FULL, "sharing": "off", "gradient_checkpointing": True}},
    "lora": {"settings": {**LORA, "frozen_layers": 1}},
    "lora-checkpointed": {"settings": {**LORA, "dora": True, "gradient_checkpointing": True}},
    "cached": {"settings": FULL, "shape": "gpt_oss"},
    "padded": {"settings": FULL, "shape": "mamba"},
    "stopped": {"settings": {"epochs": 6, "patience": 1, "learning_rate": 0.3}},
    # bfloat16 as on GPUs: weights are gathered in it.
    "low": {"settings": {**FULL, "precision": "bf16"}, "as_on_gpus": True},
    "low-lora": {"settings": {**LORA, "precision": "bf16"}, "as_on_gpus": True},
    "killed-full": {"settings": {**FULL, "frozen_layers": 1}, "every": 0.0},
}
LOOSER = {"stopped": 100.0, "low": 1e4, "low-lora": 1e4}
"""Many steps at a high rate: what rounding differs by grows; and bfloat16 itself."""
KILLED = [name for name in CASES if name.startswith("killed")]
SOAKED = {"full-apart", "lora-checkpointed", "cached", "padded", "low"}
"""Cases that the soak alone trains: much of them is in the others too."""
EACH = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.soak] * (name in SOAKED)) for name in CASES]
)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder in which two processes have trained a case, with all others of its kind."""
    done: dict[bool, Path] = {}

    def folder_of(name: str) -> Path:
        soaked = name in SOAKED
        if soaked not in done:
            names = [case for case in CASES if (case in SOAKED) == soaked]
            done[soaked] = _trained(tmp_path_factory.mktemp("two"), names)
        return done[soaked]

    return folder_of


def _trained(folder: Path, names: list[str]) -> Path:
    (folder / "cases").mkdir()
    for name in names:
        case = CASES[name]
        asked_by = {"environment": {"ACCELERATE_USE_FSDP": "true"}} if name == "lora" else {}
        settings = case["settings"] | ({} if asked_by else {"shard_weights": "on"})
        told = json.dumps(case | asked_by | {"settings": settings})
        (folder / "cases" / f"{name}.json").write_text(told, "utf-8")
    done = in_child(main_of("tests.training.lm._together"), folder, cwd=ROOT)
    errors = [path.read_text("utf-8") for path in sorted(folder.glob("*.error"))]
    assert done.returncode == 0, "\n".join([*errors, done.stderr])
    return folder


def same_files(ours: Path, theirs: Path) -> bool:
    """The same names, and the same configurations."""
    names = {path.name for path in ours.iterdir()}
    for config in names & {"config.json", "adapter_config.json"}:
        a, b = (json.loads((folder / config).read_text("utf-8")) for folder in (ours, theirs))
        for said in (a, b):  # PEFT keeps a set of them
            said["target_modules"] = sorted(said.get("target_modules", []))
        assert a == b
    return names == {path.name for path in theirs.iterdir()}


@EACH
def test_two_processes_with_parts_take_the_steps_of_one(
    two: Callable[[str], Path], tmp_path: Path, name: str
) -> None:
    torch.set_num_threads(1)
    one = run({**CASES[name], "every": 3600.0}, tmp_path)
    close = 1e-5 * LOOSER.get(name, 1.0)
    trained = two(name) / name
    folder = trained / "model"
    log = read_log(folder / "training_log.jsonl")
    assert [row.step for row in log] == [row.step for row in one.log]
    for ours, theirs in zip(one.log, log, strict=True):
        for value in ("loss", "dev_loss"):
            a, b = getattr(ours, value), getattr(theirs, value)
            assert a == b or a == pytest.approx(b, rel=close)
    a, b = weights(one.folder), weights(folder)
    assert a.keys() == b.keys()
    for key, value in a.items():
        assert value.dtype == b[key].dtype
        assert float((value - b[key]).norm()) <= close * (float(value.norm()) + 0.1), key
    assert same_files(one.folder, folder)
    assert not (trained / "checkpoints").exists()


@EACH
def test_all_processes_end_alike_and_the_first_one_speaks(
    two: Callable[[str], Path], name: str
) -> None:
    first, second = (
        json.loads((two(name) / f"{name}.{i}.json").read_text("utf-8")) for i in range(2)
    )
    assert (first["best"], first["notices"]) == (second["best"], second["notices"])
    assert second["said"] == []
    assert first["notices"][0] == "The weights are shared out over 2 processes."
    assert (FOLLOWED in first["notices"]) == (name == "lora")
    stopped = any("stopped early" in notice for notice in first["notices"])
    assert stopped == (name == "stopped")
    assert (name in KILLED) == any("Going on after step" in said for said in first["said"])


@pytest.mark.parametrize("name", KILLED)
def test_a_kill_leaves_whole_checkpoints_in_parts(two: Callable[[str], Path], name: str) -> None:
    held = (two(name) / f"{name}.held").read_text("utf-8").split()
    steps = {file for file in held if file.startswith("step-") and "part" not in file}
    assert steps
    assert {file.replace(".safetensors", ".part1.safetensors") for file in steps} <= set(held)


def test_a_setting_or_the_launcher_asks_for_it() -> None:
    on, off = LmSettings(shard_weights="on"), LmSettings(shard_weights="off")
    fsdp = {"ACCELERATE_USE_FSDP": "true", "FSDP_VERSION": "2", "FSDP_OFFLOAD_PARAMS": "false"}
    assert (asked(on, {}), asked(off, {}), asked(LmSettings(), {})) == (True, False, None)
    assert asked(LmSettings(), fsdp) is True
    assert asked(LmSettings(method="qlora"), {}) is False
    refused = [
        (off, fsdp, "says not to"),
        (LmSettings(), {"ACCELERATE_USE_DEEPSPEED": "true"}, "DeepSpeed"),
        (LmSettings(), {**fsdp, "FSDP_OFFLOAD_PARAMS": "true"}, "not done here"),
        (LmSettings(method="qlora"), fsdp, "4 bits"),
    ]
    for settings, environment, said in refused:
        with pytest.raises(TrainingError, match=said) as caught:
            asked(settings, environment)
        assert caught.value.hint


class Gpu(Alone):
    """One of two processes on accelerators."""

    size = 2

    def __init__(self) -> None:
        self.device = torch.device("cuda")


def test_left_alone_it_is_by_what_fits_on_an_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    source, made = TinySource(), pairs(8)
    assert not sharded(source, made, SETTINGS, Alone(), {})
    for free, wanted in ((10**12, False), (10**6, True)):
        monkeypatch.setattr(sharding, "available", lambda device, free=free: free)
        assert sharded(source, made, SETTINGS, Gpu(), {}) is wanted
    off = replace(SETTINGS, shard_weights="off")
    assert not sharded(source, made, off, Gpu(), {})


def test_one_process_alone_holds_all_weights_and_says_so(tmp_path: Path) -> None:
    settings = replace(SETTINGS, shard_weights="on", epochs=1)
    result = train(TinySource(), pairs(8), [], settings, tmp_path)
    assert result.notices[0] == ALONE


def test_a_model_is_loaded_whole_under_accelerate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    with loaded_whole():
        assert "ACCELERATE_USE_FSDP" not in os.environ
    assert os.environ["ACCELERATE_USE_FSDP"] == "true"


def test_a_sharded_training_is_another_one_than_a_whole_one() -> None:
    keys = {
        training_key(TinySource(), pairs(2), [], replace(SETTINGS, shard_weights=said), 2, parts)
        for said in ("auto", "on")
        for parts in (False, True)
    }
    assert len(keys) == 2
