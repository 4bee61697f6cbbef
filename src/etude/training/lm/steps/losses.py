"""The loss of logits at target tokens, with its gradient written out by hand.

Per token: weight × ((1 − share) × cross-entropy + share × KL(teacher ‖ model)), where ``share`` is
0 for a token without a teacher. The teacher knows its K likeliest ids and the probability of the
rest, so the model's probabilities are gathered into the same K + 1 outcomes before they are
compared (Hinton et al. 2015, https://arxiv.org/abs/1503.02531; the rest as one outcome keeps the
cut distribution a distribution).

The gradient by the logits is weight × (softmax − wanted), where ``wanted`` gives 1 − share to the
gold id, share × p to each of the teacher's ids, and share × (rest of the teacher) to all others in
proportion to the model's own probabilities.
"""

from __future__ import annotations

import torch
from torch import Tensor

from etude.training.lm.steps.targets import Targets, Teachers


def loss_and_slope(logits_NV: Tensor, targets: Targets, share: float) -> tuple[Tensor, Tensor]:
    """The summed loss (float32 scalar) and its gradient by the logits (N, V), float32.

    Args:
        logits_NV: float32; overwritten.
        targets: of these rows.
        share: weight of the teacher against the gold id, 0 to 1.
    """
    log_sum_N = logits_NV.logsumexp(-1)
    gold_N = logits_NV.gather(1, targets.ids_N[:, None])[:, 0]
    weights_N = targets.weights_N
    wanted_N = torch.ones_like(weights_N)
    total = ((log_sum_N - gold_N) * weights_N).sum()
    teachers = targets.teachers if share > 0 else None
    taught = _taught(logits_NV, log_sum_N, teachers) if teachers is not None else None
    slope_NV = logits_NV.sub_(log_sum_N[:, None]).exp_()
    if teachers is not None and taught is not None:
        rows_R = teachers.rows_R
        divergence_R, rest_R = taught
        cross_R = (log_sum_N - gold_N)[rows_R]
        total = total + ((divergence_R - cross_R) * share * weights_N[rows_R]).sum()
        wanted_N[rows_R] = 1 - share
        _toward_teacher(slope_NV, teachers, share, rest_R)
    slope_NV.scatter_add_(1, targets.ids_N[:, None], -wanted_N[:, None])
    return total, slope_NV.mul_(weights_N[:, None])


def _taught(logits_NV: Tensor, log_sum_N: Tensor, teachers: Teachers) -> tuple[Tensor, Tensor]:
    """KL of each taught token (R,), and the teacher's rest over the model's rest (R,)."""
    rows_R = teachers.rows_R
    logits_RV = logits_NV[rows_R]
    model_RK = logits_RV.gather(1, teachers.ids_RK) - log_sum_N[rows_R, None]
    others = logits_RV.scatter(1, teachers.ids_RK, -torch.inf).logsumexp(1) - log_sum_N[rows_R]
    divergence_R = _part(teachers.shares_RK, model_RK).sum(1) + _part(teachers.rest_R, others)
    rest_R = torch.where(teachers.rest_R > 0, teachers.rest_R / others.exp(), 0.0)
    return divergence_R, rest_R


def _part(shares: Tensor, model: Tensor) -> Tensor:
    """p × (log p − log q), which is 0 where p is."""
    return torch.where(shares > 0, shares * (shares.clamp_min(1e-38).log() - model), 0.0)


def _toward_teacher(slope_NV: Tensor, teachers: Teachers, share: float, rest_R: Tensor) -> None:
    """Take the teacher's part of what is wanted from the model's probabilities, in place."""
    rows_R = teachers.rows_R
    model_RV = slope_NV[rows_R]
    own_RK = model_RV.gather(1, teachers.ids_RK)
    taught_RV = model_RV * (1 - share * rest_R[:, None])
    taught_RV.scatter_(1, teachers.ids_RK, own_RK)
    taught_RV.scatter_add_(1, teachers.ids_RK, -share * teachers.shares_RK)
    slope_NV[rows_R] = taught_RV
