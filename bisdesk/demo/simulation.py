"""Time in one's own hands, for demo and test: forward by an hour, a day or to the next deadline, and back to the beginning.

Deadlines on the way act at their own instants, as they would with a scheduler that never slept.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from bisdesk.bootstrap import Installation
from bisdesk.clock import MovableClock
from bisdesk.settings import Env
from bisdesk.standstill import at_rest
from bisdesk.ticks import PARTS, tick
from store.snapshots import copy_database, file_of
from workflow import access
from workflow.access import Door
from workflow.errors import GuardRefused, NotFound
from workflow.model import Case, Timer

STOPS = 40  # at deadlines on the way; what is due beyond them acts at the end, a little late
BEGINNING, INSTANT = "beginning", "instant"
KEPT = ("mail", "sms", "journal", "register-simulator.json")  # beside the database


class Step(StrEnum):
    """How far the clock is moved at once."""

    HOUR = "hour"
    DAY = "day"
    NEXT = "next"


WIDTH = {Step.HOUR: timedelta(hours=1), Step.DAY: timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Coming:
    """One deadline that lies ahead, of a case that its reader may see, with the request that it began with."""

    timer: Timer
    case: Case
    request_id: UUID | None


def can_be_moved(app: Installation) -> bool:
    """Whether this installation has a clock that people may move: never in live."""
    return app.settings.env is not Env.LIVE and isinstance(app.clock, MovableClock)


def move(app: Installation, step: Step) -> int:
    """Move the clock, and let everything act that falls due; how many deadlines did. Raises: GuardRefused in live, Unavailable."""
    clock = _movable(app)
    with at_rest(app):
        ahead = _next_instant(app)
        end = ahead if step is Step.NEXT else app.instant() + WIDTH[step]
        if end is None:
            return 0
        passed = 0
        for _ in range(STOPS):
            if ahead is None or ahead >= end:
                break
            passed += _at(app, clock, ahead)
            ahead = _next_instant(app)
        return passed + _at(app, clock, end)


def coming(door: Door, *, most: int) -> tuple[Coming, ...]:
    """The deadlines of all cases that this officer sees, soonest first."""
    found = []
    for timer in door.uow.timers.ahead(now=door.now, limit=5 * most):
        case, request_id = _case(door, timer)
        if access.sees(door.actor, case):
            found.append(Coming(timer, case, request_id))
    return tuple(found[:most])


def keep_beginning(app: Installation) -> None:
    """Remember everything as it is now, for whoever begins again. Raises: Unavailable."""
    home, kept = app.settings.home, app.settings.home / BEGINNING
    with at_rest(app):
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(mode=0o700)
        copy_database(_database(app), kept / "bisdesk.db")
        for name in KEPT:
            _replace(home / name, kept / name)
        (kept / INSTANT).write_text(app.instant().isoformat(), encoding="ascii")


def has_beginning(app: Installation) -> bool:
    """Whether there is anything to go back to."""
    return can_be_moved(app) and (app.settings.home / BEGINNING / INSTANT).exists()


def begin_again(app: Installation) -> None:
    """Back to the people, messages and instant of the beginning. Raises: GuardRefused where there is none, Unavailable."""
    home, kept = app.settings.home, app.settings.home / BEGINNING
    clock = _movable(app)
    if not has_beginning(app):
        raise GuardRefused("no_beginning", "Nothing was kept to go back to. `bisdesk demo` keeps it.")
    with at_rest(app):
        copy_database(kept / "bisdesk.db", _database(app))
        for name in KEPT:
            _replace(kept / name, home / name)
        clock.set(datetime.fromisoformat((kept / INSTANT).read_text(encoding="ascii")))


def _movable(app: Installation) -> MovableClock:
    if not can_be_moved(app) or not isinstance(app.clock, MovableClock):
        raise GuardRefused("clock_is_real", "The clock of this installation is nobody's to move.")
    return app.clock


def _next_instant(app: Installation) -> datetime | None:
    with app.unit_of_work() as uow:
        timers = uow.timers.ahead(now=app.instant_in(uow), limit=1)
    return timers[0].due_at if timers else None


def _at(app: Installation, clock: MovableClock, instant: datetime) -> int:
    clock.set(max(instant, clock.now()))
    return tick(app, PARTS).done.get("timers", 0)


def _case(door: Door, timer: Timer) -> tuple[Case, UUID | None]:
    try:
        case = door.uow.cases.request(timer.case_id, now=door.now)[0]
        return case, case.id
    except NotFound:
        case, detail = door.uow.cases.activation(timer.case_id, now=door.now)
        return case, detail.request_id


def _database(app: Installation) -> Path:
    file = file_of(app.settings.database_url)
    if file is None:
        raise GuardRefused("no_beginning", "Only a demonstration on SQLite can go back to its beginning.")
    return file


def _replace(source: Path, to: Path) -> None:
    if to.is_dir():
        shutil.rmtree(to)
    else:
        to.unlink(missing_ok=True)
    if source.is_dir():
        shutil.copytree(source, to)
    elif source.exists():
        shutil.copy2(source, to)
