"""For every test: made-up examples are the same each time, so that none fails by chance; and nobody
waits for the disk, for garbage to be looked for, or for hundreds of databases to be migrated."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

from etude.store import migrate
from etude.training import _give_back

gc.disable()  # nothing that is imported while tests are collected is garbage

# Nor does one fail for being slow: a machine with other work on it takes many times as long.
settings.register_profile(
    "same each time",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("same each time")


def pytest_collection_finish() -> None:
    """What is imported by now stays: looking through it for garbage takes half a second each time."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def nothing_is_forced_to_the_disk() -> Iterator[None]:
    """A process that is killed loses nothing by that, only a machine that loses its power; and
    thousands of files take minutes to be forced there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: None)
        yield


@pytest.fixture(autouse=True, scope="session")
def garbage_is_left_alone() -> Iterator[None]:
    """A third of a second after each of hundreds of tiny trainings; Python looks for it anyway."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_give_back, "gc", SimpleNamespace(collect=lambda: 0))
        yield


@pytest.fixture(autouse=True, scope="session")
def a_new_database_is_made_like_the_first() -> Iterator[None]:
    """By the statements that the migrations left behind then: a tenth of the time for each of a
    thousand projects."""
    migrated = migrate._upgrade
    statements: list[str] = []

    def upgrade(connection: sa.Connection) -> None:
        if connection.dialect.name != "sqlite" or sa.inspect(connection).get_table_names():
            migrated(connection)
        elif statements:
            for one in statements:
                connection.exec_driver_sql(one)
        else:
            migrated(connection)
            dumped = connection.connection.driver_connection.iterdump()
            statements.extend(one for one in dumped if one not in {"BEGIN TRANSACTION;", "COMMIT;"})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "_upgrade", upgrade)
        yield
