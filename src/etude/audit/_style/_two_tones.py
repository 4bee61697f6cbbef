"""Whether texts fall into two groups of tone, or are one tone with its natural spread.

Three things must agree. The index of formality is likelier to be of two groups that stand apart
than of one. Each of several signs sets the groups apart even when it has no say in how they are
drawn: in one tone that merely varies, exclamation marks tell little about short forms. And that
hangs together more than in a file whose signs were shuffled against one another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.mixture import GaussianMixture

from etude.audit._style.tone import SIGNS

SAMPLE = 5_000
"""Texts that the groups are drawn from; the rest is put to them."""
APART = 2.2
"""Distance of the groups' middles in their spread (Ashman's D; 2 is the least that shows)."""
EVIDENCE = 5.0
"""By how much two groups must be likelier than one, in BIC."""
TELLS = 0.7
"""A sign tells the groups apart at this area under the curve (0.5: not at all)."""
TELLS_WELL = 0.75
"""The same where no gap lies between the groups."""
SIGNS_NEEDED = 3
LEAST_SHARE = 0.04
FEWEST = 6
"""Texts of the smaller group."""
SHUFFLES = 40
_FLOORS = np.array([0.1, 0.1, 0.1, 0.1, 0.12, 0.12, 0.15, 0.4, 0.4, 0.15, 0.12, 0.12, 0.12])
"""Spreads that are no smaller by measure: where nearly all texts have none of a sign."""
_WEIGHTS = np.array([1.2, 1.2, 1.0, 1.2, 0.6, 1.0, 0.5, 0.5, 0.4, 0.3, 0.5, 0.4, 0.6])
_CLIP = 3.0


@dataclass(frozen=True)
class Tones:
    """``casual_N``: which texts are of the less formal group; ``sure_N``: how sure, 0 to 1.
    ``area_S``: how well each sign tells the groups apart, 0.5 not at all; ``index_N``."""

    casual_N: NDArray[np.bool_]
    sure_N: NDArray[np.float64]
    area_S: NDArray[np.float64]
    index_N: NDArray[np.float64]


def index_of(z_NS: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N,) The index of informality."""
    weighted: NDArray[np.float64] = z_NS @ _WEIGHTS
    return weighted / float(np.sqrt((_WEIGHTS**2).sum()))


def scaled(sign_NS: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, S) measures in spreads from their middle, turned so that more is less formal."""
    middle_S = np.median(sign_NS, axis=0)
    spread_S = np.maximum(np.std(sign_NS, axis=0), _FLOORS)
    casual_S = np.array([sign.casual for sign in SIGNS])
    z_NS: NDArray[np.float64] = np.clip((sign_NS - middle_S) / spread_S, -_CLIP, _CLIP) * casual_S
    return z_NS


def two_tones(sign_NS: NDArray[np.float64]) -> Tones | None:
    """The two groups, or None where there is one.

    Args:
        sign_NS: measures as ``tone.measure`` gives them.
    """
    z_NS = scaled(sign_NS)
    index_N = index_of(z_NS)
    rng = np.random.default_rng(0)
    at_M = np.arange(len(z_NS))
    if len(at_M) > SAMPLE:
        at_M = np.sort(rng.choice(len(z_NS), SAMPLE, replace=False))
    drawn = _drawn(index_N[at_M])
    if drawn is None:
        return None
    area_S = _areas(z_NS[at_M])
    needed = TELLS if _gap(drawn) else TELLS_WELL
    if (area_S >= needed).sum() < SIGNS_NEEDED or not _hang_together(z_NS[at_M], area_S, rng):
        return None
    sure_N = drawn.predict_proba(index_N[:, None])[:, int(np.argmax(drawn.means_[:, 0]))]
    # A wide group swallows both ends of a narrow one; informality only ever rises with the index.
    order = np.argsort(index_N, kind="stable")
    sure_N[order] = np.maximum.accumulate(_from_middle(sure_N[order]))
    casual_N = sure_N > 0.5
    small = min(casual_N.sum(), (~casual_N).sum())
    if small < max(FEWEST, LEAST_SHARE * len(casual_N)):
        return None
    return Tones(casual_N, np.maximum(sure_N, 1 - sure_N), area_S, index_N)


def _from_middle(sure_N: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sureness along the index, without a rise at its lower end."""
    lowest = int(np.argmin(sure_N))
    out = sure_N.copy()
    out[:lowest] = sure_N[lowest]
    return out


def _drawn(index_M: NDArray[np.float64]) -> GaussianMixture | None:
    """Two groups along the index, if they are likelier than one and stand apart."""
    column = index_M[:, None]
    start = np.quantile(index_M, [0.3, 0.97])[:, None]
    one = GaussianMixture(1, random_state=0).fit(column)
    fits = [
        GaussianMixture(2, random_state=0, reg_covar=0.02, means_init=init).fit(column)
        for init in (start, np.quantile(index_M, [0.03, 0.7])[:, None],
                     np.quantile(index_M, [0.25, 0.75])[:, None])
    ]  # fmt: skip
    good = [fit for fit in fits if one.bic(column) - fit.bic(column) >= EVIDENCE and _apart(fit)]
    return min(good, key=lambda fit: float(fit.bic(column)), default=None)


def _apart(two: GaussianMixture) -> bool:
    mean_2, spread_2 = two.means_[:, 0], np.sqrt(two.covariances_[:, 0, 0])
    return bool(abs(mean_2[0] - mean_2[1]) / np.sqrt((spread_2**2).mean()) >= APART)


def _gap(two: GaussianMixture) -> bool:
    """Whether the two groups' density has a valley between them."""
    low, high = np.sort(two.means_[:, 0])
    grid = np.linspace(low, high, 200)
    density = np.exp(two.score_samples(grid[:, None]))
    return bool(density.min() < 0.85 * min(density[0], density[-1]))


def _areas(z_MS: NDArray[np.float64]) -> NDArray[np.float64]:
    """(S,) How well each sign tells apart the groups that are drawn without it."""
    index_M = index_of(z_MS)
    unit = np.sqrt((_WEIGHTS**2).sum())
    areas = []
    for at, weight in enumerate(_WEIGHTS):
        rest_M = index_M - z_MS[:, at] * weight / unit
        casual_M = rest_M > _cut(rest_M)
        areas.append(_area(z_MS[:, at], casual_M))
    return np.array(areas)


def _cut(value_M: NDArray[np.float64]) -> float:
    """Where two groups part with the least spread within them (Otsu's threshold)."""
    ordered = np.sort(value_M)
    many = len(ordered)
    left = np.arange(1, many)
    total = np.cumsum(ordered)
    below = total[:-1] / left
    above = (total[-1] - total[:-1]) / (many - left)
    between = left * (many - left) * (above - below) ** 2
    margin = max(FEWEST, int(LEAST_SHARE * many)) - 1
    inner = between[margin : many - 1 - margin]
    at = margin + int(np.argmax(inner)) if len(inner) else many // 2
    return float((ordered[at] + ordered[at + 1]) / 2)


def _area(value_M: NDArray[np.float64], group_M: NDArray[np.bool_]) -> float:
    """The area under the curve of a sign for a group."""
    inside = int(group_M.sum())
    outside = len(group_M) - inside
    if not inside or not outside:
        return 0.5
    ranks = rankdata(value_M)
    return float((ranks[group_M].sum() - inside * (inside + 1) / 2) / (inside * outside))


def _hang_together(
    z_MS: NDArray[np.float64], area_S: NDArray[np.float64], rng: np.random.Generator
) -> bool:
    """Whether the signs go together more than in any of the shuffled files."""
    found = float(np.sort(area_S)[-SIGNS_NEEDED:].mean())
    for _ in range(SHUFFLES):
        shuffled = rng.permuted(z_MS, axis=0)
        if float(np.sort(_areas(shuffled))[-SIGNS_NEEDED:].mean()) >= found:
            return False
    return True
