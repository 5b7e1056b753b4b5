"""Whole stories, told by the use cases on every store: the same words, the same end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import SECOND_PERSON
from tests.support.world import Store, World
from workflow import access, activations, registrations
from workflow.activations_code import CodeAccepted, CodeMissed, TryRefused
from workflow.advance import Move, advance
from workflow.errors import ConcurrentChange, InvalidSubmission, NotFound
from workflow.lifecycles.registration import Trigger, registration
from workflow.model import Actor, Reason
from workflow.outbox import DeliveryState, MessageKind, Settlement

M, S = MessageKind, DeliveryState
APPLICANT = Actor.applicant()
SAME_ADDRESS = {**SECOND_PERSON, "contact.email": "Zoe.Dubois@Example.ORG"}


@pytest.fixture
def world(store: Store) -> World:
    return World(store=store)


@pytest.mark.fact("3.10", "3.31", "3.32", "B1-21", "B1-22", "B2-5", "B2-12")
def test_a_request_becomes_a_number_a_mail_a_code_and_an_active_key(world: World) -> None:
    activation = world.active()

    assert world.state(activation) == "active"
    assert [one.kind for one in world.sent(activation)] == [M.M1, M.M2, M.M3]
    assert world.events(activation) == [
        "activation.issued",
        "activation.first_message_accepted",
        "activation.dispatched",
        "activation.try_counted",
        "activation.code_accepted",
        "activation.key_chosen",
        "activation.key_confirmed",
    ]


def test_every_line_of_history_made_one_version(world: World) -> None:
    activation = world.active()

    sequences = [event.sequence for event in world.history(activation)]

    assert sequences == list(range(1, world.case(activation).version + 1))


@pytest.mark.fact("3.36", "R3", "B2-6", "B2-7", "B3b-max_attempts")
def test_the_third_wrong_code_blocks_and_the_right_one_is_refused_afterwards(world: World) -> None:
    activation = world.issued()

    outcomes = [world.enter(activation) for _ in range(3)]
    afterwards = world.enter(activation, world.code_of(activation))

    assert [outcome.attempts_left for outcome in outcomes if isinstance(outcome, CodeMissed)] == [2, 1, 0]
    assert isinstance(afterwards, TryRefused)
    assert world.state(activation) == "blocked_attempts"
    assert world.activation(activation).code_hash is None


@pytest.mark.fact("3.36", "B2-8", "B2-9", "B3b-link_validity")
def test_a_link_that_expired_is_renewed_and_the_same_code_still_works(world: World) -> None:
    activation = world.issued()
    code, old_link = world.code_of(activation), world.link_of(activation)
    world.wait(days=15)
    assert world.state(activation) == "link_expired"

    world.does(APPLICANT, activations.renew_link, activation)
    world.deliver()

    assert world.link_of(activation) != old_link
    assert isinstance(world.enter(activation, code), CodeAccepted)


@pytest.mark.fact("3.36", "R2", "B2-10", "B3b-activation_limit")
def test_after_thirty_days_the_activation_is_blocked_however_late_the_sweep(world: World) -> None:
    activation = world.issued()
    world.wait(days=34)

    seen = world.state(activation)
    world.tick()

    assert seen == world.state(activation) == "blocked_timeout"
    blocked = world.history(activation)[-1]
    assert blocked.recorded_at == world.now
    assert timedelta(days=3) < blocked.recorded_at - blocked.occurred_at < timedelta(days=4)
    assert world.timers(activation).keys() == {"holder_purge"}


@pytest.mark.fact("3.33", "R10", "B1-23", "B3b-consultation")
def test_a_request_that_is_purged_within_the_thirty_days_leaves_its_activation_whole(store: Store) -> None:
    world = World(store=store, start=datetime(2027, 1, 31, 9, tzinfo=UTC))
    request = world.approved()
    world.tick()
    activation = world.activation_of(request)
    world.wait(days=20)
    world.does(APPLICANT, activations.renew_link, activation)

    world.clock.set(datetime(2027, 3, 1, 9, tzinfo=UTC))
    world.tick()

    assert world.state(request) == "purged"
    assert world.number_of(request) is None
    assert {event.payload for event in world.history(request)} == {None}
    assert world.sent(activation, M.M8)[0].at == world.now
    assert isinstance(world.enter(activation, world.code_of(activation)), CodeAccepted)


@pytest.mark.fact("AM3-2", "B1-4", "B1-24")
def test_an_address_is_free_for_somebody_else_once_the_request_that_held_it_is_over(world: World) -> None:
    first = world.filed()
    with pytest.raises(InvalidSubmission) as refused:
        world.filed(SAME_ADDRESS)

    world.does(world.anna, registrations.withdraw, first, Reason("applicant"))
    second = world.filed(SAME_ADDRESS)

    assert [field.path for field in refused.value.fields] == ["contact.email"]
    assert world.state(second) == "submitted"


@pytest.mark.fact("B1-5")
def test_of_two_officers_who_saw_the_same_version_one_wins_and_the_other_is_told(world: World) -> None:
    request = world.filed()
    with world.door(world.bart) as door:
        stale, detail = access.request(door, request)
        facts = access.request_facts(door, stale, detail)
    world.does(world.dirk, registrations.take, request)
    take = Move(trigger=Trigger.TAKE, actor=Actor.of(world.bart), now=world.now, assign=world.bart.id)

    with pytest.raises(ConcurrentChange) as lost, world.door(world.bart) as door:
        advance(door.uow, stale, take, lifecycle=registration, facts=facts, tools=door.tools)

    assert (lost.value.event, lost.value.by) == ("request.taken", "service_desk")
    assert world.case(request).assignee == world.dirk.id


@pytest.mark.fact("B2-3", "B2-3b")
def test_a_mail_that_bounced_is_corrected_by_the_desk_and_the_code_stays(world: World) -> None:
    world.post.outcomes[M.M1] = Settlement(S.FAILED, error="550")
    activation = world.issued()
    assert world.state(activation) == "issuing"
    world.post.outcomes.clear()

    world.does(world.bart, activations.correct_email, activation, email="zoe@example.net", confirmed=True)
    world.deliver()

    assert world.state(activation) == "awaiting_code"
    assert isinstance(world.enter(activation, world.code_of(activation)), CodeAccepted)


def test_a_view_and_a_list_change_nothing(world: World) -> None:
    activation = world.issued()
    world.wait(days=15)
    before = world.history(activation)

    state = world.state(activation)
    with world.door() as door:
        stored = [case.state for case, _ in door.uow.cases.listed("activation", now=world.now)]

    assert (state, stored) == ("link_expired", ["awaiting_code"])
    assert world.history(activation) == before


def test_a_request_of_another_entity_does_not_exist_for_an_officer(world: World) -> None:
    request = world.filed()
    stranger = replace(world.anna, entity="OVO001835")

    with pytest.raises(NotFound):
        world.does(stranger, registrations.withdraw, request, Reason("applicant"))

    assert world.state(request) == "submitted"


def test_one_seed_tells_the_same_story_on_every_store(world: World) -> None:
    activation = world.active()

    in_memory = World()
    assert activation == in_memory.active()
    assert world.history(activation) == in_memory.history(activation)
