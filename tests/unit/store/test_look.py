"""A unit that only reads: on SQLite no writer keeps it out, and it keeps no writer out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.schema import upgrade
from store.unit_of_work import SqlStore
from tests import builders
from tests.builders import START
from tests.unit.store.keys import KEYRING


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
