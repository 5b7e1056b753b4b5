"""Digital keys from the first to the last day (B2-11 to B2-15), told on the memory store."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.world import PASSWORD, World
from workflow import activations, activations_keys, registrations_register
from workflow.activations_keys import OtpMissed
from workflow.errors import GuardRefused, InvalidSubmission
from workflow.model import KeyKind, KeyState, Reason
from workflow.outbox import MessageKind

M = MessageKind


@pytest.mark.fact("3.37", "B2-11")
def test_user_name_and_password_are_judged_the_first_time_with_every_breach_at_once() -> None:
    world = World()
    ref = world.activated()

    with pytest.raises(InvalidSubmission) as refused:
        world.does(None, activations_keys.choose_key, ref, KeyKind.TOTP, username="z!", password="short")

    assert {field.path for field in refused.value.fields} == {"username", "password"}
    assert world.state(ref) == "profile_activated"


@pytest.mark.fact("B2-11")
def test_the_app_key_keeps_its_secret_until_it_is_confirmed() -> None:
    world = World()
    ref = world.activated()
    first = world.choose_app(ref)

    missed = world.does(None, activations_keys.confirm_key, ref, "000000")
    again = world.choose_app(ref)

    assert isinstance(missed, OtpMissed)
    assert again == first
    world.does(None, activations_keys.confirm_key, ref, world.app_shows(again))
    assert world.state(ref) == "active"


@pytest.mark.fact("B2-12")
def test_misses_of_one_time_codes_are_throttled_apart_from_the_three_tries() -> None:
    world = World()
    ref = world.activated()
    secret = world.choose_app(ref)
    counted = world.activation(ref).attempts_used

    left = [world.does(None, activations_keys.confirm_key, ref, "000000") for _ in range(3)]

    assert [miss.tries_left for miss in left if isinstance(miss, OtpMissed)] == [2, 1, 0]
    locked = world.does(None, activations_keys.confirm_key, ref, world.app_shows(secret))
    assert isinstance(locked, OtpMissed)
    assert world.activation(ref).attempts_used == counted
    world.wait(minutes=16)
    world.does(None, activations_keys.confirm_key, ref, world.app_shows(secret))
    assert world.state(ref) == "active"


@pytest.mark.fact("B2-12")
def test_when_the_lock_is_over_there_are_three_new_tries() -> None:
    world = World()
    ref = world.activated()
    world.choose_app(ref)
    for _ in range(3):
        world.does(None, activations_keys.confirm_key, ref, "000000")
    world.wait(minutes=16)

    missed = world.does(None, activations_keys.confirm_key, ref, "000000")

    assert isinstance(missed, OtpMissed)
    assert (missed.tries_left, missed.locked_until) == (2, None)


@pytest.mark.fact("B2-13", "B3b-key_validity")
def test_a_key_of_ten_years_signs_nobody_in_although_a_younger_one_works() -> None:
    world = World()
    ref = world.activated()
    secret = world.choose_app(ref)
    world.does(None, activations_keys.confirm_key, ref, world.app_shows(secret))
    ends = world.timers(ref)["key_validity"]
    world.wait(days=365)
    world.does(None, activations_keys.add_key, ref, KeyKind.SMS, proof=world.app_shows(secret))
    world.deliver()
    otp = str(world.sent(ref, M.M15)[-1].secret)
    world.wait(minutes=1)
    world.does(None, activations_keys.confirm_key, ref, otp, proof=world.app_shows(secret))

    world.clock.set(ends)

    assert world.state(ref) == "active"
    with pytest.raises(GuardRefused, match="Sign in"):
        world.does(None, activations_keys.add_key, ref, KeyKind.TOTP, proof=world.app_shows(secret))


@pytest.mark.fact("3.37", "B2-12", "B2-13")
def test_a_second_key_is_a_back_up_and_the_last_key_stays() -> None:
    world = World()
    ref = world.activated()
    secret = world.choose_app(ref)
    world.does(None, activations_keys.confirm_key, ref, world.app_shows(secret))
    world.wait(minutes=1)
    with pytest.raises(GuardRefused, match="last key"):
        world.does(None, activations_keys.remove_key, ref, KeyKind.TOTP, proof=world.app_shows(secret))

    world.wait(minutes=1)
    world.does(None, activations_keys.add_key, ref, KeyKind.SMS, proof=world.app_shows(secret))
    world.deliver()
    otp = world.sent(ref, M.M15)[-1].secret
    assert otp is not None
    world.wait(minutes=1)
    world.does(None, activations_keys.confirm_key, ref, otp, proof=world.app_shows(secret))
    world.wait(minutes=1)
    world.does(None, activations_keys.remove_key, ref, KeyKind.TOTP, proof=world.app_shows(secret))
    world.deliver()

    changes = [(one.params["change"], one.params["key_kind"]) for one in world.sent(ref, M.M11)]
    assert changes == [("added", "totp"), ("added", "sms"), ("removed", "totp")]
    with world.door() as door:
        active = [key.kind for key in door.uow.keys.of(world.case(ref).id) if key.state is KeyState.ACTIVE]
    assert active == [KeyKind.SMS]


@pytest.mark.fact("B2-13")
def test_a_stranger_adds_no_key() -> None:
    world = World()
    ref = world.active()

    with pytest.raises(GuardRefused, match="Sign in"):
        world.does(None, activations_keys.add_key, ref, KeyKind.SMS, proof="000000")


@pytest.mark.fact("B2-12")
def test_a_one_time_code_of_the_app_works_once() -> None:
    world = World()
    ref = world.activated()
    secret = world.choose_app(ref)
    shown = world.app_shows(secret)
    world.does(None, activations_keys.confirm_key, ref, shown)

    with pytest.raises(GuardRefused, match="Sign in"):
        world.does(None, activations_keys.add_key, ref, KeyKind.SMS, proof=shown)


@pytest.mark.fact("B2-14b", "B3b-setup_idle")
def test_a_set_up_that_is_never_finished_is_reminded_at_day_fourteen_and_cancelled_after_ninety() -> None:
    world = World()
    ref = world.activated()

    world.wait(days=15)
    world.tick()
    assert len(world.sent(ref, M.M13)) == 1
    world.wait(days=75)
    assert world.state(ref) == "profile_activated"
    world.wait(days=1)

    assert world.state(ref) == "cancelled"
    world.tick()
    assert world.sent(ref, M.M12)[-1].params["reason"] == "not_finished"


@pytest.mark.fact("B2-15", "B3b-key_validity", "B3b-key_reminder")
def test_keys_expire_after_ten_years_and_are_announced_thirty_days_before() -> None:
    world = World()
    ref = world.active()
    ends = world.timers(ref)["key_validity"]

    world.clock.set(ends - timedelta(days=30))
    world.tick()
    announced = world.sent(ref, M.M14)
    world.clock.set(ends - timedelta(microseconds=1))
    assert world.state(ref) == "active"
    world.clock.set(ends)

    assert world.state(ref) == "expired"
    assert len(announced) == 1


@pytest.mark.fact("B2-14", "3.33")
def test_the_activations_own_copy_of_the_person_goes_one_month_after_its_end() -> None:
    world = World()
    ref = world.issued()
    world.does(world.bart, activations.cancel, ref, Reason("withdrawal"))
    case_id = world.case(ref).id

    world.wait(days=20)
    world.tick()
    with world.door() as door:
        assert door.uow.people.get(case_id)
    world.wait(days=20)
    world.tick()

    with world.door() as door:
        assert door.uow.people.get(case_id) == {}
    assert world.events(ref)[-1] == "activation.purged"


@pytest.mark.fact("B1-27")
def test_a_replaced_number_points_request_and_activation_to_the_new_one_without_activating_anew() -> None:
    world = World()
    request = world.registered()
    ref = world.activation_of(request)
    world.deliver()
    new = "85071500224"

    with world.door(world.bart) as door:
        case, _ = door.uow.cases.request(request, now=world.now)
        registrations_register.insz_replaced(door.uow, case.id, new=new, now=world.now, tools=world.tools)

    assert world.number_of(request) == new
    assert world.state(ref) == "awaiting_code"
    assert world.events(ref)[-1] == "activation.number_replaced"
    assert world.events(request)[-1] == "request.number_replaced"
    with world.door() as door:
        found = door.uow.cases.activations_of(new, now=world.now)
    assert [case.ref for case, _ in found] == [ref]


def test_the_password_is_kept_as_a_hash_only() -> None:
    world = World()
    ref = world.active()

    with world.door() as door:
        kept = door.uow.people.get(world.case(ref).id)

    assert "holder.password_hash" in kept
    assert not [path for path, value in kept.items() if PASSWORD in value]
