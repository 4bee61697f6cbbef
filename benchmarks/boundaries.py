"""How many requests of a kind its name finds by meaning, if few others may be taken for them.

Each category of banking77 is taken for an entry of ``boundaries`` in turn: its name is asked as the
behaviour suite asks it, alone and beside five of its texts, and a text belongs to it by the cosine to
the nearest of these. The threshold is the one that takes ``--others`` of all other texts.

    python benchmarks/boundaries.py
"""

from __future__ import annotations

import argparse
import random
import sys

import numpy as np
from numpy.typing import NDArray

from _data import data_folder, rows
from etude.models._base import Embedder
from etude.models.opening import open_model
from etude.records.task import ModelRef

TEXTS = 1_500
FEWEST = 8
SHOWN = 5
SEED = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--others", type=float, nargs="+", default=[0.01, 0.03])
    given = parser.parse_args()
    encoder = open_model(ModelRef(name="builtin:minilm"))
    if not isinstance(encoder, Embedder):
        sys.exit("This benchmark needs the built-in encoder.")
    print(f"seed {SEED}; means over the categories, from the 10th to the 90th of 100 of them")
    print("categories  others taken  by its words          and five texts")
    found_CKS = _found(encoder, given.others)
    for share, both_CK in zip(given.others, np.moveaxis(found_CKS, 2, 0), strict=True):
        words, shown = (_percent(shares_C) for shares_C in both_CK.T)
        print(f"{len(both_CK):>10}  {share:>12.0%}  {words:<20}  {shown}")


def _found(encoder: Embedder, others: list[float]) -> NDArray[np.float64]:
    """The share of each category that is found (C, 2, S): by words, and with texts beside them."""
    drawn = rows(data_folder("banking77") / "test.jsonl")
    random.Random(SEED).shuffle(drawn)
    drawn = drawn[:TEXTS]
    label_N = np.array([row["label"] for row in drawn])
    text_ND = encoder.embed([row["text"] for row in drawn])
    return np.array(
        [
            _shares(encoder, text_ND, label, label_N == label, others)
            for label in sorted(set(label_N))
            if (label_N == label).sum() >= FEWEST
        ]
    )


def _shares(
    encoder: Embedder,
    text_ND: NDArray[np.float32],
    label: str,
    of_it_N: NDArray[np.bool_],
    others: list[float],
) -> list[list[float]]:
    said = label.replace("_", " ")
    asked_AD = encoder.embed([said, f"I have a question about {said}."])
    shown = np.flatnonzero(of_it_N)[:SHOWN]
    rest_N = of_it_N.copy()
    rest_N[shown] = False
    by_words_N = (text_ND @ asked_AD.T).max(axis=1)
    by_both_N = np.maximum(by_words_N, (text_ND @ text_ND[shown].T).max(axis=1))
    return [
        [float((like_N[rest_N] > np.quantile(like_N[~of_it_N], 1 - s)).mean()) for s in others]
        for like_N in (by_words_N, by_both_N)
    ]


def _percent(shares: NDArray[np.float64]) -> str:
    low, high = np.quantile(shares, [0.1, 0.9])
    return f"{shares.mean():.0%} ({low:.0%} to {high:.0%})"


if __name__ == "__main__":
    main()
