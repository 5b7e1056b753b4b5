"""Tries are counted where they come from: a stranger who knows a user name never locks its owner out (OWASP, device cookies)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.visitor import HOME, NAME, give_password, with_app
from tests.support.world import World
from workflow.sessions import Opened
from workflow.sign_in import Origin, SignInRefused

pytestmark = pytest.mark.fact("B2-13")
WRONG = "Lantern-Orchid-Eighty"
ELSEWHERE = Origin("203.0.113.0/24")
DEVICE = Origin(HOME.neighbourhood, "a number of this device")
REFUSED = SignInRefused()


def guesses(world: World, count: int, *, origin: Origin, name: str = NAME) -> list[Opened | SignInRefused]:
    """So many wrong passwords from one place."""
    return [give_password(world, name, WRONG, origin=origin) for _ in range(count)]


def besieged(world: World, name: str = NAME) -> None:
    """A hundred wrong passwords of one name, five from each of twenty neighbourhoods."""
    for number in range(20):
        assert guesses(world, 5, origin=Origin(f"192.0.{number}.0/24"), name=name) == [REFUSED] * 5


def waits(told: Opened | SignInRefused) -> bool:
    """Whether too many tries are the reason."""
    return isinstance(told, SignInRefused) and told.until is not None


def test_a_stranger_who_uses_up_the_tries_of_a_name_holds_nobody_back_in_another_neighbourhood() -> None:
    world = World()
    with_app(world)

    told = guesses(world, 6, origin=ELSEWHERE)

    assert waits(told[5])
    assert isinstance(give_password(world, origin=HOME), Opened)


def test_a_device_that_is_known_signs_in_while_strangers_of_its_own_neighbourhood_wait() -> None:
    world = World()
    with_app(world)
    assert waits(guesses(world, 6, origin=HOME)[5])

    told = give_password(world, origin=DEVICE)

    assert isinstance(told, Opened)


def test_a_known_device_has_five_tries_in_a_quarter_of_an_hour_wherever_it_goes() -> None:
    world = World()
    with_app(world)
    began = world.now

    told = [
        give_password(world, NAME, WRONG, origin=Origin(f"192.0.{number}.0/24", DEVICE.device)) for number in range(6)
    ]

    assert told == [REFUSED] * 5 + [SignInRefused(began + timedelta(minutes=15))]


def test_a_known_device_has_thirty_tries_a_day() -> None:
    world = World()
    with_app(world)
    began = world.now
    for _ in range(6):
        assert guesses(world, 5, origin=DEVICE) == [REFUSED] * 5
        world.wait(minutes=15)

    assert guesses(world, 1, origin=DEVICE) == [SignInRefused(began + timedelta(days=1))]


def test_the_tries_of_one_device_are_not_those_of_another() -> None:
    world = World()
    with_app(world)
    assert waits(guesses(world, 6, origin=DEVICE)[5])

    other = give_password(world, origin=Origin(HOME.neighbourhood, "another device"))

    assert isinstance(other, Opened)


@pytest.mark.parametrize("name", [NAME, "marta.nowak"])
def test_after_a_hundred_wrong_tries_of_a_name_a_neighbourhood_has_one_in_a_quarter_of_an_hour(name: str) -> None:
    world = World()
    with_app(world)
    besieged(world, name)
    began = world.now

    told = guesses(world, 2, origin=ELSEWHERE, name=name)

    assert told == [REFUSED, SignInRefused(began + timedelta(minutes=15))]


def test_while_a_name_is_besieged_a_neighbourhood_has_three_tries_a_day() -> None:
    world = World()
    with_app(world)
    besieged(world)
    began = world.now
    for _ in range(3):
        assert guesses(world, 1, origin=ELSEWHERE) == [REFUSED]
        world.wait(minutes=15)

    assert guesses(world, 1, origin=ELSEWHERE) == [SignInRefused(began + timedelta(days=1))]


def test_a_siege_slows_the_owner_of_a_name_down_and_locks_nobody_out() -> None:
    world = World()
    with_app(world)
    besieged(world)

    told = give_password(world, origin=ELSEWHERE)

    assert isinstance(told, Opened)


def test_a_known_device_does_not_notice_a_siege() -> None:
    world = World()
    with_app(world)
    besieged(world)

    told = guesses(world, 4, origin=DEVICE)

    assert told == [REFUSED] * 4
    assert isinstance(give_password(world, origin=DEVICE), Opened)


def test_a_siege_of_one_name_slows_no_other_down() -> None:
    world = World()
    with_app(world)
    besieged(world, "marta.nowak")

    assert guesses(world, 5, origin=HOME) == [REFUSED] * 5


def test_what_is_tried_on_known_devices_makes_no_siege() -> None:
    world = World()
    with_app(world)
    for number in range(20):
        guesses(world, 5, origin=Origin(HOME.neighbourhood, f"device {number}"))

    assert guesses(world, 5, origin=ELSEWHERE) == [REFUSED] * 5


def test_a_siege_is_over_when_its_tries_are_a_day_old() -> None:
    world = World()
    with_app(world)
    besieged(world)
    world.wait(days=1)

    assert guesses(world, 5, origin=ELSEWHERE) == [REFUSED] * 5


def test_a_right_password_never_counts_towards_a_siege() -> None:
    world = World()
    with_app(world)
    for number in range(120):
        assert isinstance(give_password(world, origin=Origin(f"192.0.{number}.0/24")), Opened)

    assert guesses(world, 5, origin=ELSEWHERE) == [REFUSED] * 5


def test_where_a_try_comes_from_is_shown_by_no_representation() -> None:
    assert HOME.neighbourhood not in repr(DEVICE)
    assert str(DEVICE.device) not in repr(DEVICE)
