"""A process killed for real at every step from a decision to mail and SMS: what was acknowledged stands, nothing is lost,
at most one message comes twice, and then byte for byte."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import count
from pathlib import Path

import pytest

from bisdesk.ticks import PARTS, tick
from tests.integration.conftest import Arena
from tests.integration.crash_work import approve_and_tick
from tests.integration.race_crowd import alone
from tests.integration.race_world import BART, START, Journal, Shared, lines_of, minutes, taken
from workflow import registrations, registrations_register

KILLED = -9
FEWEST_STEPS = 20  # after each commit and each message: fewer would mean that some are no longer met
ONCE = ("request.approved", "request.completed", "request.activation_started")


@pytest.mark.slow
@pytest.mark.fact("B1-11", "B1-20", "B2-2")
def test_a_process_killed_at_any_step_loses_nothing_and_doubles_at_most_one_message(arena: Arena) -> None:
    for step in count(1, arena.scaled(2, 1)):  # every step on SQLite, where it is cheap; every second on PostgreSQL
        now = START + minutes(60 * step)
        ref = taken(arena.place.app(now), step)
        before = len(_copies(arena.place.home))

        ended = alone(approve_and_tick, arena.place, now, ref, step)

        _nothing_acknowledged_is_lost(arena, ref)
        app = _carried_on(arena, ref, now)
        _one_whole_story(app, ref)
        _each_message_left_once(arena.place.home, since=before, extra=int(ended == KILLED))
        if ended == 0:
            break

    assert step > FEWEST_STEPS


def _copies(home: Path) -> list[tuple[str, str]]:
    return [(copy.id, copy.digest) for copy in Journal(home / "provider").copies()]


def _nothing_acknowledged_is_lost(arena: Arena, ref: str) -> None:
    acknowledged = ref in lines_of(arena.place.home / "acknowledged")
    approved = "request.approved" in arena.app.events(ref)
    assert approved or not acknowledged


def _carried_on(arena: Arena, ref: str, now: datetime) -> Shared:
    """The next process, when every lease of the dead one is over; people do what is left to them."""
    app = arena.place.app(now)
    if app.case(ref).state == "in_review":
        app.does(app.officer(BART), registrations.approve, ref, extension_confirmed=False)
    for later in (10, 20):
        app = arena.place.app(now + minutes(later))
        tick(app, PARTS)
        if app.case(ref).state == "match_review":  # the dead one may have created a person: a human looks
            _same_person(app, ref)
    return app


def _same_person(app: Shared, ref: str) -> None:
    officer = app.officer(BART)
    (found,) = app.does(officer, registrations_register.candidates, ref)
    app.does(officer, registrations_register.same_person, ref, str(found["insz"]), app.mint(app.clock.now()))


def _one_whole_story(app: Shared, ref: str) -> None:
    events = Counter(app.events(ref))
    assert [events[name] for name in ONCE] == [1, 1, 1], events
    with app.found(ref) as (uow, case, detail):
        assert case.state == "completed"
        activation, _ = uow.cases.activation(detail.activation_id, now=app.clock.now())
    assert activation.state == "awaiting_code"
    assert Counter(app.events(activation.ref))["activation.dispatched"] == 1
    assert app.owed(activation.ref) == ["M1 applicant", "M2 applicant", "M3 applicant"]


def _each_message_left_once(home: Path, *, since: int, extra: int) -> None:
    mine = _copies(home)[since:]
    messages = {message for message, _ in mine}
    assert len(set(mine)) == len(messages), "two copies of one message differ"
    assert len(messages) == 5, "M0 and M4 to the officer, M1, M2 and M3 to the applicant"
    assert len(mine) <= len(messages) + extra
