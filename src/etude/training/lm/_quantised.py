"""Weights in 4 bits for QLoRA: NF4 with its constants quantised again (Dettmers et al. 2023).

Through bitsandbytes, on a GPU or (slower) a CPU; the output layer and the word vectors stay as
they are.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import torch
from torch import nn

from etude.errors import MissingDependency
from etude.models._hub import quiet


def library() -> Any:
    """The bitsandbytes package.

    Raises:
        MissingDependency: it is not installed, or too old to compute on this machine.
    """
    quiet()
    try:
        found = import_module("bitsandbytes")
    except ImportError as error:
        raise MissingDependency(
            "4-bit weights (qlora) need the bitsandbytes library, which is not installed",
            where="training.method",
            hint="pip install 'etude[qlora]', or set method: lora",
        ) from error
    if not torch.cuda.is_available() and "cpu" not in found.supported_torch_devices:
        raise MissingDependency(
            f"bitsandbytes {found.__version__} computes on GPUs alone, and there is none here",
            where="training.method",
            hint="pip install --upgrade bitsandbytes, or set method: lora",
        )
    return found


def quantise(module: Any, bnb: Any, device: torch.device, dtype: torch.dtype) -> None:
    """Replace the linear layers of ``module``, and move all of it to ``device``.

    Args:
        module: a transformers causal LM with weights in float32.
        bnb: bitsandbytes.
        device: where 4-bit weights are made.
        dtype: in which their products are computed.
    """
    output = module.get_output_embeddings()
    for parent in list(module.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Linear) and child is not output:
                setattr(parent, name, _four_bits(child, bnb, dtype))
    module.to(device)
    module.is_loaded_in_4bit = True  # what PEFT asks before it puts adapters on such layers


def _four_bits(linear: nn.Linear, bnb: Any, dtype: torch.dtype) -> Any:
    made = bnb.nn.Linear4bit(
        linear.in_features,
        linear.out_features,
        bias=linear.bias is not None,
        compute_dtype=dtype,
        compress_statistics=True,
        quant_type="nf4",
    )
    # On a CPU it would pack the weights for answering at the first pass without gradients, for
    # good, and the gradients of later steps would be wrong without a word.
    made.support_avx512bf16_for_cpu = False
    made.weight = bnb.nn.Params4bit(
        linear.weight.data, requires_grad=False, compress_statistics=True, quant_type="nf4"
    )
    if linear.bias is not None:
        made.bias = nn.Parameter(linear.bias.data, requires_grad=False)
    return made
