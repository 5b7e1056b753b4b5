"""A secret that somebody has seen: shown again after a mistake, and never to whoever comes later (A19)."""

from __future__ import annotations

import pytest

from tests.support.visitor import asked_to_resume, opened, resume, with_app
from tests.support.world import PASSWORD, World
from workflow import activations_keys, freezing
from workflow.activations_keys import KeyChosen
from workflow.model import KeyKind, Reason
from workflow.ports_entry import Stage

pytestmark = pytest.mark.fact("B2-11")


def shown(world: World, ref: str) -> str:
    """The address of the picture that the page shows now."""
    chosen = world.does(None, activations_keys.choose_key, ref, KeyKind.TOTP, username="zoe.dubois", password=PASSWORD)
    assert chosen.uri is not None
    return chosen.uri


def test_within_the_hour_the_same_secret_is_shown_again() -> None:
    world = World()
    ref = world.activated()
    first = shown(world, ref)

    world.wait(minutes=59, seconds=59)

    assert shown(world, ref) == first


def test_after_an_hour_it_is_another_secret() -> None:
    world = World()
    ref = world.activated()
    first = shown(world, ref)

    world.wait(hours=1)

    assert shown(world, ref) != first


def test_who_goes_on_with_the_set_up_elsewhere_gets_a_secret_of_their_own() -> None:
    world = World()
    ref = world.activated()
    first = shown(world, ref)
    token, otp = asked_to_resume(world, ref)

    resume(world, ref, token, otp)

    assert shown(world, ref) != first


def test_a_secret_that_was_seen_before_a_freeze_is_worth_nothing_after_it() -> None:
    world = World()
    ref, _ = with_app(world)
    thief = opened(world, ref, Stage.SIGNED_IN).session
    before = world.does(None, activations_keys.add_key, ref, KeyKind.TOTP, proof=thief)
    world.does(None, freezing.freeze, ref)
    world.does(world.bart, freezing.unfreeze, ref, Reason("by_mistake"))

    owner = opened(world, ref, Stage.SIGNED_IN).session
    after = world.does(None, activations_keys.add_key, ref, KeyKind.TOTP, proof=owner)

    assert isinstance(before, KeyChosen)
    assert before.uri != after.uri
