"""How much may be asked: requests a minute and tokens a day of a key, and what runs at once.

Rates are counted in this process and forgotten with it; tokens of a day are counted in the database.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from etude.records.api_key import ApiKey
from etude.serving.errors import ApiError, busy
from etude.serving.keys import Keyring

COMPUTED = frozenset({"/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/embeddings"})
"""Paths whose answers a model computes."""
_DAY = 86_400


@dataclass
class _Bucket:
    left: float
    at: float


class Rates:
    """Requests a minute, a bucket a key: a burst of a minute's worth, then as fast as it refills."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def take(self, key: ApiKey, headers: dict[str, str]) -> None:
        """Count a request, and tell in ``headers`` what is left.

        Raises:
            ApiError: 429, the key has asked too often.
        """
        most = key.requests_per_minute
        if most is None:
            return
        now, second = self._clock(), most / 60
        bucket = self._buckets.setdefault(key.id, _Bucket(most, now))
        bucket.left = min(float(most), bucket.left + (now - bucket.at) * second)
        bucket.at = now
        allowed = bucket.left >= 1
        if allowed:
            bucket.left -= 1
        headers |= _told("requests", most, int(bucket.left), (most - bucket.left) / second)
        if not allowed:
            words = f"Rate limit reached: this key may send {most} requests a minute."
            raise busy(words, (1 - bucket.left) / second)


def refuse_over_quota(key: ApiKey, keyring: Keyring, path: str, headers: dict[str, str]) -> None:
    """Hold a key to its tokens a day, and tell in ``headers`` what is left.

    The request that passes the limit is still answered: how many tokens it takes is known after.

    Raises:
        ApiError: 429, nothing is left and ``path`` needs some.
    """
    most = key.tokens_per_day
    if most is None or path not in COMPUTED:
        return
    left = max(0, most - keyring.used_today(key.id))
    tomorrow = _DAY - int(datetime.now(UTC).timestamp()) % _DAY
    headers |= _told("tokens", most, left, tomorrow)
    if left == 0:
        raise ApiError(
            429,
            f"This key has used its {most:,} tokens of today (UTC).",
            code="insufficient_quota",
            kind="insufficient_quota",
            headers={"Retry-After": str(tomorrow), "x-should-retry": "false"},
        )


def _told(what: str, most: int, left: int, seconds: float) -> dict[str, str]:
    return {
        f"x-ratelimit-limit-{what}": str(most),
        f"x-ratelimit-remaining-{what}": str(left),
        f"x-ratelimit-reset-{what}": f"{seconds:.3f}s",
    }
