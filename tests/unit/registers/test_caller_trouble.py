"""Calling the register when workers die, answers come too late, races are lost and the register breaks down (B1-20, I5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from registers.caller import BACKOFF, call_due
from tests import builders
from tests.fakes import ScriptedRegister
from tests.support.world import World
from workflow.codes import Minted
from workflow.errors import ConcurrentChange, GuardRefused
from workflow.identity_register import Candidate, Created, Found, RegisterAnswer, RegisterPerson
from workflow.outbox import Channel, DeliveryState, MessageKind, QueuedMessage
from workflow.ports import UnitOfWork

M, S = MessageKind, DeliveryState
ZOES_NUMBER = "85471500213"
SOMEBODY = Candidate("85471500411", "Zoé", "Duboys", "1985-07-15", "F")


def world(*, searches: tuple[RegisterAnswer, ...] = (), creations: tuple[RegisterAnswer, ...] = ()) -> World:
    return World(register=ScriptedRegister(searches=searches, creations=creations))


def asked(told: World) -> ScriptedRegister:
    assert isinstance(told.asked, ScriptedRegister)
    return told.asked


def begun(told: World, kind: MessageKind) -> None:
    """A worker that took the row, recorded the attempt and died."""
    with told.store.unit_of_work() as uow:
        lease = told.now + timedelta(minutes=1)
        (row,) = uow.outbox.claim(frozenset({Channel.REGISTER}), now=told.now, lease_until=lease, limit=1)
        assert row.message.kind is kind
        assert uow.outbox.begin(row, now=told.now, lease_until=lease)
        uow.commit()
    told.wait(minutes=1)
    with told.store.unit_of_work() as uow:
        assert uow.outbox.rescue(now=told.now) == 1
        uow.commit()


@pytest.mark.fact("B1-20", "R8")
def test_a_creation_whose_worker_died_is_never_made_blindly_again() -> None:
    told = world(searches=(Found(), Found((replace(SOMEBODY, insz=ZOES_NUMBER),))))
    ref = told.approved()
    call_due(told.store.unit_of_work, told.asked, now=told.now, answered=told.answered, mint=told.mint, limit=1)
    begun(told, M.CREATE)

    told.ask_register()

    assert asked(told).created == []
    assert told.state(ref) == "match_review"
    assert told.request(ref).creation_unknown is True


def test_a_search_whose_worker_died_is_made_again() -> None:
    told = world(searches=(Found((SOMEBODY,)),))
    ref = told.approved()
    begun(told, M.SEARCH)

    told.ask_register()

    assert len(asked(told).searched) == 1
    assert told.state(ref) == "match_review"


def test_an_answer_that_comes_after_the_row_was_given_to_another_worker_changes_nothing() -> None:
    class Slow(ScriptedRegister):
        """Answers only after its lease has lapsed and somebody else has taken the row."""

        def search(self, person: RegisterPerson) -> RegisterAnswer:
            answer = super().search(person)
            if len(self.searched) == 1:
                told.wait(minutes=2)
                with told.store.unit_of_work() as uow:
                    uow.outbox.rescue(now=told.now)
                    uow.commit()
                told.ask_register()
            return answer

    told = World(register=Slow(searches=(Found((SOMEBODY,)), Found()), creations=(Created(ZOES_NUMBER),)))

    ref = told.registered()

    assert told.state(ref) == "completed"
    assert "request.search_needs_review" not in told.events(ref)


def test_a_call_that_is_no_longer_wanted_is_not_made() -> None:
    told = world()
    ref = told.approved()

    done = call_due(
        told.store.unit_of_work, told.asked, now=told.now, answered=told.answered, mint=told.mint,
        question=lambda uow, message, now: None,
    )  # fmt: skip

    assert done == 1
    assert asked(told).searched == []
    assert [row.state for row in told.queue(ref, M.SEARCH)] == [S.CANCELLED]


def test_an_answer_that_loses_a_race_is_brought_home_again() -> None:
    told = world(searches=(Found((SOMEBODY,)),))
    ref = told.approved()
    answered = losing(told.answered, times=3)

    call_due(told.store.unit_of_work, told.asked, now=told.now, answered=answered, mint=told.mint)

    assert told.state(ref) == "match_review"
    assert len(asked(told).searched) == 1
    assert [row.state for row in told.queue(ref, M.SEARCH)] == [S.DELIVERED]


def test_an_answer_that_loses_every_race_is_left_for_the_rescue() -> None:
    told = world(searches=(Found((SOMEBODY,)),))
    ref = told.approved()

    with pytest.raises(ConcurrentChange):
        call_due(
            told.store.unit_of_work, told.asked, now=told.now, answered=losing(told.answered, times=99), mint=told.mint
        )

    assert [row.state for row in told.queue(ref, M.SEARCH)] == [S.SENDING]
    assert told.state(ref) == "approved"


def test_a_search_that_breaks_down_is_made_again_later_and_stops_no_other_call() -> None:
    broken = RuntimeError("Dubois Zoë could not be parsed")
    told = World(register=ScriptedRegister(searches=(broken, Found((SOMEBODY,)), Found((SOMEBODY,)))))
    first, second = told.approved(), told.approved(builders.SECOND_PERSON)

    told.ask_register()
    early = told.state(first), told.state(second)
    told.clock.advance(BACKOFF[0])
    told.ask_register()

    assert early == ("approved", "match_review")
    assert told.state(first) == "match_review"
    assert "Dubois" not in repr([told.queue(first), told.history(first)])


@pytest.mark.fact("B1-20")
def test_a_creation_that_breaks_down_may_have_happened_and_is_searched_first() -> None:
    broken = RuntimeError("Dubois Zoë could not be parsed")
    told = World(register=ScriptedRegister(creations=(broken, Created(ZOES_NUMBER))))

    ref = told.registered()

    assert told.state(ref) == "completed"
    assert "request.register_outcome_unknown" in told.events(ref)
    assert len(asked(told).searched) == 2
    assert "Dubois" not in repr([told.queue(ref), told.history(ref)])


def test_an_answer_that_the_case_does_not_take_is_parked_in_sight_and_stops_no_other_call() -> None:
    told = world(searches=(Found((SOMEBODY,)), Found((SOMEBODY,))))
    first, second = told.approved(), told.approved(builders.SECOND_PERSON)
    refusals = iter([GuardRefused("some_guard", "Not like this.")])

    def refuse_first(
        uow: UnitOfWork, message: QueuedMessage, answer: RegisterAnswer, now: datetime, minted: Minted
    ) -> None:
        told.answered(uow, message, answer, now, minted)
        for refused in refusals:
            raise refused

    done = call_due(told.store.unit_of_work, told.asked, now=told.now, answered=refuse_first, mint=told.mint)

    assert done == 2
    assert [(row.state, row.error) for row in told.queue(first, M.SEARCH)] == [(S.PARKED, "guard_refused")]
    assert (told.state(first), told.state(second)) == ("approved", "match_review")


def losing(answered: Callable[..., None], *, times: int) -> Callable[..., None]:
    """Loses so many races before it does its work."""
    lost = iter(range(times))

    def lose_first(
        uow: UnitOfWork, message: QueuedMessage, answer: RegisterAnswer, now: object, minted: Minted
    ) -> None:
        if next(lost, None) is not None:
            uow.rollback()
            raise ConcurrentChange("BR-2026-00042-7Q")
        answered(uow, message, answer, now, minted)

    return lose_first
