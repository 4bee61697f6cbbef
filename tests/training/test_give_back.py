"""What is free inside of the process's memory goes back to the system."""

from __future__ import annotations

import platform

import psutil
import pytest

from etude.training._give_back import give_back


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is asked to")
def test_memory_between_what_stays_goes_back() -> None:
    # 64 kB each: small enough to lie in the heap rather than in a mapping of its own.
    blocks = [bytes([number % 256]) * 65_536 for number in range(2_000)]
    stays = blocks[-1]
    held = psutil.Process().memory_info().rss
    del blocks
    give_back()
    assert len(stays) == 65_536
    assert held - psutil.Process().memory_info().rss > 90_000_000
