"""User name and password: known and unknown names are answered and counted alike, and no crowd gains a try (trust 2.3, 6, 17)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes import PlainSecrets
from tests.support.visitor import (
    MINUTE,
    NAME,
    give_password,
    is_in,
    password_given,
    session_of,
    with_app,
)  # fmt: skip
from tests.support.world import PASSWORD, World
from workflow import activations, activations_keys, freezing
from workflow.limits import Quota
from workflow.model import Reason
from workflow.ports_entry import Stage
from workflow.sessions import Opened
from workflow.sign_in import SignInRefused

pytestmark = pytest.mark.fact("B2-13")
WRONG = "Lantern-Orchid-Eighty"
REFUSED = SignInRefused()


def test_name_and_password_together_open_a_session_that_still_wants_a_key() -> None:
    world = World()
    ref, _ = with_app(world)

    done = password_given(world)

    session = session_of(world, done.token)
    assert session is not None
    assert (session.stage, session.case_id) == (Stage.PASSWORD_GIVEN, world.case(ref).id)
    assert done.token not in repr(done)


@pytest.mark.parametrize("name", ["ZOE.Dubois", "Zoe.Dubois", "\uff5aoe.dubois"])
def test_the_name_is_known_in_capitals_and_from_any_keyboard(name: str) -> None:
    world = World()
    with_app(world)

    assert isinstance(give_password(world, name), Opened)


@pytest.mark.parametrize("password", [PASSWORD.casefold(), f" {PASSWORD}", PASSWORD[:-1], "", "\x00", "x" * 100_000])
def test_any_other_password_is_refused(password: str) -> None:
    world = World()
    with_app(world)

    assert give_password(world, NAME, password) == REFUSED


def test_a_name_that_nobody_has_is_refused_in_the_same_words() -> None:
    world = World()
    with_app(world)

    assert give_password(world, "marta.nowak") == give_password(world, NAME, WRONG) == REFUSED


@pytest.mark.parametrize("name", [NAME, "marta.nowak"])
def test_the_sixth_wrong_try_of_a_name_in_a_quarter_of_an_hour_waits_whether_the_name_exists_or_not(name: str) -> None:
    world = World()
    with_app(world)
    began = world.now

    told = []
    for _ in range(7):
        told.append(give_password(world, name, WRONG))
        world.clock.advance(MINUTE)

    assert told[:5] == [REFUSED] * 5
    assert told[5:] == [SignInRefused(began + timedelta(minutes=15))] * 2


def test_a_name_counts_as_one_however_it_is_written() -> None:
    world = World()
    with_app(world)

    told = [give_password(world, name, WRONG) for name in (NAME, NAME.upper(), "Zoe.Dubois", NAME, "zOe.dubois", NAME)]

    assert [isinstance(one, SignInRefused) and one.until is not None for one in told] == [False] * 5 + [True]


def test_while_it_waits_the_right_password_is_refused_too_and_after_it_one_try_is_there_again() -> None:
    world = World()
    with_app(world)
    began = world.now
    for _ in range(5):
        give_password(world, NAME, WRONG)
        world.clock.advance(MINUTE)

    world.clock.set(began + timedelta(minutes=15) - timedelta(microseconds=1))
    assert isinstance(give_password(world), SignInRefused)
    world.clock.set(began + timedelta(minutes=15))

    assert isinstance(give_password(world), Opened)


def test_one_name_that_waits_holds_no_other_back() -> None:
    world = World()
    with_app(world)
    for _ in range(6):
        give_password(world, "marta.nowak", WRONG)

    assert isinstance(give_password(world), Opened)


@pytest.mark.parametrize("name", [NAME, "marta.nowak"])
def test_thirty_wrong_tries_are_all_there_are_in_a_day(name: str) -> None:
    world = World()
    with_app(world)
    began = world.now
    for _ in range(6):
        assert [give_password(world, name, WRONG) for _ in range(5)] == [REFUSED] * 5
        world.wait(minutes=15)

    told = give_password(world, name, WRONG)

    assert told == SignInRefused(began + timedelta(days=1))
    world.clock.set(began + timedelta(days=1))
    assert give_password(world, name, WRONG) == REFUSED


def test_a_right_password_gives_its_try_back() -> None:
    world = World()
    with_app(world)

    assert all(isinstance(give_password(world), Opened) for _ in range(40))


def test_a_right_password_gives_back_its_own_try_and_no_wrong_one() -> None:
    world = World()
    with_app(world)
    for _ in range(4):
        give_password(world, NAME, WRONG)
    give_password(world)
    give_password(world, NAME, WRONG)

    told = give_password(world)

    assert isinstance(told, SignInRefused)
    assert told.until is not None


class Looking(PlainSecrets):
    """Secrets that note, while they compare, how much was counted and committed by then."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.counted: list[int] = []
        self.slow = 0

    def password_matches(self, password: str, digest: str) -> bool:
        """Right or wrong."""
        self._look()
        return super().password_matches(password, digest)

    def hash_password(self, password: str) -> str:
        """A digest."""
        self.slow += 1
        return super().hash_password(password)

    def _look(self) -> None:
        with self._world.door() as door:
            self.counted.append(
                door.uow.quotas.used(Quota("sign_in_name", NAME, 100, self._world.now - timedelta(days=1)))
            )


def test_a_try_is_counted_and_committed_before_the_slow_comparison() -> None:
    """A crash between the two costs the person a try and gains nobody one (F58)."""
    world = World()
    with_app(world)
    secrets = Looking(world)
    world.tools = replace(world.tools, secrets=secrets)

    give_password(world, NAME, WRONG)
    give_password(world, NAME, WRONG)

    assert secrets.counted == [1, 2]


def test_a_name_that_nobody_has_costs_as_much_slow_work_as_one_that_is_known() -> None:
    world = World()
    with_app(world)
    secrets = Looking(world)
    world.tools = replace(world.tools, secrets=secrets)

    give_password(world, "marta.nowak", WRONG)
    unknown = secrets.slow
    give_password(world, NAME, WRONG)

    assert (unknown, secrets.slow - unknown) == (1, 1)


def _setting_up(world: World) -> None:
    ref = world.activated()
    world.choose_app(ref)


def _frozen(world: World) -> None:
    ref, _ = with_app(world)
    world.does(None, freezing.freeze, ref)


def _cancelled(world: World) -> None:
    ref, _ = with_app(world)
    world.does(world.bart, activations.cancel, ref, Reason("withdrawal"))


def _expired(world: World) -> None:
    ref, _ = with_app(world)
    world.clock.set(world.timers(ref)["key_validity"])


@pytest.mark.parametrize("come_so_far", [_setting_up, _frozen, _cancelled, _expired])
def test_an_account_that_cannot_be_used_is_refused_like_one_that_nobody_has(
    come_so_far: Callable[[World], None],
) -> None:
    world = World()
    come_so_far(world)

    told = [give_password(world) for _ in range(6)]

    assert told[:5] == [REFUSED] * 5
    assert isinstance(told[5], SignInRefused)
    assert told[5].until is not None, "counted like any other"


@pytest.mark.fact("B2-11")
def test_an_account_that_was_named_anew_signs_in_with_the_newer_name_and_password_only() -> None:
    world = World()
    ref = world.activated()
    secret = world.choose_app(ref)
    world.does(None, activations_keys.name_account, ref, username="zoe.d", password="Harbour-Violet-Ninety")
    world.does(None, activations_keys.confirm_key, ref, world.app_shows(secret))

    assert [isinstance(give_password(world, *pair), Opened) for pair in (
        (NAME, PASSWORD), ("zoe.d", PASSWORD), ("zoe.d", "Harbour-Violet-Ninety"),
    )] == [False, False, True]  # fmt: skip


def test_a_refusal_opens_no_session_and_a_session_is_not_kept_as_it_stands_in_the_cookie() -> None:
    world = World()
    with_app(world)

    done = password_given(world)

    assert is_in(world, done.token)
    with world.door() as door:
        assert door.uow.sessions.get(done.token.encode()) is None
    assert not is_in(world, done.session.digest.hex())
