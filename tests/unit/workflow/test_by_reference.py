"""The reference alone: the mail that leads on goes to the stored address, and the answer tells nobody anything (A5, A23)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.visitor import M, asked_to_resume, mail_came_back, page_of, resume, sent_secret, with_app
from tests.support.world import World
from workflow import activations, by_reference, freezing
from workflow.by_reference import normalised, send_way_on
from workflow.model import Reason
from workflow.standing import Page

REF = "AC-2026-10011-0K"


def state_of_all(world: World, ref: str) -> tuple[object, ...]:
    """Everything that a stranger could have changed."""
    return (world.history(ref), world.queue(ref), world.activation(ref), world.timers(ref))


def asks(world: World, ref: str) -> None:
    """Somebody types a reference, and the post goes."""
    assert world.does(None, send_way_on, ref) is None
    world.deliver()


@pytest.mark.fact("B2-9b")
def test_while_the_link_works_it_is_sent_again_once_a_day() -> None:
    world = World()
    ref = world.issued()

    for _ in range(3):
        asks(world, ref)
    today = len(world.sent(ref, M.M1))
    world.wait(days=1)
    asks(world, ref)

    assert (today, len(world.sent(ref, M.M1))) == (2, 3)
    assert page_of(world, world.link_of(ref)) is Page.READY


@pytest.mark.fact("B2-9")
def test_after_the_link_a_new_one_is_sent_once_a_day() -> None:
    world = World()
    ref = world.issued()
    world.wait(days=15)

    for _ in range(3):
        asks(world, ref)

    assert len(world.sent(ref, M.M8)) == 1
    assert len(world.sent(ref, M.M1)) == 2, "the new link itself can be sent again once"
    assert page_of(world, world.link_of(ref)) is Page.READY


@pytest.mark.fact("B2-11b")
def test_an_unfinished_set_up_is_led_on_once_a_day_however_many_ask() -> None:
    """Nobody who knows or guesses a reference sets off an SMS a minute (trust 2.3, 7)."""
    world = World()
    ref = world.activated()

    for _ in range(4):
        asks(world, ref)
        world.wait(minutes=61)
    today = (len(world.sent(ref, M.M13)), len(world.sent(ref, M.M15)))
    world.wait(days=1)
    asks(world, ref)

    assert today == (1, 1)
    assert (len(world.sent(ref, M.M13)), len(world.sent(ref, M.M15))) == (2, 2)
    token, otp = sent_secret(world, ref, M.M13), sent_secret(world, ref, M.M15)
    assert page_of(world, token) is Page.RESUME
    resume(world, ref, token, otp)
    assert world.events(ref)[-1] == "activation.resumed"


@pytest.mark.fact("B2-11b")
def test_the_link_that_the_person_asked_for_today_stays_the_newest_when_a_stranger_asks() -> None:
    world = World()
    ref = world.activated()
    world.choose_app(ref)
    token, otp = asked_to_resume(world, ref)
    world.wait(minutes=5)

    asks(world, ref)

    assert page_of(world, token) is Page.RESUME
    resume(world, ref, token, otp)
    assert world.events(ref)[-1] == "activation.resumed"


def _issuing(world: World) -> str:
    return world.issuing()


def _active(world: World) -> str:
    return with_app(world)[0]


def _blocked(world: World) -> str:
    ref = world.issued()
    for _ in range(3):
        world.enter(ref)
    return ref


def _timed_out(world: World) -> str:
    ref = world.issued()
    world.wait(days=31)
    return ref


def _cancelled(world: World) -> str:
    ref = world.activated()
    world.does(world.bart, activations.cancel, ref, Reason("withdrawal"))
    return ref


def _frozen(world: World) -> str:
    ref = world.issued()
    world.does(None, freezing.freeze, ref)
    return ref


def _frozen_later(world: World) -> str:
    ref = world.activated()
    world.does(None, freezing.freeze, ref)
    return ref


@pytest.mark.fact("3.36")
@pytest.mark.parametrize("come_so_far", [_issuing, _active, _blocked, _timed_out, _cancelled, _frozen, _frozen_later])
def test_where_nothing_leads_on_nothing_is_sent_and_nothing_told(come_so_far: Callable[[World], str]) -> None:
    world = World()
    ref = come_so_far(world)
    world.fire_timers()
    before = state_of_all(world, ref)

    world.does(None, send_way_on, ref)

    assert state_of_all(world, ref) == before


@pytest.mark.parametrize("typed", [REF, "BR-2026-00001-0K", "", "AC", "AC-2026-00000-00", "🙂", "x" * 10_000, "%", "'"])
def test_a_reference_that_nobody_has_is_answered_like_any_other(typed: str) -> None:
    world = World()
    ref = world.issued()
    before = state_of_all(world, ref)

    asks(world, typed)

    assert state_of_all(world, ref) == before


def test_the_reference_of_a_request_opens_nothing() -> None:
    world = World()
    request = world.registered()

    asks(world, request)

    assert by_reference.normalised(request) is None


@pytest.mark.parametrize(
    "typed",
    [
        REF,
        "ac-2026-10011-0k",
        "  AC-2026-10011-0K\n",
        "A C - 2 0 2 6 - 1 0 0 1 1 - 0 K",
        "AC\u00a0-2026-10011-0K",
        "AC‑2026–10011—0K",
        "AC−2026-10011-0K",
        "AC-2026-10011-OK",
        "AC-2O26-IOOll-oK",
        "\uff21\uff23-2026-10011-0K",
    ],
)  # fmt: skip
def test_spaces_small_letters_other_dashes_and_look_alikes_do_not_matter(typed: str) -> None:
    assert normalised(typed) == REF


@pytest.mark.parametrize(
    "typed",
    ["", " ", "AC", "AC-2026-10011", "BR-2026-10011-0K", "AC-2026-1001-0K", "AC-2026-10011-0U", "AC-2026-10011-0KK",
     "AC-2026-10011-0K; DROP", "AC_2026_10011_0K", "AC-26-10011-0K", "ÄC-2026-10011-0K", "AC-٢٠٢٦-10011-0K",
     "-" * 1_000_000],
)  # fmt: skip
def test_what_is_no_reference_is_told_apart_from_one(typed: str) -> None:
    assert normalised(typed) is None


def test_a_stranger_who_types_a_reference_hides_from_nobody_that_mail_came_back() -> None:
    world = World()
    ref = world.issued()
    mail_came_back(world, ref)
    before = state_of_all(world, ref)

    asks(world, ref)

    assert state_of_all(world, ref) == before
    assert world.activation(ref).undeliverable


@pytest.mark.parametrize("typed", ["AC 2026 10011 0K", "ac20261001 10k", "AC-2026 10011-0K"])
def test_hyphens_may_be_spaces_or_missing(typed: str) -> None:
    assert normalised(typed) == REF
