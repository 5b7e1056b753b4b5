"""The ladder of reminders: when each rung is due, what stops it, and that none is taken twice (M7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.world import World
from workflow import activations
from workflow.model import Reason
from workflow.outbox import DeliveryState, MessageKind, Settlement
from workflow.policy import DEFAULT

M = MessageKind
BOUNCED = Settlement(DeliveryState.FAILED, error="smtp_5.1.1", erase_secret=True)
pytestmark = pytest.mark.fact("B3-M7")


def days_on_which_reminded(world: World, ref: str, *, days: int) -> list[int]:
    """Tick once an hour past nine for so many days; the days on which a reminder left."""
    world.clock.advance(timedelta(hours=1))
    first = world.now
    reminded = []
    for _ in range(days + 1):
        world.tick()
        new = len(world.sent(ref, M.M7)) - len(reminded)
        assert new <= 1, "one mail a person a run"
        reminded += [(world.now - first).days] * new
        world.wait(days=1)
    return reminded


def test_reminders_go_on_day_seven_and_twelve_and_three_days_before_the_end() -> None:
    world = World()
    ref = world.issued()

    assert days_on_which_reminded(world, ref, days=31) == [7, 12, 27]


def test_a_rung_is_due_at_nine_in_the_morning_in_brussels_also_over_the_change_of_the_clocks() -> None:
    world = World(start=datetime(2027, 3, 20, 20, 0, tzinfo=UTC))
    ref = world.issued()

    timers = world.timers(ref)

    assert timers["link_reminder_1"] == datetime(2027, 3, 27, 8, 0, tzinfo=UTC)
    assert timers["link_reminder_2"] == datetime(2027, 4, 1, 7, 0, tzinfo=UTC)
    assert timers["limit_reminder"] == datetime(2027, 4, 16, 7, 0, tzinfo=UTC)


def test_the_days_are_settings() -> None:
    world = World(policy=replace(DEFAULT, reminder_days=(3,), last_reminder_days=1))
    ref = world.issued()

    assert days_on_which_reminded(world, ref, days=31) == [3, 29]


def test_no_reminder_at_all_is_a_setting_too_but_for_the_one_before_the_end() -> None:
    world = World(policy=replace(DEFAULT, reminder_days=()))
    ref = world.issued()

    assert days_on_which_reminded(world, ref, days=31) == [27]


def test_a_renewed_link_has_rungs_of_its_own_that_end_with_the_activation() -> None:
    world = World()
    ref = world.issued()
    world.wait(days=15)
    world.tick()
    world.does(None, activations.renew_link, ref)
    world.tick()
    before = len(world.sent(ref, M.M7))

    world.wait(days=7, hours=1)
    world.tick()

    assert len(world.sent(ref, M.M7)) == before + 1
    # Day 12 of the renewed link is day 27 of the activation, when the last rung is due as well: one mail says it.
    world.wait(days=5)
    world.tick()
    assert len(world.sent(ref, M.M7)) == before + 2


def test_a_scheduler_that_was_gone_for_twelve_days_sends_one_reminder_and_marks_both_rungs() -> None:
    world = World()
    ref = world.issued()

    world.wait(days=12, hours=1)
    world.tick()

    assert len(world.sent(ref, M.M7)) == 1
    told = [event.reason_code for event in world.history(ref) if event.event == "activation.reminder_due"]
    assert told == ["overtaken", None]
    assert not {"link_reminder_1", "link_reminder_2"} & set(world.timers(ref))


def test_a_reminder_is_never_about_a_link_that_is_over() -> None:
    world = World()
    ref = world.issued()

    world.wait(days=16)
    world.tick()

    assert world.state(ref) == "link_expired"
    assert world.sent(ref, M.M7) == []


def test_before_day_thirty_the_reminder_says_that_the_link_is_over() -> None:
    world = World()
    ref = world.issued()
    world.wait(days=16)
    world.tick()

    world.wait(days=11, hours=1)
    world.tick()

    (reminder,) = world.sent(ref, M.M7)
    assert reminder.params["link_until"] < reminder.at.date().isoformat()
    assert reminder.params["block_on"] == "2026-12-23"
    assert reminder.secret is None


def test_nobody_is_reminded_once_it_is_done() -> None:
    world = World()
    ref = world.activated()

    world.wait(days=8)
    world.tick()

    assert world.sent(ref, M.M7) == []
    assert not set(world.timers(ref)) & {"link_reminder_1", "link_reminder_2", "limit_reminder"}


@pytest.mark.parametrize("code", ["withdrawal", "death"])
def test_nobody_is_reminded_once_it_is_cancelled(code: str) -> None:
    world = World()
    ref = world.issued()
    world.does(world.bart, activations.cancel, ref, Reason(code))

    world.wait(days=8)
    world.tick()

    assert world.sent(ref, M.M7) == []


def test_nobody_is_reminded_once_it_is_blocked() -> None:
    world = World()
    ref = world.issued()
    for _ in range(3):
        world.enter(ref)

    world.wait(days=8)
    world.tick()

    assert world.state(ref) == "blocked_attempts"
    assert world.sent(ref, M.M7) == []


@pytest.mark.fact("B2-3")
def test_no_reminder_goes_to_an_address_that_bounces_until_it_is_corrected() -> None:
    world = World()
    ref = world.issued()
    world.post.outcomes[M.M7] = BOUNCED
    world.wait(days=7, hours=1)
    world.tick()
    assert len(world.queue(ref, M.M10)) == 1, "the desk has a task"
    world.post.outcomes.clear()

    world.wait(days=5)
    world.tick()

    assert world.sent(ref, M.M7) == []
    told = [event.reason_code for event in world.history(ref) if event.event == "activation.reminder_due"]
    assert told == [None, "undeliverable"]
    world.does(world.bart, activations.correct_email, ref, email="zoe.new@example.org", confirmed=True)
    world.tick()
    world.wait(days=7, hours=1)
    world.tick()
    assert len(world.sent(ref, M.M7)) == 1


def test_a_reminder_that_waited_until_its_link_was_over_is_not_sent() -> None:
    world = World()
    ref = world.issued()
    world.wait(days=12, hours=1)
    retry = world.now + timedelta(days=4)
    world.post.outcomes[M.M7] = Settlement(DeliveryState.QUEUED, retry, counts=False, error="smtp_connect")
    world.tick()
    world.post.outcomes.clear()

    world.wait(days=4, hours=1)
    world.tick()

    assert world.sent(ref, M.M7) == []
    assert [row.state for row in world.queue(ref, M.M7)] == [DeliveryState.CANCELLED]


def test_ten_thousand_rungs_that_are_passed_over_do_not_keep_one_waiting_that_is_due() -> None:
    world = World()
    ref = world.issued()
    skipped = _undeliverable_copies(world, ref, count=10_000)

    world.wait(days=7, hours=1)
    swept = world.fire_timers()
    world.deliver()

    assert swept.fired == skipped + 1
    assert len(world.sent(ref, M.M7)) == 1
    assert sum(one.kind is M.M7 for one in world.post.sent) == 1


def _undeliverable_copies(world: World, ref: str, *, count: int) -> int:
    """Many activations whose mail comes back and whose rungs come due before that of `ref`; how many."""
    from tests import builders
    from workflow.lifecycles.activation import State, Trigger, activation
    from workflow.model import Timer

    definition = activation.definition(world.policy)
    with world.store.unit_of_work() as uow:
        for number in range(count):
            case = replace(
                builders.case("activation", id=world.tools.chance.uuid(world.now), definition=definition),
                ref=f"AC-2026-{number:05d}-XX",
            )
            times = {"first_issued_at": world.now, "blocks_at": world.now + timedelta(days=30)}
            ends = {"link_issued_at": world.now, "link_expires_at": world.now + timedelta(days=14)}
            uow.cases.open(case, builders.activation_detail(case.id, undeliverable=True, **times, **ends))
            rung = Timer(case.id, Trigger.REMIND_1, world.now + timedelta(days=6))
            assert uow.cases.apply(builders.change(case, to=State.AWAITING_CODE, start_timers=(rung,)))
        uow.commit()
    return count
