"""The port `Keys`: digital keys and the steps of their one-time codes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import builders
from tests.contract.steps import in_threads, later, opened
from tests.support.world import Store
from workflow.model import KeyKind, KeyState
from workflow.ports import UnitOfWork


def test_a_key_comes_back_as_it_was_written_with_its_secret(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    key = builders.key(case, last_step=58_000_000)

    uow.keys.put(key)

    assert uow.keys.of(case.id) == [key]


def test_a_key_may_lack_secret_and_instants(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    waiting = builders.key(
        case, kind=KeyKind.SMS, state=KeyState.PENDING, confirmed_at=None, expires_at=None, secret=None
    )

    uow.keys.put(waiting)

    assert uow.keys.of(case.id) == [waiting]


def test_keys_of_one_case_come_oldest_first_and_none_of_another(uow: UnitOfWork) -> None:
    case, other = opened(uow, "activation"), opened(uow, "activation")
    younger, older = builders.key(case, created_at=later(days=1)), builders.key(case)
    for key in (younger, older, builders.key(other)):
        uow.keys.put(key)

    assert uow.keys.of(case.id) == [older, younger]


def test_putting_a_key_again_replaces_it(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    key = builders.key(case)
    uow.keys.put(key)
    removed = replace(key, state=KeyState.REMOVED, secret=None)

    uow.keys.put(removed)

    assert uow.keys.of(case.id) == [removed]


@pytest.mark.fact("B2-12")
def test_a_time_step_is_used_once(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    key = builders.key(case)
    uow.keys.put(key)

    first, again = uow.keys.use_step(key.id, step=100), uow.keys.use_step(key.id, step=100)

    assert (first, again) == (True, False)
    assert uow.keys.of(case.id)[0].last_step == 100


@pytest.mark.fact("B2-12")
def test_a_time_step_before_the_last_one_is_used_up_as_well(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    key = builders.key(case)
    uow.keys.put(key)
    uow.keys.use_step(key.id, step=100)

    assert uow.keys.use_step(key.id, step=99) is False
    assert uow.keys.use_step(key.id, step=101) is True


def test_the_steps_of_one_key_are_not_those_of_another(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    one, other = builders.key(case), builders.key(case)
    uow.keys.put(one)
    uow.keys.put(other)

    assert uow.keys.use_step(one.id, step=100) is True
    assert uow.keys.use_step(other.id, step=100) is True


def test_a_key_that_does_not_exist_has_no_steps(uow: UnitOfWork) -> None:
    assert uow.keys.use_step(builders.uuid(), step=1) is False


@pytest.mark.fact("B2-12")
def test_of_many_who_show_one_code_at_once_one_gets_in(store: Store) -> None:
    with store.unit_of_work() as uow:
        key = builders.key(opened(uow, "activation"))
        uow.keys.put(key)
        uow.commit()

    def use(_: int) -> bool:
        with store.unit_of_work() as uow:
            did = uow.keys.use_step(key.id, step=100)
            uow.commit()
            return did

    assert in_threads(6, use).count(True) == 1
