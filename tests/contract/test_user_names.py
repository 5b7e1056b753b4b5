"""User names in the blind index: one owner each, also when two take one at the same moment (B2-11)."""

from __future__ import annotations

import pytest

from tests import builders
from tests.contract.steps import in_threads, moved, opened
from tests.support.world import Store
from workflow.effects import Erasure
from workflow.errors import ConcurrentChange
from workflow.ports import UnitOfWork

pytestmark = pytest.mark.fact("B2-11")
NAME = "zoe.dubois"


def test_a_user_name_that_another_has_is_refused(uow: UnitOfWork) -> None:
    first, second = opened(uow, "activation"), opened(uow, "activation")
    uow.people.index(first.id, "username", (NAME,))

    with pytest.raises(ConcurrentChange):
        uow.people.index(second.id, "username", (NAME,))


def test_a_user_name_can_be_taken_again_by_its_owner_and_changed(uow: UnitOfWork) -> None:
    first, second = opened(uow, "activation"), opened(uow, "activation")
    uow.people.index(first.id, "username", (NAME,))
    uow.people.index(first.id, "username", (NAME,))

    uow.people.index(first.id, "username", ("zoe.d",))
    uow.people.index(second.id, "username", (NAME,))

    assert uow.people.find("username", (NAME,)) == [second.id]
    assert uow.people.find("username", ("zoe.d",)) == [first.id]


@pytest.mark.parametrize("name", ["insz", "document", "phonetic"])
def test_of_other_indexes_several_cases_may_carry_one_value(uow: UnitOfWork, name: str) -> None:
    first, second = opened(uow, "activation"), opened(uow, "activation")

    uow.people.index(first.id, name, ("same",))
    uow.people.index(second.id, name, ("same",))

    assert set(uow.people.find(name, ("same",))) == {first.id, second.id}


def test_of_many_who_take_one_name_at_once_one_gets_it(store: Store) -> None:
    with store.unit_of_work() as uow:
        cases = [opened(uow, "activation") for _ in range(6)]
        uow.commit()

    def take(number: int) -> bool:
        try:
            with store.unit_of_work() as uow:
                uow.people.index(cases[number].id, "username", (NAME,))
                uow.commit()
        except ConcurrentChange:
            return False
        return True

    got_it = in_threads(6, take)

    assert sum(got_it) == 1
    with store.unit_of_work() as uow:
        assert uow.people.find("username", (NAME,)) == [cases[got_it.index(True)].id]


def test_a_name_is_free_again_once_its_person_is_erased(store: Store) -> None:
    with store.unit_of_work() as uow:
        first, second = opened(uow, "activation"), opened(uow, "activation")
        uow.people.put(first.id, {"holder.username": f'"{NAME}"'})
        uow.people.index(first.id, "username", (NAME,))
        moved(uow, first, erase=frozenset({Erasure.PERSON}))
        uow.commit()

    with store.unit_of_work() as uow:
        uow.people.index(second.id, "username", (NAME,))

        assert uow.people.find("username", (NAME,)) == [second.id]


@pytest.mark.fact("B2-16")
def test_a_name_is_free_again_once_its_activation_has_ended_though_its_person_is_still_known(uow: UnitOfWork) -> None:
    first, second = opened(uow, "activation"), opened(uow, "activation")
    uow.people.put(first.id, {"holder.username": f'"{NAME}"'})
    uow.people.index(first.id, "username", (NAME,))
    uow.people.index(first.id, "insz", ("85071500125",))

    moved(uow, first, release_contacts=True)

    assert uow.people.find("username", (NAME,)) == []
    uow.people.index(second.id, "username", (NAME,))
    assert uow.people.find("username", (NAME,)) == [second.id]
    assert uow.people.get(first.id) == {"holder.username": f'"{NAME}"'}
    assert uow.people.find("insz", ("85071500125",)) == [first.id]


def test_the_end_of_one_activation_frees_no_name_of_another_and_a_move_that_is_no_end_frees_none(
    uow: UnitOfWork,
) -> None:
    first, second = opened(uow, "activation"), opened(uow, "activation")
    uow.people.index(first.id, "username", (NAME,))
    uow.people.index(second.id, "username", ("marta.nowak",))

    moved(uow, first)
    moved(uow, second, release_contacts=True)

    assert uow.people.find("username", (NAME,)) == [first.id]


def test_a_lost_race_to_end_an_activation_frees_no_name(uow: UnitOfWork) -> None:
    case = opened(uow, "activation")
    uow.people.index(case.id, "username", (NAME,))
    moved(uow, case)

    assert not uow.cases.apply(builders.change(case, release_contacts=True))

    assert uow.people.find("username", (NAME,)) == [case.id]
