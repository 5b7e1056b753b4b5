"""The figures of a team lead: who has how much, how old the open work is, what came and went, how long handling took.

Counts that stand for a list are not made here: they are those of the list itself (L1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from workflow import promises, work
from workflow.access import Door
from workflow.calendar import brussels_date, midnight
from workflow.lifecycles.registration import State
from workflow.ports_desk import Wanted
from workflow.service_level import TARGET_WORKING_DAYS
from workflow.work import Narrowed, Tab

AGES = (2, 7, 14, 30)  # days: where one band of age ends and the next begins
OLD = AGES[2]
WEEKS = 8
SPREAD_DAYS, MOST_SPREAD = 90, 1000  # how long back, and how many of the newest, handling times are looked at
ENDED = (State.COMPLETED, State.REJECTED, State.WITHDRAWN)
TARGET = TARGET_WORKING_DAYS


@dataclass(frozen=True, slots=True)
class Load:
    """What one person has, or nobody."""

    user_id: UUID | None
    name: str = field(repr=False)
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class WeekFlow:
    """What came and what went in the week that begins on this Monday."""

    monday: date
    came: int
    went: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures at one instant, of the requests that exist for this officer."""

    states: tuple[tuple[str, int], ...]
    people: tuple[Load, ...]
    ages: tuple[tuple[str, tuple[int, ...]], ...]  # for each state, the youngest band first
    weeks: tuple[WeekFlow, ...]
    taken: tuple[tuple[str, tuple[float, ...]], ...]  # for each end, the working days that each request took

    @property
    def open(self) -> int:
        """How many are open."""
        return sum(count for _, count in self.states)

    @property
    def old(self) -> int:
        """How many are open for longer than OLD days."""
        return sum(sum(counts[AGES.index(OLD) + 1 :]) for _, counts in self.ages)


def overview(door: Door) -> Overview:
    """The figures now."""
    wanted = work.wanted_by(door, Tab.ALL, Narrowed())
    states = door.uow.work.by_state(wanted, now=door.now)
    return Overview(
        tuple((str(state), states[state]) for state in State if states.get(state)),
        _loads(door, wanted), _ages(door, wanted), _weeks(door, wanted), _taken(door),
    )  # fmt: skip


def _loads(door: Door, wanted: Wanted) -> tuple[Load, ...]:
    """Those who have most overdue first, what nobody has last."""
    rows = door.uow.work.by_person(wanted, now=door.now)
    names = door.uow.directory.names({who for who, _, _ in rows if who})
    made = [Load(who, names.get(who, "") if who else "", count, late) for who, count, late in rows]
    return tuple(sorted(made, key=lambda one: (one.user_id is None, -one.overdue, -one.open, one.name)))


def _ages(door: Door, wanted: Wanted) -> tuple[tuple[str, tuple[int, ...]], ...]:
    edges = tuple(door.now - timedelta(days=days) for days in reversed(AGES))
    found = door.uow.work.ageing(wanted, edges, now=door.now)
    return tuple((str(state), tuple(reversed(found[state]))) for state in State if state in found)


def _weeks(door: Door, wanted: Wanted) -> tuple[WeekFlow, ...]:
    this = door.today - timedelta(days=door.today.weekday())
    mondays = [this - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    edges = tuple(midnight(day) for day in (*mondays, this + timedelta(weeks=1)))
    flows = door.uow.work.flow(wanted, edges)
    return tuple(WeekFlow(day, came, went) for day, (came, went) in zip(mondays, flows, strict=True))


def _taken(door: Door) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """Only what was submitted: nothing was promised of the others."""
    since = midnight(brussels_date(door.now) - timedelta(days=SPREAD_DAYS))
    found = []
    for state in ENDED:
        wanted = work.wanted_by(door, Tab.DONE, Narrowed(state=state))
        wanted = Wanted(closed=True, closed_from=since, states=frozenset({state}), entity=wanted.entity)
        levels = promises.levels(door, door.uow.work.ids(wanted, now=door.now, limit=MOST_SPREAD))
        days = tuple(level.used_days for level in levels.values() if level.started_at is not None)
        found.append((str(state), days))
    return tuple(found)
