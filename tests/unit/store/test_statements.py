"""What a transition costs: a fixed number of statements, whatever it owes and starts (design 6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Executable, event

from store import outbox_statements as sql
from store import timers
from store.engine import open_engine
from store.unit_of_work import SqlStore
from tests import builders
from tests.builders import START
from tests.contract.steps import opened
from workflow.effects import Erasure
from workflow.model import Case
from workflow.outbox import MessageKind

FULL: dict[str, Any] = {
    "cancel_timers": (),
    "cancel_messages": (),
    "fired_timer": "t30",
    "erase": frozenset({Erasure.SECRETS}),
    "release_contacts": True,
    "detail": {"attempts_used": 3},
}
PURGE: dict[str, Any] = {
    "cancel_timers": (),
    "cancel_messages": (),
    "fired_timer": "purge",
    "erase": frozenset({Erasure.SECRETS, Erasure.PERSON, Erasure.ATTACHMENTS}),
}
PLAIN: dict[str, Any] = {}


def many(case: Case, count: int) -> dict[str, Any]:
    """So many messages and timers."""
    kinds = list(MessageKind)[:count]
    return {
        "messages": tuple(builders.message(case, kind) for kind in kinds),
        "start_timers": tuple(builders.timer(case, f"timer_{number}") for number in range(count)),
    }


def cost(store: SqlStore, case_id: UUID, what: dict[str, Any], count: int) -> int:
    """How many statements it takes to load a case and move it, begin and commit not counted."""
    with store.unit_of_work() as uow:
        before = uow.statements  # type: ignore[attr-defined]  # of the SQL store only
        case, _ = uow.cases.activation(case_id, now=START)
        assert uow.cases.apply(builders.change(case, **(many(case, count) if count else {}), **what))
        uow.commit()
        after: int = uow.statements  # type: ignore[attr-defined]
        return after - before


@pytest.mark.postgres
@pytest.mark.parametrize("what", [PLAIN, FULL, PURGE], ids=["plain", "ending", "purge"])
@pytest.mark.parametrize("count", [0, 1, 15])
def test_on_postgresql_a_transition_is_one_select_and_one_statement(
    postgres_store: SqlStore, what: dict[str, Any], count: int
) -> None:
    case = committed(postgres_store)

    assert cost(postgres_store, case.id, what, count) == 2


@pytest.mark.parametrize(("what", "most"), [(PLAIN, 7), (FULL, 8)], ids=["plain", "ending"])
def test_on_sqlite_a_transition_is_at_most_seven_statements_however_many_messages_and_one_more_that_frees_the_user_name(
    sqlite_store: SqlStore, what: dict[str, Any], most: int
) -> None:
    case, other = committed(sqlite_store), committed(sqlite_store)

    few, more = cost(sqlite_store, case.id, what, 1), cost(sqlite_store, other.id, what, 15)

    assert few == more
    assert few <= most


def test_on_sqlite_a_purge_is_at_most_seven_statements(sqlite_store: SqlStore) -> None:
    case = committed(sqlite_store)

    assert cost(sqlite_store, case.id, PURGE, 0) <= 7


@pytest.mark.postgres
def test_on_postgresql_a_try_is_counted_in_one_statement(postgres_store: SqlStore) -> None:
    assert cost_of_a_try(postgres_store) == 1


def test_on_sqlite_a_try_is_counted_in_at_most_six_statements(sqlite_store: SqlStore) -> None:
    assert cost_of_a_try(sqlite_store) <= 6


@pytest.mark.parametrize(
    ("index", "query", "parameters"),
    [
        ("ix_timers_armed", timers.DUE, {"now": START, "most": 10}),
        ("ix_timers_armed", timers.COUNT, {"now": START}),
        ("ix_outbox_turns", sql.TURNS, {"channel": "email"}),
        ("ix_outbox_turns", sql.CLAIMABLE, {"channel": "email", "entity": "OVO1", "now": START, "most": 10}),
        ("ix_outbox_poll_at", sql.UNCONFIRMED, {"now": START, "most": 10}),
        ("ix_outbox_turns", sql.LATE, {"now": START}),
        ("ix_outbox_turns", sql.RESCUE, {"now": START}),
        ("ix_outbox_secret", sql.ERASE_SPENT, {"now": START}),
    ],
)
def test_a_tick_that_finds_nothing_reads_only_a_partial_index(
    sqlite_url: str, index: str, query: Executable, parameters: dict[str, Any]
) -> None:
    engine = open_engine(sqlite_url)
    sent: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda *called: sent.append((called[2], called[3])))

    with engine.connect() as connection:
        connection.execute(query, parameters)
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sent[-1][0]}", sent[-1][1]).all()
    engine.dispose()

    assert f"INDEX {index}" in " ".join(str(step) for step in plan)


@pytest.mark.postgres
def test_a_due_timer_among_many_is_found_without_reading_the_others(postgres_store: SqlStore) -> None:
    with postgres_store.unit_of_work() as uow:
        for number in range(30):
            case = opened(uow, "activation")
            starts = (builders.timer(case, days=number),)
            assert uow.cases.apply(builders.change(case, start_timers=starts))
        uow.commit()

        due = uow.timers.due(now=START + timedelta(days=1), limit=10)

    assert [timer.due_at for timer in due] == [START, START + timedelta(days=1)]


def cost_of_a_try(store: SqlStore) -> int:
    """How many statements it takes to count a try of a case that is loaded."""
    case = committed(store)
    with store.unit_of_work() as uow:
        loaded, _ = uow.cases.activation(case.id, now=START)
        before = uow.statements  # type: ignore[attr-defined]  # of the SQL store only
        change = builders.change(loaded, to=loaded.state, start_timers=(builders.timer(loaded, "crashed_try"),))
        assert uow.cases.count_try(change, limit=3) == 1
        spent: int = uow.statements - before  # type: ignore[attr-defined]
    return spent


def committed(store: SqlStore) -> Case:
    """A case that is there for every unit of work; the store has made itself sure of its tables."""
    with store.unit_of_work() as uow:
        case = opened(uow, "activation")
        uow.commit()
    return case
