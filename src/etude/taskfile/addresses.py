"""Addresses of endpoints: whether one carries a secret, which would be stored, shown and sent on with
it. Nothing here repeats what it found."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from etude.taskfile.words import looks_like_a_key

_NAMES = re.compile(
    r"(^|[_-])(api)?(key|token|secret|password|passwd|pwd|sig|signature|auth|credential|code)s?$",
    re.IGNORECASE,
)
"""Of parameters that carry a key: ``api_key``, ``access_token``, ``X-Amz-Signature``; not of
``api-version``."""


def secret_in(address: str) -> str | None:
    """What secret an address carries, in words that don't hold it; None for one that carries none."""
    try:
        parts = urlsplit(address.strip())
        has_user = parts.username is not None or parts.password is not None
    except ValueError:
        return None
    if has_user:
        return "a user or password"
    for name, value in parse_qsl(parts.query):
        if value and (_NAMES.search(name) or looks_like_a_key(name)):
            return "a key"
    return "a key" if looks_like_a_key(address) else None
