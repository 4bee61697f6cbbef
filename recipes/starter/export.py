"""Write the folder that ships: weights in bf16, tokenizer, template, card and a manifest of hashes.

Knows the final files; ignores training. The model card is `MODEL_CARD.md` with the scores put in.

    python recipes/starter/export.py --run RUN --weights RUN/decay.pt --scores RUN/scores.json \\
        --out src/etude/models/starter
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from network import config
from safetensors.torch import save_file
from tokenizer import SPECIAL
from tokenizers import Tokenizer
from transformers import GenerationConfig, PreTrainedTokenizerFast

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' "
    "+ message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
MANIFEST = "manifest.json"
LARGEST_BYTES = 15 * 2**20


def wrapped(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    """The tokenizer as transformers loads it, with the ChatML template."""
    end_of_text, _, end, pad = SPECIAL
    make: Any = PreTrainedTokenizerFast
    made: PreTrainedTokenizerFast = make(
        tokenizer_object=tokenizer,
        bos_token=end_of_text,
        eos_token=end,
        pad_token=pad,
        unk_token=end_of_text,
        chat_template=CHATML,
        model_max_length=config().max_position_embeddings,
        clean_up_tokenization_spaces=False,
    )
    return made


def card(template: str, scores: dict[str, Any], tokens: int) -> str:
    """The model card with the measured numbers in place of `{tokens}` and `{scores}`."""
    rows = ["| family | exactly right | stops by itself | n |", "|---|---|---|---|"]
    rows += [
        f"| {name} | {100 * one['exact']:.0f} % | {100 * one['stopped']:.0f} % | {one['n']} |"
        for name, one in scores["families"].items()
    ]
    english = ", ".join(f"{name} {value:.2f}" for name, value in scores["bits_per_byte"].items())
    rows += ["", f"Mean over families: {100 * scores['mean_exact']:.0f} % exactly right."]
    rows += [f"Bits per byte of held-out English: {english}."]
    lengthy = ", ".join(f"{name} {100 * s['exact']:.0f} %" for name, s in scores["long"].items())
    rows += [f"With prompts of 900 to 1,900 tokens: {lengthy}."]
    millions = f"{tokens / 1e6:.1f} million"
    return template.replace("{tokens}", millions).replace("{scores}", "\n".join(rows))


def write_weights(weights: dict[str, torch.Tensor], path: Path) -> None:
    """bf16 safetensors; the output matrix is the embedding's and is left out."""
    kept = {
        name: tensor.to(torch.bfloat16).contiguous()
        for name, tensor in weights.items()
        if name != "lm_head.weight"
    }
    save_file(kept, path, metadata={"format": "pt"})
    if path.stat().st_size > LARGEST_BYTES:
        raise ValueError(f"{path} has {path.stat().st_size:,} bytes, over {LARGEST_BYTES:,}")


def write_manifest(folder: Path) -> None:
    """`manifest.json`: the SHA-256 of every other file, by name."""
    hashes = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != MANIFEST
    }
    (folder / MANIFEST).write_text(json.dumps(hashes, indent=2) + "\n")


def _name_the_common_class(path: Path) -> None:
    """The class name that every version of transformers and other readers know."""
    found = json.loads(path.read_text())
    found.pop("backend", None)
    found["tokenizer_class"] = "PreTrainedTokenizerFast"
    path.write_text(json.dumps(found, indent=2) + "\n")


def write_folder(
    out: Path, checkpoint: dict[str, Any], tokenizer: Tokenizer, scores: dict[str, Any]
) -> None:
    """All files of the model."""
    out.mkdir(parents=True, exist_ok=True)
    shape = config()
    shape.architectures = ["LlamaForCausalLM"]
    shape.dtype = torch.bfloat16
    shape.save_pretrained(out)
    ends = [shape.eos_token_id, shape.bos_token_id]
    generation: Any = GenerationConfig
    generation(
        bos_token_id=shape.bos_token_id,
        eos_token_id=ends,
        pad_token_id=shape.pad_token_id,
        do_sample=False,
        max_new_tokens=256,
    ).save_pretrained(out)
    write_weights(checkpoint["model"], out / "model.safetensors")
    wrapped(tokenizer).save_pretrained(out)
    _name_the_common_class(out / "tokenizer_config.json")
    template = (Path(__file__).parent / "MODEL_CARD.md").read_text()
    (out / "README.md").write_text(card(template, scores, checkpoint["position"]["tokens"]))
    write_manifest(out)


def main() -> None:
    """Read a checkpoint, write the folder."""
    parser = argparse.ArgumentParser(description="Write the starter's final folder.")
    parser.add_argument("--run", type=Path, required=True, help="has tokenizer.json")
    parser.add_argument("--weights", type=Path, required=True, help="checkpoint of train.py")
    parser.add_argument("--scores", type=Path, required=True, help="JSON of evaluate.py")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    checkpoint = torch.load(options.weights, weights_only=True, map_location="cpu")
    tokenizer = Tokenizer.from_file(str(options.run / "tokenizer.json"))
    write_folder(options.out, checkpoint, tokenizer, json.loads(options.scores.read_text()))
    for path in sorted(options.out.iterdir()):
        print(f"{path.stat().st_size:>12,}  {path.name}")


if __name__ == "__main__":
    main()
