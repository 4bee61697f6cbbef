"""Rows, attention, checkpoints and the exported folder, on small data and without compiling."""

from __future__ import annotations

import argparse
import gzip
import hashlib
import itertools
import json
from pathlib import Path
from typing import Any

import card
import evaluate
import export
import numpy as np
import pytest
import torch
import train
from corpus import read_corpus
from generator import Lexicon
from network import build, config
from safetensors import safe_open
from safetensors.torch import save_file
from shards import Mixture, rows, write
from tokenizer import END, START, untrained
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM

from etude import models
from etude.models._causal import CausalModel
from tests._children import forking
from tests.recipes.test_tokenizer import small

ROW = 256


@pytest.fixture
def corpus_folder(tmp_path: Path) -> Path:
    lexicon = Lexicon.builtin()
    for name in ("standardebooks", "eltec_eng_level1", "handbook"):
        words = lexicon.words if name == "handbook" else lexicon.words[::-1]
        paragraphs = [" ".join(words[n : n + 60]) + "." for n in range(0, len(words) - 60, 2)]
        with gzip.open(tmp_path / f"{name}.txt.gz", "wt") as file:
            file.write("\n\n".join(paragraphs))
    return tmp_path


def made_rows(folder: Path, shard: int, count: int = 40) -> list[tuple[list[int], list[int]]]:
    mixture = Mixture(ROW, "main", 0.2)
    found = rows(mixture, shard, read_corpus(folder), Lexicon.builtin(), small())
    return list(itertools.islice(found, count))


def test_rows_are_full_and_hold_whole_conversations(corpus_folder: Path) -> None:
    for ids, own in made_rows(corpus_folder, 0):
        assert len(ids) == len(own) == ROW
        assert ids.count(START) == ids.count(END)
        for place, token in enumerate(ids):
            if token == START:
                assert END in ids[place:]
        assert set(own) <= {0, 1}


def test_a_shard_is_the_same_again_and_differs_from_the_next(corpus_folder: Path) -> None:
    assert made_rows(corpus_folder, 3) == made_rows(corpus_folder, 3)
    assert made_rows(corpus_folder, 3) != made_rows(corpus_folder, 4)


def test_held_out_documents_are_not_trained_on(corpus_folder: Path) -> None:
    corpus = read_corpus(corpus_folder)
    for group, texts in corpus.held_out.items():
        assert texts
        assert not set(texts) & set(corpus.documents[group])


def test_an_empty_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no \*\.txt\.gz"):
        read_corpus(tmp_path)


def test_blockwise_attention_is_causal_attention() -> None:
    torch.manual_seed(0)
    model = build()
    ids = torch.randint(0, 4096, (2, 300))
    grads = []
    outputs = []
    for attention in ("blockwise", "sdpa"):
        model.set_attn_implementation(attention)
        model.zero_grad()
        logits = model(input_ids=ids, use_cache=False).logits
        logits.square().mean().backward()
        outputs.append(logits.detach())
        grads.append(model.model.layers[0].self_attn.q_proj.weight.grad.clone())
    assert torch.allclose(outputs[0], outputs[1], atol=1e-5)
    assert torch.allclose(grads[0], grads[1], rtol=1e-3, atol=1e-8)


def test_prompt_tokens_count_a_quarter() -> None:
    model = build()
    ids = torch.randint(0, 4096, (1, 9))
    mean, own = train.loss_of(model, ids, torch.tensor([[0.25] * 4 + [1.0] * 4]))
    halves = [
        train.loss_of(model, ids, torch.tensor([marks]))[0]
        for marks in ([1.0] * 4 + [0.0] * 4, [0.0] * 4 + [1.0] * 4)
    ]
    assert mean.item() == pytest.approx((0.25 * halves[0] + halves[1]).item() / 1.25, rel=1e-4)
    assert own.item() == pytest.approx(halves[1].item(), rel=1e-4)


def tiny() -> LlamaForCausalLM:
    shape = config()
    shape.update({"hidden_size": 32, "num_hidden_layers": 1, "intermediate_size": 48})
    shape.head_dim = 8
    torch.manual_seed(0)
    return LlamaForCausalLM(shape)


def options(run: Path, phase: str, steps: int, processes: int = 1) -> argparse.Namespace:
    return argparse.Namespace(
        run=run, phase=phase, minutes=10.0, steps=steps, rate=1.0, processes=processes,
        weights=None, seen=0, device="cpu", step=None,
    )  # fmt: skip


def weights(path: Path) -> dict[str, torch.Tensor]:
    return torch.load(path, weights_only=True)["model"]


@pytest.fixture
def small_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(train, "build", tiny)
    monkeypatch.setattr(train, "TOKENS_A_STEP", 128)
    generator = np.random.default_rng(0)
    for folder, first in (("shards", 0), ("decay", 60)):
        (tmp_path / folder).mkdir()
        for shard in range(first, first + 2):
            ids = generator.integers(4, 4096, (11, 32)).tolist()
            own = generator.integers(0, 2, (11, 32)).tolist()
            pairs = zip(ids, own, strict=True)
            write(tmp_path / folder / f"{shard:05d}.npz", pairs, 11)
    return tmp_path


def test_a_run_that_stops_and_goes_on_is_the_run_that_never_stopped(
    small_run: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for steps in (1, 3, 4):
        train.run(0, options(small_run, "stable", steps), compile_loss=False)
    other = tmp_path_factory.mktemp("other")
    (other / "shards").symlink_to(small_run / "shards")
    train.run(0, options(other, "stable", 4), compile_loss=False)
    whole, parts = weights(other / "stable.pt"), weights(small_run / "stable.pt")
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


def test_the_decay_branches_off_and_leaves_the_stable_run_alone(small_run: Path) -> None:
    train.run(0, options(small_run, "stable", 2), compile_loss=False)
    before = weights(small_run / "stable.pt")
    train.run(0, options(small_run, "decay", 4), compile_loss=False)
    after = weights(small_run / "stable.pt")
    assert all(torch.equal(before[name], after[name]) for name in before)
    decayed = weights(small_run / "decay.pt")
    assert any(not torch.equal(before[name], decayed[name]) for name in before)


def test_a_run_ends_whole_where_the_rows_end(
    small_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "LONGEST_WAIT", 0.0)
    train.run(0, options(small_run, "stable", 100), compile_loss=False)
    found = torch.load(small_run / "stable.pt", weights_only=True)["position"]
    assert found["step"] == 2 * (11 // 4)  # 4 rows of 32 tokens are a step; the last 3 are left
    assert found["tokens"] == found["step"] * 128


def test_a_run_goes_on_from_exported_weights(
    small_run: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    train.run(0, options(small_run, "stable", 2), compile_loss=False)
    shipped = tmp_path_factory.mktemp("shipped")
    export.write_weights(weights(small_run / "stable.pt"), shipped / "model.safetensors")
    again = options(small_run, "decay", 3)
    again.weights, again.seen = shipped, 1000
    train.run(0, again, compile_loss=False)
    found = torch.load(small_run / "decay.pt", weights_only=True)["position"]
    assert (found["tokens"], found["shard"]) == (1000 + 3 * 128, 60 + 1)
    save_file({"other": torch.zeros(1)}, shipped / "model.safetensors")
    with pytest.raises(ValueError, match="has other weights"):
        train.exported(shipped, tiny(), 0)


def two(rank: int, chosen: argparse.Namespace) -> None:
    train.build, train.TOKENS_A_STEP = tiny, 64  # type: ignore[assignment]  # a process of its own
    train.run(rank, chosen, compile_loss=False)


def test_two_processes_with_half_the_rows_each_take_the_same_steps(
    small_run: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    train.run(0, options(small_run, "stable", 3), compile_loss=False)
    other = tmp_path_factory.mktemp("other")
    (other / "shards").symlink_to(small_run / "shards")
    how = forking().get_start_method()
    chosen = options(other, "stable", 3, processes=2)
    torch.multiprocessing.start_processes(two, (chosen,), 2, start_method=how)
    alone, together = weights(small_run / "stable.pt"), weights(other / "stable.pt")
    before = tiny().state_dict()
    for name, weight in alone.items():
        moved = (weight - before[name]).norm()
        assert (weight - together[name]).norm() < 0.35 * moved, name


def test_rates_warm_up_hold_and_decay() -> None:
    stable = argparse.Namespace(phase="stable", minutes=60.0, rate=1.0)
    assert train.factor(stable, 0, 0) == pytest.approx(1 / train.WARM_UP_STEPS)
    assert train.factor(stable, 10_000, 3599) == 1
    decay = argparse.Namespace(phase="decay", minutes=10.0, rate=0.5)
    assert train.factor(decay, 10_000, 0) == 0.5
    assert train.factor(decay, 10_000, 600) == pytest.approx(train.LOWEST)


def test_a_decay_without_rows_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no shards in"):
        train.first_shard(tmp_path)


def test_a_case_is_the_prompt_that_a_server_would_send() -> None:
    tokenizer = small()
    for case in evaluate.cases("lookup", 5, Lexicon.builtin(), tokenizer, "main", 2048):
        chat = [{"role": one.role, "content": one.content} for one in case.messages[:-1]]
        rendered = export.wrapped(tokenizer).apply_chat_template(
            chat, add_generation_prompt=True, return_dict=True
        )
        assert rendered["input_ids"] == case.prompt
        assert case.answer == case.messages[-1].content


def test_scores_count_what_is_exactly_right_and_what_parses() -> None:
    asked = [evaluate.Case("f", (), [1], answer, 3) for answer in ('{"a":1}', "[2]", "x")]
    given = [('{"a":1}', True), ("[2", False), ("X", True)]
    shares = evaluate.score(asked, given)
    assert shares == {"n": 3, "exact": 1 / 3, "stopped": 2 / 3, "json": 1 / 2}


def test_padding_does_not_change_an_answer() -> None:
    torch.manual_seed(0)
    model = tiny().eval()
    tokenizer = small()
    asked = evaluate.cases("echo", 3, Lexicon.builtin(), tokenizer, "main", 2048)
    together = evaluate.answers(model, tokenizer, asked, batch=3)
    alone = [evaluate.answers(model, tokenizer, [case])[0] for case in asked]
    widths = [min(len(one[0]), len(other[0])) for one, other in zip(together, alone, strict=True)]
    assert min(widths) > 0
    for one, other, width in zip(together, alone, widths, strict=True):
        assert one[0][:width] == other[0][:width]


def test_bits_per_byte_of_a_model_that_knows_nothing() -> None:
    """Even odds over 4,096 pieces are 12 bits a piece."""
    model = tiny()
    for weight in model.parameters():
        weight.data.zero_()
    bits, size = evaluate.bits_per_byte(model, small(), ["twelve lamps"])
    pieces = len(small().encode("twelve lamps").ids)
    assert size == len("twelve lamps")
    assert bits == pytest.approx(12 * pieces / size)


SCORES = {
    "families": {"echo": {"n": 2, "exact": 0.5, "stopped": 1.0}},
    "mean_exact": 0.5,
    "long": {"lookup": {"exact": 0.25}},
    "bits_per_byte": {"modern": 1.5},
}


def test_the_exported_folder_loads_and_answers_alike(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = build("sdpa")
    checkpoint = {"model": model.state_dict(), "position": {"tokens": 12_300_000}}
    known = export.write_folder(tmp_path, checkpoint, small(), SCORES, "on a slow machine")
    loaded = AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.float32)
    ids = torch.tensor([AutoTokenizer.from_pretrained(tmp_path)("12 lamps")["input_ids"]])
    for weight in model.parameters():
        weight.data = weight.data.bfloat16().float()
    assert torch.allclose(loaded(ids).logits, model(ids).logits, atol=1e-6)
    with safe_open(tmp_path / "model.safetensors", "pt") as file:
        assert {file.get_slice(name).get_dtype() for name in file.keys()} == {"BF16"}  # noqa: SIM118
    written = (tmp_path / "README.md").read_text()
    assert "12.3 million tokens, on a slow machine." in written
    assert "| echo | 50 % | 100 % | 2 |" in written
    assert card.NOT_YET in written
    assert "{" not in written
    card.write(tmp_path, known | {"tuned": card.tuned([RUN])})
    written = (tmp_path / "README.md").read_text()
    row = "80.0 % (70.0 to 90.0) | 92.0 % (86.0 to 96.0) | 52.0 (51.0 to 54.0)"
    assert f"| this model | {row} |" in written
    with pytest.raises(ValueError, match="of other weights"):
        card.write(tmp_path, known | {"weights": "0" * 64})


def figures(name: str, *values: float) -> dict[str, Any]:
    rows = zip(card.COLUMNS, zip(*[iter(values)] * 3, strict=True), strict=True)
    return {"name": name, "n": 139} | {
        column: dict(zip(("value", "low", "high"), row, strict=True)) for column, row in rows
    }


RUN: dict[str, Any] = {
    "example": "librarian",
    "model": "builtin:starter (fingerprint 0)",
    "lines": [
        {"name": "the references"},
        figures("fine-tuned", 0.8, 0.7, 0.9, 0.92, 0.86, 0.96, 0.52, 0.51, 0.54),
        figures("fine-tuned, random weights", 0, 0, 0.03, 0, 0, 0.03, 0.28, 0.27, 0.3),
    ],
}


@pytest.mark.parametrize(
    "found", [[], [RUN | {"example": "x"}], [RUN | {"lines": RUN["lines"][:2]}]]
)
def test_a_card_takes_no_figures_of_another_run(found: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="it"):
        card.tuned(found)


def test_the_card_that_ships_is_made_of_what_was_measured_with_its_weights() -> None:
    shipped = Path(models.__file__).parent / "starter"
    measured = json.loads(card.MEASURED.read_text())
    manifest = json.loads((shipped / "manifest.json").read_text())
    assert manifest["model.safetensors"] == measured["weights"]
    assert (shipped / "README.md").read_text() == card.card(card.TEMPLATE.read_text(), measured)
    assert measured["tuned"] is not None
    here = CausalModel("starter", shipped, dtype=torch.float32, device=torch.device("cpu"))
    assert here.fingerprint in measured["tuned"]["model"]


def test_the_manifest_names_every_file_with_its_hash(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    card.write_manifest(tmp_path)
    digest = hashlib.sha256(b"{}").hexdigest()
    assert json.loads((tmp_path / "manifest.json").read_text()) == {"a.json": digest}
    card.write_manifest(tmp_path)
    assert json.loads((tmp_path / "manifest.json").read_text()) == {"a.json": digest}


def test_weights_over_the_limit_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "LARGEST_BYTES", 100)
    with pytest.raises(ValueError, match="bytes, over 100"):
        export.write_weights({"w": torch.zeros(100)}, tmp_path / "model.safetensors")


def test_an_untrained_tokenizer_has_the_rules_in_place() -> None:
    split = untrained().pre_tokenizer.pre_tokenize_str("a12 b")
    assert [piece for piece, _ in split] == ["a", "1", "2", "Ġb"]
    assert isinstance(untrained(), Tokenizer)
