"""Addresses of endpoints that carry a secret."""

from __future__ import annotations

import pytest

from etude.taskfile.addresses import secret_in


@pytest.mark.parametrize(
    "address",
    [
        "https://bob:secret@h/v1",
        "https://token@h/v1",
        "https://h/v1?api_key=1",
        "https://h/v1?api-version=2&subscription-key=1",
        "https://h/v1?X-Amz-Signature=1",
        "https://h/v1?ApiKey=1",
        "https://h/sk-abcdefgh12345678abcd/v1",
    ],
)
def test_a_secret_is_seen_and_not_repeated(address: str) -> None:
    assert secret_in(address) in ("a key", "a user or password")


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:8000/v1",
        "https://h.example/openai?api-version=2024-10-21",
        "https://h/v1?api_key=",
        "https://h/v1?keyboard=1&monkey=2",
        "no address",
        "http://[",
    ],
)
def test_other_addresses_carry_none(address: str) -> None:
    assert secret_in(address) is None
