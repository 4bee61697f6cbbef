"""What the trainable and the fast BERT share: activations, the mask of packed rows, pooling.

Letters in names: R rows, W places of a row, T = R·W places, E = hidden size.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor

from etude.models._packing import PADDING

_FAR = -30000.0
"""Added to scores of other texts: exp underflows to an exact 0 in every precision used."""


def activate(x: Tensor, activation: str) -> Tensor:
    """One of the values of ``ACTIVATIONS``, applied."""
    if activation == "relu":
        return F.relu(x)
    return F.gelu(x, approximate="tanh" if activation == "gelu_tanh" else "none")


def block_mask(segments_RW: Tensor, dtype: torch.dtype) -> Tensor:
    """(R, 1, W, W): 0 within a text, far below 0 between texts."""
    other = segments_RW[:, None, :, None] != segments_RW[:, None, None, :]
    return torch.zeros(other.shape, dtype=dtype, device=other.device).masked_fill_(other, _FAR)


def mean_pool(x_TE: Tensor, segments: Tensor, count: int) -> Tensor:
    """The mean of each text's token vectors in float32 (count, E); padding is left out. ``segments``:
    of each place of ``x_TE``, in any shape."""
    owners_T = segments.reshape(-1)
    owners_T = torch.where(owners_T == PADDING, count, owners_T)
    sums = x_TE.new_zeros((count + 1, x_TE.shape[1]), dtype=torch.float32)
    sums = sums.index_add(0, owners_T, x_TE.float())
    sizes = torch.bincount(owners_T, minlength=count + 1).clamp(min=1)
    return (sums / sizes[:, None])[:count]


def first_pool(x_TE: Tensor, segments: Tensor, positions: Tensor) -> Tensor:
    """Each text's first token vector ([CLS]) in float32 (count, E), in segment order. ``segments`` and
    ``positions``: of each place of ``x_TE``, in any shape."""
    owners_T = segments.reshape(-1)
    places = torch.nonzero((owners_T != PADDING) & (positions.reshape(-1) == 0)).squeeze(1)
    return x_TE[places[torch.argsort(owners_T[places])]].float()
