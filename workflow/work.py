"""The work list: which requests an officer sees, in which order, as they truly stand now (D1-D3, I3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from workflow.access import Door
from workflow.lifecycles.registration import State, registration
from workflow.model import Case, RegistrationRequest, Role
from workflow.ports_desk import Listed, Place, Wanted
from workflow.timers import as_of

PAGE = 25
MOST_COUNTED = 1000
MOST_ROUNDS = 40  # pages that are read to fill one, where deadlines passed that no sweep has seen yet
NAMES = ("person.familyName", "person.givenName")
# States whose deadline closes the request: past it they are closed, whatever the scheduler did.
LAPSING = frozenset(
    str(state)
    for state in State
    for row in registration.rows
    if row.on in registration.deadlines and state in row.sources and row.target(state) in registration.closed
)


class Tab(StrEnum):
    """The lists of the desk."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    RETURNED = "returned"
    MATCHES = "matches"
    TO_JUDGE = "to_judge"
    SUSPECTED = "suspected"
    ALL = "all"
    DONE = "done"


TABS: dict[Tab, frozenset[Role]] = {
    Tab.MINE: frozenset({Role.END_USER, Role.SERVICE_DESK}),
    Tab.UNASSIGNED: frozenset({Role.SERVICE_DESK, Role.TEAM_LEAD}),
    Tab.RETURNED: frozenset({Role.END_USER, Role.SERVICE_DESK, Role.TEAM_LEAD}),
    Tab.MATCHES: frozenset({Role.SERVICE_DESK, Role.TEAM_LEAD}),
    Tab.TO_JUDGE: frozenset({Role.AUDITOR}),
    Tab.SUSPECTED: frozenset({Role.TEAM_LEAD}),
    Tab.ALL: frozenset({Role.END_USER, Role.SERVICE_DESK, Role.TEAM_LEAD, Role.AUDITOR}),
    Tab.DONE: frozenset({Role.END_USER, Role.SERVICE_DESK, Role.TEAM_LEAD, Role.AUDITOR}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What an officer narrows a list to."""

    state: str | None = None
    entity: str | None = None
    language: str | None = None
    kind: str | None = None
    assignee: UUID | None = None
    due_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One request in a list; the name is empty where the person is erased."""

    case: Case
    detail: RegistrationRequest
    act_by: datetime | None
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WorkPage:
    """A page of a list, how many the list has (counted no further than MOST_COUNTED), and where the next one begins."""

    rows: tuple[WorkRow, ...]
    count: int
    next: Place | None


def tabs_of(door: Door) -> tuple[Tab, ...]:
    """The lists that this officer has."""
    return tuple(tab for tab, roles in TABS.items() if not roles.isdisjoint(door.actor.roles))


def page(door: Door, tab: Tab, narrowed: Narrowed, *, after: Place | None = None) -> WorkPage:
    """One page of a list."""
    wanted = wanted_by(door, tab, narrowed)
    rows: list[Listed] = []
    last = after
    for place, listed in _as_of_now(door, wanted, after):
        if len(rows) == PAGE:
            return WorkPage(_named(door, rows), _count(door, wanted), last)
        rows.append(listed)
        last = place
    return WorkPage(_named(door, rows), _count(door, wanted), None)


def count(door: Door, tab: Tab) -> int:
    """How many a list has, counted no further than MOST_COUNTED."""
    return _count(door, wanted_by(door, tab, Narrowed()))


def wanted_by(door: Door, tab: Tab, narrowed: Narrowed) -> Wanted:
    """What a list asks of the store for this officer."""
    own = door.actor.entity if not door.actor.sees_all_entities else None
    wanted = Wanted(
        entity=own or narrowed.entity, language=narrowed.language, kind=narrowed.kind, assignee=narrowed.assignee,
        due_before=narrowed.due_before, lapsing=LAPSING,
        states=frozenset({narrowed.state}) if narrowed.state else frozenset(),
        lapsed=narrowed.state in (None, State.LAPSED),
    )  # fmt: skip
    match tab:
        case Tab.MINE if own is not None:
            return replace(wanted, filer=door.actor.user_id)
        case Tab.MINE:
            return replace(wanted, assignee=door.actor.user_id)
        case Tab.UNASSIGNED:
            return replace(wanted, states=frozenset({State.SUBMITTED}))
        case Tab.RETURNED:
            return replace(wanted, states=frozenset({State.INFO_REQUESTED}))
        case Tab.MATCHES:
            return replace(wanted, states=frozenset({State.MATCH_REVIEW}))
        case Tab.TO_JUDGE:
            return replace(wanted, closed=None, unaudited=True)
        case Tab.SUSPECTED:
            return replace(wanted, closed=None, fraud=True)
        case Tab.DONE:
            return replace(wanted, closed=True)
        case _:
            return wanted


def found(door: Door, case_ids: tuple[UUID, ...]) -> tuple[WorkRow, ...]:
    """Some requests as rows, without those that do not exist for this officer."""
    own = door.actor.entity if not door.actor.sees_all_entities else None
    rows = [row for row in door.uow.work.found(case_ids, now=door.now) if own in (None, row.case.entity)]
    return _named(door, [_true(door, row) for row in rows])


def _as_of_now(door: Door, wanted: Wanted, after: Place | None) -> Iterator[tuple[Place, Listed]]:
    """Row by row as it truly stands, however late the sweep is."""
    for _ in range(MOST_ROUNDS):
        rows = door.uow.work.page(wanted, now=door.now, after=after, limit=PAGE + 1)
        for place, listed in rows:
            true = _true(door, listed)
            if not wanted.states or true.case.state in wanted.states or true.case.state == State.LAPSED:
                yield place, true
        if len(rows) <= PAGE:
            return
        after = rows[-1][0]


def _true(door: Door, listed: Listed) -> Listed:
    if not listed.case.due:
        return listed
    case, detail = as_of(listed.case, listed.detail, now=door.now, tools=door.tools)
    return Listed(case, detail, listed.act_by)


def _named(door: Door, rows: list[Listed]) -> tuple[WorkRow, ...]:
    kept = door.uow.work.names(tuple(row.case.id for row in rows), NAMES)
    made = []
    for row in rows:
        assert isinstance(row.detail, RegistrationRequest)
        name = "" if row.case.state == State.PURGED else _name(kept.get(row.case.id, {}))
        made.append(WorkRow(row.case, row.detail, row.act_by if row.case.closed_at is None else None, name))
    return tuple(made)


def _name(values: dict[str, str]) -> str:
    words = [json.loads(values[path]) for path in NAMES if path in values]
    return ", ".join(str(word) for word in words)


def _count(door: Door, wanted: Wanted) -> int:
    return door.uow.work.count(wanted, now=door.now, most=MOST_COUNTED)


def assignee_names(door: Door, rows: tuple[WorkRow, ...]) -> dict[UUID, str]:
    """The names of those who deal with these requests."""
    ids = {row.case.assignee for row in rows if row.case.assignee}
    return {user_id: door.uow.directory.by_id(user_id).name for user_id in ids}
