"""The SQL store on both databases, its keys, and a look behind its back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.keyring import Keyring
from store.schema import upgrade
from store.unit_of_work import SqlStore
from tests.unit.store.keys import KEYRING


@pytest.fixture
def keyring() -> Keyring:
    """The keys under which the store of the test seals."""
    return KEYRING


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty SQLite database at the newest schema."""
    url = f"sqlite:///{tmp_path}/bisdesk.db"
    upgrade(url)
    return url


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[SqlStore]:
    """A store on SQLite."""
    store = SqlStore(sqlite_url, KEYRING)
    yield store
    store.dispose()


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[SqlStore]:
    """A store on PostgreSQL."""
    store = SqlStore(postgres_url, KEYRING)
    yield store
    store.dispose()


@pytest.fixture(params=["sqlite_store", pytest.param("postgres_store", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> SqlStore:
    """A store on each database."""
    made: SqlStore = request.getfixturevalue(request.param)
    return made
