"""Gates before providers: closed for everybody, tried by one, opened for all; and buckets that never give too much."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.steps import later
from tests.support.world import Store
from workflow.limits import Bucket, Gate
from workflow.outbox import Channel
from workflow.ports import UnitOfWork

MAIL, SMS = Channel.EMAIL, Channel.SMS
TWO_A_SECOND = Bucket(per_second=2, burst=4)


def test_a_gate_that_nobody_closed_is_open(uow: UnitOfWork) -> None:
    assert uow.gates.of(MAIL) == Gate(MAIL)
    assert uow.gates.of(MAIL).is_open


def test_a_closed_gate_says_since_when_until_when_and_why(uow: UnitOfWork) -> None:
    uow.gates.close(MAIL, code="smtp_connect", now=later(), until=later(minutes=1))
    uow.gates.close(MAIL, code="smtp_421", now=later(minutes=1), until=later(minutes=3))

    assert uow.gates.of(MAIL) == Gate(MAIL, later(minutes=3), later(), "smtp_421")
    assert uow.gates.of(SMS).is_open


def test_a_long_pause_is_not_cut_short_by_a_short_one(uow: UnitOfWork) -> None:
    uow.gates.close(SMS, code="sms_money", now=later(), until=later(hours=20))
    uow.gates.close(SMS, code="twilio_connect", now=later(), until=later(minutes=1))

    assert uow.gates.of(SMS) == Gate(SMS, later(hours=20), later(), "sms_money")


def test_one_worker_tries_once_the_pause_is_over_and_nobody_before(uow: UnitOfWork) -> None:
    uow.gates.close(MAIL, code="smtp_connect", now=later(), until=later(minutes=1))

    tries = [
        uow.gates.try_one(MAIL, now=now, until=now + timedelta(minutes=5))
        for now in (later(seconds=59), later(minutes=1), later(minutes=2), later(minutes=6))
    ]

    assert tries == [False, True, False, True]


def test_an_open_gate_is_not_tried(uow: UnitOfWork) -> None:
    assert not uow.gates.try_one(MAIL, now=later(), until=later(minutes=5))


def test_who_had_nothing_to_try_with_leaves_it_to_the_next(uow: UnitOfWork) -> None:
    uow.gates.close(MAIL, code="smtp_connect", now=later(), until=later(minutes=1))
    uow.gates.try_one(MAIL, now=later(minutes=1), until=later(minutes=6))

    uow.gates.tried_nothing(MAIL)

    assert uow.gates.try_one(MAIL, now=later(minutes=1), until=later(minutes=6))


def test_a_gate_that_was_opened_is_as_if_it_had_never_been_closed(uow: UnitOfWork) -> None:
    uow.gates.close(MAIL, code="smtp_connect", now=later(), until=later(minutes=1))

    uow.gates.open(MAIL)

    assert uow.gates.of(MAIL) == Gate(MAIL)


def test_a_gate_is_closed_only_once_it_is_committed(store: Store) -> None:
    with store.unit_of_work() as uow:
        uow.gates.close(MAIL, code="smtp_connect", now=later(), until=later(minutes=1))

    with store.unit_of_work() as uow:
        assert uow.gates.of(MAIL).is_open


def test_a_full_bucket_gives_its_burst_and_then_what_flows_in(uow: UnitOfWork) -> None:
    taken = [
        uow.gates.take(MAIL, TWO_A_SECOND, now=later(seconds=at), most=most)
        for at, most in ((0, 3), (0, 3), (0, 3), (0.4, 3), (0.5, 3), (2, 3), (60, 99))
    ]

    assert taken == [3, 1, 0, 0, 1, 3, 4]


def test_each_channel_has_a_bucket_of_its_own(uow: UnitOfWork) -> None:
    uow.gates.take(MAIL, TWO_A_SECOND, now=later(), most=4)

    assert uow.gates.take(SMS, TWO_A_SECOND, now=later(), most=4) == 4


def test_what_was_taken_and_not_needed_can_be_put_back(uow: UnitOfWork) -> None:
    uow.gates.take(MAIL, TWO_A_SECOND, now=later(), most=4)

    uow.gates.give_back(MAIL, TWO_A_SECOND, count=3)

    assert uow.gates.take(MAIL, TWO_A_SECOND, now=later(), most=4) == 3


def test_a_clock_that_stands_before_the_last_use_gives_nothing_twice(uow: UnitOfWork) -> None:
    uow.gates.take(MAIL, TWO_A_SECOND, now=later(minutes=1), most=4)

    assert uow.gates.take(MAIL, TWO_A_SECOND, now=later(), most=4) == 0


@pytest.mark.parametrize("per_second", [0.1, 3, 7.5])
def test_over_an_hour_a_bucket_gives_its_rate_and_never_more(uow: UnitOfWork, per_second: float) -> None:
    bucket = Bucket(per_second, burst=60)
    asked_every = 5.3
    taken = [(0.0, uow.gates.take(SMS, bucket, now=later(), most=60))]

    for step in range(1, int(3600 / asked_every) + 1):
        at = step * asked_every
        taken.append((at, uow.gates.take(SMS, bucket, now=later(seconds=at), most=60)))

    total = sum(count for _, count in taken)
    assert taken[0] == (0.0, 60)
    assert total - 60 <= 3600 * per_second
    assert total - 60 >= (3600 - asked_every) * per_second * 0.999_99 - 1
