"""It was not me: one word freezes everything but the clock, until the service desk has looked (F59)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes import DyingSecrets, Killed
from tests.support.visitor import (
    M,
    is_in,
    opened,
    password_given,
    signed_in,
    with_app,
)  # fmt: skip
from tests.support.world import World
from workflow import (
    activations,
    activations_resume,
    freezing,
    queue,
)  # fmt: skip
from workflow.access import Door
from workflow.errors import GuardRefused, NotPermitted, TransitionNotAllowed
from workflow.explain import explain_activation
from workflow.model import Reason
from workflow.outbox import DeliveryState
from workflow.ports_entry import Stage

pytestmark = pytest.mark.fact("B2-freeze")
LOOKED = Reason("was_the_person")


def freeze(world: World, ref: str) -> None:
    """Somebody says that it was not them."""
    world.does(None, freezing.freeze, ref)


def states(world: World, ref: str, kind: M) -> list[str]:
    """The states of the messages of a kind, oldest first."""
    return [str(row.state) for row in world.queue(ref, kind)]


def refused(world: World, act: Callable[[Door], object]) -> str:
    """The guard that refuses."""
    with pytest.raises(GuardRefused) as told:
        world.does(None, act)
    return told.value.guard


@pytest.mark.parametrize("far", ["issuing", "issued", "activated"])
def test_freezing_moves_nothing_and_owes_a_notice_and_a_task(far: str) -> None:
    world = World()
    ref = getattr(world, far)()
    state = world.state(ref)

    freeze(world, ref)
    world.deliver()

    assert world.activation(ref).frozen_at == world.now
    assert "activation.frozen" in world.events(ref)
    assert far == "issuing" or world.state(ref) == state
    notice = world.queue(ref, M.M11)[-1].message
    assert (notice.params["change"], notice.language) == ("frozen", "fr")
    assert [row.message.params for row in world.queue(ref, M.M10)] == [{"problem": "not_me"}]
    assert world.sent(ref, M.M11)[-1].secret is None, "the notice that it is frozen needs no link to freeze it"


def test_freezing_ends_every_session_of_that_activation_and_of_no_other() -> None:
    world = World()
    ref, secret = with_app(world)
    other = {"contact.email": "marta@example.org", "contact.mobile": "+48512345678", "document.number": "AB1234567",
             "person.familyName": "Nowak", "person.birthDate": "1990-01-02"}  # fmt: skip
    theirs = opened(world, world.activated(other), Stage.SETTING_UP)
    mine = [opened(world, ref, Stage.SETTING_UP), password_given(world), signed_in(world, ref, secret)]

    freeze(world, ref)

    assert [is_in(world, one.token) for one in mine] == [False] * 3
    assert is_in(world, theirs.token)


@pytest.mark.fact("B3-cancel")
def test_freezing_stops_the_link_and_the_codes_that_have_not_left() -> None:
    world = World()
    ref = world.activated()
    world.does(None, activations_resume.ask_resume, ref)

    freeze(world, ref)
    world.deliver()

    assert (states(world, ref, M.M13), states(world, ref, M.M15)) == (["cancelled"], ["cancelled"])
    assert world.sent(ref, M.M13, M.M15) == []
    for kind in (M.M13, M.M15):
        with pytest.raises((GuardRefused, TransitionNotAllowed)):
            world.does(world.bart, queue.retry, world.queue(ref, kind)[0].message.id)


@pytest.mark.fact("B3-M7")
def test_every_rung_of_the_ladder_is_passed_over_while_it_is_frozen_and_says_why() -> None:
    world = World()
    ref = world.issued()
    freeze(world, ref)

    world.wait(days=8)
    world.tick()
    world.wait(days=5)
    world.tick()
    world.wait(days=15)
    world.tick()

    rungs = [event for event in world.history(ref) if event.event == "activation.reminder_due"]
    assert world.sent(ref, M.M7) == []
    assert [rung.reason_code for rung in rungs] == ["frozen"] * 3


@pytest.mark.fact("B2-14b")
def test_the_reminder_of_a_frozen_set_up_is_passed_over_and_says_why() -> None:
    world = World()
    ref = world.activated()
    freeze(world, ref)

    world.wait(days=15)
    world.tick()

    assert world.sent(ref, M.M13) == []
    reminded = [event for event in world.history(ref) if event.event == "activation.setup_reminded"]
    assert [event.reason_code for event in reminded] == ["frozen"]


@pytest.mark.fact("B2-15", "B3b-key_reminder")
def test_nobody_is_told_that_frozen_keys_end_soon_and_the_history_says_why() -> None:
    world = World()
    ref = world.active()
    reminder = world.timers(ref)["key_reminder"]
    freeze(world, ref)

    world.clock.set(reminder)
    world.tick()

    assert world.sent(ref, M.M14) == []
    announced = [event for event in world.history(ref) if event.event == "activation.key_expiry_announced"]
    assert [event.reason_code for event in announced] == ["frozen"]
    assert "key_reminder" not in world.timers(ref)


@pytest.mark.fact("B2-10", "R2", "3.36")
def test_the_thirty_days_end_a_frozen_activation_all_the_same() -> None:
    world = World()
    ref = world.issued()
    limit = world.timers(ref)["activation_limit"]
    freeze(world, ref)

    world.clock.set(limit - timedelta(microseconds=1))
    assert world.state(ref) == "link_expired"
    world.clock.set(limit)
    world.tick()

    assert world.state(ref) == "blocked_timeout"
    assert len(world.sent(ref, M.M9)) == 2


@pytest.mark.fact("B2-14b", "B3b-setup_idle")
def test_the_ninety_days_end_a_frozen_set_up_all_the_same() -> None:
    world = World()
    ref = world.activated()
    freeze(world, ref)

    world.clock.set(world.timers(ref)["setup_idle"])

    assert world.state(ref) == "cancelled"


@pytest.mark.fact("B2-7b", "R3")
def test_a_crash_over_the_third_try_still_blocks_what_was_frozen_meanwhile() -> None:
    world = World()
    ref = world.issued()
    world.enter(ref)
    world.enter(ref)
    world.tools, alive = replace(world.tools, secrets=DyingSecrets()), world.tools
    with pytest.raises(Killed):
        world.enter(ref)
    world.tools = alive
    freeze(world, ref)

    world.wait(seconds=60)

    assert world.state(ref) == "blocked_attempts"


def test_the_desk_lets_it_go_on_with_a_reason_and_the_person_is_told() -> None:
    world = World()
    ref, secret = with_app(world)
    freeze(world, ref)

    world.does(world.bart, freezing.unfreeze, ref, LOOKED)
    world.deliver()

    last = world.history(ref)[-1]
    assert (last.event, last.reason_code, last.role) == ("activation.unfrozen", "was_the_person", "service_desk")
    assert [one.params["change"] for one in world.sent(ref, M.M11)] == ["added", "frozen", "unfrozen"]
    assert is_in(world, signed_in(world, ref, secret).token)


@pytest.mark.fact("B2-5")
def test_what_goes_on_takes_its_code_with_the_tries_that_were_left() -> None:
    world = World()
    ref = world.issued()
    world.enter(ref)
    freeze(world, ref)
    world.enter(ref, world.code_of(ref))

    world.does(world.carla, freezing.unfreeze, ref, LOOKED)
    world.enter(ref, world.code_of(ref))

    assert (world.state(ref), world.activation(ref).attempts_used) == ("profile_activated", 2)


def test_a_session_that_froze_does_not_come_back_when_it_goes_on() -> None:
    world = World()
    ref, secret = with_app(world)
    mine = signed_in(world, ref, secret)
    freeze(world, ref)

    world.does(world.bart, freezing.unfreeze, ref, LOOKED)

    assert not is_in(world, mine.token)


@pytest.mark.parametrize("who", ["applicant", "anna"])
def test_nobody_but_the_service_desk_and_its_lead_lets_it_go_on(who: str) -> None:
    world = World()
    ref = world.issued()
    freeze(world, ref)

    with pytest.raises(NotPermitted):
        world.does(world.anna if who == "anna" else None, freezing.unfreeze, ref, LOOKED)

    assert world.activation(ref).frozen_at is not None


@pytest.mark.parametrize("who", ["anna", "bart", "carla"])
def test_no_officer_says_that_it_was_not_them(who: str) -> None:
    world = World()
    ref = world.issued()

    with pytest.raises(NotPermitted):
        world.does(getattr(world, who), freezing.freeze, ref)


def test_freezing_twice_and_letting_go_on_twice_are_refused() -> None:
    world = World()
    ref = world.issued()
    freeze(world, ref)

    assert refused(world, lambda door: freezing.freeze(door, ref)) == "is_not_frozen"
    world.does(world.bart, freezing.unfreeze, ref, LOOKED)
    with pytest.raises(GuardRefused) as told:
        world.does(world.bart, freezing.unfreeze, ref, LOOKED)

    assert told.value.guard == "is_frozen"
    assert len(world.queue(ref, M.M10)) == 1


def test_it_can_be_frozen_again_after_it_went_on() -> None:
    world = World()
    ref = world.issued()
    freeze(world, ref)
    world.does(world.bart, freezing.unfreeze, ref, LOOKED)

    freeze(world, ref)

    assert world.events(ref)[-3:] == ["activation.frozen", "activation.unfrozen", "activation.frozen"]


@pytest.mark.fact("B2-14")
def test_an_end_can_neither_be_frozen_nor_let_go_on() -> None:
    world = World()
    ref = world.issued()
    freeze(world, ref)
    world.does(world.bart, activations.cancel, ref, Reason("fraud", "it was somebody else"))

    with pytest.raises(TransitionNotAllowed):
        world.does(None, freezing.freeze, ref)
    with pytest.raises(TransitionNotAllowed):
        world.does(world.bart, freezing.unfreeze, ref, LOOKED)


def test_the_desk_reads_that_it_is_frozen_before_it_tries() -> None:
    world = World()
    ref = world.issued()
    freeze(world, ref)

    options = world.does(world.bart, explain_activation, ref)

    resend, unfreeze = options.of("resend_link"), options.of("unfreeze")
    assert resend is not None
    assert (resend.open, resend.guard) == (False, "is_not_frozen")
    assert unfreeze is not None
    assert unfreeze.open


@pytest.mark.fact("B2-13")
def test_a_notice_that_carries_the_link_to_freeze_is_not_sent_again_by_hand() -> None:
    world = World()
    ref, _ = with_app(world)
    row = world.queue(ref, M.M11)[-1]
    assert row.state is DeliveryState.ACCEPTED

    with pytest.raises(GuardRefused):
        world.does(world.bart, queue.resend, row.message.id, cooldown=timedelta())
