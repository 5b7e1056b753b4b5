"""Whatever anybody does in the applicant's name, in whatever order: what is frozen stays in its state (F59)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.visitor import NAME, asked_to_resume, digest_of, opened
from tests.support.world import PASSWORD, WRONG_CODE, World
from workflow import (
    activations,
    activations_code,
    activations_keys,
    activations_resume,
    by_reference,
    freezing,
    sign_in,
)  # fmt: skip
from workflow.access import Door
from workflow.errors import BisdeskError
from workflow.lifecycles.activation import OPEN, Trigger, activation
from workflow.lifecycles.activation_guards import Facts
from workflow.model import Activation, KeyKind, Role
from workflow.ports_entry import Stage

pytestmark = pytest.mark.fact("B2-freeze")
FAR = ("issuing", "issued", "activated", "key_chosen", "active")
Act = Callable[[Door], object]


def acts_of(world: World, ref: str, code: str, *, resume_with: tuple[str, str], app: str) -> dict[str, Act]:
    """Everything that an applicant could do, with every proof right that there is."""
    inside, half = (opened(world, ref, stage).session for stage in (Stage.SIGNED_IN, Stage.PASSWORD_GIVEN))
    digest, otp = digest_of(world, resume_with[0]), resume_with[1]
    return {
        "open the link": lambda door: activations_code.open_link(door, ref),
        "right code": lambda door: activations_code.submit_code(door, ref, code),
        "wrong code": lambda door: activations_code.submit_code(door, ref, WRONG_CODE),
        "no code": lambda door: activations_code.submit_code(door, ref, "x"),
        "renew": lambda door: activations.renew_link(door, ref),
        "send again": lambda door: activations.resend_link(door, ref),
        "by reference": lambda door: by_reference.send_way_on(door, ref),
        "name": lambda door: activations_keys.name_account(door, ref, username=NAME, password=PASSWORD),
        "choose app": lambda door: activations_keys.choose_key(
            door, ref, KeyKind.TOTP, username=NAME, password=PASSWORD
        ),
        "choose sms": lambda door: activations_keys.choose_key(
            door, ref, KeyKind.SMS, username=NAME, password=PASSWORD
        ),
        "confirm": lambda door: activations_keys.confirm_key(door, ref, app or "000000", proof=inside),
        "miss": lambda door: activations_keys.confirm_key(door, ref, "000000", proof=inside),
        "ask to go on": lambda door: activations_resume.ask_resume(door, ref),
        "another code": lambda door: activations_resume.send_code(door, ref, digest=digest),
        "go on": lambda door: activations_resume.resume(door, ref, digest=digest, otp=otp),
        "ask for a key's code": lambda door: sign_in.ask_code(door, ref, half),
        "give a key": lambda door: sign_in.give_key(door, ref, half, kind=KeyKind.TOTP, otp=app or "000000"),
        "add": lambda door: activations_keys.add_key(door, ref, KeyKind.SMS, proof=inside),
        "remove": lambda door: activations_keys.remove_key(door, ref, KeyKind.TOTP, proof=inside),
        "freeze": lambda door: freezing.freeze(door, ref),
        "let it go on": lambda door: freezing.unfreeze(door, ref, freezing.Reason("was_the_person")),
    }


ACTS = 21


@settings(max_examples=60, deadline=None)
@given(far=st.sampled_from(FAR), order=st.lists(st.tuples(st.integers(0, ACTS - 1), st.integers(0, 90)), max_size=12))
def test_no_order_of_what_an_applicant_can_do_moves_what_is_frozen(far: str, order: list[tuple[int, int]]) -> None:
    world, ref, acts = _frozen(far)
    kept = _kept(world.activation(ref))
    state = world.state(ref)

    for number, minutes in order:
        act = acts[number % len(acts)]
        with suppress(BisdeskError):
            world.does(None, act)
        world.wait(minutes=minutes)
        world.deliver()

    assert (world.state(ref), _kept(world.activation(ref))) == (
        "awaiting_code" if far == "issuing" and order else state,
        kept,
    )


def _kept(detail: Activation) -> tuple[object, ...]:
    """What no applicant may have changed."""
    return (
        detail.frozen_at, detail.activated_at, detail.link_digest, detail.attempts_used, detail.account_named,
        detail.otp_digest, detail.resume_digest, detail.renewals, detail.keys_expire_at,
    )  # fmt: skip


def _frozen(far: str) -> tuple[World, str, list[Act]]:
    world = World()
    ref = world.issuing() if far == "issuing" else world.issued()
    code, resume_with, app = WRONG_CODE, ("A" * 43, "000000"), ""
    if far != "issuing":
        code = world.code_of(ref)
    if far in ("activated", "key_chosen", "active"):
        world.enter(ref, code)
        resume_with = asked_to_resume(world, ref)
        world.wait(minutes=2)
    if far in ("key_chosen", "active"):
        secret = world.choose_app(ref)
        if far == "active":
            world.does(None, activations_keys.confirm_key, ref, world.app_shows(secret))
            world.wait(minutes=2)
        app = world.app_shows(secret)
    world.does(None, freezing.freeze, ref)
    acts = acts_of(world, ref, code, resume_with=resume_with, app=app)
    assert len(acts) == ACTS
    return world, ref, list(acts.values())


@given(
    order=st.lists(st.tuples(st.sampled_from(list(Trigger)), st.integers(0, 2**20 - 1)), max_size=30),
    start=st.sampled_from(OPEN),
)
@settings(max_examples=200, deadline=None)
def test_no_row_that_an_applicant_may_pull_leads_a_frozen_activation_elsewhere_with_any_facts_but_a_wrong_code(
    order: list[tuple[Trigger, int]], start: str
) -> None:
    """On the table alone: a code is never judged while frozen, so its facts stay at `the code is right`."""
    state = str(start)
    names = [
        name
        for name, kind in Facts.__annotations__.items()
        if kind == "bool" and name not in ("frozen", "code_matches")
    ]

    for trigger, bits in order:
        facts = Facts(
            frozen=True, code_matches=True, **{name: bool(bits >> at % 20 & 1) for at, name in enumerate(names)}
        )
        try:
            state = activation.fire(state, trigger, roles=frozenset({Role.APPLICANT}), facts=facts).to
        except BisdeskError:
            continue

    assert state == str(start)
