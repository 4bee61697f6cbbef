"""What a training of a language model really takes, beside what the look ahead said it would.

    python benchmarks/memory.py [--only NAME ...] [--threads 1]

Models of several shapes with random weights and the starter's tokenizer, each trained for two steps
in a process of its own; its peak is what the kernel counted (``VmHWM``). The estimate is meant to be
within a third of it, and too low is worse than too high.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from _language import Shape, quiet
from _scratch import model_folder
from etude.models._causal import CausalModel
from etude.training.lm.loop import train
from etude.training.lm.memory import estimate, shape_of
from etude.training.lm.pairs import TokenPair
from etude.training.lm.precision import compute_dtype
from etude.training.lm.settings import LmSettings, settings_from


@dataclass(frozen=True)
class Case:
    """A Llama, how it is trained, and on rows of how many tokens (shared, own, target)."""

    hidden: int
    layers: int
    vocabulary: int = 4096
    tokens: tuple[int, int, int] = (0, 100, 100)
    settings: dict[str, Any] = field(default_factory=dict)

    def write(self, folder: Path) -> CausalModel:
        """The model on disk, its weights random from seed 0."""
        from transformers import AutoTokenizer

        starter = model_folder("builtin:starter")
        AutoTokenizer.from_pretrained(starter).save_pretrained(folder)
        said = json.loads((starter / "config.json").read_text("utf-8"))
        shape = Shape(
            self.vocabulary, self.hidden, 3 * self.hidden, self.layers, head_width=self.hidden // 8
        )
        module = shape.module()
        for name in ("bos_token_id", "eos_token_id", "pad_token_id"):
            setattr(module.config, name, said[name])
        module.save_pretrained(folder)
        return CausalModel("measured", folder)

    def pairs(self, count: int) -> list[TokenPair]:
        """Random rows; targets end as the starter's do."""
        random = np.random.default_rng(0)
        shared, own, target = self.tokens
        start = random.integers(300, 4000, shared)
        end = [CHATML_END]
        return [
            TokenPair(
                np.concatenate([start, random.integers(300, 4000, own)]).astype(np.int32),
                np.concatenate([random.integers(300, 4000, target - 1), end]).astype(np.int32),
            )
            for _ in range(count)
        ]


CHATML_END = 2
"""The starter's `<|im_end|>`: a target must end with it."""
LORA = {"method": "lora", "rank": 16}
CASES = {
    "5 M, all weights": Case(256, 6),
    "5 M, all weights, 300 shared": Case(256, 6, tokens=(300, 40, 40)),
    "5 M, all weights, rows of 1,000": Case(256, 6, tokens=(0, 600, 400)),
    "33 M, all weights": Case(512, 10),
    "33 M, LoRA": Case(512, 10, settings=LORA),
    "33 M, LoRA, float32": Case(512, 10, settings=LORA | {"precision": "fp32"}),
    "170 M, LoRA": Case(768, 20, 32_000, settings=LORA),
    "170 M, LoRA, checkpointing": Case(
        768, 20, 32_000, settings=LORA | {"gradient_checkpointing": True}
    ),
    "170 M, all weights, checkpointing": Case(
        768, 20, 32_000, settings={"method": "full", "gradient_checkpointing": True}
    ),
}


def measured(name: str, threads: int) -> tuple[float, float]:
    """(peak, estimate) in MB, from a process of its own."""
    command = [sys.executable, __file__, "--hold", name, "--threads", str(threads)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    peak, expected = said.stdout.split()[-2:]
    return float(peak), float(expected)


def hold(name: str) -> None:
    """Two steps, and what they took."""
    case = CASES[name]
    with tempfile.TemporaryDirectory() as place:
        model = case.write(Path(place) / "model")
        settings = settings_from({"epochs": 1, **case.settings})
        pairs = case.pairs(2 * settings.step_rows)
        expected = _expected(model, pairs, settings)
        Path("/proc/self/clear_refs").write_text("5", "ascii")  # the peak counts from here
        train(model, pairs, [], settings, Path(place) / "training")
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
        peak = int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
    print(peak / 1024, expected / 1024**2)


def _expected(model: CausalModel, pairs: list[TokenPair], settings: LmSettings) -> int:
    device = torch.device("cpu")
    dtype = compute_dtype(settings.precision, device)
    return estimate(shape_of(model), pairs, settings, dtype, device).total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=list(CASES), default=list(CASES))
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--hold", choices=list(CASES), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    quiet()
    if asked.hold:
        hold(asked.hold)
        return
    print(
        "| training, batches of 16 | peak, MB | estimate, MB | estimate / peak |\n|---|---|---|---|"
    )
    for name in asked.only:
        peak, expected = measured(name, asked.threads)
        print(f"| {name} | {peak:,.0f} | {expected:,.0f} | {expected / peak:.2f} |", flush=True)


if __name__ == "__main__":
    main()
