"""A change that stands alone is left to the commit on PostgreSQL: as few ways there and back as by hand, and no promise less.

Whatever is lost, dropped or cut off while it waits must end as it would within a transaction.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest

from store.unit_of_work import SqlStore
from tests import builders
from tests.builders import START
from tests.contract.steps import opened
from tests.unit.store.keys import KEYRING
from workflow.effects import Erasure
from workflow.errors import ConcurrentChange, NotFound, Unavailable
from workflow.model import Case
from workflow.ports import UnitOfWork

pytestmark = pytest.mark.postgres
COMMAND = UUID("018f0000-0000-7000-8000-00000000c0de")
CALLS = re.compile(r"\tF\t\d+\t(?:Sync|Query)\b")  # a way there and back each


class FirstWasSomebody(Exception):
    """What the caller wants to be told."""


@pytest.fixture
def pooled(postgres_url: str) -> Iterator[SqlStore]:
    """A store that keeps its connections, as a server does, and has looked at its tables before."""
    store = SqlStore(postgres_url, KEYRING, pooled=True)
    with store.unit_of_work() as uow:
        uow.marks.high_water()
    yield store
    store.dispose()


@pytest.fixture
def case_id(pooled: SqlStore) -> UUID:
    """A case that is committed."""
    with pooled.unit_of_work() as uow:
        made = opened(uow, "activation")
        uow.commit()
        return made.id


def loaded(uow: UnitOfWork, case_id: UUID) -> Case:
    """A case as it stands."""
    return uow.cases.activation(case_id, now=START)[0]


def move(uow: UnitOfWork, case: Case, to: str = "moved", **more: object) -> None:
    """Move it on; whoever is second hears it."""
    uow.cases.move(builders.change(case, to=to, **more), lost=FirstWasSomebody)


def state(store: SqlStore, case_id: UUID) -> str:
    """Where a case stands, seen by somebody else."""
    with store.unit_of_work() as uow:
        return loaded(uow, case_id).state


@contextmanager
def traced(store: SqlStore) -> Iterator[list[str]]:
    """What the driver sends meanwhile, by the record of the client library itself."""
    lines: list[str] = []
    with tempfile.TemporaryFile("w+") as record, store._engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        driver.pgconn.trace(record.fileno())
        connection.close()  # back to the pool, whose only connection it is
        yield lines
        driver.pgconn.untrace()
        record.seek(0)
        lines += record.read().splitlines()


def test_loading_and_moving_a_case_are_two_ways_there_and_back(pooled: SqlStore, case_id: UUID) -> None:
    with traced(pooled) as lines, pooled.unit_of_work() as uow:
        case = loaded(uow, case_id)
        move(uow, case, messages=(builders.message(case),), start_timers=(builders.timer(case),))
        uow.commit()

    assert len([line for line in lines if CALLS.search(line)]) == 2
    assert state(pooled, case_id) == "moved"


def test_what_stood_alone_was_written_by_one_transaction(pooled: SqlStore, case_id: UUID, postgres_url: str) -> None:
    with pooled.unit_of_work() as uow:
        move(uow, loaded(uow, case_id))
        uow.commit()

    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as watching:
        assert _written(watching, case_id) == 1


def test_what_was_lost_is_told_by_the_commit_and_nothing_is_written(pooled: SqlStore, case_id: UUID) -> None:
    with pooled.unit_of_work() as mine, pooled.unit_of_work() as theirs:
        my_case, their_case = loaded(mine, case_id), loaded(theirs, case_id)
        move(mine, my_case, "mine", messages=(builders.message(my_case),))
        move(theirs, their_case, "theirs")
        theirs.commit()

        with pytest.raises(FirstWasSomebody):
            mine.commit()
        mine.commit()  # whoever goes on writes nothing of it

    assert state(pooled, case_id) == "theirs"
    assert _owed(pooled, case_id) == 0


def test_what_was_lost_is_told_by_the_next_statement(pooled: SqlStore, case_id: UUID) -> None:
    with pooled.unit_of_work() as mine, pooled.unit_of_work() as theirs:
        my_case, their_case = loaded(mine, case_id), loaded(theirs, case_id)
        move(mine, my_case, "mine")
        move(theirs, their_case, "theirs")
        theirs.commit()

        with pytest.raises(FirstWasSomebody):
            mine.cases.history(case_id)

    assert state(pooled, case_id) == "theirs"


def test_whoever_was_first_can_be_asked_for_where_the_race_is_lost(pooled: SqlStore, case_id: UUID) -> None:
    with pooled.unit_of_work() as mine, pooled.unit_of_work() as theirs:
        my_case, their_case = loaded(mine, case_id), loaded(theirs, case_id)

        def lost() -> Exception:
            mine.rollback()
            return FirstWasSomebody(mine.cases.history(case_id)[-1].to_state)

        mine.cases.move(builders.change(my_case, to="mine"), lost=lost)
        move(theirs, their_case, "theirs")
        theirs.commit()

        with pytest.raises(FirstWasSomebody, match="theirs"):
            mine.commit()


def test_the_unit_sees_its_own_change_before_the_commit_and_nobody_else_does(pooled: SqlStore, case_id: UUID) -> None:
    with pooled.unit_of_work() as uow:
        move(uow, loaded(uow, case_id), "mine")

        assert loaded(uow, case_id).state == "mine"
        assert state(pooled, case_id) != "mine"


@pytest.mark.parametrize("how", ["rollback", "leave"])
def test_what_waited_is_dropped_with_the_unit(pooled: SqlStore, case_id: UUID, how: str) -> None:
    with pooled.unit_of_work() as uow:
        before = loaded(uow, case_id)
        move(uow, before)
        if how == "rollback":
            uow.rollback()
            uow.commit()

    assert state(pooled, case_id) == before.state


def test_what_comes_after_it_is_in_one_transaction_with_it(pooled: SqlStore, case_id: UUID) -> None:
    with pooled.unit_of_work() as uow:
        before = loaded(uow, case_id)
        move(uow, before)
        uow.directory.put_entity(builders.entity("OVO7"))
        uow.rollback()

        with pytest.raises(NotFound):
            uow.directory.entity("OVO7")
        assert loaded(uow, case_id).version == before.version


def test_two_changes_are_both_or_neither(pooled: SqlStore, case_id: UUID) -> None:
    with pooled.unit_of_work() as uow:
        other = opened(uow, "activation")
        uow.commit()
    with pooled.unit_of_work() as mine, pooled.unit_of_work() as theirs:
        first, second = loaded(mine, case_id), loaded(mine, other.id)
        move(theirs, loaded(theirs, other.id), "theirs")
        theirs.commit()

        move(mine, first, "mine")
        with pytest.raises(FirstWasSomebody):
            move(mine, second, "mine")

    assert (state(pooled, case_id), state(pooled, other.id)) == (first.state, "theirs")


def test_the_next_unit_on_the_same_connection_is_one_transaction_again(pooled: SqlStore, case_id: UUID) -> None:
    with pooled.unit_of_work() as uow:
        move(uow, loaded(uow, case_id))
        uow.commit()

    with pooled.unit_of_work() as uow:
        uow.directory.put_entity(builders.entity("OVO8"))
        uow.directory.put_entity(builders.entity("OVO9"))
        uow.rollback()

        with pytest.raises(NotFound):
            uow.directory.entity("OVO8")


def test_a_line_that_is_cut_while_a_change_waits_is_told_and_the_change_is_never_thought_done(
    pooled: SqlStore, case_id: UUID, postgres_url: str
) -> None:
    with pooled.unit_of_work() as uow:
        before = loaded(uow, case_id)
        move(uow, before, "mine")
        _cut_all(postgres_url)

        with pytest.raises(Unavailable):
            uow.commit()

    assert state(pooled, case_id) == before.state


def test_a_look_on_a_line_that_was_cut_takes_another_one(pooled: SqlStore, case_id: UUID, postgres_url: str) -> None:
    with pooled.unit_of_work() as uow:
        loaded(uow, case_id)
    _cut_all(postgres_url)

    with pooled.unit_of_work() as uow:
        move(uow, loaded(uow, case_id), "mine")
        uow.commit()

    assert state(pooled, case_id) == "mine"


def test_a_command_that_was_stored_before_is_told_as_ever(pooled: SqlStore, case_id: UUID) -> None:
    def stored(uow: UnitOfWork) -> str:
        case = loaded(uow, case_id)
        same = builders.event(case, to="moved", command_id=COMMAND)
        uow.cases.move(builders.change(case, event=same), lost=FirstWasSomebody)
        uow.commit()
        return case.ref

    with pooled.unit_of_work() as uow:
        ref = stored(uow)

    with pooled.unit_of_work() as uow, pytest.raises(ConcurrentChange, match=ref):
        stored(uow)


def test_erasing_a_person_waits_for_nothing(pooled: SqlStore, case_id: UUID) -> None:
    with pooled.unit_of_work() as uow:
        loaded(uow, case_id)
        uow.people.put(case_id, {"person.familyName": "Dubois"})
        uow.commit()
        move(uow, loaded(uow, case_id), erase=frozenset({Erasure.PERSON}))

        assert uow.people.get(case_id) == {}
        uow.commit()


def _written(watching: psycopg.Connection, case_id: UUID) -> int:
    """How many transactions wrote the newest rows of a case."""
    query = (
        "SELECT count(DISTINCT txid) FROM (SELECT xmin::text AS txid FROM cases WHERE id = %(of)s UNION ALL SELECT xmin::text "
        "FROM audit_events WHERE case_id = %(of)s AND sequence = (SELECT version FROM cases WHERE id = %(of)s)) AS rows"
    )
    row = watching.execute(query, {"of": case_id}).fetchone()
    assert row is not None
    return int(row[0])


def _owed(store: SqlStore, case_id: UUID) -> int:
    with store.unit_of_work() as uow:
        return len(uow.outbox.of_case(case_id))


def _cut_all(url: str) -> None:
    """End every other connection to this database, as a restart of the server does."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as ending:
        ending.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
