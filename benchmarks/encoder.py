"""How fast texts become vectors, beside sentence-transformers on the same weights.

    python benchmarks/encoder.py [--rounds 9] [--texts 1000] [--threads 2]

The peer runs in the best settings that were found for it here: bfloat16 weights, its own sorting
by length, the batch size that is fastest on this machine (tried before the timing starts), no
progress bar, unit vectors asked for. Both tokenise inside their time, use the same threads and
take turns of one batch of texts each. Printed: texts a second of each round, the ratio with its
spread, how far both are from the float32 reference, and the ceiling, timed in the same turns: the
model's matrix products alone.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from _timing import interleave, say_load
from etude.models._encoder import BertEncoder, unit_rows
from etude.models._fast import TOKENS_PER_BATCH
from etude.models._linear import Linear, PackedLinear, packing_works
from etude.models._workers import map_ordered
from etude.models.opening import open_model
from etude.records.task import ModelRef

ROOT = Path(__file__).resolve().parents[1]
BANKING77 = ROOT.parent / "shared" / "data" / "banking77" / "train.jsonl"
PEER_BATCHES = (16, 32, 64, 128)


def load_texts(count: int) -> list[str]:
    """Banking77 texts where they are there, else the example project's, said on screen."""
    if BANKING77.is_file():
        lines = BANKING77.read_text("utf-8").splitlines()
        texts = [json.loads(line)["text"] for line in lines]
        print(f"texts: banking77 train, the first {count:,} of {len(texts):,} in a mixed order")
    else:
        texts = example_texts()
        print("texts: banking77 is not here; invented ones from examples/, repeated as needed")
        texts = texts * (count // len(texts) + 1)
    order = np.random.default_rng(0).permutation(len(texts))
    return [texts[i] for i in order[:count]]


def example_texts() -> list[str]:
    """Every string value of more than ten characters in the examples' JSONL and CSV files."""
    import csv

    texts: list[str] = []
    for path in sorted((ROOT / "examples").rglob("*")):
        if path.suffix == ".jsonl":
            rows: list[dict[str, Any]] = [
                json.loads(line) for line in path.read_text("utf-8").splitlines() if line
            ]
        elif path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
        else:
            continue
        texts += [max((v for v in row.values() if isinstance(v, str)), key=len) for row in rows]
    return [text for text in texts if len(text) > 10]


def load_peer(folder: Path, dtype: torch.dtype) -> Any:
    """sentence-transformers on the same folder."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu", model_kwargs={"dtype": dtype})


def encode_with_peer(peer: Any, texts: Sequence[str], batch: int) -> NDArray[np.float32]:
    rows = peer.encode(
        list(texts),
        batch_size=batch,
        normalize_embeddings=True,
        show_progress_bar=False,
        convert_to_numpy=True,
    )
    return np.asarray(rows, dtype=np.float32)


def tune_peer(peer: Any, texts: Sequence[str]) -> int:
    """The peer's fastest batch size: best of three turns each."""
    best: dict[int, float] = {}
    for batch in PEER_BATCHES * 3:
        started = time.perf_counter()
        encode_with_peer(peer, texts, batch)
        seconds = time.perf_counter() - started
        best[batch] = min(seconds, best.get(batch, seconds))
    print(
        "peer's batch sizes (texts/s, best of 3): "
        + ", ".join(f"{batch}: {len(texts) / seconds:,.0f}" for batch, seconds in best.items())
    )
    return min(best, key=lambda batch: best[batch])


def products_alone(model: BertEncoder, texts: Sequence[str]) -> Callable[[int], None]:
    """The ceiling as a program: the linear layers' products for as many tokens as the texts have,
    full batches on the same one-core threads, no padding and nothing else."""
    shape, dtype = model.fast.shape, model.dtype
    kind = PackedLinear if packing_works(model.device, dtype) else Linear
    hidden, inner = shape.hidden, shape.inner
    sizes = [(hidden, 3 * hidden), (hidden, hidden), (hidden, inner), (inner, hidden)]
    with torch.inference_mode():
        layers = [
            (
                kind(torch.randn(n, k), torch.randn(n), dtype),
                torch.randn(TOKENS_PER_BATCH, k).to(dtype),
            )
            for k, n in sizes
        ]
    tokens = sum(len(ids) for ids in model.tokenize(texts))

    def batch(_: int) -> None:
        with torch.inference_mode():
            for _ in range(shape.layers):
                for layer, x in layers:
                    layer(x)

    def run(_: int) -> None:
        batches = range(round(tokens / TOKENS_PER_BATCH))
        threads = torch.get_num_threads()
        for _ in map_ordered(batch, batches, threads) if threads > 1 else map(batch, batches):
            pass

    return run


def encoding(texts: Sequence[str], rounds: int, threads: int) -> None:
    """Encode in turns and print what came out."""
    torch.set_num_threads(threads)
    say_load()
    model = open_model(ModelRef(name="builtin:minilm"))
    assert isinstance(model, BertEncoder)
    peer = load_peer(model.folder, model.dtype)
    batch = tune_peer(peer, texts[:500])
    print(
        f"ours: {model.dtype}, {TOKENS_PER_BATCH} tokens a batch; peer: sentence-transformers, "
        f"{model.dtype}, batch {batch}; {threads} threads"
    )

    def show(number: int, seconds: dict[str, float]) -> None:
        rates = ", ".join(f"{name} {len(texts) / s:,.0f}" for name, s in seconds.items())
        print(f"round {number + 1}: texts/s {rates}", flush=True)

    programs = {
        "etude": lambda _: model.embed(texts),
        "sentence-transformers": lambda _: encode_with_peer(peer, texts, batch),
        "products alone": products_alone(model, texts),
    }
    result = interleave(programs, rounds, show)
    print(result.ratio_line("etude", "sentence-transformers"))
    top, ours = min(result.seconds["products alone"]), min(result.seconds["etude"])
    print(
        f"ceiling: {len(texts) / top:,.0f} texts/s if only the matrix products took time; "
        f"ours reaches {top / ours:.0%} of it (best rounds)"
    )
    quality(model, peer, texts[:300], batch)


def quality(model: BertEncoder, peer: Any, texts: Sequence[str], batch: int) -> None:
    """Cosines to the peer's float32 vectors: ours and the peer's own."""
    reference = encode_with_peer(load_peer(model.folder, torch.float32), texts, batch)
    for name, rows in (
        ("etude", model.embed(texts)),
        ("sentence-transformers", encode_with_peer(peer, texts, batch)),
    ):
        cosines = (unit_rows(rows) * unit_rows(reference)).sum(1)
        print(f"largest cosine deviation from float32, {name}: {1 - cosines.min():.1e}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    options = parser.parse_args()
    encoding(load_texts(options.texts), options.rounds, options.threads)


if __name__ == "__main__":
    main()
