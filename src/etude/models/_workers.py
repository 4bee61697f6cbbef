"""Threads that each compute with one core, for many small independent batches.

Two batches on one core each beat one batch on two cores: no waiting at the end of every small
product, and each batch stays in its core's cache (measured: 12–25 % on two cores). It knows how
to hand out calls in order; it knows nothing of models.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

import torch

T = TypeVar("T")
R = TypeVar("R")

_lock = threading.Lock()
_pools: dict[int, ThreadPoolExecutor] = {}
os.register_at_fork(after_in_child=_pools.clear)


def _pool(count: int) -> ThreadPoolExecutor:
    """A pool of ``count`` threads that each run torch on one core; made once and kept.

    ``torch.set_num_threads`` holds for the calling thread, but also becomes the default of
    threads that begin later: so all threads begin here, and the default is put back.
    """
    with _lock:
        if count in _pools:
            return _pools[count]
        started = threading.Barrier(count + 1)
        pool = ThreadPoolExecutor(count, thread_name_prefix="etude-encoder")

        def begin() -> None:
            torch.set_num_threads(1)
            started.wait()

        for _ in range(count):
            pool.submit(begin)
        started.wait()
        torch.set_num_threads(count)
        _pools[count] = pool
        return pool


def map_ordered(function: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """``function`` of each item, in the items' order, on ``threads`` one-core threads.

    A few items are under way at a time. When the caller stops early (Ctrl-C too), what has not
    begun is cancelled.
    """
    pool = _pool(threads)
    waiting = iter(items)
    under_way: list[Future[R]] = [pool.submit(function, i) for i in islice(waiting, 2 * threads)]
    try:
        while under_way:
            result = under_way.pop(0).result()
            under_way += [pool.submit(function, item) for item in islice(waiting, 1)]
            yield result
    finally:
        for future in under_way:
            future.cancel()
