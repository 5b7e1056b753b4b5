"""The port `Contacts`: one person, however many of their cases, holds an address or number (AM3-2, B4)."""

from __future__ import annotations

import pytest

from tests import builders
from tests.contract.steps import in_threads, moved, opened
from tests.support.world import Store
from workflow.effects import Erasure
from workflow.model import ContactClaim
from workflow.ports import UnitOfWork

pytestmark = pytest.mark.fact("AM3-2")
EMAIL = ContactClaim("contact.email", "zoe.dubois@example.org")
MOBILE = ContactClaim("contact.mobile", "+33612345678")
ZOE, LUKAS = "DUBOIS|ZOE|1985-07-15", "HOHENWARTER|LUKAS|1979-02-03"


def test_what_nobody_holds_is_free(uow: UnitOfWork) -> None:
    assert uow.contacts.taken((EMAIL, MOBILE), person_key=ZOE) == ()
    assert uow.contacts.taken((), person_key=ZOE) == ()


def test_what_is_held_is_taken_for_another_person_by_the_name_of_the_field(uow: UnitOfWork) -> None:
    case = opened(uow)

    assert uow.contacts.reserve(case.id, (EMAIL,), person_key=ZOE) == ()

    assert uow.contacts.taken((EMAIL, MOBILE), person_key=LUKAS) == ("contact.email",)


def test_a_person_may_use_their_own_again_in_another_case(uow: UnitOfWork) -> None:
    older, newer = opened(uow), opened(uow)
    uow.contacts.reserve(older.id, (EMAIL, MOBILE), person_key=ZOE)

    assert uow.contacts.taken((EMAIL, MOBILE), person_key=ZOE) == ()
    assert uow.contacts.reserve(newer.id, (EMAIL, MOBILE), person_key=ZOE) == ()


def test_another_person_is_refused_and_then_nothing_of_theirs_is_held(uow: UnitOfWork) -> None:
    zoe, lukas = opened(uow), opened(uow)
    free = ContactClaim("contact.mobile", "+436641234567")
    uow.contacts.reserve(zoe.id, (EMAIL,), person_key=ZOE)

    taken = uow.contacts.reserve(lukas.id, (EMAIL, free), person_key=LUKAS)

    assert taken == ("contact.email",)
    assert uow.contacts.taken((free,), person_key=ZOE) == ()


def test_a_refusal_leaves_what_the_case_held_before(uow: UnitOfWork) -> None:
    zoe, lukas = opened(uow), opened(uow)
    own = ContactClaim("contact.email", "lukas@example.org")
    uow.contacts.reserve(zoe.id, (EMAIL,), person_key=ZOE)
    uow.contacts.reserve(lukas.id, (own,), person_key=LUKAS)

    assert uow.contacts.reserve(lukas.id, (EMAIL,), person_key=LUKAS) == ("contact.email",)

    assert uow.contacts.taken((own,), person_key=ZOE) == ("contact.email",)


def test_reserving_again_replaces_what_the_case_held(uow: UnitOfWork) -> None:
    case = opened(uow)
    corrected = ContactClaim("contact.email", "zoe@example.org")
    uow.contacts.reserve(case.id, (EMAIL, MOBILE), person_key=ZOE)

    uow.contacts.reserve(case.id, (corrected,), person_key=ZOE)

    assert uow.contacts.taken((EMAIL, MOBILE, corrected), person_key=LUKAS) == ("contact.email",)
    assert uow.contacts.taken((EMAIL, MOBILE), person_key=LUKAS) == ()


def test_a_case_whose_persons_name_was_corrected_keeps_its_own_address(uow: UnitOfWork) -> None:
    case = opened(uow)
    uow.contacts.reserve(case.id, (EMAIL,), person_key="DUBOS|ZOE|1985-07-15")

    assert uow.contacts.reserve(case.id, (EMAIL,), person_key=ZOE) == ()

    assert uow.contacts.taken((EMAIL,), person_key="DUBOS|ZOE|1985-07-15") == ("contact.email",)


def test_what_two_cases_of_one_person_hold_is_free_only_once_both_released_it(uow: UnitOfWork) -> None:
    request, activation = opened(uow), opened(uow, "activation")
    for case in (request, activation):
        uow.contacts.reserve(case.id, (EMAIL,), person_key=ZOE)

    moved(uow, request, release_contacts=True)
    still = uow.contacts.taken((EMAIL,), person_key=LUKAS)
    moved(uow, activation, release_contacts=True)

    assert still == ("contact.email",)
    assert uow.contacts.taken((EMAIL,), person_key=LUKAS) == ()


def test_what_was_released_can_be_reserved_by_another_person(uow: UnitOfWork) -> None:
    zoe, lukas = opened(uow), opened(uow)
    uow.contacts.reserve(zoe.id, (EMAIL,), person_key=ZOE)
    moved(uow, zoe, release_contacts=True)

    assert uow.contacts.reserve(lukas.id, (EMAIL,), person_key=LUKAS) == ()

    assert uow.contacts.taken((EMAIL,), person_key=ZOE) == ("contact.email",)


def test_a_case_that_released_its_contacts_can_hold_them_again(uow: UnitOfWork) -> None:
    case = opened(uow)
    uow.contacts.reserve(case.id, (EMAIL,), person_key=ZOE)
    case = moved(uow, case, release_contacts=True)

    uow.contacts.reserve(case.id, (EMAIL,), person_key=ZOE)

    assert uow.contacts.taken((EMAIL,), person_key=LUKAS) == ("contact.email",)


def test_what_an_erased_person_held_is_free(uow: UnitOfWork) -> None:
    case = opened(uow)
    uow.contacts.reserve(case.id, (EMAIL, MOBILE), person_key=ZOE)

    moved(uow, case, erase=frozenset({Erasure.PERSON}))

    assert uow.contacts.taken((EMAIL, MOBILE), person_key=LUKAS) == ()


def test_the_same_text_in_two_fields_is_not_the_same_claim(uow: UnitOfWork) -> None:
    case = opened(uow)
    uow.contacts.reserve(case.id, (ContactClaim("contact.email", "x"),), person_key=ZOE)

    assert uow.contacts.taken((ContactClaim("contact.mobile", "x"),), person_key=LUKAS) == ()


def test_contacts_may_be_held_before_the_case_is_opened_in_the_same_transaction(uow: UnitOfWork) -> None:
    case = builders.case("activation")
    uow.contacts.reserve(case.id, (EMAIL,), person_key=ZOE)
    uow.cases.open(case, builders.activation_detail(case.id))
    uow.commit()

    assert uow.contacts.taken((EMAIL,), person_key=LUKAS) == ("contact.email",)


def test_of_many_persons_who_want_one_address_at_once_one_gets_it(store: Store) -> None:
    with store.unit_of_work() as uow:
        cases = [opened(uow) for _ in range(6)]
        uow.commit()

    def reserve(number: int) -> tuple[str, ...]:
        with store.unit_of_work() as uow:
            taken = uow.contacts.reserve(cases[number].id, (EMAIL, MOBILE), person_key=f"person {number}")
            uow.commit()
            return taken

    outcomes = in_threads(len(cases), reserve)

    assert outcomes.count(()) == 1
    assert outcomes.count(("contact.email", "contact.mobile")) == len(cases) - 1


def test_whoever_holds_a_contact_is_found_by_it_until_it_is_released(uow: UnitOfWork) -> None:
    first, second = opened(uow), opened(uow)
    for case in (first, second):
        assert uow.contacts.reserve(case.id, (EMAIL,), person_key="dubois") == ()

    assert uow.contacts.holders(EMAIL) == [first.id, second.id]
    moved(uow, first, release_contacts=True)
    assert uow.contacts.holders(EMAIL) == [second.id]
