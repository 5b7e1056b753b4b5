"""A scheduler that stood still for days changes no outcome: the same states, instants and messages as one that never stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.support.world import World
from workflow import registrations
from workflow.outbox import MessageKind


def sent_back(world: World) -> str:
    """A request that waits for corrections."""
    ref = world.taken()
    world.does(world.bart, registrations.request_info, ref, fields=("contact.email",), text="It bounces.")
    return ref


Life = tuple[Callable[[World], str], int]  # how far a story has come, and the day before its first deadline
LIVES: dict[str, Life] = {
    "a draft": (World.drafted, 29),
    "a request that nobody takes": (World.filed, 1),
    "a request sent back": (sent_back, 13),
    "a completed request": (World.registered, 29),
    "an activation that nobody finishes": (World.issued, 13),
    "a set-up that nobody finishes": (World.activated, 13),
}
Outcome = tuple[str, list[tuple[str, datetime]], list[tuple[str, str, dict[str, str]]]]


def outcome(world: World, ref: str) -> Outcome:
    """State, history by the instants at which things became true, and messages with the dates that they print.

    Reminders are left out: one that comes too late to be true is marked, but not sent.
    """
    events = [(event.event, event.occurred_at) for event in world.history(ref)]
    owed = [
        (str(row.message.kind), str(row.message.audience), dict(row.message.params))
        for row in world.queue(ref)
        if row.message.kind is not MessageKind.M7
    ]
    return world.state(ref), events, owed


@pytest.mark.fact("R1", "R2", "R10", "B1-8", "B1-8b", "B1-23", "B1-alert", "B2-8", "B2-10", "B2-14b")
@pytest.mark.parametrize("stopped", [3, 40])
@pytest.mark.parametrize("life", LIVES)
def test_a_scheduler_that_stood_still_for_days_changes_no_outcome(life: str, stopped: int) -> None:
    begin, eve = LIVES[life]
    steady, late = World(), World()
    refs = begin(steady), begin(late)
    before = outcome(late, refs[1])[1]
    for world in (steady, late):
        world.tick()
        world.wait(days=eve)
        world.tick()

    for _ in range(stopped):
        steady.wait(days=1)
        steady.tick()
    late.wait(days=stopped)
    seen = late.state(refs[1])
    late.tick()

    assert outcome(late, refs[1]) == outcome(steady, refs[0])
    assert seen == late.state(refs[1]), "what a reader saw before the sweep"
    assert len(outcome(late, refs[1])[1]) > len(before), "a deadline lay on the way"
