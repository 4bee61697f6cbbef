"""Near copies: pairs of texts that share nine tenths of their character 5-grams.

It knows distinct texts and returns which belong together; what follows from that is for others.
Whoever looks for copies in another way (``audit``) uses its 5-grams and its similarity.

Candidates come from MinHash with banding (Broder 1997; Leskovec, Rajaraman and Ullman, "Mining of
Massive Datasets", section 3.4): 12 bands of 6 find a pair of similarity 0.9 with probability
0.9999. Each candidate's Jaccard similarity is then computed from the 5-grams themselves. Above
``BUDGET`` 5-grams in all, a part of them chosen by hash stands for the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from etude.data.text import bare_form

THRESHOLD = 0.9
SHINGLE = 5
BUDGET = 32_000_000
BANDS, ROWS = 12, 6

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_SALTS = np.random.default_rng(5).integers(2**63, size=(BANDS, ROWS), dtype=np.uint64) * 2 + 1
"""Odd numbers: multiplying by one permutes the 64-bit hashes."""
_SLACK = 0.05
"""What a similarity over a part of the 5-grams may fall short by."""
_BLOCK = 100_000
"""Characters at once: small enough for a processor's own memory."""
_PAIRS = 100_000

Pairs = NDArray[np.int64]
"""(P, 2): positions in the texts; together they link all copies of a text, not each with each."""


@dataclass(frozen=True)
class Grams:
    """Distinct 5-grams of R texts, text by text. ``part`` of all were kept.

    ``row``, ``hash``: (G,), text by text; ``sizes_R``: how many each text has.
    """

    row: NDArray[np.int32]
    hash: NDArray[np.uint64]
    sizes_R: NDArray[np.int64]
    part: float


def near_copies(normals: Sequence[str], threshold: float = THRESHOLD) -> Pairs:
    """Pairs among distinct normal forms that are the same without punctuation, or nearly so.

    Args:
        normals: N distinct normal forms (``text.normal_form``).
        threshold: the least Jaccard similarity of their 5-grams, 0 to 1.
    """
    bares = [bare_form(text) for text in normals]
    forms = pl.DataFrame({"bare": bares, "at": np.arange(len(bares), dtype=np.int64)}).filter(
        pl.col("bare") != ""
    )
    first = forms.group_by("bare").agg(pl.col("at").min().alias("first")).sort("bare")
    same = forms.join(first, on="bare").filter(pl.col("at") != pl.col("first"))
    linked = same.select("first", "at").to_numpy().astype(np.int64).reshape(-1, 2)
    texts = first["bare"].to_list()
    near = _similar(texts, threshold)
    return np.concatenate([linked, first["first"].to_numpy()[near].reshape(-1, 2)])


def _similar(texts: Sequence[str], threshold: float) -> Pairs:
    grams = shingles(texts)
    needed = (threshold if grams.part == 1 else threshold - _SLACK) - 1e-9
    linked = [np.zeros((0, 2), dtype=np.int64)]
    label_R = np.arange(len(texts))
    for salts in _SALTS:
        pairs = _same_bucket(grams, salts)
        a, b = pairs[:, 0], pairs[:, 1]
        low, high = np.sort(grams.sizes_R[pairs], axis=1).T
        pairs = pairs[(label_R[a] != label_R[b]) & (low >= needed * high)]
        if not len(pairs):
            continue
        linked.append(pairs[jaccard(grams, pairs) >= needed])
        label_R = components(np.concatenate(linked), len(texts))
    return np.concatenate(linked)


def components(pairs: Pairs, count: int) -> NDArray[np.int64]:
    """The number of each of ``count`` texts' component, where pairs are links."""
    ones = np.ones(len(pairs), dtype=np.int8)
    graph = sparse.coo_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def shingles(texts: Sequence[str]) -> Grams:
    """The 5-grams of texts without line feeds; of very many, a part chosen by hash."""
    total = sum(max(0, len(text) - SHINGLE + 1) for text in texts)
    part = min(1.0, BUDGET / max(total, 1))
    rows, hashes = [], []
    begin, length = 0, 0
    for end, text in enumerate(texts, start=1):
        length += len(text) + 1
        if length >= _BLOCK or end == len(texts):
            found = _block(texts[begin:end], part)
            rows.append((found[0] + begin).astype(np.int32))
            hashes.append(found[1])
            begin, length = end, 0
    row = np.concatenate([np.zeros(0, dtype=np.int32), *rows])
    hash_ = np.concatenate([np.zeros(0, dtype=np.uint64), *hashes])
    return Grams(row, hash_, np.bincount(row, minlength=len(texts)).astype(np.int64), part)


def _block(texts: Sequence[str], part: float) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    # Normal forms hold no line feed, so it can stand between the texts.
    codes = np.frombuffer("\n".join(texts).encode("utf-32-le"), dtype=np.uint32)
    if len(codes) < SHINGLE:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64)
    breaks = codes == ord("\n")
    count = len(codes) - SHINGLE + 1
    hashes = np.zeros(count, dtype=np.uint64)
    whole = np.ones(count, dtype=np.bool_)
    for offset in range(SHINGLE):
        hashes = (hashes + codes[offset : offset + count].astype(np.uint64)) * _FACTOR
        hashes ^= hashes >> np.uint64(29)
        whole &= ~breaks[offset : offset + count]
    row = np.cumsum(breaks)[:count]
    if part < 1:
        whole &= hashes * _FACTOR < np.uint64(int(part * (2**64 - 1)))
    row, hashes = row[whole].astype(np.int64), hashes[whole]
    # The rows come in order; one key for both is sorted ten times as fast as the two. Of the hash
    # all bits but those that number the texts are in it, so equal hashes stand side by side.
    bits = np.uint64(len(texts).bit_length())
    key = (row.astype(np.uint64) << (np.uint64(64) - bits)) | (hashes >> bits)
    order = np.argsort(key)
    row, hashes = row[order], hashes[order]
    fresh = np.ones(len(row), dtype=np.bool_)
    fresh[1:] = (row[1:] != row[:-1]) | (hashes[1:] != hashes[:-1])
    return row[fresh], hashes[fresh]


def _same_bucket(grams: Grams, salts: NDArray[np.uint64]) -> Pairs:
    """Texts whose least hashes agree under every salt: each with the next and with the first."""
    row_K = np.flatnonzero(grams.sizes_R)
    if len(row_K) < 2:
        return np.zeros((0, 2), dtype=np.int64)
    sizes_K = grams.sizes_R[row_K]
    starts_K = np.cumsum(sizes_K) - sizes_K
    key_K = np.zeros(len(row_K), dtype=np.uint64)
    for salt in salts:
        least_K = np.minimum.reduceat(grams.hash * salt, starts_K)
        key_K = (key_K ^ least_K) * _FACTOR
        key_K ^= key_K >> np.uint64(31)
    order = np.argsort(key_K, kind="stable")
    key_K, row_K = key_K[order], row_K[order]
    same = key_K[1:] == key_K[:-1]
    begins = np.flatnonzero(np.concatenate([[True], ~same]))
    first_K = np.repeat(row_K[begins], np.diff(np.append(begins, len(row_K))))
    later = np.flatnonzero(same) + 1
    chain = np.stack([row_K[later - 1], row_K[later]], axis=1)
    star = np.stack([first_K[later], row_K[later]], axis=1)
    texts = len(grams.sizes_R)
    codes = distinct(np.concatenate([chain, star]) @ np.array([texts, 1]))
    return np.stack(np.divmod(codes, texts), axis=1)


def distinct(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each number once, in ascending order: as ``np.unique``, which takes fifteen times as long on a
    million of them (numpy 2.4 looks them up in a table of hashes)."""
    ordered = np.sort(numbers)
    fresh = np.ones(len(ordered), dtype=np.bool_)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return ordered[fresh]


def jaccard(grams: Grams, pairs: Pairs) -> NDArray[np.float64]:
    """Similarity of each pair, from the 5-grams of the texts that are in some pair."""
    wanted_R = np.zeros(len(grams.sizes_R), dtype=np.bool_)
    wanted_R[pairs.ravel()] = True
    kept = wanted_R[grams.row]
    token = pl.Series(grams.hash[kept]).rank("dense").to_numpy().astype(np.int64) - 1
    ones = np.ones(len(token), dtype=np.float32)
    known = int(token.max(initial=-1)) + 1
    table_RG = sparse.csr_matrix(
        (ones, (grams.row[kept], token)), shape=(len(grams.sizes_R), known)
    )
    shared = np.concatenate(
        [
            np.asarray(table_RG[chunk[:, 0]].multiply(table_RG[chunk[:, 1]]).sum(axis=1)).ravel()
            for chunk in np.array_split(pairs, -(-len(pairs) // _PAIRS))
        ]
    )
    sizes_P = grams.sizes_R[pairs].sum(axis=1)
    return np.asarray(shared / (sizes_P - shared), dtype=np.float64)
