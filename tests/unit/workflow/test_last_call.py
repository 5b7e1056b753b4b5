"""Nothing leaves so late that its reader could not act on it: the last moment lies before the end of the link or code (B3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import builders
from tests.support.world import World
from workflow import activations
from workflow.model import KeyKind
from workflow.outbox import MessageKind
from workflow.wording import last_call

M, START = MessageKind, builders.START
pytestmark = pytest.mark.fact("B3-expire")


@pytest.mark.parametrize(
    ("lives", "left"),
    [
        (timedelta(days=14), timedelta(hours=6)),
        (timedelta(hours=10), timedelta(hours=1)),
        (timedelta(minutes=10), timedelta(minutes=1)),
    ],
)
def test_a_tenth_of_the_time_and_at_most_six_hours_are_left_to_act(lives: timedelta, left: timedelta) -> None:
    assert START + lives - last_call(START + lives, now=START) == left


def test_link_and_code_leave_before_the_link_ends() -> None:
    world = World()
    ref = world.issued()
    ends = world.activation(ref).link_expires_at

    for kind in (M.M1, M.M3):
        assert world.queue(ref, kind)[0].message.send_before == ends - timedelta(hours=6)


def test_a_link_renewed_in_its_last_hours_can_still_leave() -> None:
    world = World()
    ref = world.issued()
    world.wait(days=30)
    world.tick()
    world.does(None, activations.renew_link, ref)

    message = world.queue(ref, M.M8)[0].message

    assert message.send_before is not None
    assert world.now < message.send_before < world.activation(ref).link_expires_at


def test_a_one_time_code_leaves_while_most_of_its_ten_minutes_are_left() -> None:
    from workflow import activations_keys

    world = World()
    ref = world.activated()
    world.does(
        None, activations_keys.choose_key, ref, KeyKind.SMS, username="zoe.dubois", password="Lantern-Orchid-Seventy"
    )

    message = world.queue(ref, M.M15)[0].message

    assert message.send_before == world.now + timedelta(minutes=9)
