"""Train the tokenizer: byte-level BPE of 4,096 pieces with SmolLM's pre-tokenizer rules.

Those rules are kept exactly, so that a GGUF file may name `tokenizer.ggml.pre = smollm`: every
digit is a piece of its own, then GPT-2's byte-level split. Chat turns are ChatML.

    python recipes/starter/tokenizer.py --corpus CORPUS --out RUN
"""

from __future__ import annotations

import argparse
import itertools
import random
from pathlib import Path

from corpus import read_corpus
from generator import Lexicon, sample
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|pad|>")
END_OF_TEXT, START, END, PAD = range(4)
VOCABULARY = 4096


def untrained() -> Tokenizer:
    """An empty tokenizer with the rules in place."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def train(texts: list[str], vocabulary: int = VOCABULARY) -> Tokenizer:
    """Learn the merges from `texts`; the special tokens take ids 0 to 3."""
    tokenizer = untrained()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def main() -> None:
    """Write lexicon.json and tokenizer.json."""
    parser = argparse.ArgumentParser(description="Train the starter's tokenizer.")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of *.txt.gz")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    options = parser.parse_args()
    corpus = read_corpus(options.corpus)
    options.out.mkdir(parents=True, exist_ok=True)
    lexicon = Lexicon.from_texts(corpus.training_texts())
    lexicon.save(options.out / "lexicon.json")
    texts: list[str] = []
    for group, share in (("modern", 900), ("classics", 1100), ("novels", 700)):
        texts += corpus.documents[group][:share]
    for seed in range(12_000):
        turns = sample(10**9 + seed, lexicon).messages
        texts.append("\n".join(f"{turn.role}\n{turn.content}" for turn in turns))
    random.Random(0).shuffle(texts)
    tokenizer = train(texts)
    tokenizer.save(str(options.out / "tokenizer.json"))
    characters = sum(map(len, itertools.islice(texts, 500)))
    pieces = sum(len(e.ids) for e in tokenizer.encode_batch(texts[:500]))
    print(f"{tokenizer.get_vocab_size()} pieces, {characters / pieces:.2f} characters a piece")


if __name__ == "__main__":
    main()
