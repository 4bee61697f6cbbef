"""Kernels that oneDNN and torch compile for each shape of a product are kept, but not without end.

Both keep the last 1,024 of them. Rows without padding seldom have a length twice, so a training in
bfloat16 fills both with kernels that nothing asks for again, to gigabytes for a model of 5 million
parameters (``benchmarks/kernels.py``). So few as here cost no time that can be measured.
"""

from __future__ import annotations

import os

KEPT = 64
SETTINGS = ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY")
"""Of oneDNN and of torch."""


def bound_kernels() -> None:
    """Keep ``KEPT`` kernels of each, unless the environment says how many; it is read at the first
    product, so this comes before it."""
    for name in SETTINGS:
        os.environ.setdefault(name, str(KEPT))
