"""Keys at rest: found by their hash, named by people, ended for good."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from etude.errors import UsageError
from etude.store import Store
from etude.store.api_keys import ApiKeys


def test_a_key_is_random_and_kept_as_a_hash(shared: Store) -> None:
    keys = ApiKeys(shared.database)
    key, secret = keys.create("ann", ["infer", "infer"], 60, 1000)
    assert re.fullmatch(r"sk-etude-[A-Za-z0-9_-]{43}", secret)  # 256 bits
    assert keys.create("bob", ["infer"])[1] != secret
    assert keys.find(secret) == key
    assert key.scopes == ("infer",)
    assert (key.requests_per_minute, key.tokens_per_day) == (60, 1000)
    assert secret.endswith(key.hint)
    with shared.database.read() as connection:
        rows = str(connection.execute(sa.text("SELECT * FROM api_keys")).all())
    assert secret not in rows
    assert secret[len("sk-etude-") : -4] not in rows


def test_a_revoked_key_is_found_no_more(shared: Store) -> None:
    keys = ApiKeys(shared.database)
    assert not keys.any_made()
    first, secret = keys.create("ann", ["infer"])
    second, other = keys.create("ann", ["tune"])
    with pytest.raises(UsageError, match="2 keys are called 'ann'") as caught:
        keys.revoke("ann")
    assert second.id in str(caught.value)
    ended = keys.revoke(first.id)
    assert ended.revoked is not None
    assert keys.find(secret) is None
    assert keys.find(other) == second
    assert keys.revoke("ann").id == second.id
    with pytest.raises(UsageError, match="no key in force"):
        keys.revoke("ann")
    assert keys.any_made()
    assert not keys.any_in_force()
    assert [key.revoked is None for key in keys.every()] == [False, False]


def test_a_misspelt_name_is_guessed(shared: Store) -> None:
    keys = ApiKeys(shared.database)
    keys.create("laptop", ["infer"])
    with pytest.raises(UsageError, match="did you mean laptop"):
        keys.revoke("latop")


def test_what_is_no_key_is_not_found(shared: Store) -> None:
    keys = ApiKeys(shared.database)
    keys.create("ann", ["infer"])
    for secret in ("", "sk-etude-", "\ud800", "x" * 10_000, "' OR 1=1 --"):
        assert keys.find(secret) is None
