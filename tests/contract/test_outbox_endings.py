"""The port `Outbox`: rows whose worker died, that came too late, that are looked at or put back (I5, B3)."""

from __future__ import annotations

import contextlib
from dataclasses import replace

import pytest

from tests import builders
from tests.builders import START
from tests.contract.steps import LEASE, begun, claimed, in_threads, later, moved, opened, owed, settled
from tests.support.world import Store
from workflow.errors import BisdeskError, NotFound
from workflow.outbox import Channel, DeliveryState, MessageKind, Settlement
from workflow.ports import UnitOfWork

M, S = MessageKind, DeliveryState
MAIL, SMS = frozenset({Channel.EMAIL}), frozenset({Channel.SMS})


def test_rescue_frees_lapsed_leases_and_tells_what_had_begun_from_what_had_not(uow: UnitOfWork) -> None:
    waits, tried = owed(uow, {"kind": M.M1, "not_before": later(seconds=1)}, {"kind": M.M2})
    begun(uow)
    claimed(uow, now=later(seconds=1))

    assert uow.outbox.rescue(now=later(minutes=5, seconds=1)) == 2

    assert uow.outbox.find(waits.id).state is S.QUEUED
    assert uow.outbox.find(tried.id).state is S.UNKNOWN
    assert len(claimed(uow, now=later(minutes=6))) == 2


def test_rescue_leaves_a_lease_that_still_runs(uow: UnitOfWork) -> None:
    (message,) = owed(uow)
    begun(uow)

    assert uow.outbox.rescue(now=later(minutes=4, seconds=59)) == 0

    assert uow.outbox.find(message.id).state is S.SENDING


def test_rescue_does_nothing_twice(uow: UnitOfWork) -> None:
    owed(uow)
    begun(uow)
    uow.outbox.rescue(now=later(hours=1))

    assert uow.outbox.rescue(now=later(hours=2)) == 0


def test_a_longer_lease_taken_when_the_attempt_begins_is_the_one_that_counts(uow: UnitOfWork) -> None:
    (message,) = owed(uow)
    (row,) = claimed(uow)
    uow.outbox.begin(row, now=later(minutes=4), lease_until=later(minutes=30))

    assert uow.outbox.rescue(now=later(minutes=29)) == 0
    assert uow.outbox.rescue(now=later(minutes=30)) == 1
    assert uow.outbox.find(message.id).state is S.UNKNOWN


@pytest.mark.fact("B3b-link_validity")
def test_what_waited_past_its_last_moment_is_closed_and_its_secret_erased(uow: UnitOfWork) -> None:
    late, early, endless = owed(
        uow, {"kind": M.M1, "send_before": later(days=1)}, {"kind": M.M2, "send_before": later(days=2)}, {"kind": M.M3}
    )

    closed = uow.outbox.overdue(now=later(days=1))

    assert [(row.message.id, row.state, row.message.secret) for row in closed] == [(late.id, S.CANCELLED, None)]
    assert {uow.outbox.find(message.id).state for message in (early, endless)} == {S.QUEUED}
    assert uow.outbox.overdue(now=later(days=1)) == []


def test_a_row_of_unknown_outcome_is_closed_at_its_last_moment_too(uow: UnitOfWork) -> None:
    (message,) = owed(uow, {"send_before": later(days=1)})
    settled(uow, Settlement(S.UNKNOWN, later(days=2)))

    assert [row.message.id for row in uow.outbox.overdue(now=later(days=1))] == [message.id]


def test_what_was_handed_over_in_time_is_not_closed_later(uow: UnitOfWork) -> None:
    owed(uow, {"send_before": later(days=1)})
    accepted = settled(uow, Settlement(S.ACCEPTED))

    assert uow.outbox.overdue(now=later(days=9)) == []
    assert uow.outbox.find(accepted).state is S.ACCEPTED


@pytest.mark.parametrize("state", [S.DELIVERED, S.FAILED])
def test_the_secret_of_a_delivered_or_failed_row_is_erased(uow: UnitOfWork, state: DeliveryState) -> None:
    owed(uow)
    settled(uow, Settlement(state))

    assert uow.outbox.erase_secrets(now=START) == 1
    assert uow.outbox.erase_secrets(now=START) == 0


@pytest.mark.parametrize("state", [S.ACCEPTED, S.UNKNOWN, S.QUEUED, S.UNDELIVERED])
def test_a_secret_that_may_still_be_sent_again_is_kept(uow: UnitOfWork, state: DeliveryState) -> None:
    owed(uow, {"send_before": later(days=14)})
    settled(uow, Settlement(state, START))

    assert uow.outbox.erase_secrets(now=later(days=13)) == 0


def test_every_secret_past_its_last_moment_is_erased(uow: UnitOfWork) -> None:
    owed(uow, {"send_before": later(days=14)})
    settled(uow, Settlement(S.ACCEPTED))

    assert uow.outbox.erase_secrets(now=later(days=14)) == 1


def test_a_secret_that_was_erased_comes_back_with_no_claim(uow: UnitOfWork) -> None:
    (message,) = owed(uow)
    settled(uow, Settlement(S.FAILED))
    uow.outbox.erase_secrets(now=START)
    uow.outbox.requeue(message.id, now=START)

    assert [row.message.secret for row in claimed(uow)] == [None]


def test_the_rows_of_a_case_come_oldest_first_without_their_secrets(uow: UnitOfWork) -> None:
    case, other = opened(uow, "activation"), opened(uow, "activation")
    (first,) = owed(uow, {"kind": M.M1}, case=case)
    owed(uow, {"kind": M.M1}, case=other)
    second = builders.message(case, M.M8, sequence=2, queued_at=later(days=15))
    found, _ = uow.cases.activation(case.id, now=START)
    moved(uow, found, messages=(second,))

    rows = uow.outbox.of_case(case.id)

    assert [row.message.id for row in rows] == [first.id, second.id]
    assert [row.message.secret for row in rows] == [None, None]
    assert rows[0].message == replace(first, secret=None)


def test_one_row_is_found_by_its_id_without_its_secret(uow: UnitOfWork) -> None:
    (message,) = owed(uow)

    assert uow.outbox.find(message.id).message == replace(message, secret=None)


def test_a_row_that_does_not_exist_is_not_found(uow: UnitOfWork) -> None:
    with pytest.raises(NotFound):
        uow.outbox.find(builders.uuid())
    with pytest.raises(NotFound):
        uow.outbox.requeue(builders.uuid(), now=START)


def test_rows_are_listed_by_state_oldest_first_and_no_more_than_asked(uow: UnitOfWork) -> None:
    first, second, third = owed(
        uow,
        {"kind": M.M1, "queued_at": later(minutes=1)},
        {"kind": M.M2, "queued_at": later(minutes=2)},
        {"kind": M.M7, "queued_at": later(minutes=3)},
    )
    parked = settled(uow, Settlement(S.PARKED, error="body_changed"), now=later(minutes=1))

    assert parked == first.id
    assert [row.message.id for row in uow.outbox.listed(frozenset({S.PARKED}), limit=9)] == [first.id]
    assert [row.message.id for row in uow.outbox.listed(frozenset({S.QUEUED}), limit=1)] == [second.id]
    everything = uow.outbox.listed(frozenset(), limit=9)
    assert [row.message.id for row in everything] == [first.id, second.id, third.id]
    assert {row.message.secret for row in everything} == {None}


def test_the_rows_of_one_entity_can_be_left_out_of_the_list(uow: UnitOfWork) -> None:
    owed(uow, case=opened(uow, "activation", entity="WALKER"))
    (other,) = owed(uow)

    assert [row.message.id for row in uow.outbox.listed(frozenset(), limit=9, apart_from="WALKER")] == [other.id]
    assert [row.message.id for row in uow.outbox.listed(frozenset({S.QUEUED}), limit=1, apart_from="WALKER")] == [
        other.id
    ]
    assert len(uow.outbox.listed(frozenset(), limit=9)) == 2


@pytest.mark.parametrize("state", [S.PARKED, S.FAILED])
def test_a_parked_or_failed_row_can_be_put_back_and_starts_afresh(uow: UnitOfWork, state: DeliveryState) -> None:
    owed(uow)
    stopped = settled(uow, Settlement(state, error="550"))

    uow.outbox.requeue(stopped, now=later(hours=2))

    found = uow.outbox.find(stopped)
    assert (found.state, found.attempts) == (S.QUEUED, 0)
    assert claimed(uow, now=later(hours=1)) == []
    assert len(claimed(uow, now=later(hours=2))) == 1


@pytest.mark.parametrize("state", [S.ACCEPTED, S.DELIVERED])
def test_what_arrived_is_never_put_back(uow: UnitOfWork, state: DeliveryState) -> None:
    owed(uow)
    arrived = settled(uow, Settlement(state))

    with contextlib.suppress(BisdeskError):
        uow.outbox.requeue(arrived, now=later(hours=1))

    assert uow.outbox.find(arrived).state is state
    assert claimed(uow, now=later(days=1)) == []


def test_the_count_of_what_is_due_is_what_a_claim_would_give(uow: UnitOfWork) -> None:
    owed(
        uow,
        {"kind": M.M1},
        {"kind": M.M2, "not_before": later(hours=1)},
        {"kind": M.M7, "send_before": later(hours=2)},
        {"kind": M.M3},
    )

    assert uow.outbox.count_due(MAIL, now=START) == 2
    assert uow.outbox.count_due(MAIL, now=later(hours=1)) == 3
    assert uow.outbox.count_due(MAIL, now=later(hours=2)) == 2
    assert uow.outbox.count_due(MAIL | SMS, now=START) == 3
    assert uow.outbox.count_due(frozenset(), now=START) == 0


def test_of_several_workers_each_gets_other_rows(store: Store) -> None:
    with store.unit_of_work() as uow:
        for _ in range(10):
            owed(uow, {"kind": M.M1}, {"kind": M.M2})
        uow.commit()

    def claim(_: int) -> list[object]:
        with store.unit_of_work() as uow:
            rows = uow.outbox.claim(MAIL, now=START, lease_until=START + LEASE, limit=5)
            uow.commit()
            return [row.message.id for row in rows]

    taken = [message_id for rows in in_threads(4, claim) for message_id in rows]

    assert len(taken) == len(set(taken))
    with store.unit_of_work() as uow:
        rest = [row.message.id for row in claimed(uow, limit=20)]
    assert len(set(taken) | set(rest)) == len(taken) + len(rest) == 20
