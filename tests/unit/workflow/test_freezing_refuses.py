"""What is frozen refuses everything that its applicant could do, whatever they prove (F59)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.visitor import (
    M,
    asked_to_resume,
    digest_of,
    give_password,
    opened,
    password_given,
    sent_secret,
    with_app,
    with_sms_key,
)  # fmt: skip
from tests.support.world import PASSWORD, World
from workflow import (
    activations,
    activations_keys,
    activations_resume,
    freezing,
    sign_in,
)  # fmt: skip
from workflow.access import Door
from workflow.activations_code import TryRefused
from workflow.errors import GuardRefused
from workflow.model import KeyKind
from workflow.ports_entry import Stage
from workflow.sign_in import SignInRefused

pytestmark = pytest.mark.fact("B2-freeze")


def freeze(world: World, ref: str) -> None:
    """Somebody says that it was not them."""
    world.does(None, freezing.freeze, ref)


def refused(world: World, act: Callable[[Door], object]) -> str:
    """The guard that refuses."""
    with pytest.raises(GuardRefused) as told:
        world.does(None, act)
    return told.value.guard


def _resume(world: World, ref: str) -> Callable[[Door], object]:
    digest = digest_of(world, world.sent(ref, M.M13)[-1].secret or "")
    otp = str(world.sent(ref, M.M15)[-1].secret)
    return lambda door: activations_resume.resume(door, ref, digest=digest, otp=otp)


def _send_code(world: World, ref: str) -> Callable[[Door], object]:
    digest = digest_of(world, world.sent(ref, M.M13)[-1].secret or "")
    return lambda door: activations_resume.send_code(door, ref, digest=digest)


SETTING_UP: dict[str, Callable[[World, str], Callable[[Door], object]]] = {
    "name_account": lambda _, ref: (
        lambda door: activations_keys.name_account(door, ref, username="zoe.d", password=PASSWORD)
    ),
    "choose_app": lambda _, ref: lambda door: activations_keys.choose_key(door, ref, KeyKind.TOTP),
    "choose_sms": lambda _, ref: lambda door: activations_keys.choose_key(door, ref, KeyKind.SMS),
    "confirm_key": lambda _, ref: lambda door: activations_keys.confirm_key(door, ref, "123456"),
    "confirm_malformed": lambda _, ref: lambda door: activations_keys.confirm_key(door, ref, "x"),
    "ask_resume": lambda _, ref: lambda door: activations_resume.ask_resume(door, ref),
    "send_resume_code": _send_code,
    "resume": _resume,
}


@pytest.mark.parametrize("act", SETTING_UP)
def test_nothing_of_a_frozen_set_up_moves_although_the_proof_is_right(act: str) -> None:
    world = World()
    ref = world.activated()
    world.choose_app(ref)
    asked_to_resume(world, ref)
    world.wait(minutes=2)
    attempt = SETTING_UP[act](world, ref)
    freeze(world, ref)
    before = world.activation(ref)

    assert refused(world, attempt) == "is_not_frozen"

    assert world.activation(ref) == before


@pytest.mark.fact("B2-13")
@pytest.mark.parametrize("act", ["ask_code", "give_key", "add_app", "add_sms", "remove", "confirm"])
def test_nothing_of_a_frozen_account_moves_although_somebody_is_signed_in(act: str) -> None:
    world = World()
    ref = with_sms_key(world)
    first = password_given(world)
    world.does(None, sign_in.ask_code, ref, first.session)
    otp = sent_secret(world, ref, M.M15)
    inside = opened(world, ref, Stage.SIGNED_IN).session
    freeze(world, ref)
    world.wait(minutes=2)
    attempts: dict[str, Callable[[Door], object]] = {
        "ask_code": lambda door: sign_in.ask_code(door, ref, first.session),
        "give_key": lambda door: sign_in.give_key(door, ref, first.session, kind=KeyKind.SMS, otp=otp),
        "add_app": lambda door: activations_keys.add_key(door, ref, KeyKind.TOTP, proof=inside),
        "add_sms": lambda door: activations_keys.add_key(door, ref, KeyKind.SMS, proof=inside),
        "remove": lambda door: activations_keys.remove_key(door, ref, KeyKind.SMS, proof=inside),
        "confirm": lambda door: activations_keys.confirm_key(door, ref, otp, proof=inside),
    }

    assert refused(world, attempts[act]) == "is_not_frozen"


def test_a_frozen_account_is_refused_like_a_wrong_password() -> None:
    world = World()
    ref, _ = with_app(world)
    freeze(world, ref)

    assert give_password(world) == SignInRefused()


@pytest.mark.fact("B2-9", "B2-9b")
@pytest.mark.parametrize(("days", "act"), [(1, activations.resend_link), (15, activations.renew_link)])
def test_no_new_link_is_sent_for_what_is_frozen_not_even_by_the_desk(days: int, act: Callable[..., object]) -> None:
    world = World()
    ref = world.issued()
    freeze(world, ref)
    world.wait(days=days)

    for who in (None, world.bart):
        with pytest.raises(GuardRefused) as told:
            world.does(who, act, ref)
        assert told.value.guard == "is_not_frozen"


@pytest.mark.fact("B2-5")
@pytest.mark.parametrize("typed", ["right", "00000 00000 00000 00000", "malformed"])
def test_a_code_typed_into_a_frozen_activation_costs_nothing_and_is_not_compared(typed: str) -> None:
    world = World()
    ref = world.issued()
    code = world.code_of(ref) if typed == "right" else typed
    freeze(world, ref)

    outcome = world.enter(ref, code)

    assert isinstance(outcome, TryRefused)
    assert "frozen" in outcome.reason
    assert world.activation(ref).attempts_used == 0
    assert world.history(ref)[-1].reason_code == "frozen"
