"""Sessions of browsers: over after a pause or a while, and worth nothing without the number in the cookie (trust 2.3, 13)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.visitor import is_in, opened, session_of
from tests.support.world import World
from workflow import sessions
from workflow.ports_entry import Stage
from workflow.sessions import Opened

MOMENT = timedelta(microseconds=1)
PAUSE = timedelta(minutes=30)
LONGEST = [
    (Stage.SETTING_UP, timedelta(hours=4)),
    (Stage.PASSWORD_GIVEN, timedelta(minutes=15)),
    (Stage.SIGNED_IN, timedelta(hours=4)),
]


def seen(world: World, one: Opened) -> None:
    """The browser asks for a page."""
    with world.door() as door:
        session = sessions.current(door.uow, one.token, now=world.now, tools=world.tools)
        assert session is not None
        sessions.note(door.uow, session, now=world.now)
        door.uow.commit()


@pytest.mark.parametrize("stage", [Stage.SETTING_UP, Stage.SIGNED_IN])
def test_a_pause_of_half_an_hour_ends_it(stage: Stage) -> None:
    world = World()
    one = opened(world, world.activated(), stage)
    began = world.now

    world.clock.set(began + PAUSE - MOMENT)
    still = is_in(world, one.token)
    world.clock.set(began + PAUSE)

    assert (still, is_in(world, one.token)) == (True, False)


def test_the_pause_is_counted_from_the_last_page() -> None:
    world = World()
    one = opened(world, world.activated(), Stage.SIGNED_IN)
    world.wait(minutes=29)
    seen(world, one)

    world.wait(minutes=29)
    assert is_in(world, one.token)
    world.wait(minutes=1)

    assert not is_in(world, one.token)


@pytest.mark.parametrize(("stage", "longest"), LONGEST)
def test_however_busy_it_is_over_after_its_longest_time(stage: Stage, longest: timedelta) -> None:
    world = World()
    one = opened(world, world.activated(), stage)
    ends = world.now + longest
    while world.now + timedelta(minutes=10) < ends:
        world.wait(minutes=10)
        seen(world, one)

    world.clock.set(ends - MOMENT)
    still = is_in(world, one.token)
    world.clock.set(ends)

    assert (still, is_in(world, one.token)) == (True, False)


def test_it_is_noted_at_most_once_a_minute_so_that_looking_costs_no_write() -> None:
    world = World()
    one = opened(world, world.activated(), Stage.SIGNED_IN)
    at = [world.now + timedelta(seconds=59), world.now + timedelta(seconds=60)]

    assert [sessions.is_to_be_noted(one.session, now=moment) for moment in at] == [False, True]


def test_noting_moves_neither_its_end_nor_its_stage() -> None:
    world = World()
    one = opened(world, world.activated(), Stage.SETTING_UP)
    world.wait(minutes=5)

    seen(world, one)

    kept = session_of(world, one.token)
    assert kept is not None
    assert kept.seen_at == world.now
    assert (kept.ends_at, kept.stage, kept.opened_at) == (one.session.ends_at, Stage.SETTING_UP, one.session.opened_at)


@pytest.mark.parametrize("token", ["", "0" * 43, "x" * 100_000, "é", "\x00"])
def test_a_number_that_was_never_given_out_is_no_session(token: str) -> None:
    world = World()
    opened(world, world.activated(), Stage.SIGNED_IN)

    assert not is_in(world, token)


def test_what_is_over_is_swept_away_and_what_is_not_stays() -> None:
    world = World()
    ref = world.activated()
    short, long = opened(world, ref, Stage.PASSWORD_GIVEN), opened(world, ref, Stage.SIGNED_IN)
    world.wait(minutes=15)

    with world.door() as door:
        gone = door.uow.sessions.drop_over(now=world.now)

    with world.door() as door:
        kept = [door.uow.sessions.get(one.session.digest) is not None for one in (short, long)]
    assert (gone, kept) == (1, [False, True])
