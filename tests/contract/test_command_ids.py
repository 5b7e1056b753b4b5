"""The numbers of commands: a try and what it came to each carry one, and each is written once (I1, A12)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import builders
from tests.contract.steps import activation_of, in_threads, moved, opened, try_of
from tests.support.world import Store
from workflow.errors import ConcurrentChange
from workflow.model import Case
from workflow.ports import Change, UnitOfWork

pytestmark = pytest.mark.fact("B3b-max_attempts")
TRY, OUTCOME = builders.uuid(), builders.uuid()


def waiting(uow: UnitOfWork) -> Case:
    return moved(uow, opened(uow, "activation"), to="awaiting_code")


def numbered(change: Change, number: object) -> Change:
    """The change as the command with this number makes it."""
    return replace(change, event=replace(change.event, command_id=number))


def test_a_try_keeps_the_number_of_its_command(uow: UnitOfWork) -> None:
    case = waiting(uow)

    assert uow.cases.count_try(numbered(try_of(case), TRY), limit=3) == 1

    assert [event.command_id for event in uow.cases.history(case.id)] == [None, TRY]


def test_one_command_counts_one_try(uow: UnitOfWork) -> None:
    case = waiting(uow)
    uow.cases.count_try(numbered(try_of(case), TRY), limit=3)
    uow.commit()

    with pytest.raises(ConcurrentChange):
        uow.cases.count_try(numbered(try_of(case), TRY), limit=3)
    uow.rollback()

    assert activation_of(uow, case).attempts_used == 1
    assert len(uow.cases.history(case.id)) == 2


def test_a_try_and_its_outcome_have_numbers_of_their_own(uow: UnitOfWork) -> None:
    case = waiting(uow)
    uow.cases.count_try(numbered(try_of(case), TRY), limit=3)
    found, _ = uow.cases.activation(case.id, now=builders.START)

    moved(uow, found, to="awaiting_code", event=_judged(found))

    assert [event.command_id for event in uow.cases.history(case.id)] == [None, TRY, OUTCOME]


def test_an_outcome_is_written_once(uow: UnitOfWork) -> None:
    case = waiting(uow)
    moved(uow, case, to="awaiting_code", event=_judged(case))
    uow.commit()
    again, _ = uow.cases.activation(case.id, now=builders.START)

    with pytest.raises(ConcurrentChange):
        uow.cases.apply(builders.change(again, to="awaiting_code", event=_judged(again)))


def test_a_crowd_that_sends_one_form_counts_one_try(store: Store) -> None:
    with store.unit_of_work() as uow:
        case = waiting(uow)
        uow.commit()

    def send(_: int) -> bool:
        try:
            with store.unit_of_work() as uow:
                counted = uow.cases.count_try(numbered(try_of(case), TRY), limit=3) is not None
                uow.commit()
        except ConcurrentChange:
            return False
        return counted

    counted = in_threads(6, send)

    assert sum(counted) == 1
    with store.unit_of_work() as uow:
        assert activation_of(uow, case).attempts_used == 1


def _judged(case: Case) -> object:
    return replace(builders.event(case, to="awaiting_code"), command_id=OUTCOME)
