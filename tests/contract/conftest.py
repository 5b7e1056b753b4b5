"""The stores that the suite runs against: in memory, SQLite in a file, a real PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from store.keyring import Keyring
from store.memory import MemoryStore
from store.schema import upgrade
from store.unit_of_work import SqlStore
from tests.support.world import Store
from workflow.ports import UnitOfWork

SECRET_KEY, DATA_KEY = b"a secret key, only for the tests", b"a data key, nothing but for test"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(
    params=["memory", pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.postgres)],
)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    match request.param:
        case "memory":
            yield MemoryStore()
        case "sqlite":
            path = tmp_path / "bisdesk.db"
            shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
            with _sql(f"sqlite:///{path}") as sql:
                yield sql
        case _:
            with _sql(request.getfixturevalue("postgres_url")) as sql:
                yield sql


@pytest.fixture
def uow(store: Store) -> Iterator[UnitOfWork]:
    """A unit of work that is open for the whole test."""
    with store.unit_of_work() as unit:
        yield unit


@contextmanager
def _sql(url: str) -> Iterator[Store]:
    sql = SqlStore(url, Keyring(secret=SECRET_KEY, data=DATA_KEY))
    try:
        yield sql
    finally:
        sql.dispose()
