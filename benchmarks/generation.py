"""How fast many short answers behind long instructions are written, beside transformers.

    python benchmarks/generation.py [--rounds 5] [--requests 64] [--shared 1000] [--threads 1]
        [--shape small|smollm2-135m|qwen3-0.6b] [--device cpu|cuda]

A Llama of 5.8 M random parameters, near the size of builtin:starter (``--shape``: one of
SmolLM2-135M's or Qwen3-0.6B's sizes instead), answers prompts that begin with the same few-shot
instructions; in float32 on a processor, in bfloat16 on a GPU (``--device``: where there is one, by
default); greedy, every answer of the same forced length. Peers,
in one process with it and by turns: ``model.generate`` on prompts padded on the left, with sdpa
attention and its own cache, at the batch size that is fastest here (tried before the timing); and
the same with the instructions' cache computed once and copied into each batch, as transformers'
documentation shows for prompts that share a beginning. Ids in, ids out: no text is tokenised.
Ours computes the shared beginning anew in every round; "by modules" is the same through transformers'
own layers instead of straight from the weights. Printed: answers a second of each round,
the ratios with their spread, how many answers are the same, token for token, and on a processor what
bfloat16 would gain and change.
"""

from __future__ import annotations

import argparse
import copy
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
import transformers
from numpy.typing import NDArray

from _language import SHAPES, Shape
from _timing import interleave, say_load
from etude.models._fast import best_device
from etude.models.generation.engine import Engine, make_engine
from etude.models.generation.jobs import Job
from etude.models.generation.prefixes import Prefixes, shared_length
from etude.models.generation.writing import write_all
from etude.progress import Silent

PEER_BATCHES = (8, 16, 32, 64)
Ids = NDArray[np.int32]
Answers = list[list[int]]


def make_module(shape: Shape, device: str) -> Any:
    """Weights alone become bfloat16 on a GPU: what turns the positions stays in float32."""
    module = shape.module().eval().to(device)
    if device != "cpu":
        for weight in module.parameters():
            weight.data = weight.data.to(torch.bfloat16)
    return module


def make_prompts(count: int, shared: int, vocabulary: int) -> list[Ids]:
    """``shared`` ids that all begin with, then 40 to 60 of each prompt's own."""
    random = np.random.default_rng(0)
    first = random.integers(4, vocabulary, shared)
    own = (random.integers(4, vocabulary, random.integers(40, 61)) for _ in range(count))
    return [np.concatenate([first, ids]).astype(np.int32) for ids in own]


def ours(engine: Engine, prompts: Sequence[Ids], length: int) -> Answers:
    prefix = Prefixes(engine).get(prompts[0][: shared_length(prompts)])
    jobs = [Job(ids[len(prefix) :], length, frozenset()) for ids in prompts]
    return [list(one.ids) for one in write_all(engine, prefix, jobs, Silent().step("writing"))]


@torch.inference_mode()
def peer(module: Any, prompts: Sequence[Ids], length: int, batch: int, shared: int = 0) -> Answers:
    """``generate`` in batches of like length; with ``shared``, that beginning's cache is reused."""
    found: dict[int, list[int]] = {}
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    cache = transformers.DynamicCache(config=module.config)
    if shared:
        first = torch.from_numpy(prompts[0][None, :shared].astype("int64"))
        module(first.to(module.device), past_key_values=cache)
    for start in range(0, len(order), batch):
        places = order[start : start + batch]
        width = max(len(prompts[i]) for i in places)
        ids = np.zeros((len(places), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, i in enumerate(places):
            gap = slice(shared, shared + width - len(prompts[i]))
            ids[row] = np.insert(prompts[i], shared, np.zeros(gap.stop - gap.start))
            mask[row] = 1
            mask[row, gap] = 0
        more: dict[str, Any] = {}
        if shared:
            more["past_key_values"] = copy.deepcopy(cache)
            more["past_key_values"].batch_repeat_interleave(len(places))
        out = module.generate(
            torch.from_numpy(ids).to(module.device),
            attention_mask=torch.from_numpy(mask).to(module.device),
            do_sample=False,
            max_new_tokens=length,
            min_new_tokens=length,
            pad_token_id=0,
            eos_token_id=None,
            **more,
        )
        for row, i in enumerate(places):
            found[i] = out[row, width:].tolist()
    return [found[i] for i in range(len(prompts))]


def fastest(run: Callable[[int], object], name: str) -> int:
    """The batch size of the fewest seconds, one turn each after a short warm-up."""
    seconds = {}
    for batch in PEER_BATCHES:
        started = time.perf_counter()
        run(batch)
        seconds[batch] = time.perf_counter() - started
    shown = ", ".join(f"{batch}: {s:.1f} s" for batch, s in seconds.items())
    best = min(seconds, key=lambda batch: seconds[batch])
    print(f"{name}: batches of {shown}; {best} is taken", flush=True)
    return best


def same(answers: Answers, others: Answers) -> str:
    equal = sum(one == other for one, other in zip(answers, others, strict=True))
    return f"{equal} of {len(answers)}"


def in_bfloat16(module: Any, prompts: Sequence[Ids], length: int, exact: Answers) -> str:
    """Speed and answers of our own path in bfloat16, one warm turn."""
    engine, why_not = make_engine(copy.deepcopy(module).to(torch.bfloat16), transformers)
    if engine is None:
        return f"bfloat16 can't be run here: {why_not}"
    ours(engine, prompts, length)
    started = time.perf_counter()
    answers = ours(engine, prompts, length)
    rate = len(prompts) / (time.perf_counter() - started)
    flips = [one[0] != other[0] for one, other in zip(answers, exact, strict=True)]
    return (
        f"in bfloat16: {rate:.1f} answers/s; {same(answers, exact)} answers as in float32, "
        f"{sum(flips)} of {len(flips)} first tokens differ (random weights: many near ties)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=64)
    parser.add_argument("--shared", type=int, default=1000)
    parser.add_argument("--length", type=int, default=50)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--shape", choices=list(SHAPES), default="small")
    parser.add_argument("--device", choices=["cpu", "cuda"], default=best_device().type)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    transformers.logging.set_verbosity_error()
    say_load()
    shape, length = SHAPES[options.shape], options.length
    prompts = make_prompts(options.requests, options.shared, shape.vocabulary)
    module = make_module(shape, options.device)
    engine, why_not = make_engine(copy.deepcopy(module), transformers)
    if engine is None:
        raise SystemExit(f"this transformers can't run the engine: {why_not}")
    by_modules = copy.copy(engine)
    by_modules.direct = None
    shared = shared_length(prompts)
    plain = fastest(lambda batch: peer(module, prompts, length, batch), "generate")
    reused = fastest(
        lambda batch: peer(module, prompts, length, batch, shared), "generate, cache reused"
    )
    print(
        f"{options.requests} prompts of {options.shared} shared ids and 40 to 60 own, {length} new; "
        f"{module.num_parameters() / 1e6:.1f} M parameters, {module.dtype}, {options.device}, "
        f"{options.threads} threads"
    )
    programs: dict[str, Callable[[int], Answers]] = {
        "etude": lambda _: ours(engine, prompts, length),
        "etude, by modules": lambda _: ours(by_modules, prompts, length),
        "generate": lambda _: peer(module, prompts, length, plain),
        "generate, cache reused": lambda _: peer(module, prompts, length, reused, shared),
    }

    def show(number: int, seconds: dict[str, float]) -> None:
        rates = ", ".join(f"{name} {len(prompts) / s:.1f}" for name, s in seconds.items())
        print(f"round {number + 1}: answers/s {rates}", flush=True)

    result = interleave(programs, options.rounds, show)
    print(result.ratio_line("etude", "etude, by modules"))
    print(result.ratio_line("etude", "generate"))
    print(result.ratio_line("etude", "generate, cache reused"))
    answers = {name: program(0) for name, program in programs.items()}
    for name in ("generate", "generate, cache reused"):
        print(f"same answers as {name}: {same(answers['etude'], answers[name])}")
    if options.device == "cpu":
        print(in_bfloat16(module, prompts, length, answers["etude"]))


if __name__ == "__main__":
    main()
