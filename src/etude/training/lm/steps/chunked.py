"""The loss from hidden states, some rows at a time: the logits of a batch never stand in memory.

Each chunk of target rows goes through the head, gives its loss and at once its gradients by the
hidden rows and by the head's weights, so nothing of the size of the vocabulary is kept for the
backward pass (as in the fused linear cross-entropy of Liger Kernel,
https://arxiv.org/abs/2410.10989, section 3.2). Sums are in float32.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from etude.training.lm.steps.head import Head
from etude.training.lm.steps.losses import loss_and_slope
from etude.training.lm.steps.targets import Targets

LOGITS_AT_ONCE = 2**23
"""Most logits of one chunk (32 MB in float32) ..."""
FEWEST_ROWS = 128
"""... but so many rows at least: each chunk pays once for a gradient of the head's size."""


def summed_loss(
    hidden_ND: Tensor, head: Head, targets: Targets, share: float
) -> tuple[Tensor, Tensor]:
    """The weighted sum of the target tokens' losses, and the weights of those of them that are the
    likeliest tokens; float32 scalars, the second without a graph.

    Args:
        hidden_ND: the decoder's last hidden states at the places before each target token.
        head: from hidden states to logits.
        targets: of the same N places.
        share: weight of the teacher against the gold id, 0 to 1.
    """
    weights = [weight for weight in head.output.parameters() if weight.requires_grad]
    graph = torch.is_grad_enabled() and (hidden_ND.requires_grad or bool(weights))
    job = _Job(head, targets, share, graph, torch.zeros((), device=hidden_ND.device))
    total: Tensor = _SummedLoss.apply(job, hidden_ND, *weights)  # type: ignore[no-untyped-call]
    return total, job.hits


@dataclass(frozen=True)
class _Job:
    head: Head
    targets: Targets
    share: float
    graph: bool
    """Gradients are wanted."""
    hits: Tensor
    """Is added to."""


class _SummedLoss(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, job: _Job, hidden_ND: Tensor, *weights: Tensor) -> Tensor:
        total = torch.zeros((), dtype=torch.float32, device=hidden_ND.device)
        slope_ND = torch.empty_like(hidden_ND) if job.graph else None
        slopes = [torch.zeros_like(weight, dtype=torch.float32) for weight in weights if job.graph]
        rows = max(FEWEST_ROWS, LOGITS_AT_ONCE // job.head.vocabulary)
        for start in range(0, len(hidden_ND), rows):
            stop = min(start + rows, len(hidden_ND))
            logits, leaf = _logits(job, hidden_ND[start:stop])
            values = logits.detach()
            values = values.clone() if values.dtype == torch.float32 else values.float()
            wanted = job.targets.part(start, stop)
            job.hits.add_(_hits(values, wanted))
            part, slope = loss_and_slope(values, wanted, job.share)
            total += part
            if slope_ND is not None:
                by_hidden, *by_weights = torch.autograd.grad(
                    logits, [leaf, *weights], slope.to(logits.dtype), allow_unused=True
                )
                slope_ND[start:stop] = by_hidden
                _add(slopes, by_weights)
        ctx.slopes = (slope_ND, slopes)
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        (grad,) = grads
        slope_ND, slopes = ctx.slopes
        ctx.slopes = None
        by_hidden = slope_ND * grad.to(slope_ND.dtype) if ctx.needs_input_grad[1] else None
        return None, by_hidden, *(slope.mul_(grad) for slope in slopes)


def _hits(logits_NV: Tensor, targets: Targets) -> Tensor:
    gold_N = logits_NV.gather(1, targets.ids_N[:, None])[:, 0]
    return ((gold_N >= logits_NV.amax(-1)) * targets.weights_N).sum()


def _logits(job: _Job, hidden: Tensor) -> tuple[Tensor, Tensor]:
    """The logits of some rows, and the leaf of their graph."""
    with torch.set_grad_enabled(job.graph):
        leaf = hidden.detach().requires_grad_(job.graph)
        return job.head.logits(leaf), leaf


def _add(slopes: list[Tensor], more: Sequence[Tensor | None]) -> None:
    for slope, part in zip(slopes, more, strict=True):
        if part is not None:
            slope += part
