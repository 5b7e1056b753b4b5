"""The port `Links`: every link that was sent, found by its digest, gone with its person."""

from __future__ import annotations

import pytest

from tests.contract.steps import later, moved, opened
from tests.support.world import Store
from workflow.effects import Erasure
from workflow.errors import ConcurrentChange
from workflow.model import Case
from workflow.ports import UnitOfWork
from workflow.ports_entry import Link, LinkPurpose

P = LinkPurpose
FIRST, SECOND, UNSENT = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32


def link(case: Case, digest: bytes = FIRST, purpose: P = P.ACTIVATION, **at: float) -> Link:
    """A link of a case, sent so long after START."""
    return Link(digest, case.id, purpose, later(**at))


def person(uow: UnitOfWork) -> Case:
    """An activation whose person is known."""
    case = opened(uow, "activation")
    uow.people.put(case.id, {"holder.family_name": '"Dubois"'})
    return case


def test_a_link_comes_back_as_it_was_kept_whatever_it_is_for(uow: UnitOfWork) -> None:
    case = person(uow)
    kept = [link(case, bytes([number]) * 32, purpose, minutes=number) for number, purpose in enumerate(P)]

    for one in kept:
        uow.links.add(one)

    assert [uow.links.find((one.digest,)) for one in kept] == kept


def test_a_link_is_found_by_any_of_several_digests_and_nothing_is_found_by_none(uow: UnitOfWork) -> None:
    sent = link(person(uow))
    uow.links.add(sent)

    assert uow.links.find((UNSENT, FIRST)) == sent
    assert uow.links.find((UNSENT,)) is None
    assert uow.links.find(()) is None


def test_an_older_link_is_still_known_when_a_newer_one_was_sent(uow: UnitOfWork) -> None:
    case = person(uow)
    older, newer = link(case), link(case, SECOND, days=3)

    uow.links.add(older)
    uow.links.add(newer)

    assert uow.links.find((FIRST,)) == older
    assert uow.links.newest(case.id, P.ACTIVATION) == newer


def test_the_newest_is_the_one_that_was_sent_last_of_that_purpose_and_case(uow: UnitOfWork) -> None:
    case, other = person(uow), person(uow)
    uow.links.add(link(case, SECOND, days=2))
    uow.links.add(link(case, FIRST, days=1))
    uow.links.add(link(case, b"\x04" * 32, P.RESUME, days=3))
    uow.links.add(link(other, b"\x05" * 32, days=4))

    newest = uow.links.newest(case.id, P.ACTIVATION)

    assert newest is not None
    assert newest.digest == SECOND
    assert uow.links.newest(case.id, P.NOT_ME) is None
    assert uow.links.newest(other.id, P.RESUME) is None


def test_two_links_of_one_instant_have_an_order(uow: UnitOfWork) -> None:
    case = person(uow)
    uow.links.add(link(case, SECOND))
    uow.links.add(link(case, FIRST))

    assert uow.links.newest(case.id, P.ACTIVATION) == link(case, FIRST)


def test_one_digest_is_one_link_for_ever(uow: UnitOfWork) -> None:
    case, other = person(uow), person(uow)
    uow.links.add(link(case))

    with pytest.raises(ConcurrentChange):
        uow.links.add(link(other))


@pytest.mark.fact("B1-23")
def test_the_links_of_a_person_go_with_the_person_and_nobody_elses(store: Store) -> None:
    with store.unit_of_work() as uow:
        case, other = person(uow), person(uow)
        uow.links.add(link(case))
        uow.links.add(link(case, UNSENT, P.NOT_ME))
        uow.links.add(link(other, SECOND))
        uow.commit()

    with store.unit_of_work() as uow:
        moved(uow, case, erase=frozenset({Erasure.PERSON}))
        uow.commit()

    with store.unit_of_work() as uow:
        assert uow.links.find((FIRST, UNSENT)) is None
        assert uow.links.newest(case.id, P.ACTIVATION) is None
        assert uow.links.find((SECOND,)) == link(other, SECOND)


def test_a_link_of_a_transaction_that_is_rolled_back_was_never_sent(uow: UnitOfWork) -> None:
    case = person(uow)
    uow.commit()
    uow.links.add(link(case))

    uow.rollback()

    assert uow.links.find((FIRST,)) is None
