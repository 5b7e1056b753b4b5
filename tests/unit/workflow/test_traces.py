"""What is asked for behind a link and changes nothing: answered for ever, written down so often a day and no more (B2-2b, B2-4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.support.world import WRONG_CODE, World
from workflow import activations, activations_code, freezing
from workflow.activations_code import CodeAccepted, CodeMalformed, CodeMissed, TryRefused
from workflow.calendar import midnight
from workflow.errors import TransitionNotAllowed
from workflow.model import AuditEvent, Reason

pytestmark = pytest.mark.fact("B2-2b", "B2-4", "B2-6")
SINGLY = 20
MORE = "more_until_midnight"


def opened(world: World, ref: str) -> None:
    """The applicant goes on from the page of the link."""
    world.does(None, activations_code.open_link, ref)


def malformed(world: World, ref: str) -> None:
    """The applicant types what is no code."""
    assert isinstance(world.enter(ref, "123"), CodeMalformed)


def refused(world: World, ref: str) -> None:
    """The applicant types a code where none is judged."""
    assert isinstance(world.enter(ref), TryRefused)


def frozen(world: World) -> str:
    """An activation of which somebody said that it was not them."""
    ref = world.issued()
    world.does(None, freezing.freeze, ref)
    return ref


KINDS = pytest.mark.parametrize(
    ("story", "act", "event"),
    [
        pytest.param(World.issued, opened, "activation.link_opened", id="opened"),
        pytest.param(World.issued, malformed, "activation.code_malformed", id="malformed"),
        pytest.param(frozen, refused, "activation.try_refused", id="frozen"),
        pytest.param(World.activated, refused, "activation.try_refused", id="used"),
    ],
)
Story = Callable[[World], str]
Act = Callable[[World, str], None]


def often(world: World, ref: str, act: Act, *, times: int) -> None:
    """The same, again and again."""
    for _ in range(times):
        act(world, ref)


def written(world: World, ref: str, event: str) -> list[AuditEvent]:
    """What was written down of it."""
    return [one for one in world.history(ref) if one.event == event]


@KINDS
def test_twenty_a_day_are_written_singly_and_one_more_stands_for_all_that_follow(
    story: Story, act: Act, event: str
) -> None:
    world = World()
    ref = story(world)

    often(world, ref, act, times=60)

    reasons = [one.reason_code for one in written(world, ref, event)]
    assert len(reasons) == SINGLY + 1
    assert MORE not in reasons[:SINGLY]
    assert reasons[SINGLY] == MORE


@KINDS
def test_what_is_not_written_any_more_changes_nothing_of_the_case(story: Story, act: Act, event: str) -> None:
    world = World()
    ref = story(world)
    often(world, ref, act, times=SINGLY + 1)
    case, detail, queue = world.case(ref), world.activation(ref), world.queue(ref)

    often(world, ref, act, times=5)

    assert (world.case(ref), world.activation(ref), world.queue(ref)) == (case, detail, queue)


def test_at_midnight_in_brussels_the_count_begins_anew() -> None:
    world = World()
    ref = world.issued()
    often(world, ref, malformed, times=30)
    with world.door() as door:
        tomorrow = midnight(door.today + timedelta(days=1))

    world.clock.set(tomorrow - timedelta(microseconds=1))
    malformed(world, ref)
    assert len(written(world, ref, "activation.code_malformed")) == SINGLY + 1
    world.clock.set(tomorrow)
    often(world, ref, malformed, times=2)

    assert [one.reason_code for one in written(world, ref, "activation.code_malformed")][SINGLY:] == [MORE, None, None]


def test_each_kind_is_counted_for_itself_and_each_case() -> None:
    world = World()
    ref = world.issued()
    other = world.issued({
        "contact.email": "marta@example.org", "contact.mobile": "+48512345678", "document.number": "AB1234567",
        "person.familyName": "Nowak", "person.birthDate": "1990-01-02",
    })  # fmt: skip
    often(world, ref, malformed, times=30)

    opened(world, ref)
    malformed(world, other)

    assert len(written(world, ref, "activation.link_opened")) == 1
    assert [one.reason_code for one in written(world, other, "activation.code_malformed")] == [None]


@pytest.mark.fact("3.36", "B3b-max_attempts")
def test_a_counted_try_and_a_change_of_state_are_written_however_much_came_before() -> None:
    world = World()
    ref = world.issued()
    often(world, ref, malformed, times=30)
    often(world, ref, opened, times=30)

    missed = [world.enter(ref, WRONG_CODE) for _ in range(2)]
    accepted = world.enter(ref, world.code_of(ref))

    assert [type(one) for one in (*missed, accepted)] == [CodeMissed, CodeMissed, CodeAccepted]
    names = world.events(ref)
    assert [names.count(f"activation.{one}") for one in ("try_counted", "code_wrong", "code_accepted")] == [3, 2, 1]


def test_the_table_refuses_as_before_where_nothing_is_written_any_more() -> None:
    world = World()
    ref = world.issued()
    often(world, ref, opened, times=30)
    world.does(world.dirk, activations.cancel, ref, Reason("death"))

    assert isinstance(world.enter(ref), TryRefused)
    with pytest.raises(TransitionNotAllowed):
        opened(world, ref)
