"""Holding a subject of a quota: who counts next waits for who counts now, though no row is there to be locked."""

from __future__ import annotations

from threading import Barrier, Event

import pytest

from tests import builders
from tests.contract.steps import in_threads, later
from tests.support.world import Store
from workflow.limits import Quota

MOST = 5
NAME = "sign_in"


def of(subject: str = "zoe.dubois") -> Quota:
    """Five in a quarter of an hour."""
    return Quota(NAME, subject, MOST, later(minutes=-15))


def test_of_two_who_want_the_last_place_at_the_same_moment_one_gets_it(store: Store) -> None:
    with store.unit_of_work() as uow:
        for _ in range(MOST - 1):
            assert uow.quotas.take(builders.uuid(), (of(),), now=later()) is None
        uow.commit()
    ids = [builders.uuid(), builders.uuid()]
    at_once = Barrier(2)

    def take(number: int) -> bool:
        at_once.wait(timeout=30)
        with store.unit_of_work() as uow:
            uow.quotas.hold(NAME, "zoe.dubois")
            got_it = uow.quotas.take(ids[number], (of(),), now=later()) is None
            uow.commit()
        return got_it

    assert sorted(in_threads(2, take)) == [False, True]


def test_many_who_begin_with_nothing_counted_get_as_many_places_as_there_are(store: Store) -> None:
    ids = [builders.uuid() for _ in range(16)]

    def take(number: int) -> bool:
        with store.unit_of_work() as uow:
            uow.quotas.hold(NAME, "zoe.dubois")
            got_it = uow.quotas.take(ids[number], (of(),), now=later()) is None
            uow.commit()
        return got_it

    assert sum(in_threads(16, take)) == MOST


def test_the_second_waits_until_the_first_has_committed(store: Store) -> None:
    held = Event()
    order: list[str] = []

    def one() -> None:
        with store.unit_of_work() as uow:
            uow.quotas.hold(NAME, "zoe.dubois")
            uow.quotas.take(builders.uuid(), (of(),), now=later())
            held.set()
            order.append("first")
            uow.commit()

    def other() -> None:
        assert held.wait(timeout=30)
        with store.unit_of_work() as uow:
            uow.quotas.hold(NAME, "zoe.dubois")
            order.append("second")
            assert uow.quotas.used(of()) == 1
            uow.commit()

    in_threads(2, lambda number: one() if number == 0 else other())

    assert order == ["first", "second"]


@pytest.mark.parametrize(("name", "subject"), [(NAME, "marta.nowak"), ("sign_in_day", "zoe.dubois")])
def test_holding_one_subject_counts_nothing_of_another(store: Store, name: str, subject: str) -> None:
    with store.unit_of_work() as uow:
        uow.quotas.hold(NAME, "zoe.dubois")
        uow.quotas.hold(name, subject)
        uow.quotas.hold(NAME, "zoe.dubois")
        uow.quotas.take(builders.uuid(), (of(),), now=later())

        assert uow.quotas.used(Quota(name, subject, MOST, later(minutes=-15))) == 0
