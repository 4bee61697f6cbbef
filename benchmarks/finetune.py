"""How fast an encoder is fine-tuned, beside transformers' Trainer on the same weights.

    python benchmarks/finetune.py [--rounds 7] [--texts 640] [--threads 2]

Both train all-MiniLM-L6-v2 with a new head on the same tokenised texts, in turns of one epoch:
batches of 32, AdamW in one fused pass, bfloat16 products on float32 weights, gradients clipped at
1, no logging, no saving, no progress bar. The peer's settings are the best that were found for it:
``bf16`` autocast (three times its fp32), eager attention (1.5 to 1.9 times its default, sdpa, for
texts this short on a CPU), ``train_sampling_strategy="group_by_length"`` (less padding), batches
padded to their longest, rounded up to 8 (as fast as to the longest itself, and faster than 32),
no worker processes (tokens are ready, so they only add copies). It runs twice: as people run it,
all weights trained; and with the word vectors frozen, as Etude does, so that this difference can
be seen by itself. Weights in pure bfloat16 would be faster for it, but small updates are then
rounded away, so nobody should train that way.

Printed: examples a second of each round, the ratios with their spread, and that the gradients of
both are of the same loss (the first batches' mean losses from the same head).
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from _data import data_folder, rows
from _timing import interleave, say_load
from etude.models._encoder import BertEncoder
from etude.models.opening import open_model
from etude.records.task import ModelRef
from etude.training._gradients import batch_gradients
from etude.training.classifier import Classifier, Rows, TrainSettings, train

BATCH, RATE, HEAD_RATE = 32, 2e-4, 5e-3


def load_task(model: BertEncoder, count: int) -> tuple[Rows, int]:
    """The first ``count`` of banking77's training rows in a mixed order, and how many labels."""
    found = rows(data_folder("banking77") / "train.jsonl")
    labels = sorted({row["label"] for row in found})
    order = np.random.default_rng(0).permutation(len(found))[:count]
    texts = [found[i]["text"] for i in order]
    target = np.array([labels.index(found[i]["label"]) for i in order], dtype=np.int64)
    return Rows(model.tokenize(texts), target), len(labels)


def new_head(dim: int, labels: int) -> nn.Linear:
    """The same head for everybody."""
    torch.manual_seed(0)
    return nn.Linear(dim, labels)


class PeerModel(nn.Module):
    """What the peer trains: transformers' own BERT, mean pooling, unit vectors, the head."""

    def __init__(self, folder: str, labels: int, freeze_words: bool) -> None:
        super().__init__()
        from transformers import AutoModel

        self.encoder = AutoModel.from_pretrained(
            folder, add_pooling_layer=False, attn_implementation="eager"
        )
        for part in self.encoder.modules():
            if isinstance(part, nn.Dropout):
                part.p = 0.0
        for layer in self.encoder.encoder.layer:
            layer.attention.self.dropout_prob = 0.0
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(not freeze_words)
        self.head = new_head(self.encoder.config.hidden_size, labels)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, labels: Tensor) -> dict[str, Any]:
        hidden = self.encoder(input_ids, attention_mask=attention_mask).last_hidden_state.float()
        weights = attention_mask[:, :, None].float()
        pooled = (hidden * weights).sum(1) / weights.sum(1)
        logits = self.head(F.normalize(pooled, dim=1))
        return {"loss": F.cross_entropy(logits, labels), "logits": logits}


def pad(examples: list[dict[str, Any]]) -> dict[str, Tensor]:
    """To the longest of the batch, as ``DataCollatorWithPadding(pad_to_multiple_of=8)`` does."""
    longest = max(len(example["input_ids"]) for example in examples)
    width = -(-longest // 8) * 8
    ids = torch.zeros(len(examples), width, dtype=torch.int64)
    mask = torch.zeros_like(ids)
    for row, example in enumerate(examples):
        ids[row, : len(example["input_ids"])] = torch.tensor(example["input_ids"])
        mask[row, : len(example["input_ids"])] = 1
    labels = torch.tensor([example["labels"] for example in examples])
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def peer_program(model: BertEncoder, task: Rows, labels: int, freeze_words: bool) -> Any:
    """A Trainer over the rows, one epoch a call of ``train``."""
    from transformers import PrinterCallback, Trainer, TrainingArguments

    said = TrainingArguments(
        output_dir=tempfile.mkdtemp(),
        per_device_train_batch_size=BATCH,
        num_train_epochs=1,
        learning_rate=RATE,
        lr_scheduler_type="linear",
        warmup_steps=0.1,
        weight_decay=0.01,
        max_grad_norm=1.0,
        optim="adamw_torch_fused",
        bf16=True,
        use_cpu=True,
        train_sampling_strategy="group_by_length",
        length_column_name="length",
        dataloader_num_workers=0,
        dataloader_pin_memory=False,
        logging_strategy="no",
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        remove_unused_columns=False,
        seed=0,
    )
    data = [
        {"input_ids": ids.tolist(), "labels": int(label), "length": len(ids)}
        for ids, label in zip(task.tokens, task.target_N, strict=True)
    ]
    peer = PeerModel(str(model.folder), labels, freeze_words)
    optimizer = torch.optim.AdamW(
        [
            {"params": [p for p in peer.encoder.parameters() if p.requires_grad], "lr": RATE},
            {"params": peer.head.parameters(), "lr": HEAD_RATE},
        ],
        weight_decay=0.01,
        fused=True,
    )
    trainer = Trainer(
        peer, said, data_collator=pad, train_dataset=data, optimizers=(optimizer, None)
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def our_program(classifier: Classifier, task: Rows) -> Callable[[int], object]:
    """One epoch a call, the same weights trained on."""
    settings = TrainSettings(
        epochs=1,
        planned_epochs=1,
        learning_rate=RATE,
        head_learning_rate=HEAD_RATE,
        batch_size=BATCH,
        precision="bf16",
    )
    return lambda number: train(classifier, task, settings, seed=number)


def same_loss(classifier: Classifier, peer: PeerModel, task: Rows) -> None:
    """Both compute the same loss and gradient before the first step."""
    picks = np.arange(BATCH)
    weight = classifier.head.weight
    loss, (ours,) = batch_gradients(classifier, [weight], task.tokens, task.target_N, picks)
    batch = pad(
        [{"input_ids": task.tokens[i].tolist(), "labels": int(task.target_N[i])} for i in picks]
    )
    with torch.autocast("cpu", torch.bfloat16):
        computed = peer(**batch)["loss"]
    (slope,) = torch.autograd.grad(computed, [peer.head.weight])
    theirs = float(computed.detach())
    assert ours is not None
    apart = float((ours - slope).norm() / slope.norm())
    print(
        f"loss of the first batch: etude {loss:.4f}, Trainer {theirs:.4f}; "
        f"the head's gradients differ by {apart:.1%} (bfloat16)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--texts", type=int, default=640)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    say_load()
    model = open_model(ModelRef(name="builtin:minilm"))
    assert isinstance(model, BertEncoder)
    task, labels = load_task(model, asked.texts)
    encoder = model.load_module(compute_dtype=torch.bfloat16)
    classifier = Classifier(encoder, new_head(model.dim, labels))
    whole = peer_program(model, task, labels, freeze_words=False)
    frozen = peer_program(model, task, labels, freeze_words=True)
    same_loss(classifier, whole.model, task)

    def show(number: int, seconds: dict[str, float]) -> None:
        rates = ", ".join(f"{name} {asked.texts / s:,.0f}" for name, s in seconds.items())
        print(f"round {number + 1}: examples/s {rates}", flush=True)

    result = interleave(
        {
            "etude": our_program(classifier, task),
            "Trainer": partial(run_peer, whole),
            "Trainer, words frozen": partial(run_peer, frozen),
        },
        asked.rounds,
        show,
    )
    print(result.ratio_line("etude", "Trainer"))
    print(result.ratio_line("etude", "Trainer, words frozen"))


def run_peer(trainer: Any, number: int) -> None:
    """One epoch."""
    trainer.train()


if __name__ == "__main__":
    main()
