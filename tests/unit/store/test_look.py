"""A unit that only reads: on SQLite no writer keeps it out, and it keeps no writer out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from store.schema import upgrade
from store.unit_of_work import SqlStore
from tests import builders
from tests.builders import START
from tests.unit.store.keys import KEYRING
from workflow.errors import NotFound, Unavailable
from workflow.ports import UnitOfWork


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """An empty store in a file."""
    url = f"sqlite:///{tmp_path}/bisdesk.db"
    upgrade(url)
    sql = SqlStore(url, KEYRING)
    yield sql
    sql.dispose()


def test_a_look_sees_what_is_committed_while_somebody_else_writes(store: SqlStore) -> None:
    with store.unit_of_work() as writing:
        writing.directory.put_entity(builders.entity())
        writing.commit()
        writing.marks.raise_to(START)

        with store.look() as looking:
            assert looking.directory.entity(builders.ENTITY).code == builders.ENTITY
            assert looking.marks.high_water() is None


def test_a_look_that_stays_open_keeps_no_writer_out(store: SqlStore) -> None:
    with store.look() as looking:
        assert looking.marks.high_water() is None

        with store.unit_of_work() as writing:
            writing.directory.put_entity(builders.entity())
            writing.marks.high_water()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def pooled(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlStore]:
    """An empty store that keeps its connections, as a server does, so that looks and writes share them."""
    url = (
        f"sqlite:///{tmp_path}/pooled.db"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres_empty_url")
    )
    upgrade(url)
    sql = SqlStore(url, KEYRING, pooled=True)
    yield sql
    sql.dispose()


def written(uow: UnitOfWork) -> None:
    """Something is written and committed."""
    uow.directory.put_entity(builders.entity())
    uow.commit()


def test_the_database_refuses_what_a_look_would_write(pooled: SqlStore) -> None:
    with pooled.look() as looking, pytest.raises((RuntimeError, Unavailable)):
        written(looking)

    with pooled.unit_of_work() as uow, pytest.raises(NotFound):
        uow.directory.entity(builders.ENTITY)


def test_a_connection_that_looked_writes_again_and_one_that_wrote_only_looks(pooled: SqlStore) -> None:
    for _ in range(2):
        with pooled.look() as looking:
            looking.marks.high_water()
        with pooled.unit_of_work() as uow:
            written(uow)
        with pooled.look() as looking, pytest.raises((RuntimeError, Unavailable)):
            written(looking)


def test_that_a_look_only_reads_costs_no_statement_more(pooled: SqlStore) -> None:
    sent: list[str] = []
    event.listen(pooled._looking, "before_cursor_execute", lambda *called: sent.append(called[2]))
    with pooled.look() as looking:
        looking.marks.high_water()
    sent.clear()

    with pooled.look() as looking:
        looking.marks.high_water()

    assert [one for one in sent if not one.startswith("BEGIN")] == sent[-1:]
