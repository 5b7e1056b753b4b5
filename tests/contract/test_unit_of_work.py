"""The port `UnitOfWork`: one transaction after another, all of each or nothing (I1)."""

from __future__ import annotations

import pytest

from tests import builders
from tests.builders import START
from tests.contract.steps import EMAIL, claimed, later, moved, opened
from tests.support.world import Store
from workflow.effects import Erasure
from workflow.errors import NotFound
from workflow.model import Case, KeyState, Slot
from workflow.outbox import DeliveryState, Settlement
from workflow.ports import UnitOfWork
from workflow.ports_entry import Link, LinkPurpose, Session, Stage


def everything_of(uow: UnitOfWork, case: Case) -> dict[str, object]:
    """All that the store tells of one case."""
    return {
        "case": uow.cases.activation(case.id, now=later(days=99)),
        "history": uow.cases.history(case.id),
        "timers": uow.timers.armed(case.id),
        "queue": uow.outbox.of_case(case.id),
        "values": uow.people.get(case.id),
        "papers": [uow.people.attachment(case.id, slot) for slot in Slot],
        "found": uow.people.find("insz", ("85471500213", "85471500411")),
        "by_name": uow.people.find("phonetic", ("TBS|1985",)),
        "contacts": uow.contacts.taken((EMAIL,), person_key="somebody else"),
        "keys": uow.keys.of(case.id),
        "link": uow.links.find((b"l" * 32,)),
        "session": uow.sessions.get(b"s" * 32),
    }


def full(uow: UnitOfWork) -> Case:
    """A case with something in every corner of the store."""
    case = opened(uow, "activation", detail={"link_digest": b"l" * 32})
    case = moved(
        uow, case, to="issuing", messages=(builders.message(case),), start_timers=(builders.timer(case, "a", days=1),)
    )
    uow.links.add(Link(b"l" * 32, case.id, LinkPurpose.ACTIVATION, START))
    uow.sessions.put(Session(b"s" * 32, case.id, Stage.SETTING_UP, START, START, later(hours=4)))
    uow.people.put(case.id, {"holder.given_name": '"Zoë"'})
    uow.people.attach(case.id, builders.papers()[0])
    uow.people.index(case.id, "insz", ("85471500213",))
    uow.people.index(case.id, "phonetic", ("TBS|1985",))
    uow.contacts.reserve(case.id, (EMAIL,), person_key="zoe")
    uow.keys.put(builders.key(case))
    uow.directory.put_user(builders.anna())
    uow.directory.put_entity(builders.entity())
    uow.marks.raise_to(START)
    return case


def change_everything(uow: UnitOfWork, case: Case) -> None:
    """Touch every corner of the store for this case."""
    row = claimed(uow)[0]
    uow.outbox.begin(row, now=START, lease_until=later(minutes=5))
    uow.outbox.settle(row, Settlement(DeliveryState.ACCEPTED), now=START)
    uow.people.put(case.id, {"holder.given_name": '"Zoé"', "holder.sex": '"F"'})
    uow.people.attach(case.id, builders.papers()[1])
    uow.people.index(case.id, "insz", ("85471500411",))
    key = uow.keys.of(case.id)[0]
    uow.keys.use_step(key.id, step=7)
    uow.keys.put(builders.key(case, state=KeyState.PENDING))
    moved(
        uow,
        case,
        to="purged",
        detail={"link_digest": b"n" * 32, "renewals": 1},
        cancel_timers=(),
        cancel_messages=(),
        start_timers=(builders.timer(case, "b", days=2),),
        messages=(builders.message(case),),
        erase=frozenset(Erasure),
        release_contacts=True,
    )
    uow.directory.put_user(builders.anna(name="Changed"))
    uow.directory.put_user(builders.bart())
    uow.directory.put_entity(builders.entity(builders.OTHER_ENTITY))
    uow.marks.raise_to(later(days=5))


def test_what_was_committed_is_there_for_the_next_unit(store: Store) -> None:
    with store.unit_of_work() as uow:
        case = full(uow)
        before = everything_of(uow, case)
        uow.commit()

    with store.unit_of_work() as uow:
        assert everything_of(uow, case) == before
        assert uow.directory.by_id(builders.anna().id) == builders.anna()
        assert uow.marks.high_water() == START


def test_leaving_the_block_without_a_commit_undoes_everything(store: Store) -> None:
    with store.unit_of_work() as uow:
        case = full(uow)
        before = everything_of(uow, case)
        uow.commit()

    with store.unit_of_work() as uow:
        change_everything(uow, case)

    with store.unit_of_work() as uow:
        assert everything_of(uow, case) == before
        assert uow.directory.by_id(builders.anna().id) == builders.anna()
        assert uow.marks.high_water() == START
        with pytest.raises(NotFound):
            uow.directory.by_id(builders.bart().id)
        with pytest.raises(NotFound):
            uow.directory.entity(builders.OTHER_ENTITY)


def test_an_error_in_the_block_undoes_everything_and_is_not_swallowed(store: Store) -> None:
    with store.unit_of_work() as uow:
        case = full(uow)
        before = everything_of(uow, case)
        uow.commit()

    def fail() -> None:
        with store.unit_of_work() as uow:
            change_everything(uow, case)
            raise LookupError("halfway")

    with pytest.raises(LookupError, match="halfway"):
        fail()

    with store.unit_of_work() as uow:
        assert everything_of(uow, case) == before


def test_a_case_that_was_rolled_back_was_never_there(store: Store) -> None:
    with store.unit_of_work() as uow:
        case = full(uow)
        uow.rollback()

        with pytest.raises(NotFound):
            uow.cases.activation(case.id, now=START)
        assert not uow.cases.refs_like(case.ref)
        assert claimed(uow) == []
        assert uow.timers.count_due(now=later(days=9)) == 0


def test_a_unit_goes_on_with_a_new_transaction_after_a_commit(store: Store) -> None:
    with store.unit_of_work() as uow:
        kept = opened(uow)
        uow.commit()
        lost = opened(uow)

    with store.unit_of_work() as uow:
        assert uow.cases.request(kept.id, now=START)[0] == kept
        with pytest.raises(NotFound):
            uow.cases.request(lost.id, now=START)


def test_a_unit_goes_on_with_a_new_transaction_after_a_rollback(store: Store) -> None:
    with store.unit_of_work() as uow:
        opened(uow)
        uow.rollback()
        kept = opened(uow)
        uow.commit()

    with store.unit_of_work() as uow:
        assert [case.id for case, _ in uow.cases.listed("registration", now=START)] == [kept.id]


def test_a_unit_sees_what_it_has_written_itself(uow: UnitOfWork) -> None:
    case = opened(uow)
    moved(uow, case, to="draft")

    assert uow.cases.request(case.id, now=START)[0].state == "draft"


def test_committing_or_rolling_back_nothing_does_no_harm(uow: UnitOfWork) -> None:
    uow.commit()
    uow.rollback()
    uow.commit()

    case = opened(uow)
    uow.commit()
    uow.rollback()

    assert uow.cases.request(case.id, now=START)[0] == case


def test_between_a_commit_and_the_next_use_another_unit_can_work(store: Store) -> None:
    with store.unit_of_work() as slow:
        case = opened(slow, "activation")
        slow.commit()
        with store.unit_of_work() as quick:
            moved(quick, case, to="issuing")
            quick.commit()

        assert slow.cases.activation(case.id, now=START)[0].state == "issuing"


def test_a_change_planned_on_an_old_version_loses_in_another_unit(store: Store) -> None:
    with store.unit_of_work() as uow:
        case = opened(uow)
        uow.commit()
    with store.unit_of_work() as uow:
        moved(uow, case, to="taken")
        uow.commit()

    with store.unit_of_work() as uow:
        won = uow.cases.apply(builders.change(case, to="withdrawn"))
        uow.commit()

        assert won is False
        assert uow.cases.request(case.id, now=START)[0].state == "taken"
