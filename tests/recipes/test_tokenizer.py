"""The tokenizer: SmolLM's rules, any text there and back, the same ids in both libraries."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

import pytest
from export import wrapped
from generator import Lexicon, Message, sample
from hypothesis import given, settings
from hypothesis import strategies as st
from shards import encode
from tokenizer import END, END_OF_TEXT, PAD, SPECIAL, START, train
from tokenizers import Tokenizer
from transformers import AutoTokenizer

from tests.recipes._llama_cpp import LlamaCpp

SHIPPED = Path(__file__).parents[2] / "src" / "etude" / "models" / "starter"
TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=80)


@lru_cache
def small() -> Tokenizer:
    lexicon = Lexicon.builtin()
    turns = [turn for seed in range(60) for turn in sample(seed, lexicon).messages]
    return train([turn.content for turn in turns], vocabulary=600)


def shipped() -> Tokenizer:
    path = SHIPPED / "tokenizer.json"
    if not path.exists():
        pytest.skip("the model's folder is not there")
    return Tokenizer.from_file(str(path))


def each() -> list[object]:
    return [pytest.param(small, id="small"), pytest.param(shipped, id="shipped")]


@pytest.mark.parametrize("get", each())
def test_special_tokens_come_first(get) -> None:
    ids = [get().token_to_id(name) for name in SPECIAL]
    assert ids == [END_OF_TEXT, START, END, PAD] == [0, 1, 2, 3]


@pytest.mark.parametrize("get", each())
def test_every_digit_is_a_piece_of_its_own(get) -> None:
    tokenizer = get()
    digits = set("0123456789")
    for piece in tokenizer.get_vocab():
        if piece not in SPECIAL:
            assert len(piece) == 1 or not digits & set(piece), piece
    assert tokenizer.encode("A-20419, 7.50").tokens[-4:] == ["7", ".", "5", "0"]


@pytest.mark.parametrize("get", each())
@settings(deadline=None, derandomize=True, max_examples=150)
@given(text=TEXT)
def test_any_text_comes_back(get, text: str) -> None:
    tokenizer = get()
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    if not any(name in text for name in SPECIAL):
        assert tokenizer.decode(ids, skip_special_tokens=False) == text


@settings(deadline=None, derandomize=True, max_examples=100)
@given(text=TEXT)
def test_both_libraries_give_the_same_ids(text: str) -> None:
    assert wrapped(small())(text)["input_ids"] == small().encode(text).ids


@lru_cache
def as_llama_cpp() -> LlamaCpp:
    shipped()
    return LlamaCpp((SHIPPED / "tokenizer.json").read_text(encoding="utf-8"))


@settings(deadline=None, derandomize=True, max_examples=300)
@given(text=TEXT | st.text(alphabet="ab Z'sve,.\n\t 019½٣é中—<|>", max_size=60))
def test_llama_cpp_cuts_a_text_into_the_same_ids(text: str) -> None:
    """A GGUF file of the starter names SmolLM's rules; these are the ids that it then gives."""
    if not any(name in text for name in SPECIAL):
        assert as_llama_cpp().encode(text) == shipped().encode(text, add_special_tokens=False).ids


def test_texts_of_every_family_have_the_same_ids_in_llama_cpp() -> None:
    for seed in range(40):
        for turn in sample(seed, Lexicon.builtin()).messages:
            ids = shipped().encode(turn.content, add_special_tokens=False).ids
            assert as_llama_cpp().encode(turn.content) == ids


def test_the_shipped_folder_loads_with_autotokenizer() -> None:
    tokenizer = shipped()
    loaded = AutoTokenizer.from_pretrained(SHIPPED)
    text = 'Zoë\'s order no. 40718: {"a":[1,2]}\n\t— 3 × "x"  end'
    assert loaded(text)["input_ids"] == tokenizer.encode(text).ids
    assert loaded.eos_token_id == END
    assert loaded.pad_token_id == PAD


def test_the_shipped_files_are_those_of_the_manifest() -> None:
    shipped()
    hashes = json.loads((SHIPPED / "manifest.json").read_text())
    assert {"model.safetensors", "tokenizer.json", "config.json", "README.md"} <= set(hashes)
    for name, digest in hashes.items():
        assert hashlib.sha256((SHIPPED / name).read_bytes()).hexdigest() == digest, name
    assert (SHIPPED / "model.safetensors").stat().st_size <= 15 * 2**20


@pytest.mark.parametrize("get", each())
def test_the_chat_template_gives_the_ids_that_training_saw(get) -> None:
    tokenizer = get()
    messages = (
        Message("system", "Copy the code."),
        Message("user", "code: KX-4071\n\nname: Zoë"),
        Message("assistant", "KX-4071"),
        Message("user", "  two  spaces"),
        Message("assistant", "{}"),
    )
    chat = [{"role": one.role, "content": one.content} for one in messages]
    loaded = wrapped(tokenizer)
    ids, own = encode(messages, tokenizer)
    assert loaded.apply_chat_template(chat, return_dict=True)["input_ids"] == ids
    said = [n for n, mine in zip(ids, own, strict=True) if mine]
    assert tokenizer.decode(said, skip_special_tokens=False) == "KX-4071<|im_end|>{}<|im_end|>"
    asked = loaded.apply_chat_template(chat[:-1], add_generation_prompt=True, return_dict=True)
    assert ids[: len(asked["input_ids"])] == asked["input_ids"]
