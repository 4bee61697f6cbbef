"""Linear layers of models that only answer: products on a CPU in oneDNN's own layout of the weights.

A weight is laid out once, and what follows a product (an activation, a sum) is computed inside it.
With few rows that is up to twice as fast as torch's usual product, and a row's numbers do not hang
on how many are computed beside it. It knows weights, no model.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from etude.models._kernels import bound_kernels
from etude.models._ops import activate

bound_kernels()  # every model of ours passes here before its first product

USUAL_ROWS = 1024
"""Rows of a product for which oneDNN is asked to choose its layout; others differ little, but for
one row alone it chooses another."""


class Linear:
    """``x @ weight.T + bias`` with what follows it: an activation or a sum with a residual.

    Args:
        weight: (out, in).
        bias: (out,), or None for none.
        dtype: that it computes in.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, dtype: torch.dtype) -> None:
        self.weight = weight.to(dtype).contiguous()
        self.bias = None if bias is None else bias.to(dtype).contiguous()

    def __call__(self, x: Tensor) -> Tensor:
        """The product alone."""
        return F.linear(x, self.weight, self.bias)

    def activated(self, x: Tensor, activation: str) -> Tensor:
        """With "gelu", "gelu_tanh" or "relu" after it."""
        return activate(self(x), activation)

    def plus(self, x: Tensor, residual: Tensor) -> Tensor:
        """With ``residual`` added."""
        return self(x).add_(residual)


class PackedLinear(Linear):
    """The same through oneDNN with its own weight layout and fused follow-ups.

    These are the operators that torch's compiler emits for CPU inference; ``packing_works``
    probes for them, so a torch without them takes the plain products.
    """

    _FUSED = {"gelu": ("gelu", "none"), "gelu_tanh": ("gelu", "tanh"), "relu": ("relu", "")}

    def __init__(self, weight: Tensor, bias: Tensor | None, dtype: torch.dtype) -> None:
        super().__init__(weight, bias, dtype)
        self.weight = torch.ops.mkldnn._reorder_linear_weight(self.weight, USUAL_ROWS)

    def __call__(self, x: Tensor) -> Tensor:
        """The product alone."""
        ops = torch.ops.mkldnn
        return ops._linear_pointwise(  # type: ignore[no-any-return]
            x, self.weight, self.bias, "none", [], ""
        )

    def activated(self, x: Tensor, activation: str) -> Tensor:
        """With "gelu", "gelu_tanh" or "relu" after it."""
        name, how = self._FUSED[activation]
        ops = torch.ops.mkldnn
        return ops._linear_pointwise(  # type: ignore[no-any-return]
            x, self.weight, self.bias, name, [], how
        )

    def plus(self, x: Tensor, residual: Tensor) -> Tensor:
        """With ``residual`` added."""
        ops = torch.ops.mkldnn
        return ops._linear_pointwise.binary(  # type: ignore[no-any-return]
            x, residual, self.weight, self.bias, "add"
        )


def packing_works(device: torch.device, dtype: torch.dtype) -> bool:
    """True where the oneDNN operators exist and give the product (tried once on a tiny one)."""
    if device.type != "cpu":
        return False
    x, weight = torch.ones(32, 32, dtype=dtype), torch.eye(32, dtype=dtype)
    try:
        with torch.inference_mode():
            linear = PackedLinear(weight, torch.zeros(32), dtype)
            alone = PackedLinear(weight, None, dtype)
            right = (linear.plus(x, linear.activated(x, "relu")) == 2) & (alone(x) == 1)
            return bool(right.all())
    except (AttributeError, RuntimeError):
        return False
