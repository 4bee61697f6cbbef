"""Products in oneDNN's own layout give what torch's usual ones give."""

from __future__ import annotations

import pytest
import torch

from etude.models._linear import Linear, PackedLinear, packing_works

CPU = torch.device("cpu")
ACTIVATIONS = ("gelu", "gelu_tanh", "relu")


@pytest.mark.parametrize(("dtype", "near"), [(torch.float32, 1e-5), (torch.bfloat16, 0.05)])
@pytest.mark.parametrize("with_bias", [True, False])
@torch.inference_mode()
def test_packed_products_are_the_plain_ones(
    dtype: torch.dtype, near: float, with_bias: bool
) -> None:
    if not packing_works(CPU, dtype):
        pytest.skip("this processor or this torch has no such products")
    random = torch.Generator().manual_seed(0)
    weight = torch.randn(48, 64, generator=random) / 8
    bias = torch.randn(48, generator=random) if with_bias else None
    plain, packed = Linear(weight, bias, dtype), PackedLinear(weight, bias, dtype)
    for rows in (1, 7, 40):
        x = torch.randn(rows, 64, generator=random).to(dtype)
        residual = torch.randn(rows, 48, generator=random).to(dtype)
        found = [
            (one(x), one.plus(x, residual), *(one.activated(x, name) for name in ACTIVATIONS))
            for one in (packed, plain)
        ]
        torch.testing.assert_close(*found, rtol=near, atol=near)


def test_no_accelerator_takes_packed_products() -> None:
    assert not packing_works(torch.device("cuda"), torch.bfloat16)
