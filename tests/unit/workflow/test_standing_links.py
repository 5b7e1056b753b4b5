"""Which page is true for links other than that of the activation: for going on, for saying that it was not me; and when frozen."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.support.visitor import (
    M,
    asked_to_resume,
    page_of,
    resume,
    sent_secret,
    standing_of,
    with_app,
)  # fmt: skip
from tests.support.world import World
from workflow import activations, freezing, standing
from workflow.model import Reason
from workflow.ports_entry import LinkPurpose
from workflow.standing import Page

BRUSSELS = ZoneInfo("Europe/Brussels")


def cancelled(world: World, ref: str) -> None:
    world.does(world.bart, activations.cancel, ref, Reason("withdrawal"))


@pytest.mark.fact("B2-freeze")
def test_a_frozen_activation_says_so_on_every_link_of_it() -> None:
    world = World()
    ref, _ = with_app(world)
    not_me = sent_secret(world, ref, M.M11)

    world.does(None, freezing.freeze, ref)

    pages = [page_of(world, token) for token in (world.link_of(ref), not_me)]
    assert pages == [Page.FROZEN, Page.FROZEN]
    assert standing_of(world, not_me).since == date(2026, 11, 23)


@pytest.mark.fact("B2-11b")
def test_a_link_for_going_on_leads_on_for_a_day_and_then_is_over() -> None:
    world = World()
    ref = world.activated()
    token, _ = asked_to_resume(world, ref)
    asked = world.now

    assert page_of(world, token) is Page.RESUME
    world.clock.set(asked + timedelta(hours=24) - timedelta(microseconds=1))
    assert page_of(world, token) is Page.RESUME
    world.clock.set(asked + timedelta(hours=24))

    assert page_of(world, token) is Page.RESUME_OVER


@pytest.mark.fact("B2-11b")
def test_a_link_for_going_on_is_over_once_it_was_used_or_a_newer_one_was_sent() -> None:
    world = World()
    ref = world.activated()
    first, _ = asked_to_resume(world, ref)
    world.wait(minutes=2)
    second, otp = asked_to_resume(world, ref)

    assert (page_of(world, first), page_of(world, second)) == (Page.RESUME_OVER, Page.RESUME)
    resume(world, ref, second, otp)

    assert page_of(world, second) is Page.RESUME_OVER


@pytest.mark.fact("B2-13")
def test_the_link_of_a_security_mail_asks_was_it_you_to_the_last_moment_of_its_thirtieth_day_in_brussels() -> None:
    world = World()
    ref, _ = with_app(world)
    token = sent_secret(world, ref, M.M11)
    sent_on = world.now.astimezone(BRUSSELS).date()
    over = datetime.combine(sent_on + timedelta(days=31), time(), BRUSSELS)

    assert page_of(world, token) is Page.NOT_ME
    world.clock.set(over - timedelta(microseconds=1))
    assert page_of(world, token) is Page.NOT_ME
    world.clock.set(over)

    assert page_of(world, token) is Page.USED


@pytest.mark.fact("B2-13")
def test_the_last_day_of_the_link_of_a_security_mail_is_known_while_it_works_and_afterwards() -> None:
    world = World()
    ref, _ = with_app(world)
    token, other = sent_secret(world, ref, M.M11), world.link_of(ref)
    last = world.now.astimezone(BRUSSELS).date() + timedelta(days=30)

    during = standing_of(world, token)
    world.wait(days=40)
    after = standing_of(world, token)

    assert (during.freezes_until, after.freezes_until) == (last, last)
    assert (during.can_freeze, after.can_freeze) == (True, False)
    assert standing_of(world, other).freezes_until is None


@pytest.mark.fact("B2-freeze")
def test_after_an_end_there_is_nothing_left_to_say_no_to() -> None:
    world = World()
    ref, _ = with_app(world)
    token = sent_secret(world, ref, M.M11)

    cancelled(world, ref)

    assert page_of(world, token) is Page.CANCELLED


@pytest.mark.fact("B2-freeze", "B2-10")
def test_an_end_is_told_as_an_end_with_its_own_day_although_it_was_frozen_before() -> None:
    world = World()
    ref = world.issued()
    token = world.link_of(ref)
    world.does(None, freezing.freeze, ref)
    limit = world.timers(ref)["activation_limit"]

    world.clock.set(limit)
    blocked = standing_of(world, token)

    assert (blocked.page, blocked.since) == (Page.BLOCKED_TIME, date(2026, 12, 24))
    assert world.does(None, standing.of_case, ref) == blocked


@pytest.mark.fact("B2-freeze", "B2-14")
def test_what_the_desk_cancelled_after_a_freeze_is_cancelled_on_that_day() -> None:
    world = World()
    ref = world.issued()
    token = world.link_of(ref)
    world.does(None, freezing.freeze, ref)
    world.wait(days=3)
    cancelled(world, ref)

    here = standing_of(world, token)

    assert (here.page, here.since) == (Page.CANCELLED, date(2026, 11, 26))
    assert world.does(None, standing.of_case, ref) == here


@pytest.mark.fact("B2-freeze")
def test_a_link_for_going_on_is_frozen_with_the_rest_and_works_again_after_it() -> None:
    world = World()
    ref = world.activated()
    token, otp = asked_to_resume(world, ref)
    world.does(None, freezing.freeze, ref)
    frozen = page_of(world, token)

    world.does(world.bart, freezing.unfreeze, ref, Reason("by_mistake"))

    assert (frozen, page_of(world, token)) == (Page.FROZEN, Page.RESUME)
    resume(world, ref, token, otp)
    assert page_of(world, token) is Page.RESUME_OVER


def test_a_link_of_one_purpose_is_none_of_another() -> None:
    """The same token under another purpose has another digest, so nothing stands for two things (trust 2.3, 3)."""
    world = World()
    ref, _ = with_app(world)
    tokens = [world.link_of(ref), sent_secret(world, ref, M.M11)]

    digests = {world.tools.secrets.token_digest(token, purpose=purpose) for token in tokens for purpose in LinkPurpose}

    with world.door() as door:
        found = [door.uow.links.find((digest,)) for digest in digests]
    assert sum(link is not None for link in found) == 2
