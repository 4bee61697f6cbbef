"""Write the folder that ships: weights in bf16, tokenizer, template, card and a manifest of hashes.

Knows the final files; ignores training. The card (`card.py`) has the scores before fine-tuning; those
after it are put in once they were measured with this folder.

    python recipes/starter/export.py --run RUN --weights RUN/decay.pt --scores RUN/scores.json \\
        --how "on two CPU cores" --out src/etude/models/starter
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import card
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


def _name_the_common_class(path: Path) -> None:
    """The class name that every version of transformers and other readers know."""
    found = json.loads(path.read_text())
    found.pop("backend", None)
    found["tokenizer_class"] = "PreTrainedTokenizerFast"
    path.write_text(json.dumps(found, indent=2) + "\n")


def write_folder(
    out: Path, checkpoint: dict[str, Any], tokenizer: Tokenizer, scores: dict[str, Any], how: str
) -> dict[str, Any]:
    """All files of the model; what is known of it by now comes back."""
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
    measured = card.first(out, checkpoint["position"]["tokens"], how, scores)
    card.write(out, measured)
    return measured


def main() -> None:
    """Read a checkpoint, write the folder."""
    parser = argparse.ArgumentParser(description="Write the starter's final folder.")
    parser.add_argument("--run", type=Path, required=True, help="has tokenizer.json")
    parser.add_argument("--weights", type=Path, required=True, help="checkpoint of train.py")
    parser.add_argument("--scores", type=Path, required=True, help="JSON of evaluate.py")
    parser.add_argument("--how", required=True, help="where it was pretrained: on two CPU cores")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    checkpoint = torch.load(options.weights, weights_only=True, map_location="cpu")
    tokenizer = Tokenizer.from_file(str(options.run / "tokenizer.json"))
    scores = json.loads(options.scores.read_text())
    card.keep(write_folder(options.out, checkpoint, tokenizer, scores, options.how))
    for path in sorted(options.out.iterdir()):
        print(f"{path.stat().st_size:>12,}  {path.name}")


if __name__ == "__main__":
    main()
