"""Going on with an unfinished set-up: link and code together, once, the link a day and the code ten minutes (B2-11b)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.visitor import M, asked_to_resume, digest_of, resume, sent_secret, with_app
from tests.support.world import PASSWORD, World
from workflow import activations_keys, activations_resume
from workflow.errors import GuardRefused, TransitionNotAllowed
from workflow.model import Case, KeyKind
from workflow.one_time import OtpMalformed, OtpMissed

pytestmark = pytest.mark.fact("B2-11b")
MOMENT = timedelta(microseconds=1)


def again(world: World, ref: str, token: str) -> str:
    """Another code for the same link."""
    world.does(None, activations_resume.send_code, ref, digest=digest_of(world, token))
    return sent_secret(world, ref, M.M15)


def test_link_and_code_go_on_once_and_never_again() -> None:
    world = World()
    ref = world.activated()
    token, otp = asked_to_resume(world, ref)

    done = resume(world, ref, token, otp)

    assert isinstance(done, Case)
    assert world.events(ref)[-1] == "activation.resumed"
    assert world.state(ref) == "profile_activated"
    assert isinstance(resume(world, ref, token, otp), OtpMissed)


def test_a_used_link_is_used_up_for_every_later_code() -> None:
    world = World()
    ref = world.activated()
    token, otp = asked_to_resume(world, ref)
    resume(world, ref, token, otp)
    world.wait(minutes=2)
    _, fresh = asked_to_resume(world, ref)

    assert isinstance(resume(world, ref, token, fresh), OtpMissed)


def test_the_link_without_the_code_and_the_code_without_the_link_open_nothing() -> None:
    """A stolen mailbox or a swapped SIM alone is not enough (F59)."""
    world = World()
    ref = world.activated()
    token, otp = asked_to_resume(world, ref)

    assert isinstance(resume(world, ref, token, "000000" if otp != "000000" else "000001"), OtpMissed)
    assert isinstance(resume(world, ref, "A" * 43, otp), OtpMissed)
    assert isinstance(resume(world, ref, world.link_of(ref), otp), OtpMissed)

    assert "activation.resumed" not in world.events(ref)


def test_three_misses_lock_also_against_the_right_pair() -> None:
    world = World()
    ref = world.activated()
    token, otp = asked_to_resume(world, ref)
    for _ in range(3):
        resume(world, ref, "A" * 43, otp)

    assert isinstance(resume(world, ref, token, otp), OtpMissed)
    world.wait(minutes=15)
    assert isinstance(resume(world, ref, token, again(world, ref, token)), Case)


def test_what_is_not_six_digits_costs_nothing() -> None:
    world = World()
    ref = world.activated()
    token, otp = asked_to_resume(world, ref)

    told = [resume(world, ref, token, typed) for typed in ("", "1", "abcdef")]

    assert {type(one) for one in told} == {OtpMalformed}
    assert isinstance(resume(world, ref, token, otp), Case)


def test_the_code_lives_ten_minutes_and_another_one_is_sent_to_who_holds_the_link() -> None:
    world = World()
    ref = world.activated()
    token, otp = asked_to_resume(world, ref)
    world.wait(minutes=10)
    over = resume(world, ref, token, otp)

    fresh = again(world, ref, token)

    assert isinstance(over, OtpMissed)
    assert isinstance(resume(world, ref, token, fresh), Case)
    assert len(world.sent(ref, M.M13)) == 1, "the link stays as it is"


def test_nobody_but_the_holder_of_the_newest_link_is_sent_another_code() -> None:
    world = World()
    ref = world.activated()
    first, _ = asked_to_resume(world, ref)
    world.wait(minutes=2)
    asked_to_resume(world, ref)
    world.wait(minutes=2)

    for token in (first, "A" * 43, world.link_of(ref)):
        with pytest.raises(GuardRefused) as told:
            again(world, ref, token)
        assert told.value.guard == "resume_proof_is_right"


def test_another_code_waits_a_minute_and_ends_with_the_link() -> None:
    world = World()
    ref = world.activated()
    token, _ = asked_to_resume(world, ref)
    began = world.now

    with pytest.raises(GuardRefused) as soon:
        again(world, ref, token)
    world.clock.set(began + timedelta(hours=24) - MOMENT)
    otp = again(world, ref, token)
    world.clock.set(began + timedelta(hours=24))
    with pytest.raises(GuardRefused) as late:
        again(world, ref, token)

    assert (soon.value.guard, late.value.guard) == ("sms_pause_is_over", "resume_proof_is_right")
    assert isinstance(resume(world, ref, token, otp), OtpMissed), "the code outlives its link, and is worth nothing"


def test_going_on_costs_no_try_and_needs_no_activation_code() -> None:
    world = World()
    ref = world.activated()
    before = world.activation(ref).attempts_used
    token, otp = asked_to_resume(world, ref)

    resume(world, ref, token, otp)
    world.does(None, activations_keys.choose_key, ref, KeyKind.TOTP, username="zoe.dubois", password=PASSWORD)

    assert (world.state(ref), world.activation(ref).attempts_used) == ("key_setup", before)


@pytest.mark.fact("1.5")
def test_without_a_mobile_nothing_can_be_sent_and_the_office_checks_instead() -> None:
    world = World()
    ref = world.activated()
    with world.door() as door:
        door.uow.people.put(world.case(ref).id, {"holder.mobile": "null"})

    with pytest.raises(GuardRefused) as told:
        world.does(None, activations_resume.ask_resume, ref)

    assert told.value.guard == "resume_is_possible"


def test_what_is_finished_or_not_begun_has_nothing_to_go_on_with() -> None:
    world = World()
    waiting = world.issued()

    with pytest.raises(TransitionNotAllowed):
        world.does(None, activations_resume.ask_resume, waiting)
    other = World()
    finished, _ = with_app(other)
    with pytest.raises(TransitionNotAllowed):
        other.does(None, activations_resume.ask_resume, finished)
