"""What happens by itself, done by many processes at once: each timer fires once, each message leaves once."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.integration import race_work as work
from tests.integration.conftest import Arena
from tests.integration.race_crowd import crowd
from tests.integration.race_issuing import CARRIERS, issuing
from tests.integration.race_world import (
    LINK_EXPIRES,
    START,
    Journal,
    Shared,
    Waiting,
    awaiting,
)
from workflow.lifecycles.activation import State
from workflow.outbox import DeliveryState, MessageKind

M = MessageKind
RUNNING = ["activation_limit", "limit_reminder", "link_reminder_1", "link_reminder_2", "link_validity"]


@pytest.mark.slow
@pytest.mark.fact("R1", "B2-8", "B3b-link_validity")
def test_many_sweepers_fire_each_timer_once(arena: Arena) -> None:
    waiting = awaiting(arena.app, range(arena.scaled(1000, 200)))

    fired = crowd(work.sweep, [(arena.place, LINK_EXPIRES)] * arena.processes)

    assert sum(fired) == len(waiting)
    _each_expired_once(arena.app, waiting)


@pytest.mark.slow
@pytest.mark.fact("R1", "B2-8")
def test_a_timer_fires_once_although_commands_touch_the_case_as_well(arena: Arena) -> None:
    waiting = awaiting(arena.app, range(arena.scaled(200, 60)))
    refs = [one.ref for one in reversed(waiting)]

    fired = crowd(work.sweep_or_look, [(arena.place, LINK_EXPIRES, refs)] * arena.processes)

    assert sum(fired) <= len(waiting)
    _each_expired_once(arena.app, waiting)


@pytest.mark.slow
@pytest.mark.fact("3.10", "B2-2")
def test_many_dispatchers_hand_each_message_over_once(arena: Arena) -> None:
    waiting = issuing(arena.app, range(arena.scaled(100, 30)))

    sent = crowd(work.dispatch, [(arena.place, START, 7)] * arena.processes)

    copies = Counter(copy.id for copy in Journal(arena.app.settings.home / "provider").copies())
    assert sum(sent) == len(waiting) * len(CARRIERS)
    assert set(copies.values()) == {1}
    assert len(copies) == len(waiting) * len(CARRIERS)
    for one in waiting:
        assert {row.state for row in arena.app.queue(one.ref)} == {DeliveryState.ACCEPTED}
        # Whoever records the last of link and code sees that both are out, also when two do so at the same instant.
        assert arena.app.events(one.ref) == [
            "case.moved", "activation.first_message_accepted", "activation.dispatched",
        ]  # fmt: skip
        assert arena.app.armed(one.ref) == RUNNING


@pytest.mark.postgres
@pytest.mark.fact("B2-2")
def test_link_and_code_recorded_at_the_same_instant_start_the_fourteen_days(postgres_arena: Arena) -> None:
    """Mail and SMS in two transactions, neither of which sees what the other has not committed yet."""
    app = postgres_arena.app
    ref = issuing(app, range(1))[0].ref
    _hand_over(app, ref, M.M2)

    crowd(work.record_together, [(postgres_arena.place, ref, kind) for kind in (M.M1, M.M3)])

    assert app.case(ref).state == State.AWAITING_CODE


@pytest.mark.postgres
@pytest.mark.fact("B2-14")
def test_recording_an_outcome_and_cancelling_the_case_never_wait_for_each_other(postgres_arena: Arena) -> None:
    app = postgres_arena.app
    refs = [one.ref for one in issuing(app, range(10))]

    recorded, cancelled = crowd(work.record_or_cancel, [(postgres_arena.place, refs)] * 2)

    assert set(cancelled) == {"won"}
    assert set(recorded) <= {"recorded", "void"}
    for ref in refs:
        assert app.case(ref).state == State.CANCELLED
        app.history(ref)


def _hand_over(app: Shared, ref: str, kind: MessageKind) -> None:
    """The provider accepts one message of a case."""
    with app.unit_of_work() as uow:
        row = work.claimed(app, uow, ref, kind)
        assert work.recorded(app, uow, row)
        uow.commit()


def _each_expired_once(app: Shared, waiting: list[Waiting]) -> None:
    told = {one.ref: app.events(one.ref) for one in waiting}
    assert {tuple(events) for events in told.values()} == {("case.moved", "activation.link_expired")}
    with app.unit_of_work() as uow:
        assert uow.timers.count_due(now=LINK_EXPIRES) == 0
