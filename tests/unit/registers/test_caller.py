"""Calling the register: outside every transaction, once per key, and with patience (B1-12 to B1-20)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registers.caller import BACKOFF, call_due
from tests import builders
from tests.fakes import ScriptedRegister
from tests.support.world import World
from workflow import registrations, registrations_register
from workflow.identity_register import (
    ByHand,
    Candidate,
    Created,
    Down,
    Existing,
    Found,
    RegisterAnswer,
    RegisterPerson,
    RegisterRefused,
    TimedOut,
)
from workflow.lifecycles.registration import Trigger
from workflow.outbox import DeliveryState, MessageKind
from workflow.policy import DEFAULT

M, S = MessageKind, DeliveryState
ZOES_NUMBER = "85471500213"
SOMEBODY = Candidate("85471500411", "Zoé", "Duboys", "1985-07-15", "F")


def world(*, searches: tuple[RegisterAnswer, ...] = (), creations: tuple[RegisterAnswer, ...] = ()) -> World:
    return World(register=ScriptedRegister(searches=searches, creations=creations))


def asked(told: World) -> ScriptedRegister:
    assert isinstance(told.asked, ScriptedRegister)
    return told.asked


def id_of(told: World, ref: str) -> str:
    return str(told.case(ref).id)


# What is asked


@pytest.mark.fact("B1-11", "B1-12", "R8")
def test_the_register_is_searched_first_and_then_asked_to_create_under_the_id_of_the_request() -> None:
    told = world(creations=(Created(ZOES_NUMBER),))

    ref = told.registered()

    assert len(asked(told).searched) == 1
    assert [(key, distinct) for _, key, distinct in asked(told).created] == [(id_of(told, ref), False)]
    assert told.state(ref) == "completed"


@pytest.mark.fact("3.29")
def test_the_register_is_asked_about_the_person_as_filed() -> None:
    told = world(creations=(Created(ZOES_NUMBER),))

    told.registered()

    (person,) = asked(told).searched
    assert (person.family_name, person.given_names) == ("Dubois", ("Zoë", "Maria"))
    assert (person.birth_date, person.sex, person.birth_place) == ("1985-07-15", "F", "Lille")
    assert (person.residence_country, person.residence_city) == ("FR", "Lille")


@pytest.mark.fact("B1-15")
def test_a_person_confirmed_as_distinct_is_created_under_the_request_and_the_number_of_the_review() -> None:
    told = world(searches=(Found((SOMEBODY,)),), creations=(Existing((SOMEBODY,)), Created(ZOES_NUMBER)))
    ref = told.registered()
    reason = registrations.reason_for(Trigger.DIFFERENT_PERSON, "birth_date", None)

    for _ in range(2):
        assert told.state(ref) == "match_review"
        told.does(told.bart, registrations_register.different_person, ref, reason)
        told.ask_register()

    request = id_of(told, ref)
    assert [(key, distinct) for _, key, distinct in asked(told).created] == [
        (f"{request}/1", True),
        (f"{request}/2", True),
    ]
    assert told.state(ref) == "completed"


def test_no_transaction_is_open_while_the_register_is_asked() -> None:
    class Curious(ScriptedRegister):
        """Uses the store while it is asked; the memory store refuses that inside a transaction of this thread."""

        def search(self, person: RegisterPerson) -> RegisterAnswer:
            with told.store.unit_of_work() as uow:
                uow.cases.refs_like("BR-2026-00042-7Q")
            return super().search(person)

    told = World(register=Curious(creations=(Created(ZOES_NUMBER),)))

    ref = told.registered()

    assert told.state(ref) == "completed"


def test_calls_of_several_requests_are_made_one_after_the_other_and_counted() -> None:
    told = world(searches=(Found((SOMEBODY,)), Found((SOMEBODY,))))
    told.approved()
    told.approved(builders.SECOND_PERSON)

    done = told.ask_register()

    assert done == 2
    assert len(asked(told).searched) == 2
    assert told.ask_register() == 0


def test_no_more_calls_are_made_than_asked_for() -> None:
    told = world()
    told.approved()
    told.approved(builders.SECOND_PERSON)

    done = call_due(told.store.unit_of_work, told.asked, now=told.now, answered=told.answered, mint=told.mint, limit=1)

    assert done == 1
    assert len(asked(told).searched) == 1


# What an answer makes of its row


@pytest.mark.parametrize(
    ("answer", "state", "error"),
    [
        (Found(), S.DELIVERED, None),
        (Found((SOMEBODY,)), S.DELIVERED, None),
        (RegisterRefused("address_not_accepted", "text of the register"), S.FAILED, "address_not_accepted"),
        (Down("unreachable"), S.QUEUED, "unreachable"),
        (TimedOut(), S.QUEUED, "timeout"),
        (ByHand(), S.ACCEPTED, None),
    ],
)
def test_an_answer_to_a_search_settles_its_row(answer: RegisterAnswer, state: DeliveryState, error: str | None) -> None:
    told = world(searches=(answer,), creations=(Down("later"),))

    ref = told.registered()

    (row,) = told.queue(ref, M.SEARCH)
    assert (row.state, row.error) == (state, error)


@pytest.mark.fact("B1-18")
def test_persons_found_at_creation_time_go_to_review() -> None:
    told = world(creations=(Existing((SOMEBODY,)),))

    ref = told.registered()

    assert told.state(ref) == "match_review"
    assert [row.state for row in told.queue(ref, M.CREATE)] == [S.DELIVERED]


@pytest.mark.fact("B1-19b")
def test_a_refusal_brings_the_request_back_to_the_desk_and_its_text_stays_out_of_the_queue() -> None:
    told = world(creations=(RegisterRefused("address_not_accepted", "Rue de Paris is unknown"),))

    ref = told.registered()

    assert told.state(ref) == "in_review"
    (row,) = told.queue(ref, M.CREATE)
    assert (row.state, row.error) == (S.FAILED, "address_not_accepted")
    assert "Rue de Paris" not in repr(told.queue(ref))


def test_a_register_kept_by_hand_is_asked_once_and_waits_without_being_due() -> None:
    told = World(register=ScriptedRegister(searches=(ByHand(),), manual=True))

    ref = told.registered()
    told.wait(days=3)

    assert told.state(ref) == "approved"
    assert told.ask_register() == 0
    assert len(asked(told).searched) == 1


# Patience


@pytest.mark.fact("B1-19")
@pytest.mark.parametrize("trouble", [Down("unreachable"), TimedOut()])
def test_a_search_in_trouble_is_repeated_later_and_the_request_waits_where_it_is(trouble: RegisterAnswer) -> None:
    told = world(searches=(trouble, trouble), creations=(Created(ZOES_NUMBER),))
    ref = told.registered()

    states = [told.state(ref)]
    told.ask_register()
    told.clock.advance(BACKOFF[0])
    told.ask_register()
    states.append(told.state(ref))
    told.clock.advance(BACKOFF[1])
    told.ask_register()
    states.append(told.state(ref))

    assert states == ["approved", "approved", "completed"]
    assert len(asked(told).searched) == 3


@pytest.mark.fact("B1-19")
def test_after_the_last_retry_the_desk_is_told_and_nothing_is_asked_any_more() -> None:
    told = world(searches=(Down("unreachable"),) * 9)
    ref = told.registered()

    for _ in range(9):
        told.wait(hours=3)
        told.ask_register()

    assert len(asked(told).searched) == DEFAULT.register_retries
    assert [row.state for row in told.queue(ref, M.SEARCH)] == [S.FAILED]
    tasks = [row.message.params["problem"] for row in told.queue(ref, M.M10)]
    assert tasks == ["register_down"]


@pytest.mark.fact("B1-19")
def test_the_desk_can_let_it_be_asked_again_and_it_is_searched_first() -> None:
    told = world(creations=(Down("unreachable"),) * DEFAULT.register_retries + (Created(ZOES_NUMBER),))
    ref = told.registered()
    for _ in range(9):
        told.wait(hours=3)
        told.ask_register()
    assert told.state(ref) == "registering"

    told.does(told.bart, registrations.retry, ref)
    told.ask_register()

    assert told.state(ref) == "completed"
    assert len(asked(told).searched) == 2
    assert set(asked(told).keys_used) == {id_of(told, ref)}


@pytest.mark.fact("B1-20")
def test_a_creation_that_timed_out_is_searched_before_it_is_made_again_under_the_same_key() -> None:
    told = world(creations=(TimedOut(), Created(ZOES_NUMBER)))

    ref = told.registered()

    assert told.state(ref) == "completed"
    assert len(asked(told).searched) == 2
    assert asked(told).keys_used == [id_of(told, ref)] * 2


@pytest.mark.fact("B1-20", "B1-14")
def test_what_the_search_finds_after_a_timeout_is_left_to_a_person() -> None:
    told = world(searches=(Found(), Found((replace(SOMEBODY, insz=ZOES_NUMBER),))), creations=(TimedOut(),))
    ref = told.registered()
    assert told.state(ref) == "match_review"

    told.does(told.bart, registrations_register.same_person, ref, ZOES_NUMBER, told.mint())

    assert told.state(ref) == "completed"
    assert told.request(ref).number_origin == "created"
    assert len(asked(told).created) == 1
