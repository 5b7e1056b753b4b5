"""Quotas: counted under all limits or under none, told when a place frees, and addresses that get no mail any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests import builders
from tests.contract.steps import in_threads, later
from tests.support.world import Store
from workflow.limits import Exceeded, Quota
from workflow.outbox import Channel
from workflow.ports import UnitOfWork

DAY = timedelta(hours=24)
ZOE, MARTA = "+33612345678", "+48512345678"


def quota(now: datetime, subject: str = ZOE, **more: Any) -> Quota:
    """Three within 24 hours, unless told otherwise."""
    known: dict[str, Any] = {"name": "number", "subject": subject, "most": 3, "since": now - DAY}
    return Quota(**(known | more))


def take(uow: UnitOfWork, now: datetime, *quotas: Quota, of: UUID | None = None) -> Exceeded | None:
    """Count one message."""
    return uow.quotas.take(of or builders.uuid(), quotas or (quota(now),), now=now)


def test_the_place_of_the_oldest_use_frees_first(uow: UnitOfWork) -> None:
    taken = [take(uow, later(hours=at)) for at in (0, 1, 2, 3)]

    assert taken == [None, None, None, Exceeded("number", later(hours=24))]


def test_a_use_counts_until_the_instant_at_which_its_window_ends(uow: UnitOfWork) -> None:
    for at in (0, 1, 2):
        take(uow, later(hours=at))

    assert take(uow, later(hours=24) - timedelta(microseconds=1)) == Exceeded("number", later(hours=24))
    assert take(uow, later(hours=24)) is None
    assert take(uow, later(hours=24)) == Exceeded("number", later(hours=25))


def test_subjects_and_names_are_counted_apart(uow: UnitOfWork) -> None:
    for _ in range(3):
        take(uow, later())

    assert take(uow, later(), quota(later(), MARTA)) is None
    assert take(uow, later(), quota(later(), name="code")) is None
    assert take(uow, later()) == Exceeded("number", later(hours=24))


def test_a_message_beyond_one_limit_is_counted_under_none(uow: UnitOfWork) -> None:
    small = quota(later(), name="small", most=1)
    assert take(uow, later(), quota(later()), small) is None

    refused = take(uow, later(), quota(later()), small)

    assert refused == Exceeded("small", later(hours=24))
    assert uow.quotas.used(quota(later())) == 1


def test_a_window_that_ends_for_all_at_once_frees_there(uow: UnitOfWork) -> None:
    today = quota(later(), most=1, since=later(hours=-10), ends_at=later(hours=14))
    take(uow, later(), today)

    assert take(uow, later(hours=1), today) == Exceeded("number", later(hours=14))


def test_amounts_are_added_up(uow: UnitOfWork) -> None:
    money = quota(later(), name="money", most=100, amount=40)

    assert [take(uow, later(minutes=at), money) for at in (0, 1)] == [None, None]
    refused = take(uow, later(minutes=2), money)

    assert refused is not None
    assert uow.quotas.used(money) == 80


def test_what_is_too_much_for_an_empty_window_never_frees(uow: UnitOfWork) -> None:
    assert take(uow, later(), quota(later(), most=0)) == Exceeded("number", None)


def test_a_message_counts_once_however_often_it_is_tried(uow: UnitOfWork) -> None:
    message = builders.uuid()

    tries = [take(uow, later(minutes=at), of=message) for at in range(5)]

    assert tries == [None] * 5
    assert uow.quotas.used(quota(later(minutes=5))) == 1


def test_a_message_that_never_left_gives_its_place_back(uow: UnitOfWork) -> None:
    message = builders.uuid()
    take(uow, later(), quota(later()), quota(later(), name="code"), of=message)

    uow.quotas.give_back(message)

    assert uow.quotas.used(quota(later())) == 0
    assert uow.quotas.used(quota(later(), name="code")) == 0


def test_a_name_can_be_counted_afresh(uow: UnitOfWork) -> None:
    take(uow, later(), quota(later()), quota(later(), name="money"))

    uow.quotas.forget("money")

    assert uow.quotas.used(quota(later(), name="money")) == 0
    assert uow.quotas.used(quota(later())) == 1


def test_uses_that_no_window_sees_are_dropped(uow: UnitOfWork) -> None:
    take(uow, later())
    take(uow, later(hours=30))

    assert uow.quotas.drop(before=later(hours=25)) == 1
    assert uow.quotas.used(quota(later(hours=30))) == 1


def test_among_many_threads_no_limit_is_exceeded(store: Store) -> None:
    def some(number: int) -> int:
        passed = 0
        for _ in range(5):
            with store.unit_of_work() as uow:
                uow.gates.hold(Channel.SMS)
                passed += uow.quotas.take(_own(number), (quota(later(), most=7),), now=later()) is None
                uow.commit()
        return passed

    made = iter([builders.uuid() for _ in range(40)])

    def _own(_: int) -> UUID:
        return next(made)

    passed = in_threads(8, some)

    assert sum(passed) == 7


def test_an_address_that_fails_is_known_however_it_is_written(uow: UnitOfWork) -> None:
    uow.suppressions.add("Zoe.Dubois@Example.org", reason="smtp_550_5.1.1", now=later())
    uow.suppressions.add("zoe.dubois@example.org", reason="bounced", now=later(days=1))

    assert uow.suppressions.has("zoe.dubois@EXAMPLE.ORG")
    assert not uow.suppressions.has("marta.nowak@example.org")


def test_an_address_that_was_lifted_is_written_to_again(uow: UnitOfWork) -> None:
    uow.suppressions.add("zoe.dubois@example.org", reason="bounced", now=later())

    assert uow.suppressions.lift("Zoe.Dubois@example.org")
    assert not uow.suppressions.lift("zoe.dubois@example.org")
    assert not uow.suppressions.has("zoe.dubois@example.org")


def test_an_address_is_forgotten_after_a_while(uow: UnitOfWork) -> None:
    uow.suppressions.add("zoe.dubois@example.org", reason="bounced", now=later())
    uow.suppressions.add("marta.nowak@example.org", reason="bounced", now=later(days=2))

    assert uow.suppressions.drop(before=later(days=1)) == 1
    assert not uow.suppressions.has("zoe.dubois@example.org")
    assert uow.suppressions.has("marta.nowak@example.org")
