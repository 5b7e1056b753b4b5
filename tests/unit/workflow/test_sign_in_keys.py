"""The second step: a key of that account, once a code; and what a session proves and what not (B2-13, trust 2.3, 13 and 17)."""

from __future__ import annotations

import pytest

from tests.support.visitor import (
    M,
    asked_to_resume,
    digest_of,
    is_in,
    opened,
    password_given,
    sent_secret,
    session_of,
    signed_in,
    with_app,
    with_sms_key,
)  # fmt: skip
from tests.support.world import World
from workflow import activations_keys, activations_resume, sign_in
from workflow.errors import GuardRefused
from workflow.model import Case, KeyKind
from workflow.one_time import OtpMalformed, OtpMissed
from workflow.ports_entry import Session, Stage
from workflow.sessions import Opened

pytestmark = pytest.mark.fact("B2-13")
OTHER = {"contact.email": "marta@example.org", "contact.mobile": "+48512345678", "document.number": "AB1234567",
         "person.familyName": "Nowak", "person.birthDate": "1990-01-02"}  # fmt: skip


def give_key(
    world: World, ref: str, session: Session, otp: str, kind: KeyKind = KeyKind.TOTP
) -> Opened | OtpMissed | OtpMalformed:  # fmt: skip
    """The second step of signing in."""
    return world.does(None, sign_in.give_key, ref, session, kind=kind, otp=otp)


def test_the_code_of_the_app_opens_another_session_and_ends_the_first() -> None:
    world = World()
    ref, secret = with_app(world)
    first = password_given(world)

    done = give_key(world, ref, first.session, world.app_shows(secret))

    assert isinstance(done, Opened)
    assert (is_in(world, first.token), is_in(world, done.token)) == (False, True)
    session = session_of(world, done.token)
    assert session is not None
    assert session.stage is Stage.SIGNED_IN
    assert world.events(ref)[-1] == "activation.signed_in"


def test_every_step_rotates_the_number_in_the_cookie() -> None:
    world = World()
    ref, secret = with_app(world)
    setting_up = opened(world, ref, Stage.SETTING_UP)
    first = password_given(world)
    done = give_key(world, ref, first.session, world.app_shows(secret))

    assert isinstance(done, Opened)
    assert len({setting_up.token, first.token, done.token}) == 3


def test_the_code_of_an_sms_key_is_sent_and_opens_a_session() -> None:
    world = World()
    ref = with_sms_key(world)
    first = password_given(world)
    world.does(None, sign_in.ask_code, ref, first.session)
    otp = sent_secret(world, ref, M.M15)

    done = give_key(world, ref, first.session, otp, KeyKind.SMS)

    assert isinstance(done, Opened)
    assert world.sent(ref, M.M15)[-1].params["purpose"] == "sign_in"
    assert isinstance(give_key(world, ref, password_given(world).session, otp, KeyKind.SMS), OtpMissed), "it works once"


def test_without_a_key_by_sms_no_code_is_sent() -> None:
    world = World()
    ref, _ = with_app(world)

    with pytest.raises(GuardRefused) as told:
        world.does(None, sign_in.ask_code, ref, password_given(world).session)

    assert told.value.guard == "has_a_key_by_sms"


@pytest.mark.parametrize("stage", [None, Stage.SETTING_UP, Stage.SIGNED_IN])
def test_whoever_has_not_given_the_password_is_sent_no_code(stage: Stage | None) -> None:
    world = World()
    ref = with_sms_key(world)
    session = opened(world, ref, stage).session if stage else None

    with pytest.raises(GuardRefused) as told:
        world.does(None, sign_in.ask_code, ref, session)

    assert told.value.guard == "password_is_given"


def test_the_password_of_one_account_has_no_code_sent_to_another() -> None:
    world = World()
    ref = with_sms_key(world)
    with_app(world, "marta.nowak", OTHER)

    with pytest.raises(GuardRefused) as told:
        world.does(None, sign_in.ask_code, ref, password_given(world, "marta.nowak").session)

    assert told.value.guard == "password_is_given"


@pytest.mark.fact("B2-12")
def test_a_step_of_the_app_counts_once_across_confirming_signing_in_and_proving() -> None:
    world = World()
    ref = world.activated()
    secret = world.choose_app(ref)
    shown = world.app_shows(secret)
    world.does(None, activations_keys.confirm_key, ref, shown)

    confirmed = give_key(world, ref, password_given(world).session, shown)
    world.wait(minutes=1)
    shown = world.app_shows(secret)
    first = give_key(world, ref, password_given(world).session, shown)
    again = give_key(world, ref, password_given(world).session, shown)

    assert [type(one) for one in (confirmed, first, again)] == [OtpMissed, Opened, OtpMissed]
    with pytest.raises(GuardRefused, match="Sign in"):
        world.does(None, activations_keys.add_key, ref, KeyKind.SMS, proof=shown)


@pytest.mark.fact("B2-12")
def test_three_misses_lock_for_a_quarter_of_an_hour_also_against_the_right_code() -> None:
    world = World()
    ref, secret = with_app(world)
    first = password_given(world).session

    misses = [give_key(world, ref, first, "000000") for _ in range(3)]
    locked = give_key(world, ref, first, world.app_shows(secret))
    world.wait(minutes=15)
    done = give_key(world, ref, password_given(world).session, world.app_shows(secret))

    assert [miss.tries_left for miss in misses if isinstance(miss, OtpMissed)] == [2, 1, 0]
    assert isinstance(locked, OtpMissed)
    assert locked.locked_until is not None
    assert isinstance(done, Opened)


@pytest.mark.fact("B2-12")
def test_the_lock_lasts_to_its_last_moment() -> None:
    world = World()
    ref, secret = with_app(world)
    first = password_given(world).session
    for _ in range(3):
        give_key(world, ref, first, "000000")

    world.wait(minutes=14, seconds=59, microseconds=999_999)

    assert isinstance(give_key(world, ref, first, world.app_shows(secret)), OtpMissed)


@pytest.mark.parametrize("otp", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 34 5x"])
def test_what_is_not_six_digits_costs_nothing(otp: str) -> None:
    world = World()
    ref, _ = with_app(world)
    before = world.activation(ref)

    told = give_key(world, ref, password_given(world).session, otp)

    assert isinstance(told, OtpMalformed)
    assert world.activation(ref) == before


def test_a_code_of_the_app_is_none_of_a_key_by_sms() -> None:
    world = World()
    ref, secret = with_app(world)

    told = give_key(world, ref, password_given(world).session, world.app_shows(secret), KeyKind.SMS)

    assert isinstance(told, OtpMissed)


@pytest.mark.fact("B2-12")
def test_a_code_for_signing_in_confirms_no_key() -> None:
    world = World()
    ref = with_sms_key(world)
    inside = opened(world, ref, Stage.SIGNED_IN).session
    world.does(None, activations_keys.add_key, ref, KeyKind.SMS, proof=inside)
    world.wait(minutes=1)
    world.does(None, sign_in.ask_code, ref, password_given(world).session)
    otp = sent_secret(world, ref, M.M15)

    told = world.does(None, activations_keys.confirm_key, ref, otp, proof=inside)

    assert isinstance(told, OtpMissed)


def test_a_code_that_confirms_a_key_signs_nobody_in() -> None:
    world = World()
    ref = with_sms_key(world)
    inside = opened(world, ref, Stage.SIGNED_IN).session
    world.does(None, activations_keys.add_key, ref, KeyKind.SMS, proof=inside)
    otp = sent_secret(world, ref, M.M15)

    told = give_key(world, ref, password_given(world).session, otp, KeyKind.SMS)

    assert isinstance(told, OtpMissed)


@pytest.mark.fact("B2-11b")
def test_a_code_for_going_on_signs_nobody_in_and_confirms_no_key() -> None:
    world = World()
    ref = world.activated()
    secret = world.choose_app(ref)
    _, otp = asked_to_resume(world, ref)
    assert isinstance(world.does(None, activations_keys.confirm_key, ref, otp), OtpMissed)
    world.does(None, activations_keys.confirm_key, ref, world.app_shows(secret))

    told = give_key(world, ref, password_given(world).session, otp, KeyKind.SMS)

    assert isinstance(told, OtpMissed)


@pytest.mark.fact("B2-11b")
def test_a_code_for_a_key_does_not_go_on_with_a_set_up() -> None:
    world = World()
    ref = world.activated()
    world.does(None, activations_keys.choose_key, ref, KeyKind.SMS, username="zoe.dubois", password="Lantern-Orchid-70")
    for_key = sent_secret(world, ref, M.M15)
    world.wait(minutes=1)
    token, _ = asked_to_resume(world, ref)

    told = world.does(None, activations_resume.resume, ref, digest=digest_of(world, token), otp=for_key)

    assert isinstance(told, OtpMissed)


@pytest.mark.parametrize("stage", [Stage.SETTING_UP, Stage.SIGNED_IN])
def test_the_second_step_wants_the_first_one_before_it(stage: Stage) -> None:
    world = World()
    ref, secret = with_app(world)
    elsewhere = opened(world, ref, stage).session

    with pytest.raises(GuardRefused) as told:
        give_key(world, ref, elsewhere, world.app_shows(secret))

    assert told.value.guard == "password_is_given"


def test_the_password_of_one_account_is_no_first_step_for_another() -> None:
    world = World()
    ref, secret = with_app(world)
    with_app(world, "marta.nowak", OTHER)
    theirs = password_given(world, "marta.nowak").session

    with pytest.raises(GuardRefused) as told:
        give_key(world, ref, theirs, world.app_shows(secret))

    assert told.value.guard == "password_is_given"


@pytest.mark.parametrize("stage", [Stage.SETTING_UP, Stage.PASSWORD_GIVEN])
def test_a_session_without_a_key_adds_and_removes_none(stage: Stage) -> None:
    world = World()
    ref, secret = with_app(world)
    _second_key(world, ref, secret)
    half = opened(world, ref, stage).session

    for act in (activations_keys.add_key, activations_keys.remove_key):
        with pytest.raises(GuardRefused) as told:
            world.does(None, act, ref, KeyKind.TOTP, proof=half)
        assert told.value.guard == "signed_in_with_a_key"


@pytest.mark.parametrize("stage", [None, Stage.SETTING_UP, Stage.PASSWORD_GIVEN])
def test_a_key_beside_one_that_works_is_confirmed_by_whoever_is_signed_in_and_nobody_else(stage: Stage | None) -> None:
    world = World()
    ref, secret = with_app(world)
    world.does(None, activations_keys.add_key, ref, KeyKind.SMS, proof=signed_in(world, ref, secret).session)
    otp = sent_secret(world, ref, M.M15)
    proof = opened(world, ref, stage).session if stage else None

    with pytest.raises(GuardRefused) as told:
        world.does(None, activations_keys.confirm_key, ref, otp, proof=proof)

    assert told.value.guard == "signed_in_with_a_key"
    with world.door() as door:
        assert sign_in.kinds_of(door, world.case(ref)) == (KeyKind.TOTP,)


def test_a_session_of_another_activation_proves_nothing() -> None:
    world = World()
    ref, secret = with_app(world)
    _second_key(world, ref, secret)
    other, _ = with_app(world, "marta.nowak", OTHER)
    theirs = opened(world, other, Stage.SIGNED_IN).session

    for act in (activations_keys.add_key, activations_keys.remove_key):
        with pytest.raises(GuardRefused) as told:
            world.does(None, act, ref, KeyKind.TOTP, proof=theirs)
        assert told.value.guard == "signed_in_with_a_key"


def test_who_is_signed_in_adds_and_removes_keys_and_is_told_each_time() -> None:
    world = World()
    ref, secret = with_app(world)
    inside = signed_in(world, ref, secret).session

    world.does(None, activations_keys.add_key, ref, KeyKind.SMS, proof=inside)
    confirmed = world.does(None, activations_keys.confirm_key, ref, sent_secret(world, ref, M.M15), proof=inside)
    world.does(None, activations_keys.remove_key, ref, KeyKind.TOTP, proof=inside)
    world.deliver()

    assert isinstance(confirmed, Case)
    told = [(one.params["change"], one.params["key_kind"]) for one in world.sent(ref, M.M11)]
    assert told == [("added", "totp"), ("added", "sms"), ("removed", "totp")]
    assert all(one.secret for one in world.sent(ref, M.M11)), "each notice can freeze"
    with world.door() as door:
        assert sign_in.kinds_of(door, world.case(ref)) == (KeyKind.SMS,)


def _second_key(world: World, ref: str, secret: str) -> None:
    inside = signed_in(world, ref, secret).session
    world.does(None, activations_keys.add_key, ref, KeyKind.SMS, proof=inside)
    world.does(None, activations_keys.confirm_key, ref, sent_secret(world, ref, M.M15), proof=inside)
    world.wait(minutes=1)
