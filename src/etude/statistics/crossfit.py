"""What cross-fitting costs: folds share training rows, so their scores are not independent.

The naive interval treats out-of-fold scores as if one fixed candidate had been tested on N
fresh items. It leaves out that each fold's candidate was fitted on other rows, that the kept
candidate is one more fit, and that it has seen more rows than any fold's.

The correction is that of Nadeau & Bengio (2003, Machine Learning 52:239-281): scores of two
folds are taken to correlate by the share of held-out rows, which multiplies the variance of
the mean by `1 + K * n_test / n_train` (2.25 for five folds, intervals 1.5 times as wide).
They apply it to the variance between K fold means, which has K - 1 = 4 degrees of freedom;
here it multiplies the variance between items, which has N - 1 and is far steadier. Nested
cross-validation (Bates, Hastie & Tibshirani 2024, JASA 119:1434-1445) estimates the variance
itself, but refits every candidate some hundreds of times, which fine-tuning cannot afford.

In a difference of two candidates part of that luck cancels: both were fitted on the same rows of
each fold. So a difference gets 0.6 of the correlation (1.75 for five folds), a number that was
chosen in simulation with real refits (`benchmarks/coverage.py --factors`: the least of seven
factors that covers 94 % or more in every case) and is judged on public data by
`benchmarks/verdicts.py`. The score of one candidate keeps the whole factor: there it is needed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

OF_A_DIFFERENCE = 0.6
"""Share of the folds' correlation that is left in the difference of two candidates."""


def shared_training_factor(folds: ArrayLike | None, n_items: int | None = None) -> float:
    """The factor on the variance of a mean of out-of-fold scores; 1 without cross-fitting.

    folds: (N,) the fold in which each item was held out. One fold alone (a quick look at one
    of five) is an ordinary held-out set: its factor is 1.
    """
    if folds is None:
        return 1.0
    names = np.asarray(folds)
    if names.ndim != 1 or len(names) == 0 or (n_items is not None and len(names) != n_items):
        raise ValueError(f"folds must have shape ({n_items or 'N'},), found {names.shape}")
    sizes = np.unique(names, return_counts=True)[1].astype(np.float64)
    if len(sizes) == 1:
        return 1.0
    return 1.0 + len(sizes) * float(np.mean(sizes / (len(names) - sizes)))


def difference_factor(folds: ArrayLike | None, n_items: int | None = None) -> float:
    """As `shared_training_factor`, for the difference of two candidates on the same folds."""
    return 1.0 + OF_A_DIFFERENCE * (shared_training_factor(folds, n_items) - 1.0)
