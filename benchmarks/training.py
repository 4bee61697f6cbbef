"""How fast a language model is trained on a narrow task, beside TRL's SFTTrainer.

    python benchmarks/training.py [--rounds 5] [--steps 8] [--threads 1] [--quick] [--only a,b,c]
        [--shape small|smollm2-135m|qwen3-0.6b] [--liger] [--peak TFLOPS]
    python benchmarks/training.py --only d

A Llama of 5.8 M parameters with random weights (``--shape``: one of SmolLM2-135M's or Qwen3-0.6B's
sizes instead); batches of 16; AdamW in one fused pass; bfloat16
products on float32 weights (autocast); gradients clipped at 1; loss on the answers alone; no
logging, no saving, no progress bar; loading is not timed. Examples (seed 0) have 10–40 tokens of
their own before 30–50 of the answer.

a. Behind 300 tokens that all prompts have in common (instructions and a few examples). By the
   number of tokens alone the best possible ratio is about 4.3.
b. Without anything in common.
c. Peak memory with a vocabulary of 150,000: of the process above what it held before the first
   step, so gradients and the optimizer's state are in it. "full logits" is the loss as the model
   itself computes it.
d. Etude beside itself, without anything in common: examples packed into one row, which is what it
   does, against rows of like length that are padded. Not run unless it is asked for.

The peer's settings are the best that were found for it on a CPU: ``bf16``; sdpa attention (eager
was 1.4 times slower); ``group_by_length`` (less padding); ``completion_only_loss``; its default
loss, which never holds all logits at once (on a CPU it scores every position all the same);
``gradient_checkpointing`` off; no worker processes. Its packing and ``padding_free`` need flash
attention, and its fused kernels a GPU. It runs on its own data loader, with the same rows.

Where a GPU is found, a and b run on it; c counts a process's own memory and is for processors.
``--liger`` adds the peer with Liger's fused kernels, which need one.

Printed: seconds a step of each round, the ratios with their spread, megabytes. ``--peak``, the
card's bfloat16 peak in TFLOP/s as its maker states it, adds the share of it that the examples'
arithmetic was done at: 6 times the parameters a token, every example's tokens counted in full, so
that a beginning computed once for all counts as often as it was learned from.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from _language import (
    BATCH,
    SHAPES,
    Shape,
    examples,
    our_program,
    peer_program,
    plain_program,
    quiet,
)
from _timing import Rounds, interleave, say_load

VOCABULARY = 150_000
HELD = {"etude": our_program, "SFTTrainer": peer_program, "full logits": plain_program}


def compare(name: str, prefix: int, asked: argparse.Namespace) -> None:
    """Etude and the peer in turns of some steps."""
    shape = SHAPES[asked.shape]
    pairs = examples(asked.steps * BATCH, prefix, shape.vocabulary)
    tokens = sum(len(pair) for pair in pairs)
    shared = tokens - prefix * (len(pairs) - asked.steps)
    print(f"\n{name}: {tokens / shared:.2f} times as many tokens as there are different ones")
    programs: dict[str, Callable[[int], object]] = {
        "etude": our_program(shape, pairs),
        "SFTTrainer": peer_program(shape, pairs),
    }
    if asked.liger:
        programs["SFTTrainer with Liger"] = peer_program(shape, pairs, use_liger_kernel=True)

    def show(number: int, seconds: dict[str, float]) -> None:
        rates = ", ".join(f"{name} {s / asked.steps:.3f}" for name, s in seconds.items())
        print(f"round {number + 1}: seconds a step {rates}", flush=True)

    result = interleave(programs, asked.rounds, show)
    for peer in list(programs)[1:]:
        print(result.ratio_line("etude", peer))
    if asked.peak:
        print(_shares(result, tokens * 6 * shape.parameters, asked.peak))


def packing(asked: argparse.Namespace) -> None:
    """Etude's two ways for examples with nothing in common, in turns of some steps."""
    shape = SHAPES[asked.shape]
    pairs = examples(asked.steps * BATCH, 0, shape.vocabulary)
    print("\nd. packed against padded to like lengths, nothing in common")
    programs = {
        "packed": our_program(shape, pairs),
        "padded": our_program(shape, pairs, padded=True),
    }

    def show(number: int, seconds: dict[str, float]) -> None:
        rates = ", ".join(f"{name} {s / asked.steps:.3f}" for name, s in seconds.items())
        print(f"round {number + 1}: seconds a step {rates}", flush=True)

    print(interleave(programs, asked.rounds, show).ratio_line("packed", "padded"))


def _shares(result: Rounds, operations: float, peak: float) -> str:
    """Each program's arithmetic as a share of the card's peak."""
    told = (
        f"{name} {100 * operations / result.median(name) / (peak * 1e12):.1f} %"
        for name in result.seconds
    )
    return f"of {peak:g} TFLOP/s, median round: " + ", ".join(told)


def held(name: str, threads: int) -> float:
    """Megabytes that a training takes at its peak, in a process of its own."""
    command = [sys.executable, __file__, "--hold", name, "--threads", str(threads)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(said.stdout.split()[-1])


def hold(name: str) -> None:
    """Two steps with a large vocabulary, and what they took."""
    shape = Shape(vocabulary=VOCABULARY)
    program: Any = HELD[name](shape, examples(2 * BATCH, 0, shape.vocabulary))
    before = _megabytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # the peak counts from here
    program(0)
    print(_megabytes("VmHWM") - before)


def _megabytes(field: str) -> float:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return float(next(line for line in lines if line.startswith(field)).split()[1]) / 1024


def memory(asked: argparse.Namespace) -> None:
    """Peak memory of each, in processes of their own."""
    print(f"\nc. Peak memory of a training, vocabulary {VOCABULARY:,}, nothing in common")
    found = {name: held(name, asked.threads) for name in HELD}
    for name, megabytes in found.items():
        print(f"{name}: {megabytes:,.0f} MB ({megabytes / found['etude']:.2f}× etude)", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="two rounds of two steps")
    parser.add_argument("--only", default="a,b,c")
    parser.add_argument("--shape", choices=list(SHAPES), default="small")
    parser.add_argument("--liger", action="store_true", help="also the peer with Liger's kernels")
    parser.add_argument("--peak", type=float, help="the card's bfloat16 peak in TFLOP/s")
    parser.add_argument("--hold", choices=list(HELD), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    quiet()
    if asked.hold:
        hold(asked.hold)
        return
    if asked.quick:
        asked.rounds, asked.steps = 2, 2
    say_load()
    if "a" in asked.only:
        compare("a. 300 tokens in common", 300, asked)
    if "b" in asked.only:
        compare("b. nothing in common", 0, asked)
    if "c" in asked.only:
        memory(asked)
    if "d" in asked.only:
        packing(asked)


if __name__ == "__main__":
    main()
