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
A_WHILE = 0.3  # seconds


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
            Event().wait(A_WHILE)  # long enough for the other one to count too, if nothing held it back
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


def test_the_second_sees_what_the_first_has_counted_however_long_that_takes(store: Store) -> None:
    counted = Event()

    def first() -> int:
        with store.unit_of_work() as uow:
            uow.quotas.hold(NAME, "zoe.dubois")
            uow.quotas.take(builders.uuid(), (of(),), now=later())
            counted.set()
            Event().wait(A_WHILE)
            uow.commit()
        return 0

    def second() -> int:
        assert counted.wait(timeout=30)
        with store.unit_of_work() as uow:
            uow.quotas.hold(NAME, "zoe.dubois")
            return uow.quotas.used(of())

    assert in_threads(2, lambda number: second() if number else first()) == [0, 1]


@pytest.mark.parametrize(("name", "subject"), [(NAME, "marta.nowak"), ("sign_in_day", "zoe.dubois")])
def test_holding_one_subject_counts_nothing_of_another(store: Store, name: str, subject: str) -> None:
    with store.unit_of_work() as uow:
        uow.quotas.hold(NAME, "zoe.dubois")
        uow.quotas.hold(name, subject)
        uow.quotas.hold(NAME, "zoe.dubois")
        uow.quotas.take(builders.uuid(), (of(),), now=later())

        assert uow.quotas.used(Quota(name, subject, MOST, later(minutes=-15))) == 0
