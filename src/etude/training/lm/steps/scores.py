"""Exact attention over the pieces of a packed row, with its gradient.

Each piece gives its output and the logarithm of its softmax's sum; a query that stands in two
pieces (its own segment, its prefix) joins them by these sums. The gradient of a piece needs the
joined output and sum alone, so pieces go backward one by one as well (Dao et al. 2022,
https://arxiv.org/abs/2205.14135, sections 3.1 and B.2; the same over blocks on several machines
in ring attention, https://arxiv.org/abs/2310.01889). On a CPU plain matrix products are several
times as fast here as torch's own attention kernels, going backward above all (measured).

Letters in names: H query heads, G key heads, q query heads of each key head, T places of the row,
D and E the widths of keys and of values; of one piece: n segments, M = G × n products, L queries,
K keys. Inside there is one place more, of zeros, that tables are filled up with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from etude.training.lm.steps.pieces import Piece

KEPT_SCORES = 2**24
"""Probabilities of one layer up to which they are kept for the backward pass; those of further
pieces are computed again there."""


def attend(
    query_HTD: Tensor,
    key_GTD: Tensor,
    value_GTE: Tensor,
    pieces: Sequence[Piece],
    scale: float,
    dtype: torch.dtype,
) -> Tensor:
    """Attention (H, T, E), computed and given in ``dtype``."""
    job = _Job(tuple(pieces), scale, dtype)
    out: Tensor = _Attention.apply(job, query_HTD, key_GTD, value_GTE)  # type: ignore[no-untyped-call]
    return out


@dataclass(frozen=True)
class _Job:
    pieces: tuple[Piece, ...]
    scale: float
    dtype: torch.dtype


class _Attention(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, job: _Job, query_HTD: Tensor, key_GTD: Tensor, value_GTE: Tensor
    ) -> Tensor:
        key, value = _room(key_GTD, job.dtype), _room(value_GTE, job.dtype)
        query = torch.unflatten(_room(query_HTD * job.scale, job.dtype), 0, (len(key), -1))
        out = query.new_zeros((*query.shape[:-1], value.shape[-1]))
        sums = query.new_full((*query.shape[:-1], 1), -torch.inf, dtype=torch.float32)
        kept: list[Tensor] = []
        count = 0
        for piece in job.pieces:
            shares, log_sums = _shares(query, key, piece)
            _join(out, sums, piece, shares @ _keys(value, piece), log_sums)
            count += shares.numel()
            kept += [shares if count <= KEPT_SCORES else shares.new_empty(0), log_sums]
        ctx.save_for_backward(query, key, value, out, sums, *kept)
        ctx.job, ctx.dtypes = job, (query_HTD.dtype, key_GTD.dtype, value_GTE.dtype)
        return out[:, :, :-1].flatten(0, 1)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        query, key, value, out, sums, *kept = ctx.saved_tensors
        slope = torch.unflatten(_room(grads[0], query.dtype), 0, (len(key), -1))
        inner = (slope.float() * out).sum(-1, keepdim=True)
        by_query, by_key, by_value = (torch.zeros_like(x) for x in (query, key, value))
        for number, piece in enumerate(ctx.job.pieces):
            shares, log_sums = kept[2 * number : 2 * number + 2]
            if not shares.numel():
                shares, _ = _shares(query, key, piece)
            weight = (log_sums - _queries(sums, piece)).exp_()
            slope_w = (_queries(slope, piece) * weight).to(query.dtype)
            inner_w = (_queries(inner, piece) * weight).to(query.dtype)
            by_scores = slope_w @ _keys(value, piece).transpose(1, 2)
            by_scores.sub_(inner_w).mul_(shares)
            _add_keys(by_value, piece, shares.transpose(1, 2) @ slope_w)
            _add_keys(by_key, piece, by_scores.transpose(1, 2) @ _queries(query, piece))
            _add_queries(by_query, piece, by_scores @ _keys(key, piece))
        by_query = by_query[:, :, :-1].flatten(0, 1).to(ctx.dtypes[0]) * ctx.job.scale
        return None, by_query, by_key[:, :-1].to(ctx.dtypes[1]), by_value[:, :-1].to(ctx.dtypes[2])


def _room(x_HTD: Tensor, dtype: torch.dtype) -> Tensor:
    """The same in this dtype with one place more, of zeros."""
    heads, places, width = x_HTD.shape
    roomy = torch.empty((heads, places + 1, width), dtype=dtype, device=x_HTD.device)
    roomy[:, :-1] = x_HTD
    roomy[:, -1] = 0
    return roomy


def _shares(query: Tensor, key: Tensor, piece: Piece) -> tuple[Tensor, Tensor]:
    """Softmax of the piece's scores (M, q × L, K), and the logarithms of its sums, float32."""
    scores = (_queries(query, piece) @ _keys(key, piece).transpose(1, 2)).float()
    if piece.causal:
        rows = scores.shape[1] // query.shape[1]
        later = scores.shape[2] - rows + 1
        hidden = torch.ones((rows, scores.shape[2]), dtype=torch.bool, device=scores.device)
        torch.unflatten(scores, 1, (-1, rows)).masked_fill_(hidden.triu_(later), -torch.inf)
    shares = scores.softmax(-1)
    log_sums = scores.amax(-1, keepdim=True) - shares.amax(-1, keepdim=True).log()
    return shares.to(query.dtype), log_sums


def _join(out: Tensor, sums: Tensor, piece: Piece, more: Tensor, log_sums: Tensor) -> None:
    """Add a piece's output to what its queries have so far."""
    if isinstance(piece.queries, Tensor):
        _add_queries(out, piece, more)
        _add_queries(sums, piece, log_sums)
        return
    before, old = _queries(sums, piece), _queries(out, piece)
    joined = torch.logaddexp(before, log_sums)
    both = old * (before - joined).exp_() + more * (log_sums - joined).exp_()
    _set_queries(out, piece, both)
    _set_queries(sums, piece, joined)


def _queries(x_GqTD: Tensor, piece: Piece) -> Tensor:
    """A piece's queries as (M, q × L, D)."""
    if isinstance(piece.queries, slice):
        return x_GqTD[:, :, piece.queries].flatten(1, 2)
    taken = torch.unflatten(x_GqTD.index_select(2, piece.queries.flatten()), 2, piece.queries.shape)
    return taken.transpose(1, 2).flatten(0, 1).flatten(1, 2)


def _keys(x_GTD: Tensor, piece: Piece) -> Tensor:
    """A piece's keys as (M, K, D)."""
    if isinstance(piece.keys, slice):
        return x_GTD[:, piece.keys]
    taken = x_GTD.index_select(1, piece.keys.flatten())
    return torch.unflatten(taken, 1, piece.keys.shape).flatten(0, 1)


def _set_queries(x_GqTD: Tensor, piece: Piece, values: Tensor) -> None:
    x_GqTD[:, :, piece.queries] = torch.unflatten(values, 1, (x_GqTD.shape[1], -1)).to(x_GqTD.dtype)


def _add_queries(x_GqTD: Tensor, piece: Piece, values: Tensor) -> None:
    """Add at a piece's queries; the places of a table have nothing yet (``pieces.cut``)."""
    if isinstance(piece.queries, slice):
        x_GqTD[:, :, piece.queries] += torch.unflatten(values, 1, (x_GqTD.shape[1], -1))
        return
    heads, count = x_GqTD.shape[1], len(piece.queries)
    spread = torch.unflatten(torch.unflatten(values, 0, (-1, count)), 2, (heads, -1)).transpose(
        1, 2
    )
    x_GqTD.index_copy_(2, piece.queries.flatten(), spread.flatten(2, 3))


def _add_keys(x_GTD: Tensor, piece: Piece, values: Tensor) -> None:
    """Add at a piece's keys; the places of a table have nothing yet."""
    if isinstance(piece.keys, slice):
        x_GTD[:, piece.keys] += values
        return
    spread = torch.unflatten(values, 0, (-1, len(piece.keys))).flatten(1, 2)
    x_GTD.index_copy_(1, piece.keys.flatten(), spread)
