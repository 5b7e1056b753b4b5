"""A crash between counting a try and comparing it: it may cost a try, it never gains one (B2-7b), told on the memory store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes import DyingSecrets, Killed
from tests.support.world import World
from workflow.activations_code import CodeAccepted, TryRefused
from workflow.outbox import MessageKind

M = MessageKind


def enter_and_die(world: World, ref: str) -> None:
    """The applicant enters a code, and the worker dies over it."""
    alive = world.tools
    world.tools = replace(alive, secrets=DyingSecrets())
    with pytest.raises(Killed):
        world.enter(ref)
    world.tools = alive


@pytest.mark.fact("B2-7b", "R3", "3.36")
def test_a_crash_over_the_third_try_blocks_after_a_minute_and_both_are_told() -> None:
    world = World()
    ref = world.issued()
    world.enter(ref)
    world.enter(ref)
    enter_and_die(world, ref)

    refused = world.enter(ref, world.code_of(ref))

    assert isinstance(refused, TryRefused)
    assert world.state(ref) == "awaiting_code"
    world.wait(seconds=59)
    assert world.state(ref) == "awaiting_code"
    world.wait(seconds=1)
    assert world.state(ref) == "blocked_attempts"
    world.tick()
    assert world.events(ref)[-1] == "activation.blocked_after_crash"
    assert sorted(str(one.audience) for one in world.sent(ref, M.M9)) == ["applicant", "filer"]


@pytest.mark.fact("B2-7b")
def test_a_crash_over_an_earlier_try_costs_that_try_and_nothing_else() -> None:
    world = World()
    ref = world.issued()
    enter_and_die(world, ref)
    world.wait(minutes=2)
    world.tick()

    accepted = world.enter(ref, world.code_of(ref))

    assert isinstance(accepted, CodeAccepted)
    assert world.activation(ref).attempts_used == 2
    assert "activation.try_not_judged" in world.events(ref)
