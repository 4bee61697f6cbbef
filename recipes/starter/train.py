"""Pretrain the starter on a few cores: warm-up, a stable phase, a decay that branches off it.

Knows shards and checkpoints; ignores where the tokens come from. A run stops by wall-clock, can go
on later from its last checkpoint to the very same step, and can be given more time; `decay` starts
from a stable checkpoint and lowers the rate to 2 %, without touching the stable run. With several
processes, one a core, each takes its own rows and the gradients are averaged.

    python recipes/starter/train.py stable --run RUN --minutes 70
    python recipes/starter/train.py decay --run RUN --minutes 20
    python recipes/starter/train.py decay --run RUN --minutes 90 --rate 0.5 --processes 2
        --weights src/etude/models/starter --seen 29300000
    python recipes/starter/train.py stable --run RUN --minutes 5 --device cuda --step 65536
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F
from network import build
from safetensors.torch import load_file
from torch import Tensor
from transformers import LlamaForCausalLM

PROMPT_WEIGHT = 0.25  # of a prompt's token, against 1 for the assistant's own and for English
MATRIX_RATE = 0.015  # Muon
OTHER_RATE = 2e-3  # AdamW: embeddings and norms
WARM_UP_STEPS = 200
LOWEST = 0.02  # of the stable rate, at the end of the decay
TOKENS_A_STEP = 4096  # of one process, where nothing else is asked for
CHECKPOINT_SECONDS = 300
LONGEST_WAIT = 60  # seconds for a shard that is being written


@dataclass
class Position:
    """Where a run stands; a checkpoint holds it."""

    step: int = 0
    tokens: int = 0
    shard: int = 0
    row: int = 0
    seconds: float = 0.0


class Rates:
    """Both optimizers and their rates: Muon for matrices, AdamW for the rest."""

    def __init__(self, model: LlamaForCausalLM) -> None:
        matrices = [
            p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name
        ]
        known = {id(p) for p in matrices}
        others = [p for p in model.parameters() if id(p) not in known]
        self.muon = torch.optim.Muon(matrices, lr=MATRIX_RATE, momentum=0.95, weight_decay=0.02)
        self.adamw = torch.optim.AdamW(
            others, lr=OTHER_RATE, betas=(0.9, 0.95), weight_decay=0.0, fused=True
        )

    def step(self, factor: float) -> None:
        """One update of both at `factor` of the stable rate."""
        both: list[tuple[torch.optim.Optimizer, float]]
        both = [(self.muon, MATRIX_RATE), (self.adamw, OTHER_RATE)]
        for optimizer, rate in both:
            for group in optimizer.param_groups:
                group["lr"] = rate * factor
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

    def state(self) -> dict[str, Any]:
        """For a checkpoint."""
        return {"muon": self.muon.state_dict(), "adamw": self.adamw.state_dict()}

    def load(self, state: dict[str, Any]) -> None:
        """From a checkpoint."""
        self.muon.load_state_dict(state["muon"])
        self.adamw.load_state_dict(state["adamw"])


class Peers:
    """The processes that train together; alone, all of it does nothing."""

    def __init__(self, rank: int, count: int, meeting: Path) -> None:
        self.rank, self.count = rank, count
        if count > 1:
            dist.init_process_group(
                "gloo", init_method=f"file://{meeting.resolve()}", rank=rank, world_size=count
            )

    def average(self, model: LlamaForCausalLM, seconds: float) -> float:
        """Put the mean gradient in place of each process's own; the mean of `seconds` comes back.

        One clock for all: the rate and the end of the run hang on it.
        """
        if self.count == 1:
            return seconds
        held = [p.grad for p in model.parameters() if p.grad is not None]
        flat = torch.cat([*(each.reshape(-1) for each in held), torch.tensor([seconds])])
        dist.all_reduce(flat)
        flat /= self.count
        for each, part in zip(held, flat[:-1].split([g.numel() for g in held]), strict=True):
            each.copy_(part.view_as(each))
        return float(flat[-1])


def batches(
    folder: Path, position: Position, peers: Peers, a_step: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """This process's tokens (rows, length) and weights (rows, length - 1) from `position` on,
    about `a_step` tokens at once.

    The caller adds the rows that all have used to `position.row`, so that a checkpoint between two
    batches neither repeats nor skips one. Waits a minute for a shard that is not written yet; then
    the rows are at their end.
    """
    while True:
        path = folder / f"{position.shard:05d}.npz"
        began = time.time()
        while not path.exists():
            if time.time() - began > LONGEST_WAIT:
                print(f"no {path} came: the rows end here", flush=True)
                return
            time.sleep(1)
        with np.load(path) as found:
            tokens, own = found["tokens"], found["own"]
        rows = max(1, a_step // tokens.shape[1])
        while position.row + rows * peers.count <= len(tokens):
            first = position.row + rows * peers.rank
            part = slice(first, first + rows)
            ids = torch.from_numpy(tokens[part].astype(np.int64))
            mine = torch.from_numpy(own[part, 1:].astype(np.float32))
            yield ids, PROMPT_WEIGHT + (1 - PROMPT_WEIGHT) * mine
        position.shard, position.row = position.shard + 1, 0


def first_shard(folder: Path) -> int:
    """The lowest number in `folder`.

    Raises FileNotFoundError when it has no shard.
    """
    numbers = [int(path.stem) for path in folder.glob("[0-9]*.npz") if path.stem.isdigit()]
    if not numbers:
        raise FileNotFoundError(f"no shards in {folder}")
    return min(numbers)


def loss_of(model: LlamaForCausalLM, ids: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """The weighted mean loss, and the mean over full-weight tokens alone (nats)."""
    hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1]
    logits = model.lm_head(hidden.reshape(-1, hidden.shape[-1])).float()
    each = F.cross_entropy(logits, ids[:, 1:].reshape(-1), reduction="none")
    flat = weights.reshape(-1)
    full = (flat == 1).float()
    mean = (each * flat).sum() / flat.sum()
    return mean, ((each * full).sum() / full.sum()).detach()


def save(path: Path, model: LlamaForCausalLM, rates: Rates, position: Position) -> None:
    """Write a checkpoint whole or not at all."""
    held = path.with_suffix(".part")
    torch.save(
        {
            "model": model.state_dict(),
            "rates": rates.state(),
            "position": dataclasses.asdict(position),
            "rng": torch.get_rng_state(),
        },
        held,
    )
    os.replace(held, path)


def load(path: Path, model: LlamaForCausalLM, rates: Rates) -> Position:
    """Restore what `save` wrote and say where it stands."""
    found = torch.load(path, weights_only=True, map_location="cpu")
    model.load_state_dict(found["model"])
    rates.load(found["rates"])  # which moves them to where the weights are
    torch.set_rng_state(found["rng"])
    return Position(**found["position"])


def exported(folder: Path, model: LlamaForCausalLM, seen: int) -> Position:
    """Take the weights of a folder that `export.py` wrote, after `seen` tokens.

    Raises ValueError where they are of another shape.
    """
    found = {k: v.float() for k, v in load_file(folder / "model.safetensors").items()}
    missing, unknown = model.load_state_dict(found, strict=False)
    if unknown or set(missing) - {"lm_head.weight"}:  # tied to the word vectors
        raise ValueError(f"{folder} has other weights: {missing} missing, {unknown} unknown")
    return Position(tokens=seen)


def begun(
    options: argparse.Namespace, path: Path, model: LlamaForCausalLM, rates: Rates
) -> Position:
    """Where the run stands: at its checkpoint, where it branches off, or at its very beginning."""
    if path.exists():
        return load(path, model, rates)
    stable = options.run / "stable.pt"
    if options.weights is not None:
        position = exported(options.weights, model, options.seen)
    else:
        position = load(stable, model, rates) if stable.exists() else Position()
    if options.phase == "decay":  # it has its own rows and its own clock
        position.shard, position.row = first_shard(options.run / "decay"), 0
        position.seconds = 0.0
    return position


def factor(options: argparse.Namespace, step: int, spent: float) -> float:
    """The share of the stable rate: by step in the warm-up, by seconds spent in the decay."""
    rate = float(options.rate)
    if options.phase == "stable":
        return rate * min(1.0, (step + 1) / WARM_UP_STEPS)
    done = min(1.0, spent / (float(options.minutes) * 60))
    return rate - (rate - LOWEST) * done


def run(rank: int, options: argparse.Namespace, compile_loss: bool = True) -> None:
    """Train until the minutes (or steps) are used up; checkpoint on the way and at the end."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    peers = Peers(rank, options.processes, options.run / f"meeting-{os.getppid()}")
    device = torch.device(options.device)
    model = (build() if device.type == "cpu" else build("sdpa")).to(device)
    rates = Rates(model)
    path = options.run / f"{options.phase}.pt"
    position = begun(options, path, model, rates)
    folder = options.run / ("shards" if options.phase == "stable" else "decay")
    loss_function = torch.compile(loss_of, dynamic=False) if compile_loss else loss_of
    earlier, began, saved = position.seconds, time.time(), time.time()
    recent: deque[Tensor] = deque(maxlen=50)
    print(f"{options.phase} from step {position.step}, {position.tokens:,} tokens", flush=True)
    found = batches(folder, position, peers, options.step or TOKENS_A_STEP)
    while position.seconds < options.minutes * 60 and position.step != options.steps:
        pair = next(found, None)
        if pair is None:
            break
        ids, weights = (each.to(device) for each in pair)
        with torch.autocast(device.type, torch.bfloat16):
            loss, own = loss_function(model, ids, weights)
        torch.autograd.backward(loss)
        position.seconds = peers.average(model, earlier + time.time() - began)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        rates.step(factor(options, position.step, position.seconds))
        position.step += 1
        position.row += len(ids) * peers.count
        position.tokens += ids.numel() * peers.count
        recent.append(own)  # read when it is shown: a GPU is not waited for at each step
        if position.step % 50 == 0 and peers.rank == 0:
            print(_line(position, float(sum(recent)) / len(recent)), flush=True)
        if time.time() - saved > CHECKPOINT_SECONDS and peers.rank == 0:
            save(path, model, rates, position)
            saved = time.time()
    if peers.rank == 0:
        save(path, model, rates, position)
    print(f"stopped at step {position.step}, {position.tokens:,} tokens", flush=True)


def _line(position: Position, loss: float) -> str:
    return (
        f"{position.seconds / 60:.1f} min, step {position.step}, "
        f"{position.tokens / 1e6:.2f} M tokens, loss {loss:.3f}, shard {position.shard}"
    )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Pretrain the starter.")
    parser.add_argument("phase", choices=("stable", "decay"))
    parser.add_argument("--run", type=Path, required=True, help="folder of shards and checkpoints")
    parser.add_argument("--minutes", type=float, required=True, help="of this phase in all")
    parser.add_argument(
        "--rate", type=float, default=1.0, help="share of the full rate to begin at"
    )
    parser.add_argument("--weights", type=Path, help="folder of an exported model to go on from")
    parser.add_argument("--seen", type=int, default=0, help="tokens that it has seen")
    parser.add_argument("--device", default="cpu", help="or cuda, with one process")
    parser.add_argument("--step", type=int, help=f"tokens a step and process ({TOKENS_A_STEP})")
    parser.add_argument("--steps", type=int, help="stop there, for a trial")
    parser.add_argument("--processes", type=int, default=1, help="one a core")
    options = parser.parse_args()
    if options.processes == 1:
        run(0, options)
    else:
        torch.multiprocessing.spawn(run, (options,), options.processes)


if __name__ == "__main__":
    main()
