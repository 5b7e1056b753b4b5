"""One-time codes by SMS: ten minutes each, an older one in its own time, three misses and a lock, a pause between two (D5, A20)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes import SeededChance
from tests.support.visitor import M, asked_to_resume, page_of, resume, sent_secret
from tests.support.world import PASSWORD, World
from workflow import activations_keys, activations_resume, one_time
from workflow.errors import GuardRefused
from workflow.model import Case, KeyKind
from workflow.one_time import OtpMalformed, OtpMissed, Purpose
from workflow.outbox import MessageKind
from workflow.standing import Page

pytestmark = pytest.mark.fact("B2-12")
MOMENT = timedelta(microseconds=1)


def asked(world: World, ref: str) -> str:
    """The code for a key by SMS, asked for and read."""
    first = {} if world.activation(ref).account_named else {"username": "zoe.dubois", "password": PASSWORD}
    world.does(None, activations_keys.choose_key, ref, KeyKind.SMS, **first)
    return sent_secret(world, ref, M.M15)


def entered(world: World, ref: str, otp: str) -> Case | OtpMissed | OtpMalformed:
    """What becomes of a code."""
    return world.does(None, activations_keys.confirm_key, ref, otp)


def wrong(otp: str) -> str:
    """Another code."""
    return f"{(int(otp) + 1) % 10**6:06d}"


def test_a_code_works_for_ten_minutes_and_no_moment_longer() -> None:
    told = []
    for late in (-MOMENT, timedelta()):
        world = World()
        ref = world.activated()
        otp = asked(world, ref)
        world.clock.advance(timedelta(minutes=10) + late)
        told.append(type(entered(world, ref, otp)))

    assert told == [Case, OtpMissed]


@pytest.mark.parametrize("typed", ["{} {}", " {}{} ", "{}\u00a0{}"])
def test_spaces_in_a_code_do_not_matter(typed: str) -> None:
    world = World()
    ref = world.activated()
    otp = asked(world, ref)

    assert isinstance(entered(world, ref, typed.format(otp[:3], otp[3:])), Case)


@pytest.mark.parametrize("which", [0, 1])
def test_an_older_code_works_on_beside_the_newer_one(which: int) -> None:
    world = World()
    ref = world.activated()
    codes = [asked(world, ref)]
    world.wait(minutes=2)
    codes.append(asked(world, ref))

    assert isinstance(entered(world, ref, codes[which]), Case)


def test_an_older_code_ends_in_its_own_time_and_the_newer_one_in_its_own() -> None:
    world = World()
    ref = world.activated()
    older, began = asked(world, ref), world.now
    world.wait(minutes=4)
    newer = asked(world, ref)

    world.clock.set(began + timedelta(minutes=10))
    over = entered(world, ref, older)
    world.clock.set(began + timedelta(minutes=14) - MOMENT)

    assert isinstance(over, OtpMissed)
    assert isinstance(entered(world, ref, newer), Case)


def test_the_third_miss_in_a_row_ends_the_codes_that_are_out() -> None:
    world = World()
    ref = world.activated()
    older = asked(world, ref)
    world.wait(minutes=1)
    newer = asked(world, ref)
    misses = [entered(world, ref, wrong(newer)) for _ in range(3)]
    locked = misses[-1]
    assert isinstance(locked, OtpMissed)
    assert locked.locked_until == world.now + timedelta(minutes=15)

    detail = world.activation(ref)

    assert (detail.otp_digest, detail.otp_previous_digest) == (None, None)
    assert [type(entered(world, ref, otp)) for otp in (older, newer)] == [OtpMissed, OtpMissed]


def test_what_is_not_six_digits_costs_no_try() -> None:
    world = World()
    ref = world.activated()
    otp = asked(world, ref)

    told = [entered(world, ref, typed) for typed in ("", "12345", "1234567", "12345a", "٣٤٥٦٧٨")]

    assert {type(one) for one in told} == {OtpMalformed}
    assert world.activation(ref).otp_tries == 0
    assert isinstance(entered(world, ref, otp), Case)


def test_a_right_code_between_two_misses_begins_the_count_anew() -> None:
    world = World()
    ref = world.activated()
    otp = asked(world, ref)
    entered(world, ref, wrong(otp))
    entered(world, ref, wrong(otp))

    assert isinstance(entered(world, ref, otp), Case)

    assert world.activation(ref).otp_tries == 0


def test_another_code_for_the_same_can_be_asked_for_after_a_minute() -> None:
    world = World()
    ref = world.activated()
    asked(world, ref)

    world.clock.advance(timedelta(seconds=60) - MOMENT)
    with pytest.raises(GuardRefused) as told:
        asked(world, ref)
    world.clock.advance(MOMENT)

    assert told.value.guard == "sms_pause_is_over"
    asked(world, ref)
    assert len(world.sent(ref, M.M15)) == 2


@pytest.mark.parametrize(
    ("after", "left"),
    [
        (timedelta(), 60),
        (timedelta(seconds=1), 59),
        (timedelta(seconds=59, milliseconds=1), 1),
        (timedelta(minutes=1), 0),
    ],
)
def test_the_pause_is_told_in_whole_seconds_rounded_up(after: timedelta, left: int) -> None:
    world = World()
    ref = world.activated()
    asked(world, ref)
    world.clock.advance(after)

    assert one_time.seconds_left(world.activation(ref), now=world.now) == left


@pytest.mark.fact("B2-11b", "B2-13")
def test_a_code_for_one_thing_pauses_those_for_every_other() -> None:
    """One mobile gets them all: who goes from page to page sends it no more than who stays on one."""
    world = World()
    ref = world.activated()
    asked(world, ref)
    world.clock.advance(timedelta(seconds=60) - MOMENT)

    with pytest.raises(GuardRefused) as told:
        world.does(None, activations_resume.ask_resume, ref)
    world.clock.advance(MOMENT)
    world.does(None, activations_resume.ask_resume, ref)
    with pytest.raises(GuardRefused) as told_again:
        asked(world, ref)

    assert (told.value.guard, told_again.value.guard) == ("sms_pause_is_over",) * 2
    assert [one.params["purpose"] for one in world.sent(ref, M.M15)] == ["key"], "the other one has not left yet"


def test_a_code_that_was_used_pauses_none_for_what_comes_next() -> None:
    world = World()
    ref = world.activated()
    token, otp = asked_to_resume(world, ref)
    assert isinstance(resume(world, ref, token, otp), Case)

    assert isinstance(entered(world, ref, asked(world, ref)), Case)


def test_an_sms_that_could_not_leave_in_time_is_not_sent_any_more() -> None:
    world = World()
    ref = world.activated()
    world.does(None, activations_keys.choose_key, ref, KeyKind.SMS, username="zoe.dubois", password=PASSWORD)

    world.wait(minutes=10)
    world.deliver()

    assert world.sent(ref, M.M15) == []


def test_an_sms_that_waits_is_replaced_by_the_newer_one() -> None:
    world = World()
    ref = world.activated()
    world.does(None, activations_keys.choose_key, ref, KeyKind.SMS, username="zoe.dubois", password=PASSWORD)
    world.wait(minutes=2)
    world.does(None, activations_keys.choose_key, ref, KeyKind.SMS)

    world.deliver()

    assert len(world.sent(ref, M.M15)) == 1


@pytest.mark.fact("3.36", "B2-12")
def test_no_miss_touches_the_three_tries_of_the_activation_code() -> None:
    world = World()
    ref = world.activated()
    otp = asked(world, ref)
    before = world.activation(ref).attempts_used

    for _ in range(3):
        entered(world, ref, wrong(otp))

    assert world.activation(ref).attempts_used == before


def test_every_code_says_what_it_is_for() -> None:
    world = World()
    ref = world.activated()

    asked(world, ref)

    assert world.sent(ref, MessageKind.M15)[-1].params == {"purpose": "key", "minutes": "10"}


class SameDigits(SeededChance):
    """Chance that draws the same one-time code for everybody."""

    def pick(self, alphabet: str, length: int) -> str:
        """Drawn, but for six digits."""
        drawn = super().pick(alphabet, length)
        return "123456" if (alphabet, length) == ("0123456789", 6) else drawn


def test_the_code_of_one_activation_is_none_of_another_although_the_digits_are_the_same() -> None:
    """Who reads the digest of one activation in the database cannot write it into another."""
    world = World()
    world.tools = replace(world.tools, chance=SameDigits(1))
    ref = world.activated()
    other = world.activated({
        "contact.email": "marta@example.org", "contact.mobile": "+48512345678", "document.number": "AB1234567",
        "person.familyName": "Nowak", "person.birthDate": "1990-01-02",
    })  # fmt: skip
    for one, name in ((ref, "zoe.dubois"), (other, "marta.nowak")):
        world.does(None, activations_keys.choose_key, one, KeyKind.SMS, username=name, password=PASSWORD)

    mine, theirs = world.activation(ref), world.activation(other)

    with world.door() as door:
        assert one_time.fits(door, mine, Purpose.KEY, typed="123456")
        assert one_time.fits(door, theirs, Purpose.KEY, typed="123456")
        assert not one_time.fits(door, replace(theirs, otp_digest=mine.otp_digest), Purpose.KEY, typed="123456")


def test_after_three_misses_no_code_is_sent_that_could_not_be_used() -> None:
    world = World()
    ref = world.activated()
    otp = asked(world, ref)
    for _ in range(3):
        entered(world, ref, wrong(otp))
    world.wait(minutes=2)

    with pytest.raises(GuardRefused) as refused:
        asked(world, ref)
    world.wait(minutes=13)

    assert refused.value.guard == "sms_pause_is_over"
    assert isinstance(entered(world, ref, asked(world, ref)), Case)


def test_twenty_misses_in_a_day_end_the_guessing_until_the_first_is_a_day_old() -> None:
    world = World()
    ref = world.activated()
    world.choose_app(ref)
    began, judged = world.now, 0

    while world.now - began < timedelta(hours=23):
        told = entered(world, ref, "000000")
        assert isinstance(told, OtpMissed)
        judged = len([event for event in world.events(ref) if event == "activation.otp_wrong"])
        world.clock.set(max(told.locked_until or world.now, world.now + timedelta(seconds=30)))

    assert judged == 21, "the one that is too many is written down as well"
    assert world.now >= began + timedelta(days=1)
    assert isinstance(entered(world, ref, "000000"), OtpMissed)


def misses_of_a_day(world: World, ref: str) -> list[str]:
    """Somebody guesses whenever a guess is judged, for a day; what the notices of that day say."""
    until = world.now + timedelta(hours=23)
    while world.now < until:
        told = entered(world, ref, "000000")
        assert isinstance(told, OtpMissed)
        world.clock.set(max(told.locked_until or world.now, world.now + timedelta(seconds=30)))
    return [one.message.params["change"] for one in world.queue(ref, M.M11)]


@pytest.mark.fact("B2-12")
def test_the_owner_is_told_once_when_the_misses_of_a_day_are_used_up() -> None:
    world = World()
    ref = world.activated()
    world.choose_app(ref)

    assert misses_of_a_day(world, ref) == ["guessed"]
    row = world.queue(ref, M.M11)[-1].message
    assert set(row.params) == {"change", "changed_on"}
    assert row.audience == "applicant"


@pytest.mark.fact("B2-12")
def test_before_the_misses_of_a_day_are_used_up_nobody_is_told() -> None:
    world = World()
    ref = world.activated()
    world.choose_app(ref)
    for _ in range(20):
        told = entered(world, ref, "000000")
        assert isinstance(told, OtpMissed)
        world.clock.set(told.locked_until or world.now)

    assert world.queue(ref, M.M11) == []


@pytest.mark.fact("B2-12", "B2-freeze")
def test_the_notice_of_guesses_can_freeze() -> None:
    world = World()
    ref = world.activated()
    world.choose_app(ref)
    misses_of_a_day(world, ref)
    token = sent_secret(world, ref, M.M11)

    assert page_of(world, token) is Page.NOT_ME


@pytest.mark.fact("B2-12")
def test_a_second_day_of_guesses_is_told_again() -> None:
    world = World()
    ref = world.activated()
    world.choose_app(ref)
    misses_of_a_day(world, ref)
    world.wait(days=2)

    assert misses_of_a_day(world, ref) == ["guessed", "guessed"]
