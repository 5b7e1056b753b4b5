"""The port `Timers`: deadlines as rows, read in batches."""

from __future__ import annotations

from tests.builders import START, change, timer
from tests.contract.steps import in_threads, later, moved, opened
from tests.support.world import Store
from workflow.model import Timer
from workflow.ports import UnitOfWork


def started(uow: UnitOfWork, *days: float, prefix: str = "t") -> list[Timer]:
    """Timers of one case, so many days after START."""
    case = opened(uow)
    timers = tuple(timer(case, f"{prefix}{place}", days=count) for place, count in enumerate(days))
    moved(uow, case, start_timers=timers)
    return list(timers)


def test_the_armed_timers_of_a_case_come_soonest_first(uow: UnitOfWork) -> None:
    late, soon, middle = started(uow, 9, 1, 5)
    started(uow, 2)

    assert uow.timers.armed(late.case_id) == [soon, middle, late]


def test_a_case_without_timers_has_none(uow: UnitOfWork) -> None:
    assert uow.timers.armed(opened(uow).id) == []


def test_a_timer_is_due_at_its_own_instant_and_not_before(uow: UnitOfWork) -> None:
    (at_day_three,) = started(uow, 3)

    assert uow.timers.due(now=later(days=3, microseconds=-1), limit=10) == []
    assert uow.timers.due(now=later(days=3), limit=10) == [at_day_three]


def test_what_is_due_comes_oldest_first_over_all_cases(uow: UnitOfWork) -> None:
    first = started(uow, 5, 1)
    second = started(uow, 3, 20)

    assert uow.timers.due(now=later(days=10), limit=10) == [first[1], second[0], first[0]]


def test_a_batch_is_no_larger_than_asked_and_the_next_one_goes_on_behind_it(uow: UnitOfWork) -> None:
    made = sorted((timer for _ in range(4) for timer in started(uow, 1, 1, 2)), key=place)
    batches, last = [], None

    while batch := uow.timers.due(now=later(days=9), limit=5, after=last):
        batches.append(batch)
        last = batch[-1]

    assert [len(batch) for batch in batches] == [5, 5, 2]
    assert [timer for batch in batches for timer in batch] == made


def test_what_lies_ahead_comes_soonest_first_over_all_cases_and_what_is_due_is_not_in_it(uow: UnitOfWork) -> None:
    first = started(uow, 5, 1)
    second = started(uow, 3, 20)

    assert uow.timers.ahead(now=later(days=3), limit=10) == [first[0], second[1]]
    assert uow.timers.ahead(now=later(days=3, microseconds=-1), limit=2) == [second[0], first[0]]


def test_going_on_behind_a_timer_that_is_no_longer_armed_loses_none(uow: UnitOfWork) -> None:
    case = opened(uow)
    timers = [timer(case, name, days=1) for name in "abc"]
    case = moved(uow, case, start_timers=tuple(timers))
    batch = uow.timers.due(now=later(days=2), limit=1)
    moved(uow, case, fired_timer="a")

    assert batch == timers[:1]
    assert uow.timers.due(now=later(days=2), limit=5, after=batch[-1]) == timers[1:]


def test_what_is_due_is_counted(uow: UnitOfWork) -> None:
    started(uow, 1, 2, 30)

    assert uow.timers.count_due(now=START) == 0
    assert uow.timers.count_due(now=later(days=2)) == 2


def test_cancelled_timers_are_neither_due_nor_counted(uow: UnitOfWork) -> None:
    case = opened(uow)
    case = moved(uow, case, start_timers=(timer(case, "a", days=1),))

    moved(uow, case, cancel_timers=())

    assert uow.timers.due(now=later(days=9), limit=5) == []
    assert uow.timers.count_due(now=later(days=9)) == 0


def test_two_sweeps_at_once_fire_every_timer_once(store: Store) -> None:
    with store.unit_of_work() as uow:
        cases = [opened(uow) for _ in range(12)]
        for case in cases:
            moved(uow, case, start_timers=(timer(case, "a", days=1),))
        uow.commit()

    def sweep(_: int) -> int:
        fired = 0
        with store.unit_of_work() as uow:
            for due in uow.timers.due(now=later(days=2), limit=12):
                case, _ = uow.cases.request(due.case_id, now=later(days=2))
                fired += uow.cases.apply(change(case, to="lapsed", fired_timer="a"))
            uow.commit()
        return fired

    fired = in_threads(3, sweep)
    fired.append(sweep(0))

    assert sum(fired) == len(cases)
    with store.unit_of_work() as uow:
        assert uow.timers.count_due(now=later(days=2)) == 0
        assert {len(uow.cases.history(case.id)) for case in cases} == {2}


def place(one: Timer) -> tuple[object, ...]:
    return one.due_at, one.case_id, one.trigger
