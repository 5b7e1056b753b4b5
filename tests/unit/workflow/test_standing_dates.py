"""The days that a page prints are those that the guard judges, with no scheduler running (A13, R1, R2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.support.visitor import page_of, standing_of
from tests.support.world import World
from workflow import activations
from workflow.activations_code import CodeAccepted, CodeMissed, TryRefused
from workflow.standing import Page

BRUSSELS = ZoneInfo("Europe/Brussels")
MOMENT = timedelta(microseconds=1)
BEFORE = {"identityCheck.checkedOn": "2026-10-12", "identityCheck.declarationDate": "2026-10-12"}
STARTS = (
    datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
    datetime(2026, 10, 15, 21, 59, tzinfo=UTC),  # one minute before midnight in Brussels, ten days before winter time
    datetime(2026, 10, 15, 22, 0, tzinfo=UTC),  # midnight in Brussels: the next day already
    datetime(2027, 3, 20, 20, 0, tzinfo=UTC),  # eight days before summer time
)


def brussels(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """An instant by the clock on the wall."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=BRUSSELS).astimezone(UTC)


def sent_on(world: World) -> date:
    """The day on the wall of the start."""
    return world.now.astimezone(BRUSSELS).date()


@pytest.mark.fact("R1", "3.34", "3.36", "B3b-link_validity")
@pytest.mark.parametrize("start", STARTS)
def test_a_link_is_ready_through_the_last_second_of_day_fourteen_and_over_from_midnight_on(start: datetime) -> None:
    world = World(start=start)
    ref = world.issued(BEFORE)
    token, day = world.link_of(ref), sent_on(world)

    world.clock.set(brussels(day + timedelta(days=14), 23, 59, 59))
    last = standing_of(world, token)
    world.clock.set(brussels(day + timedelta(days=15)) - MOMENT)
    assert page_of(world, token) is Page.READY
    world.clock.set(brussels(day + timedelta(days=15)))

    assert (last.page, last.link_until, last.days_left) == (Page.READY, day + timedelta(days=14), 0)
    assert page_of(world, token) is Page.EXPIRED


@pytest.mark.fact("R2", "3.36", "B3b-activation_limit")
@pytest.mark.parametrize("start", STARTS)
def test_the_day_of_the_block_is_the_last_on_which_it_works(start: datetime) -> None:
    world = World(start=start)
    ref = world.issued(BEFORE)
    token, day = world.link_of(ref), sent_on(world)
    here = standing_of(world, token)

    world.clock.set(brussels(day + timedelta(days=30), 23, 59, 59))
    assert page_of(world, token) is Page.EXPIRED
    world.clock.set(brussels(day + timedelta(days=31)))

    assert here.block_on == day + timedelta(days=30)
    assert page_of(world, token) is Page.BLOCKED_TIME


@pytest.mark.fact("R2", "B2-9", "3.36")
@pytest.mark.parametrize("start", STARTS)
def test_a_link_that_is_renewed_on_day_twenty_five_prints_day_thirty_and_ends_with_it(start: datetime) -> None:
    world = World(start=start)
    ref = world.issued(BEFORE)
    day = sent_on(world)
    world.clock.set(brussels(day + timedelta(days=25), 12))
    world.does(None, activations.renew_link, ref)
    world.deliver()
    token = world.link_of(ref)

    here = standing_of(world, token)
    world.clock.set(brussels(day + timedelta(days=31)) - MOMENT)
    last = page_of(world, token)
    world.clock.set(brussels(day + timedelta(days=31)))

    assert (here.link_until, here.block_on, here.days_left) == (*[day + timedelta(days=30)] * 2, 5)
    assert (last, page_of(world, token)) == (Page.READY, Page.BLOCKED_TIME)


@pytest.mark.fact("R1", "R4")
@pytest.mark.parametrize("start", STARTS)
def test_the_page_and_the_judge_of_the_code_agree_at_every_edge(start: datetime) -> None:
    """A page never promises what a code typed at that very instant is refused for, nor the other way round (F53)."""
    world = World(start=start)
    ref = world.issued(BEFORE)
    token, expires = world.link_of(ref), world.activation(ref).link_expires_at

    world.clock.set(expires - MOMENT)
    ready, missed = page_of(world, token), world.enter(ref)
    world.clock.set(expires)
    over, refused = page_of(world, token), world.enter(ref, world.code_of(ref))

    assert (ready, over) == (Page.READY, Page.EXPIRED)
    assert isinstance(missed, CodeMissed)
    assert isinstance(refused, TryRefused)
    assert world.activation(ref).attempts_used == 1


@pytest.mark.fact("R2")
def test_the_right_code_in_the_last_moment_of_day_thirty_activates() -> None:
    world = World()
    ref = world.issued(BEFORE)
    world.wait(days=25)
    world.does(None, activations.renew_link, ref)
    world.deliver()
    limit = world.activation(ref).blocks_at
    assert limit is not None

    world.clock.set(limit - MOMENT)

    assert page_of(world, world.link_of(ref)) is Page.READY
    assert isinstance(world.enter(ref, world.code_of(ref)), CodeAccepted)


@pytest.mark.fact("R1")
def test_the_days_that_are_left_count_down_by_the_calendar_on_the_wall() -> None:
    world = World(start=datetime(2026, 10, 15, 21, 59, tzinfo=UTC))
    token = world.link_of(world.issued(BEFORE))
    left = [standing_of(world, token).days_left]

    world.wait(minutes=1)
    left.append(standing_of(world, token).days_left)
    world.clock.set(brussels(date(2026, 10, 25), 23, 59))
    left.append(standing_of(world, token).days_left)

    assert left == [14, 13, 4]


@pytest.mark.fact("R1", "R2", "R4")
@pytest.mark.parametrize("limit", ["link_expires_at", "blocks_at"])
def test_at_its_instant_a_limit_is_over_also_for_a_command_that_finds_no_timer(limit: str) -> None:
    """Strictly before, by the `now` of the door: the guard itself, and not only the timer that fires there (F53)."""
    world = World()
    ref = world.issued()
    detail = world.activation(ref)
    at: datetime = getattr(detail, limit)
    name = "before_expiry" if limit == "link_expires_at" else "before_limit"

    judged = [getattr(activations.facts_of(detail, now=now, tools=world.tools), name) for now in (at - MOMENT, at)]

    assert judged == [True, False]
