"""The port `Cases`: counting tries, where the counter itself is the guard (I4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import builders
from tests.builders import START
from tests.contract.steps import activation_of, attempted, in_threads, moved, opened, try_of
from tests.support.world import Store
from workflow.model import Case
from workflow.ports import UnitOfWork

pytestmark = pytest.mark.fact("B3b-max_attempts")
LIMIT = 3  # 3.36


def waiting(uow: UnitOfWork) -> Case:
    return moved(uow, opened(uow, "activation"), to="awaiting_code")


@pytest.mark.fact("3.36")
def test_tries_are_numbered_and_there_is_never_one_above_the_limit(uow: UnitOfWork) -> None:
    case = waiting(uow)

    numbers = [attempted(uow, case, limit=LIMIT) for _ in range(5)]

    assert numbers == [1, 2, 3, None, None]
    assert activation_of(uow, case).attempts_used == LIMIT


def test_a_try_is_counted_although_the_version_moved_on(uow: UnitOfWork) -> None:
    case = waiting(uow)
    moved(uow, case, to="awaiting_code")

    assert attempted(uow, case) == 1

    found, _ = uow.cases.activation(case.ref, now=START)
    assert found.version == case.version + 2
    assert [event.sequence for event in uow.cases.history(case.id)] == [1, 2, 3]


def test_a_try_in_a_state_that_is_no_longer_true_is_not_counted(uow: UnitOfWork) -> None:
    case = waiting(uow)
    moved(uow, case, to="link_expired")

    assert attempted(uow, case) is None

    assert activation_of(uow, case).attempts_used == 0


def test_a_try_that_is_not_counted_writes_nothing(uow: UnitOfWork) -> None:
    case = waiting(uow)
    for _ in range(LIMIT):
        attempted(uow, case, limit=LIMIT)
    before = uow.cases.history(case.id)

    refused = uow.cases.count_try(try_of(case, start_timers=(builders.timer(case, "crashed_try"),)), limit=LIMIT)

    assert refused is None
    assert uow.cases.history(case.id) == before
    assert uow.timers.armed(case.id) == []
    assert uow.cases.activation(case.ref, now=START)[0].version == before[-1].sequence


def test_a_counted_try_is_in_history_and_starts_its_timer(uow: UnitOfWork) -> None:
    case = waiting(uow)
    change = try_of(case, start_timers=(builders.timer(case, "crashed_try", days=0),))
    change = replace(change, event=replace(change.event, event="activation.try_counted", trigger="count_try"))

    uow.cases.count_try(change, limit=LIMIT)

    assert uow.cases.history(case.id)[-1] == change.event
    assert uow.timers.armed(case.id) == [builders.timer(case, "crashed_try", days=0)]


def test_a_try_of_a_case_that_was_never_opened_is_not_counted(uow: UnitOfWork) -> None:
    assert attempted(uow, builders.case("activation")) is None


@pytest.mark.fact("B2-5", "B2-7")
def test_a_crowd_of_parallel_tries_never_gets_a_fourth(store: Store) -> None:
    with store.unit_of_work() as uow:
        case = waiting(uow)
        uow.commit()

    def try_once(_: int) -> int | None:
        with store.unit_of_work() as uow:
            number = attempted(uow, case, limit=LIMIT)
            uow.commit()
            return number

    numbers = in_threads(8, try_once)

    assert sorted(number for number in numbers if number) == [1, 2, 3]
    with store.unit_of_work() as uow:
        assert activation_of(uow, case).attempts_used == LIMIT
        assert [event.sequence for event in uow.cases.history(case.id)] == [1, 2, 3, 4]
