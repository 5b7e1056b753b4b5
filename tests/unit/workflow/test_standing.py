"""Which page is true for the holder of a link, whatever became of the link or the activation (A4), told on the memory store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.support.visitor import (
    M,
    mail_came_back,
    page_of,
    standing_of,
    with_command,
)  # fmt: skip
from tests.support.world import WRONG_CODE, World
from workflow import activations, activations_keys
from workflow.model import CodeChannel, Reason
from workflow.standing import Page, Renewal


def issued(world: World) -> tuple[str, str]:
    """An activation whose link was sent: its reference, and the link."""
    ref = world.issued()
    return ref, world.link_of(ref)


def blocked_by_tries(world: World, ref: str) -> None:
    for _ in range(3):
        world.enter(ref)


def blocked_by_time(world: World, _: str) -> None:
    world.wait(days=31)


def cancelled(world: World, ref: str) -> None:
    world.does(world.bart, activations.cancel, ref, Reason("withdrawal"))


def expired(world: World, _: str) -> None:
    world.wait(days=15)


def used(world: World, ref: str) -> None:
    world.enter(ref, world.code_of(ref))


@pytest.mark.fact("B2-4")
def test_a_link_that_was_sent_is_ready_and_the_page_says_what_it_may() -> None:
    world = World()
    ref, token = issued(world)

    here = standing_of(world, token)

    assert (here.page, here.ref, here.code_by, here.tries_left) == (Page.READY, ref, CodeChannel.SMS, 3)
    assert here.email != "zoe.dubois@example.org"
    assert "@" in here.email
    assert len(here.mobile_end) == 2
    assert here.code_sent_at == world.now
    assert here.entity.startswith("Agentschap")


@pytest.mark.fact("B2-2b")
def test_before_mail_and_code_are_handed_over_the_page_says_not_ready() -> None:
    world = World()
    ref = world.issuing()
    with world.door() as door:
        token = door.uow.outbox.secret_of(world.queue(ref, M.M1)[0].message.id)

    assert token is not None
    assert page_of(world, token) is Page.NOT_READY


@pytest.mark.fact("B2-8", "3.36")
def test_a_link_whose_days_are_over_offers_a_new_one() -> None:
    world = World()
    _, token = issued(world)

    expired(world, token)
    here = standing_of(world, token)

    assert (here.page, here.renewal) == (Page.EXPIRED, Renewal.NOW)


@pytest.mark.fact("B2-9")
def test_a_second_renewal_of_one_day_is_for_tomorrow() -> None:
    world = World()
    ref, _ = issued(world)
    expired(world, ref)
    world.does(None, activations.renew_link, ref)
    world.deliver()

    here = standing_of(world, world.link_of(ref))

    assert (here.page, here.renewal) == (Page.READY, Renewal.TOMORROW)


@pytest.mark.fact("B2-9")
def test_a_link_that_was_renewed_says_when_the_newer_one_was_sent() -> None:
    world = World()
    ref, old = issued(world)
    expired(world, ref)
    world.does(None, activations.renew_link, ref)
    world.deliver()

    here = standing_of(world, old)

    assert (here.page, here.newer_sent_on) == (Page.REPLACED, world.now.date())
    assert page_of(world, world.link_of(ref)) is Page.READY


@pytest.mark.fact("B2-9b")
def test_a_link_that_was_sent_once_more_is_replaced_by_its_copy() -> None:
    world = World()
    ref, old = issued(world)
    world.wait(days=2)
    world.does(None, activations.resend_link, ref)
    world.deliver()

    here = standing_of(world, old)

    assert (here.page, here.newer_sent_on) == (Page.REPLACED, world.now.date())
    assert page_of(world, world.link_of(ref)) is Page.READY


@pytest.mark.fact("B2-3b")
def test_a_link_to_an_address_that_was_corrected_is_replaced() -> None:
    world = World()
    ref, old = issued(world)
    mail_came_back(world, ref)
    world.does(world.bart, activations.correct_email, ref, email="zoe.new@example.org", confirmed=True)
    world.deliver()

    assert page_of(world, old) is Page.REPLACED
    assert page_of(world, world.link_of(ref)) is Page.READY


@pytest.mark.fact("B2-5")
def test_a_used_link_says_whether_the_set_up_is_finished() -> None:
    world = World()
    ref, token = issued(world)
    used(world, ref)
    unfinished = standing_of(world, token)
    secret = world.choose_app(ref)
    still = standing_of(world, token)

    world.does(None, activations_keys.confirm_key, ref, world.app_shows(secret))

    assert [(here.page, here.finished) for here in (unfinished, still)] == [(Page.USED, False)] * 2
    here = standing_of(world, token)
    assert (here.page, here.finished) == (Page.USED, True)
    assert here.since == date(2026, 11, 23)


@pytest.mark.fact("B2-5")
def test_a_replaced_link_of_a_profile_that_is_activated_is_used_like_the_newest() -> None:
    world = World()
    ref, old = issued(world)
    world.does(None, activations.resend_link, ref)
    world.deliver()
    newest = world.link_of(ref)

    used(world, ref)

    assert (page_of(world, old), page_of(world, newest)) == (Page.USED, Page.USED)


@pytest.mark.parametrize(
    ("end", "page"),
    [
        pytest.param(blocked_by_tries, Page.BLOCKED_ATTEMPTS, marks=pytest.mark.fact("B2-7", "3.36")),
        pytest.param(blocked_by_time, Page.BLOCKED_TIME, marks=pytest.mark.fact("B2-10", "3.36")),
        pytest.param(cancelled, Page.CANCELLED, marks=pytest.mark.fact("B2-14")),
    ],
)
def test_after_an_end_every_link_says_which_also_one_that_was_replaced(
    end: Callable[[World, str], None], page: Page
) -> None:
    world = World()
    ref, old = issued(world)
    world.does(None, activations.resend_link, ref)
    world.deliver()
    newest = world.link_of(ref)

    end(world, ref)

    assert (page_of(world, old), page_of(world, newest)) == (page, page)


@pytest.mark.fact("B2-10")
def test_the_page_of_a_block_tells_the_day_of_the_block_however_late_anybody_looks() -> None:
    world = World()
    ref, token = issued(world)
    limit = world.timers(ref)["activation_limit"]

    world.clock.set(limit + timedelta(days=4))

    assert standing_of(world, token).since == date(2026, 12, 24)  # Brussels midnight that ends day 30


@pytest.mark.fact("B2-15")
def test_when_the_keys_have_expired_the_link_says_so() -> None:
    world = World()
    ref, token = issued(world)
    used(world, ref)
    secret = world.choose_app(ref)
    world.does(None, activations_keys.confirm_key, ref, world.app_shows(secret))

    world.clock.set(world.timers(ref)["key_validity"])

    assert page_of(world, token) is Page.KEYS_EXPIRED


def test_a_link_that_never_was_is_unknown() -> None:
    world = World()
    _, token = issued(world)

    assert page_of(world, token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert page_of(world, "") is None


@pytest.mark.fact("B1-23", "R10")
@pytest.mark.parametrize("swept", [True, False])
def test_once_its_person_is_erased_a_link_is_as_unknown_as_one_that_never_was(swept: bool) -> None:
    world = World()
    ref, token = issued(world)
    cancelled(world, ref)
    purge = world.timers(ref)["holder_purge"]
    world.clock.set(purge - timedelta(microseconds=1))
    assert page_of(world, token) is Page.CANCELLED

    world.clock.set(purge)
    if swept:
        world.tick()

    assert page_of(world, token) is None


def test_looking_at_a_link_changes_nothing_however_often() -> None:
    """A mail scanner opens every link, more than once (F57)."""
    world = World()
    ref, token = issued(world)
    before = world.history(ref)

    pages = {page_of(world, token) for _ in range(5)}

    assert pages == {Page.READY}
    assert world.history(ref) == before
    with_command(world, ref, WRONG_CODE, world.tools.chance.uuid(world.now))
    assert world.activation(ref).attempts_used == 1
