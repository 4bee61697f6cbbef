"""Pairs of texts worth comparing: neighbours in several orders by least hashes.

It knows 5-grams (``data.copies``) and no texts. MinHash with prefix trees (Bawa, Condie and
Ganesan, "LSH Forest", WWW 2005): in each of ``TREES`` orders, texts that share their first least
hashes stand together, and of them those that share the next ones stand nearest. So a text is
compared with its nearest in each order, however many share a sentence with it: the number of pairs
grows with the texts, never with their square.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from etude.data.copies import Grams, Pairs, distinct, jaccard

TREES, DEPTH = 20, 6
_NEEDED = 3
"""Least hashes that must agree; the deeper ones order those that do."""
_STEPS = (1, 2)
_DOUBT = 0.15
"""How far below the wanted similarity a signature's estimate may lie."""
_CHUNK = 250_000

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SALTS = np.random.default_rng(7).integers(2**31, size=(TREES, DEPTH), dtype=np.uint32) * 2 + 1


def alike(
    grams: Grams, least: float, apart: Sequence[NDArray[np.int64]] = ()
) -> tuple[Pairs, NDArray[np.float64]]:
    """Pairs (P, 2), first below second, and their Jaccard similarities (P,), all at least ``least``.

    Every text is compared with its nearest neighbours.

    Args:
        grams: of R texts.
        least: the least similarity, 0 to 1.
        apart: numbers (R,); a text is also compared with the nearest of another number.
    """
    row_K = np.flatnonzero(grams.sizes_R)
    nothing = np.zeros((0, 2), dtype=np.int64)
    if len(row_K) < 2:
        return nothing, np.zeros(0)
    keys_TK, signature_KS = _signatures(grams, row_K)
    sizes_K = grams.sizes_R[row_K]
    apart_K = [numbers[row_K] for numbers in apart if numbers.min() < numbers.max()]
    found: list[NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)]
    for key_K in keys_TK:
        codes = _neighbours(key_K, apart_K)
        first, second = np.divmod(codes, len(row_K))
        low = np.minimum(sizes_K[first], sizes_K[second])
        high = np.maximum(sizes_K[first], sizes_K[second])
        found.append(distinct(codes[low >= least * high]))
    codes = distinct(np.concatenate(found))
    pairs = np.stack(np.divmod(codes, len(row_K)), axis=1)
    pairs = row_K[pairs[_likely(signature_KS, pairs, least - _DOUBT)]].reshape(-1, 2)
    if not len(pairs):
        return nothing, np.zeros(0)
    scores = jaccard(grams, pairs)
    near = scores >= least - 1e-9
    return pairs[near], scores[near]


def _signatures(
    grams: Grams, row_K: NDArray[np.int64]
) -> tuple[list[NDArray[np.uint64]], NDArray[np.uint8]]:
    """A sort key a tree, and a byte of every least hash."""
    hashes = (grams.hash >> np.uint64(32)).astype(np.uint32)
    sizes_K = grams.sizes_R[row_K]
    starts_K = np.cumsum(sizes_K) - sizes_K
    signature = np.empty((len(row_K), TREES * DEPTH), dtype=np.uint8)
    keys = []
    for tree, salts in enumerate(_SALTS):
        mixed = np.zeros(len(row_K), dtype=np.uint64)
        key = np.zeros(len(row_K), dtype=np.uint64)
        for depth, salt in enumerate(salts):
            least_K = np.minimum.reduceat(hashes * salt, starts_K)
            signature[:, tree * DEPTH + depth] = least_K.astype(np.uint8)
            mixed = (mixed ^ least_K.astype(np.uint64)) * _FACTOR
            mixed ^= mixed >> np.uint64(31)
            # 32 bits of the first three, then 12, 10 and 10 of one more each.
            if depth == _NEEDED - 1:
                key = mixed & np.uint64(0xFFFFFFFF00000000)
            elif depth >= _NEEDED:
                bits, shift = ((12, 20), (10, 10), (10, 0))[depth - _NEEDED]
                key |= (mixed >> np.uint64(64 - bits)) << np.uint64(shift)
        keys.append(key)
    return keys, signature


def _neighbours(key_K: NDArray[np.uint64], apart_K: Sequence[NDArray[np.int64]]) -> Pairs:
    """Codes first * K + second of texts that stand near one another in the order of the keys."""
    count = len(key_K)
    order = np.argsort(key_K, kind="stable")
    prefix = key_K[order] >> np.uint64(32)
    left, right = [], []
    for step in _STEPS:
        at = np.flatnonzero(prefix[step:] == prefix[:-step])
        left.append(at)
        right.append(at + step)
    for numbers in apart_K:
        before, after = _of_another(numbers[order])
        for other in (before, after):
            at = np.flatnonzero(other >= 0)
            at = at[prefix[at] == prefix[other[at]]]
            left.append(at)
            right.append(other[at])
    one, two = order[np.concatenate(left)], order[np.concatenate(right)]
    return np.asarray(np.minimum(one, two) * count + np.maximum(one, two), dtype=np.int64)


def _of_another(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The nearest earlier and later places with another number; -1 where there is none."""
    places = np.arange(len(numbers))
    begins = np.concatenate([[True], numbers[1:] != numbers[:-1]])
    run = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    before = first[run] - 1
    ends = np.append(first[1:], len(numbers))
    after = ends[run]
    return before, np.where(after < len(places), after, -1)


def _likely(signature_KS: NDArray[np.uint8], pairs: Pairs, least: float) -> NDArray[np.bool_]:
    """Pairs whose signatures agree in a share of at least ``least``."""
    likely = np.empty(len(pairs), dtype=np.bool_)
    for begin in range(0, len(pairs), _CHUNK):
        part = pairs[begin : begin + _CHUNK]
        agree = signature_KS[part[:, 0]] == signature_KS[part[:, 1]]
        likely[begin : begin + _CHUNK] = agree.mean(axis=1) >= least
    return likely
