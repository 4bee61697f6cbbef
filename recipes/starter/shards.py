"""Write shards: rows of tokens ready to train on, so that the training core never waits.

A row holds whole conversations one after the other and English in what is left over, so that no
copy is ever cut from its source. Shard n is the same whenever and wherever it is written.

    python recipes/starter/shards.py --corpus CORPUS --run RUN --mixture main --first 3 --count 30
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from corpus import SHARES, Corpus, read_corpus
from generator import Lexicon, Message, sample
from tokenizer import END, END_OF_TEXT, START
from tokenizers import Tokenizer

TOKENS_A_SHARD = 1 << 20
_WAITING = 16  # conversations to choose from when filling a row


@dataclass(frozen=True)
class Mixture:
    """What a shard is made of: row length, the generator's level, chance of English ahead."""

    row: int
    level: str
    english: float


MIXTURES = {
    "copy": Mixture(512, "copy", 0.10),
    "main": Mixture(512, "main", 0.18),
    "long": Mixture(2048, "long", 0.30),
}
FINAL = ("long", "main", "main", "main", "main")  # what the decay sees, shard by shard in turn


def encode(messages: tuple[Message, ...], tokenizer: Tokenizer) -> tuple[list[int], list[int]]:
    """ChatML ids, and 1 where a token is the assistant's own (its end mark included), else 0."""
    ids: list[int] = []
    own: list[int] = []
    newline = tokenizer.encode("\n").ids
    for message in messages:
        head = [START, *tokenizer.encode(f"{message.role}\n").ids]
        body = [*tokenizer.encode(message.content).ids, END]
        mine = int(message.role == "assistant")
        if not mine:  # as a chat template has it: role and content are one run of text
            whole = f"{message.role}\n{message.content}"
            head, body = [START], [*tokenizer.encode(whole).ids, END]
        ids += head + body + newline
        own += [0] * len(head) + [mine] * len(body) + [0] * len(newline)
    return ids, own


def english(corpus: Corpus, tokenizer: Tokenizer, shard: int) -> Iterator[int]:
    """An endless run of document tokens; each shard starts further on in each group."""
    rng = random.Random(f"english {shard}")
    starts = {name: shard * round(260 * SHARES[name] / 0.35) for name in SHARES}
    groups, shares = list(SHARES), list(SHARES.values())
    while True:
        group = rng.choices(groups, shares)[0]
        texts = corpus.documents[group]
        yield from tokenizer.encode(texts[starts[group] % len(texts)]).ids
        yield END_OF_TEXT
        starts[group] += 1


def conversations(
    mixture: Mixture, shard: int, lexicon: Lexicon, tokenizer: Tokenizer
) -> Iterator[tuple[list[int], list[int]]]:
    """Encoded samples that fit in a row, without end."""
    rng = random.Random(f"levels {shard}")
    for seed in itertools.count((shard + 1) * 10_000_000):
        level = "main" if mixture.level == "long" and rng.random() < 0.4 else mixture.level
        ids, own = encode(sample(seed, lexicon, level=level).messages, tokenizer)
        if len(ids) < mixture.row:
            yield ids, own


def _fitting(waiting: list[tuple[list[int], list[int]]], room: int) -> int | None:
    """The place of the first conversation that fits in `room` tokens, its end mark included."""
    return next((n for n, (ids, _) in enumerate(waiting) if len(ids) < room), None)


def rows(
    mixture: Mixture, shard: int, corpus: Corpus, lexicon: Lexicon, tokenizer: Tokenizer
) -> Iterator[tuple[list[int], list[int]]]:
    """Token ids and weights marks (1: full weight, 0: a prompt's), each `mixture.row` long."""
    rng = random.Random(f"rows {shard}")
    plain = english(corpus, tokenizer, shard)
    tasks = conversations(mixture, shard, lexicon, tokenizer)
    waiting = [next(tasks) for _ in range(_WAITING)]
    while True:
        ids: list[int] = []
        own: list[int] = []
        if rng.random() < mixture.english:
            length = rng.randint(mixture.row // 4, mixture.row)
            ids = [next(plain) for _ in range(length - 1)] + [END_OF_TEXT]
            own = [1] * length
        while (fits := _fitting(waiting, mixture.row - len(ids))) is not None:
            conversation, marks = waiting[fits]
            ids += [*conversation, END_OF_TEXT]
            own += [*marks, 0]
            waiting[fits] = next(tasks)
        rest = mixture.row - len(ids)
        ids += [next(plain) for _ in range(rest)]
        yield ids, own + [1] * rest


def write(path: Path, found: Iterator[tuple[list[int], list[int]]], count: int) -> None:
    """Take `count` rows, and write them whole or not at all."""
    pairs = [next(found) for _ in range(count)]
    tokens = np.array([ids for ids, _ in pairs], dtype=np.uint16)
    own = np.array([marks for _, marks in pairs], dtype=np.uint8)
    held = path.with_suffix(".part.npz")
    np.savez(held, tokens=tokens, own=own)
    os.replace(held, path)
    print(f"{path.name}: {tokens.size:,} tokens, {own.mean():.2f} at full weight", flush=True)


def main() -> None:
    """Write the shards that are not there yet."""
    parser = argparse.ArgumentParser(description="Write shards of training rows.")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of *.txt.gz")
    parser.add_argument("--run", type=Path, required=True, help="has tokenizer.json, lexicon.json")
    parser.add_argument("--mixture", choices=[*MIXTURES, "final"], required=True)
    parser.add_argument("--first", type=int, default=0, help="number of the first shard")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--tokens", type=int, default=TOKENS_A_SHARD, help="of a shard")
    parser.add_argument("--folder", default="shards", help="name under the run's folder")
    options = parser.parse_args()
    corpus = read_corpus(options.corpus)
    lexicon = Lexicon.load(options.run / "lexicon.json")
    tokenizer = Tokenizer.from_file(str(options.run / "tokenizer.json"))
    names = FINAL if options.mixture == "final" else (options.mixture,)
    folder = options.run / options.folder
    folder.mkdir(parents=True, exist_ok=True)
    for shard in range(options.first, options.first + options.count):
        path = folder / f"{shard:05d}.npz"
        if not path.exists():
            mixture = MIXTURES[names[shard % len(names)]]
            found = rows(mixture, shard, corpus, lexicon, tokenizer)
            write(path, found, options.tokens // mixture.row)


if __name__ == "__main__":
    main()
