"""The port `Fences`: a name, an epoch that counts, and what had left before a restore."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import builders
from tests.builders import START
from tests.contract.steps import later
from tests.support.world import Store
from workflow.outbox import Channel, Delivery, DeliveryState, Settlement
from workflow.ports import UnitOfWork

KEY, OTHER = b"what was said", b"something else"


def test_before_anything_was_sent_there_is_neither_name_nor_epoch(uow: UnitOfWork) -> None:
    assert uow.fences.installation() is None
    assert uow.fences.epoch() == 0


def test_a_name_is_given_once(uow: UnitOfWork) -> None:
    assert uow.fences.call_it("here") == "here"
    assert uow.fences.call_it("there") == "here"


def test_the_epoch_counts_and_goes_on_where_it_is_lifted_to(uow: UnitOfWork) -> None:
    counted = [uow.fences.raise_epoch() for _ in range(3)]
    uow.fences.lift(40)

    assert counted == [1, 2, 3]
    assert uow.fences.raise_epoch() == 41


def test_an_epoch_that_was_not_committed_is_not_used_up(store: Store) -> None:
    with store.unit_of_work() as first:
        first.fences.raise_epoch()

    with store.unit_of_work() as second:
        assert second.fences.epoch() == 0


def test_what_had_left_stands_for_as_many_messages_as_had_left(uow: UnitOfWork) -> None:
    uow.fences.expect({KEY: 1}, until=later(days=60))
    uow.fences.expect({KEY: 1, OTHER: 1}, until=later(days=50))

    assert uow.fences.sent_elsewhere([KEY, OTHER, b"unheard of"], now=START) == {KEY: 2, OTHER: 1}
    assert [uow.fences.spend(KEY) for _ in range(3)] == [True, True, False]
    assert uow.fences.sent_elsewhere([KEY, OTHER], now=START) == {OTHER: 1}


def test_what_had_left_is_forgotten_in_time(uow: UnitOfWork) -> None:
    uow.fences.expect({KEY: 1}, until=later(days=60))

    assert uow.fences.sent_elsewhere([KEY], now=later(days=60)) == {}
    assert uow.fences.forget(now=later(days=59)) == 0
    assert uow.fences.forget(now=later(days=60)) == 1


@pytest.mark.fact("B1-20")
def test_a_doubted_row_has_an_attempt_without_outcome(store: Store) -> None:
    row = _owed(store)

    with store.unit_of_work() as uow:
        assert uow.fences.doubt(row, first_at=START, last_at=later(hours=1))
        uow.commit()

    with store.unit_of_work() as uow:
        doubted = uow.outbox.find(row.message.id)
        assert (doubted.state, doubted.attempts) == (DeliveryState.UNKNOWN, 1)
        assert (doubted.first_attempt_at, doubted.last_attempt_at) == (START, later(hours=1))
        assert not uow.fences.doubt(row, first_at=START, last_at=START), "it no longer stands as it was read"


def test_a_row_at_rest_is_not_doubted(store: Store) -> None:
    row = _owed(store)
    with store.unit_of_work() as uow:
        until = START + timedelta(minutes=5)
        claimed = uow.outbox.claim(frozenset(Channel), now=START, lease_until=until, limit=1)[0]
        uow.outbox.settle(claimed, Settlement(DeliveryState.PARKED), now=START)

        assert not uow.fences.doubt(uow.outbox.find(row.message.id), first_at=START, last_at=START)


def _owed(store: Store) -> Delivery:
    case = builders.case("activation")
    message = builders.message(case)
    with store.unit_of_work() as uow:
        uow.cases.open(case, builders.activation_detail(case.id))
        assert uow.cases.apply(builders.change(case, messages=(message,)))
        uow.commit()
        return uow.outbox.find(message.id)
