"""What a checkpoint can do: exact answers by family on tasks it never saw, bits per byte on English.

Knows conversations and greedy decoding; ignores how the weights were trained. Tasks come from
seeds that no shard and no tokenizer uses; English from documents kept aside.

    python recipes/starter/evaluate.py --run RUN --weights RUN/stable.pt --corpus CORPUS --out s.json
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from corpus import Corpus, read_corpus
from generator import FAMILIES, Lexicon, Message, sample
from network import build
from shards import encode
from tokenizer import END, END_OF_TEXT, PAD, START
from tokenizers import Tokenizer
from transformers import LlamaForCausalLM

FIRST_SEED = 2 * 10**9
ENGLISH_TOKENS = 1024


@dataclass(frozen=True)
class Case:
    """One prompt (ids), the answer wanted, and its size in tokens, the end mark included."""

    family: str
    messages: tuple[Message, ...]
    prompt: list[int]
    answer: str
    tokens: int


def cases(
    family: str, count: int, lexicon: Lexicon, tokenizer: Tokenizer, level: str, room: int
) -> list[Case]:
    """`count` conversations of a family that fit in `room` tokens, cut before the last answer."""
    found: list[Case] = []
    seed = FIRST_SEED
    opening = [START, *tokenizer.encode("assistant\n").ids]
    while len(found) < count:
        messages = sample(seed, lexicon, family=family, level=level).messages
        seed += 1
        before, _ = encode(messages[:-1], tokenizer)
        answer = messages[-1].content
        size = len(tokenizer.encode(answer).ids) + 1
        if len(before) + len(opening) + size <= room:
            found.append(Case(family, messages, before + opening, answer, size))
    return found


@torch.inference_mode()
def answers(
    model: Any, tokenizer: Tokenizer, asked: list[Case], batch: int = 8
) -> list[tuple[str, bool]]:
    """Greedy answers in the order of `asked`, and whether each one stopped by itself."""
    order = sorted(range(len(asked)), key=lambda n: len(asked[n].prompt))
    found: dict[int, tuple[str, bool]] = {}
    for start in range(0, len(order), batch):
        part = order[start : start + batch]
        width = max(len(asked[n].prompt) for n in part)
        rows = [[PAD] * (width - len(asked[n].prompt)) + asked[n].prompt for n in part]
        ids = torch.tensor(rows)
        made = model.generate(
            ids,
            attention_mask=(ids != PAD).long(),
            max_new_tokens=max(asked[n].tokens for n in part) + 16,
            do_sample=False,
            eos_token_id=END,
            pad_token_id=PAD,
        )[:, width:].tolist()
        for n, row in zip(part, made, strict=True):
            stopped = END in row
            text = tokenizer.decode(row[: row.index(END)] if stopped else row)
            found[n] = (text, stopped)
    return [found[n] for n in range(len(asked))]


@torch.inference_mode()
def bits_per_byte(
    model: LlamaForCausalLM, tokenizer: Tokenizer, texts: list[str]
) -> tuple[float, int]:
    """Bits per byte of the first 1,024 tokens of each text, and the bytes counted."""
    nats, size = 0.0, 0
    for text in texts:
        ids = tokenizer.encode(text).ids[:ENGLISH_TOKENS]
        row = torch.tensor([[END_OF_TEXT, *ids]])
        logits = model(input_ids=row, use_cache=False).logits[0, :-1].float()
        nats += float(F.cross_entropy(logits, row[0, 1:], reduction="sum"))
        size += len(tokenizer.decode(ids).encode())
    return nats / math.log(2) / size, size


def is_json(text: str) -> bool:
    """Whether `text` parses."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def score(asked: list[Case], given: list[tuple[str, bool]]) -> dict[str, float]:
    """Shares: exactly right, stopped by itself; valid JSON where the answer wanted is JSON."""
    count = len(asked)
    pairs = [(case.answer, text) for case, (text, _) in zip(asked, given, strict=True)]
    shares = {
        "n": count,
        "exact": sum(wanted == text for wanted, text in pairs) / count,
        "stopped": sum(stopped for _, stopped in given) / count,
    }
    structured = [text for wanted, text in pairs if wanted[:1] in "{[" and is_json(wanted)]
    if structured:
        shares["json"] = sum(map(is_json, structured)) / len(structured)
    return shares


def load(weights: Path) -> LlamaForCausalLM:
    """A checkpoint of `train.py` or an exported folder: the bf16 weights that ship, in float32."""
    model: LlamaForCausalLM
    if weights.is_dir():
        model = LlamaForCausalLM.from_pretrained(weights, dtype=torch.float32)
    else:
        model = build("sdpa")
        found = torch.load(weights, weights_only=True, map_location="cpu")["model"]
        model.load_state_dict({name: one.bfloat16().float() for name, one in found.items()})
    model.train(False)
    return model


def report(
    model: LlamaForCausalLM, tokenizer: Tokenizer, lexicon: Lexicon, corpus: Corpus, count: int
) -> dict[str, object]:
    """Everything that goes into the JSON."""
    families: dict[str, dict[str, float]] = {}
    for family in FAMILIES:
        asked = cases(family, count, lexicon, tokenizer, "main", 512)
        families[family] = score(asked, answers(model, tokenizer, asked))
        print(family, families[family], flush=True)
    long_scores: dict[str, dict[str, float]] = {}
    for family in ("template", "extract", "lookup", "copying"):
        asked = cases(family, max(1, count // 4), lexicon, tokenizer, "long", 2048)
        long_scores[family] = score(asked, answers(model, tokenizer, asked, batch=2))
    english = {
        group: bits_per_byte(model, tokenizer, texts[:40])[0]
        for group, texts in corpus.held_out.items()
    }
    exact = [shares["exact"] for shares in families.values()]
    return {
        "families": families,
        "mean_exact": sum(exact) / len(exact),
        "long": long_scores,
        "bits_per_byte": english,
    }


def main() -> None:
    """Score and write."""
    parser = argparse.ArgumentParser(description="Score the starter on held-out tasks.")
    parser.add_argument("--run", type=Path, required=True, help="has tokenizer.json, lexicon.json")
    parser.add_argument("--weights", type=Path, required=True, help="checkpoint or model folder")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of *.txt.gz")
    parser.add_argument("--count", type=int, default=100, help="tasks a family")
    parser.add_argument("--show", type=int, default=0, help="answers to print a family, no scores")
    parser.add_argument("--out", type=Path, help="where the JSON goes")
    options = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(str(options.run / "tokenizer.json"))
    lexicon = Lexicon.load(options.run / "lexicon.json")
    model = load(options.weights)
    if options.show:
        show(model, tokenizer, lexicon, options.show)
        return
    began = time.time()
    found = report(model, tokenizer, lexicon, read_corpus(options.corpus), options.count)
    text = json.dumps(found, indent=1)
    if options.out:
        options.out.write_text(text + "\n")
    print(text, f"\n{time.time() - began:.0f} s")


def show(model: LlamaForCausalLM, tokenizer: Tokenizer, lexicon: Lexicon, count: int) -> None:
    """Print prompts with the answers wanted and given, to be read by a person."""
    for family in FAMILIES:
        asked = cases(family, count, lexicon, tokenizer, "main", 512)
        for case, (text, stopped) in zip(asked, answers(model, tokenizer, asked), strict=True):
            mark = "right" if text == case.answer else "WRONG"
            print(f"== {family}: {mark}{'' if stopped else ', did not stop'}")
            if text != case.answer:
                for message in case.messages[-3:-1]:
                    print(f"<{message.role}> {message.content[-700:]}")
                print(f"<wanted> {case.answer}\n<given>  {text}")


if __name__ == "__main__":
    main()
