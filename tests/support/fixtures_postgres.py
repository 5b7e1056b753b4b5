"""The fixtures of PostgreSQL: one server per test process, and a database for each test as if nobody had used it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.postgres import Server, emptied, server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A server for all tests of this process."""
    with server() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_migrated_url(postgres_server: Server) -> Iterator[str]:
    """The URL of the one database that is brought to the newest schema once, and emptied before each test."""
    from store.schema import upgrade

    with postgres_server.database() as url:
        upgrade(url)
        yield url


@pytest.fixture
def postgres_url(postgres_migrated_url: str) -> str:
    """The URL of a database at the newest schema without a single row."""
    emptied(postgres_migrated_url)
    return postgres_migrated_url


@pytest.fixture
def postgres_empty_url(postgres_server: Server) -> Iterator[str]:
    """The URL of a fresh database without tables."""
    with postgres_server.database() as url:
        yield url
