"""Multinomial logistic regression on dense features, fast enough to try a dozen strengths.

Minimises mean weighted cross-entropy + (penalty / 2)·‖W‖² by L-BFGS (scipy), matrices in float32,
sums in float64; the bias is free. A path goes from strong to weak penalty and each fit starts from
the last. Labels without examples are left out of the fit and get the bias -inf.
It knows features and label positions; choosing is the rung's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

STEPS = 200
TOLERANCE = 1e-5
"""Relative change of the loss at which a fit stops: on 77 intents 1e-6 changed nothing beyond
noise."""


@dataclass(frozen=True)
class Linear:
    """Logits = features · weight_LD.T + bias_L, on raw features (scaling is folded in)."""

    weight_LD: NDArray[np.float32]
    bias_L: NDArray[np.float32]

    def logits(self, features_ND: NDArray[np.float32]) -> NDArray[np.float32]:
        """Logits (N, L); -inf for labels that had no example."""
        return np.asarray(features_ND @ self.weight_LD.T + self.bias_L, dtype=np.float32)


@dataclass(frozen=True)
class Scaling:
    """Features are centred and divided by one number, so that a penalty means the same for models
    of different scale. (A number for each feature did no better on any size of data.)"""

    shift_D: NDArray[np.float32]
    divide: float

    @classmethod
    def of(cls, features_ND: NDArray[np.float32]) -> Scaling:
        """To unit variance on average."""
        deviation = float(np.sqrt(features_ND.var(axis=0, dtype=np.float64).mean()))
        return cls(features_ND.mean(axis=0), deviation or 1.0)

    def apply(self, features_ND: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scaled features (N, D)."""
        return np.asarray((features_ND - self.shift_D) / self.divide, dtype=np.float32)

    def fold(self, weight_LD: NDArray[np.float64], bias_L: NDArray[np.float64]) -> Linear:
        """The same function on raw features."""
        raw_LD = weight_LD / self.divide
        return Linear(
            raw_LD.astype(np.float32), (bias_L - raw_LD @ self.shift_D).astype(np.float32)
        )


def balanced(target_N: NDArray[np.int64], labels: int) -> NDArray[np.float32]:
    """A weight for each row, mean 1, so that every label that occurs weighs the same."""
    count_L = np.bincount(target_N, minlength=labels)
    weight_N = 1 / count_L[target_N]
    return np.asarray(weight_N / weight_N.mean(), dtype=np.float32)


class _Objective:
    """Loss and gradient of the flat parameters (L·(D+1)) over scaled features."""

    def __init__(
        self,
        features_ND: NDArray[np.float32],
        target_N: NDArray[np.int64],
        labels: int,
        weight_N: NDArray[np.float32],
    ) -> None:
        ones_N1 = np.ones((len(features_ND), 1), dtype=np.float32)
        self.features = np.hstack([features_ND, ones_N1])
        self.rows, self.target_N = np.arange(len(target_N)), target_N
        self.share_N = weight_N / weight_N.sum()
        self.shape = (labels, self.features.shape[1])

    def __call__(
        self, flat: NDArray[np.float64], penalty: float
    ) -> tuple[float, NDArray[np.float64]]:
        theta = flat.reshape(self.shape)
        logits_NL = self.features @ theta.T.astype(np.float32)
        logits_NL -= logits_NL.max(axis=1, keepdims=True)
        true_N = logits_NL[self.rows, self.target_N]
        np.exp(logits_NL, out=logits_NL)
        total_N = logits_NL.sum(axis=1)
        loss = float(np.dot(self.share_N, np.log(total_N, dtype=np.float64) - true_N))
        logits_NL *= (self.share_N / total_N)[:, None]
        logits_NL[self.rows, self.target_N] -= self.share_N
        slope = (logits_NL.T @ self.features).astype(np.float64)
        slope[:, :-1] += penalty * theta[:, :-1]
        return loss + penalty / 2 * float(np.square(theta[:, :-1]).sum()), slope.ravel()


def fit_path(
    features_ND: NDArray[np.float32],
    target_N: NDArray[np.int64],
    labels: int,
    penalties: Sequence[float],
    weight_N: NDArray[np.float32] | None = None,
) -> Iterator[Linear]:
    """A fit for each penalty, in the order given: strong to weak converges fastest.

    Args:
        features_ND: raw features.
        target_N: label positions, 0 to ``labels`` - 1.
        weight_N: a weight for each row; all equal when None.
    """
    present, dense_N = np.unique(target_N, return_inverse=True)
    scaling = Scaling.of(features_ND)
    weights = np.ones(len(target_N), dtype=np.float32) if weight_N is None else weight_N
    objective = _Objective(scaling.apply(features_ND), dense_N, len(present), weights)
    flat = np.zeros(int(np.prod(objective.shape)))
    for penalty in penalties:
        # One core: on a busy machine threads spin for each other at every small product, and the
        # fit took ten to eighty times as long (measured).
        with _libraries().limit(limits=1, user_api="blas"):
            found = minimize(
                objective,
                flat,
                args=(penalty,),
                jac=True,
                method="L-BFGS-B",
                options={"maxiter": STEPS, "ftol": TOLERANCE, "gtol": 1e-6, "maxcor": 10},
            )
        flat = found.x
        theta = flat.reshape(objective.shape)
        yield _spread(scaling.fold(theta[:, :-1], theta[:, -1]), present, labels)


@cache
def _libraries() -> ThreadpoolController:
    """Those of linear algebra that are loaded, numpy's and scipy's among them. Looked up once: it
    takes 4 ms, a quarter of the time of a small fit."""
    return ThreadpoolController()


def _spread(linear: Linear, present: NDArray[np.int64], labels: int) -> Linear:
    """From the labels that occur to all of them."""
    weight_LD = np.zeros((labels, linear.weight_LD.shape[1]), dtype=np.float32)
    bias_L = np.full(labels, -np.inf, dtype=np.float32)
    weight_LD[present], bias_L[present] = linear.weight_LD, linear.bias_L
    return Linear(weight_LD, bias_L)
