"""Many processes under one limit: none is exceeded, none is given away, and a flood of one entity holds nobody else up."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

import pytest
from sqlalchemy import insert, select

from store.engine import open_engine
from store.tables_queue import outbox
from tests import builders
from tests.builders import START
from tests.integration import race_limits, race_work
from tests.integration.conftest import Arena
from tests.integration.race_crowd import crowd
from tests.integration.race_issuing import issuing
from tests.integration.race_world import Journal, Shared
from workflow.limits import Bucket
from workflow.outbox import Channel, DeliveryState, MessageKind

FLOOD = 10_000
BOTH = frozenset({Channel.EMAIL, Channel.SMS})


def flooded(app: Shared, entity: str, *, rows: int = FLOOD, **more: object) -> None:
    """One row of an entity, and as many copies of it as make a flood."""
    case = builders.case("activation", entity=entity)
    message = builders.message(case, MessageKind.M2, secret=None, params={"poison": "yes"})
    with app.unit_of_work() as uow:
        uow.cases.open(case, builders.activation_detail(case.id))
        assert uow.cases.apply(builders.change(case, messages=(message,)))
        uow.commit()
    engine = open_engine(app.settings.database_url)
    with engine.begin() as connection:
        first = dict(connection.execute(select(outbox).where(outbox.c.id == message.id)).mappings().one())
        copies = [
            {**first, "id": builders.uuid(START - timedelta(days=1)), "sequence": number, **more}
            for number in range(2, rows + 1)
        ]
        connection.execute(insert(outbox), copies)
    engine.dispose()


@pytest.mark.slow
def test_ten_thousand_rows_of_one_entity_do_not_stand_before_a_single_one_of_another(arena: Arena) -> None:
    flooded(arena.app, "OVO000001")
    flooded(arena.app, "OVO000002", rows=2)

    begun = monotonic()
    with arena.app.unit_of_work() as uow:
        claimed = uow.outbox.claim(BOTH, now=START, lease_until=START + timedelta(minutes=5), limit=50)
    took = monotonic() - begun

    entities = [_entity(arena.app, row.message.case_id) for row in claimed]
    assert entities.count("OVO000002") == 2
    assert len(claimed) >= 27
    assert took < 2


@pytest.mark.slow
@pytest.mark.postgres
def test_also_among_eight_workers_the_single_row_goes_in_the_first_batches(postgres_arena: Arena) -> None:
    app = postgres_arena.app
    flooded(app, "OVO000001")
    [single] = issuing(app, range(1))

    crowd(race_work.dispatch_once, [(postgres_arena.place, START, 50)] * postgres_arena.processes)

    states = {row.message.kind: row.state for row in app.queue(single.ref)}
    assert set(states.values()) == {DeliveryState.ACCEPTED}


@pytest.mark.slow
def test_ten_thousand_rows_that_cannot_go_now_do_not_stand_before_one_that_can(arena: Arena) -> None:
    flooded(arena.app, builders.ENTITY, not_before=START + timedelta(hours=1), urgency=0)
    [ready] = issuing(arena.app, range(1))

    begun = monotonic()
    sent = arena.app.dispatcher.run_once(START)
    took = monotonic() - begun

    assert {row.state for row in arena.app.queue(ready.ref)} == {DeliveryState.ACCEPTED}
    assert sent.claimed <= 10
    assert took < 5


@pytest.mark.slow
def test_while_a_provider_is_down_ten_thousand_waiting_rows_cost_one_look(arena: Arena) -> None:
    flooded(arena.app, builders.ENTITY)
    with arena.app.unit_of_work() as uow:
        uow.gates.close(Channel.EMAIL, code="smtp_connect", now=START, until=START + timedelta(minutes=1))
        uow.commit()
    fences = _fences(arena.app)

    sent = arena.app.dispatcher.drain(START + timedelta(seconds=59))

    assert (sent.claimed, sent.down) == (0, {Channel.EMAIL: "smtp_connect"})
    assert _fences(arena.app) == fences == {(0, 0)}


def test_many_processes_never_count_more_than_a_limit_allows(arena: Arena) -> None:
    passed = crowd(race_limits.count_messages, [(arena.place, START, 10)] * arena.processes)

    assert sum(passed) == 25


def test_many_processes_never_take_more_out_of_a_bucket_than_flows_in(arena: Arena) -> None:
    bucket = Bucket(per_second=10, burst=20)

    taken = crowd(race_limits.empty_bucket, [(arena.place, START, bucket)] * arena.processes)

    latest = 59 + 0.1 * (arena.processes - 1)
    assert 10 * 59 <= sum(taken) <= 20 + 10 * latest


def test_of_many_processes_one_tries_a_closed_gate(arena: Arena) -> None:
    with arena.app.unit_of_work() as uow:
        uow.gates.close(Channel.EMAIL, code="smtp_connect", now=START, until=START + timedelta(minutes=1))
        uow.commit()

    tried = crowd(race_limits.try_gate, [(arena.place, START + timedelta(minutes=1))] * arena.processes)

    assert sorted(tried) == [False] * (arena.processes - 1) + [True]


@pytest.mark.slow
def test_many_dispatchers_send_exactly_as_many_sms_as_the_day_allows(arena: Arena) -> None:
    waiting = issuing(arena.app, range(arena.scaled(40, 20)))

    crowd(race_limits.dispatch_limited, [(arena.place, START, 12)] * arena.processes)

    copies = [copy for copy in Journal(arena.app.settings.home / "provider").copies() if copy.to.startswith("+")]
    rows = [row for one in waiting for row in arena.app.queue(one.ref) if row.message.channel is Channel.SMS]
    assert len(copies) == 12
    assert sorted((row.state, row.error) for row in rows if row.state is not DeliveryState.ACCEPTED) == [
        (DeliveryState.QUEUED, "sms_limit_day")
    ] * (len(rows) - 12)


def _entity(app: Shared, case_id: object) -> str:
    with app.unit_of_work() as uow:
        return uow.cases.activation(case_id, now=START)[0].entity  # type: ignore[arg-type]


def _fences(app: Shared) -> set[tuple[int, int]]:
    engine = open_engine(app.settings.database_url)
    with engine.begin() as connection:
        found = {(fence, attempts) for fence, attempts in connection.execute(select(outbox.c.fence, outbox.c.attempts))}
    engine.dispose()
    return found
