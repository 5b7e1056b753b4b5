"""Races on a real PostgreSQL: what a guard in SQL promises must hold when everybody comes at once."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier

import pytest

from store.unit_of_work import SqlStore
from tests import builders
from tests.builders import START
from tests.contract.steps import ALL_CHANNELS, LEASE, in_threads, opened, owed
from workflow.model import ContactClaim
from workflow.outbox import Delivery

pytestmark = pytest.mark.postgres
EMAIL = ContactClaim("contact.email", "zoe.dubois@example.org")
MOBILE = ContactClaim("contact.mobile", "+33612345678")
CROWD = 8


@pytest.mark.fact("AM3-2")
def test_of_many_persons_who_claim_one_address_at_once_one_gets_it(postgres_store: SqlStore) -> None:
    start = Barrier(CROWD)

    def claim(number: int) -> tuple[str, ...]:
        with postgres_store.unit_of_work() as uow:
            case = opened(uow)
            start.wait()
            taken = uow.contacts.reserve(case.id, (EMAIL, MOBILE), person_key=f"person {number}")
            if not taken:
                uow.commit()
            return taken

    taken = in_threads(CROWD, claim)

    assert taken.count(()) == 1
    assert taken.count(("contact.email", "contact.mobile")) == CROWD - 1


@pytest.mark.fact("AM3-2")
def test_one_person_may_claim_an_address_in_many_cases_at_once(postgres_store: SqlStore) -> None:
    start = Barrier(CROWD)

    def claim(number: int) -> tuple[str, ...]:
        with postgres_store.unit_of_work() as uow:
            case = opened(uow)
            start.wait()
            # in either order: two that wait for each other would never end
            claims = (EMAIL, MOBILE) if number % 2 else (MOBILE, EMAIL)
            taken = uow.contacts.reserve(case.id, claims, person_key="one person")
            uow.commit()
            return taken

    assert in_threads(CROWD, claim) == [()] * CROWD


@pytest.mark.fact("AM3-2")
def test_an_address_that_is_released_while_others_claim_it_ends_with_one_holder(postgres_store: SqlStore) -> None:
    for _ in range(5):
        _release_against_claims(postgres_store)


def _release_against_claims(store: SqlStore) -> None:
    start = Barrier(4)
    claim = ContactClaim("contact.email", f"{builders.uuid()}@example.org")
    with store.unit_of_work() as uow:
        holder = opened(uow)
        uow.contacts.reserve(holder.id, (claim,), person_key="holder")
        uow.commit()

    def act(number: int) -> bool:
        with store.unit_of_work() as uow:
            if number == 0:
                start.wait()
                assert uow.cases.apply(builders.change(holder, release_contacts=True))
            else:
                case = opened(uow)
                start.wait()
                if uow.contacts.reserve(case.id, (claim,), person_key=f"person {number}"):
                    return False
            uow.commit()
            return number != 0

    winners = sum(in_threads(4, act))

    assert winners <= 1
    with store.unit_of_work() as uow:
        assert bool(uow.contacts.taken((claim,), person_key="nobody of them")) == (winners == 1)


def test_of_many_moves_from_one_version_one_is_written_with_all_that_hangs_on_it(postgres_store: SqlStore) -> None:
    start = Barrier(CROWD)
    with postgres_store.unit_of_work() as uow:
        case = opened(uow, "activation")
        uow.commit()

    def move(number: int) -> bool:
        messages, timers = (builders.message(case),), (builders.timer(case, f"timer_{number}"),)
        change = builders.change(case, to=f"state_{number}", messages=messages, start_timers=timers)
        with postgres_store.unit_of_work() as uow:
            start.wait()
            won = uow.cases.apply(change)
            uow.commit()
            return won

    won = in_threads(CROWD, move)

    assert sum(won) == 1
    with postgres_store.unit_of_work() as uow:
        winner = won.index(True)
        assert uow.cases.activation(case.id, now=START)[0].state == f"state_{winner}"
        assert [event.to_state for event in uow.cases.history(case.id)] == [f"state_{winner}"]
        assert [timer.trigger for timer in uow.timers.armed(case.id)] == [f"timer_{winner}"]
        assert len(uow.outbox.of_case(case.id)) == 1


@pytest.mark.fact("3.36", "B2-6", "B2-7")
def test_a_crowd_gets_three_tries_each_with_its_own_number_and_line_of_history(postgres_store: SqlStore) -> None:
    start = Barrier(CROWD)
    with postgres_store.unit_of_work() as uow:
        case = opened(uow, "activation")
        uow.commit()

    def attempt(number: int) -> int | None:
        change = builders.change(case, to=case.state, start_timers=(builders.timer(case, "crashed_try"),))
        with postgres_store.unit_of_work() as uow:
            start.wait()
            counted = uow.cases.count_try(change, limit=3)
            uow.commit()
            return counted

    counted = in_threads(CROWD, attempt)

    assert sorted(number for number in counted if number) == [1, 2, 3]
    with postgres_store.unit_of_work() as uow:
        loaded, detail = uow.cases.activation(case.id, now=START)
        assert detail.attempts_used == 3
        assert loaded.version == 3
        assert [event.sequence for event in uow.cases.history(case.id)] == [1, 2, 3]


def test_a_try_is_not_counted_when_the_case_moves_on_meanwhile(postgres_store: SqlStore) -> None:
    for _ in range(5):
        _try_against_move(postgres_store)


def _try_against_move(store: SqlStore) -> None:
    start = Barrier(2)
    with store.unit_of_work() as uow:
        case = opened(uow, "activation")
        uow.commit()

    def act(number: int) -> object:
        with store.unit_of_work() as uow:
            uow.cases.refs_like(case.ref)
            start.wait()
            if number == 0:
                done: object = uow.cases.apply(builders.change(case, to="cancelled"))
            else:
                done = uow.cases.count_try(builders.change(case, to=case.state), limit=3)
            uow.commit()
            return done

    moved, counted = in_threads(2, act)

    with store.unit_of_work() as uow:
        loaded, detail = uow.cases.activation(case.id, now=START)
        events = [event.sequence for event in uow.cases.history(case.id)]
    assert (moved, counted) in {(True, None), (False, 1)}
    assert detail.attempts_used == (counted or 0)
    assert loaded.version == 1
    assert events == [1]


def test_workers_that_claim_at_once_never_get_the_same_row(postgres_store: SqlStore) -> None:
    start = Barrier(CROWD)
    with postgres_store.unit_of_work() as uow:
        for _ in range(CROWD * 3):
            owed(uow)
        uow.commit()

    def claim(_: int) -> list[Delivery]:
        with postgres_store.unit_of_work() as uow:
            start.wait()
            rows = uow.outbox.claim(ALL_CHANNELS, now=START, lease_until=START + LEASE, limit=5)
            uow.commit()
            return rows

    claimed = [row.message.id for rows in in_threads(CROWD, claim) for row in rows]

    assert len(claimed) == len(set(claimed)) == CROWD * 3


def test_a_sweep_passes_over_a_case_that_another_one_holds(postgres_store: SqlStore) -> None:
    with postgres_store.unit_of_work() as uow:
        cases = [opened(uow, "activation") for _ in range(4)]
        for case in cases:
            assert uow.cases.apply(builders.change(case, start_timers=(builders.timer(case, days=1),)))
        uow.commit()
    now = START + timedelta(days=2)

    with postgres_store.unit_of_work() as one, postgres_store.unit_of_work() as other:
        first = one.timers.due(now=now, limit=2)
        second = other.timers.due(now=now, limit=10)

    assert {timer.case_id for timer in first} | {timer.case_id for timer in second} == {case.id for case in cases}
    assert len(first) == len(second) == 2
