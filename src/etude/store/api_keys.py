"""Keys to the server, kept as hashes, and what each has used.

A key is 256 random bits and shown once. Bits that random can't be guessed from their SHA-256, so no
slow hash is needed, and a key is found by its hash alone: no comparison leaks how near a guess was.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from hashlib import sha256

import sqlalchemy as sa

from etude.errors import UsageError
from etude.records.api_key import ApiKey, Scope
from etude.registry import nearest
from etude.store.database import Database
from etude.store.ids import made, now
from etude.store.serving_tables import api_keys, key_usage

PREFIX = "sk-etude-"


def hashed(secret: str) -> str:
    """By what a key is found."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class ApiKeys:
    """The keys of one project."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        name: str,
        scopes: Sequence[Scope],
        requests_per_minute: int | None = None,
        tokens_per_day: int | None = None,
    ) -> tuple[ApiKey, str]:
        """A new key: what is kept of it, and the key itself, which nothing gives back later."""
        secret = PREFIX + secrets.token_urlsafe(32)
        key = ApiKey(
            id=made("key_"),
            name=name,
            scopes=tuple(dict.fromkeys(scopes)),
            hint=secret[-4:],
            created=now(),
            requests_per_minute=requests_per_minute,
            tokens_per_day=tokens_per_day,
        )
        values = {"id": key.id, "sha256": hashed(secret), "created": key.created}
        with self._database.write() as connection:
            record = key.model_dump_json()
            connection.execute(sa.insert(api_keys).values(**values, record=record))
        return key, secret

    def every(self) -> list[ApiKey]:
        """All keys, also the revoked, oldest first."""
        query = sa.select(api_keys.c.record).order_by(api_keys.c.seq)
        with self._database.read() as connection:
            rows = connection.execute(query).scalars().all()
        return [ApiKey.model_validate_json(row) for row in rows]

    def revoke(self, named: str) -> ApiKey:
        """End a key, by its id or by a name that no other key in force has.

        Raises:
            UsageError: no key in force, or more than one, is called that.
        """
        with self._database.write() as connection:
            rows = connection.execute(
                sa.select(api_keys.c.record).where(api_keys.c.revoked.is_(None))
            ).scalars()
            key = _the_one([ApiKey.model_validate_json(row) for row in rows], named)
            ended = key.model_copy(update={"revoked": now()})
            connection.execute(
                sa.update(api_keys)
                .where(api_keys.c.id == key.id)
                .values(revoked=ended.revoked, record=ended.model_dump_json())
            )
        return ended

    def find(self, secret: str) -> ApiKey | None:
        """The key in force that ``secret`` is, if it is one."""
        query = sa.select(api_keys.c.record).where(
            api_keys.c.sha256 == hashed(secret), api_keys.c.revoked.is_(None)
        )
        with self._database.read() as connection:
            record = connection.execute(query).scalar()
        return None if record is None else ApiKey.model_validate_json(record)

    def get(self, key: str) -> ApiKey | None:
        """The key of this id, if it is in force."""
        query = sa.select(api_keys.c.record).where(
            api_keys.c.id == key, api_keys.c.revoked.is_(None)
        )
        with self._database.read() as connection:
            record = connection.execute(query).scalar()
        return None if record is None else ApiKey.model_validate_json(record)

    def any_made(self) -> bool:
        """Whether a key was ever made here: from then on one is asked for everywhere."""
        with self._database.read() as connection:
            return connection.execute(sa.select(api_keys.c.id).limit(1)).first() is not None

    def any_in_force(self) -> bool:
        """Whether anybody could open the server with a key."""
        query = sa.select(api_keys.c.id).where(api_keys.c.revoked.is_(None)).limit(1)
        with self._database.read() as connection:
            return connection.execute(query).first() is not None

    def tokens_used(self, key: str, day: str) -> int:
        """Tokens that a key took on a day ("2026-11-29", UTC)."""
        query = sa.select(key_usage.c.tokens).where(key_usage.c.key == key, key_usage.c.day == day)
        with self._database.read() as connection:
            return connection.execute(query).scalar() or 0


def add_usage(
    database: Database, connection: sa.Connection, day: str, used: Mapping[str, tuple[int, int]]
) -> None:
    """Add (requests, tokens) of each key to what it used on ``day``, in the caller's transaction."""
    for key, (requests, tokens) in sorted(used.items()):
        put = database.insert(key_usage).values(key=key, day=day, requests=requests, tokens=tokens)
        connection.execute(
            put.on_conflict_do_update(
                index_elements=["key", "day"],
                set_={
                    "requests": key_usage.c.requests + requests,
                    "tokens": key_usage.c.tokens + tokens,
                },
            )
        )


def _the_one(keys: list[ApiKey], named: str) -> ApiKey:
    found = [key for key in keys if named in (key.id, key.name)]
    if not found:
        near = nearest(named, [key.name for key in keys])
        hint = f"did you mean {near}? " if near else ""
        raise UsageError(
            f"no key in force is called {named!r}",
            where="etude keys revoke",
            hint=f"{hint}etude keys list",
        )
    if len(found) > 1:
        raise UsageError(
            f"{len(found)} keys are called {named!r}",
            where="etude keys revoke",
            expected="the id of one: " + ", ".join(key.id for key in found),
        )
    return found[0]
