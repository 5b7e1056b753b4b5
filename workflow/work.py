"""The work list: which requests an officer sees, in which order, as they truly stand now (D1-D3, I3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from uuid import UUID

from workflow import promises
from workflow.access import Door
from workflow.errors import NotFound
from workflow.lifecycles import activation
from workflow.lifecycles.registration import State, registration
from workflow.model import Case, RegistrationRequest, Role
from workflow.ports_desk import Listed, Place, Wanted
from workflow.timers import as_of

PAGE = 25
MOST_COUNTED = 1000
AT_ONCE = 250  # rows of one question where a whole list is asked for
MOST_ROUNDS = 40  # pages that are read to fill one, where deadlines passed that no sweep has seen yet
NAMES = ("person.familyName", "person.givenName")
# States whose deadline closes the request: past it they are closed, whatever the scheduler did.
LAPSING = frozenset(
    str(state)
    for state in State
    for row in registration.rows
    if row.on in registration.deadlines and state in row.sources and row.target(state) in registration.closed
)
# An activation that nobody can go on with; past its thirty days it is one, whatever the scheduler did.
BLOCKED = frozenset({str(activation.State.BLOCKED_ATTEMPTS), str(activation.State.BLOCKED_TIMEOUT)})
BLOCKING = frozenset(str(state) for row in activation.ROWS if row.on == activation.Trigger.T30 for state in row.sources)
BLOCKED_SHOWN = timedelta(days=31)  # as long as the activation keeps its copy of the person


class Tab(StrEnum):
    """The lists of the desk."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    RETURNED = "returned"
    MATCHES = "matches"
    TO_JUDGE = "to_judge"
    SUSPECTED = "suspected"
    BLOCKED = "blocked"
    ALL = "all"
    DONE = "done"


TABS: dict[Tab, frozenset[Role]] = {
    Tab.MINE: frozenset({Role.END_USER, Role.SERVICE_DESK}),
    Tab.UNASSIGNED: frozenset({Role.SERVICE_DESK, Role.TEAM_LEAD}),
    Tab.RETURNED: frozenset({Role.END_USER, Role.SERVICE_DESK, Role.TEAM_LEAD}),
    Tab.MATCHES: frozenset({Role.SERVICE_DESK, Role.TEAM_LEAD}),
    Tab.TO_JUDGE: frozenset({Role.AUDITOR}),
    Tab.SUSPECTED: frozenset({Role.TEAM_LEAD}),
    Tab.BLOCKED: frozenset({Role.SERVICE_DESK, Role.TEAM_LEAD}),
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
    unassigned: bool = False
    due_before: datetime | None = None
    approved_from: datetime | None = None
    breach_hours: int | None = None  # what will break the promise within so many working hours (L8)


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One request in a list; the name is empty where the person is erased."""

    case: Case
    detail: RegistrationRequest
    act_by: datetime | None
    name: str = field(repr=False)
    promise: promises.Promise | None = None  # of the service level, while it is under way


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
    if narrowed.breach_hours is not None:
        return _broken_page(door, promises.soon_broken(door, wanted, narrowed.breach_hours), after)
    rows: list[Listed] = []
    last = after
    for place, listed in _as_of_now(door, wanted, after):
        if len(rows) == PAGE:
            return WorkPage(_named(door, rows), _count(door, wanted), last)
        rows.append(listed)
        last = place
    return WorkPage(_named(door, rows), _count(door, wanted), None)


def count(door: Door, tab: Tab, narrowed: Narrowed | None = None) -> int:
    """How many a list has, counted no further than MOST_COUNTED."""
    asked = narrowed or Narrowed()
    wanted = wanted_by(door, tab, asked)
    if asked.breach_hours is not None:
        return len(promises.soon_broken(door, wanted, asked.breach_hours))
    return _count(door, wanted)


def rows_of(door: Door, tab: Tab, narrowed: Narrowed, *, most: int) -> tuple[WorkRow, ...]:
    """A list from its top, as far as `most`."""
    wanted = wanted_by(door, tab, narrowed)
    if narrowed.breach_hours is not None:
        ids = tuple(case_id for _, case_id in promises.soon_broken(door, wanted, narrowed.breach_hours))
        return found(door, ids[:most])
    return _named(door, [listed for _, listed in islice(_as_of_now(door, wanted, None, size=AT_ONCE), most)])


def wanted_by(door: Door, tab: Tab, narrowed: Narrowed) -> Wanted:
    """What a list asks of the store for this officer."""
    own = door.actor.entity if not door.actor.sees_all_entities else None
    wanted = Wanted(
        entity=own or narrowed.entity, language=narrowed.language, kind=narrowed.kind, assignee=narrowed.assignee,
        due_before=narrowed.due_before, lapsing=LAPSING, unassigned=narrowed.unassigned, approved_from=narrowed.approved_from,
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
        case Tab.BLOCKED:
            since = door.now - BLOCKED_SHOWN
            return replace(
                wanted, closed=None, activation_in=BLOCKED, activation_past=BLOCKING, activation_from=since
            )  # fmt: skip
        case Tab.DONE:
            return replace(wanted, closed=True)
        case _:
            return wanted


def found(door: Door, case_ids: tuple[UUID, ...]) -> tuple[WorkRow, ...]:
    """Some requests as rows, without those that do not exist for this officer."""
    own = door.actor.entity if not door.actor.sees_all_entities else None
    rows = [row for row in door.uow.work.found(case_ids, now=door.now) if own in (None, row.case.entity)]
    return _named(door, [_true(door, row) for row in rows])


def by_ref(door: Door, ref: str) -> WorkRow | None:
    """One request as a row, None where none of this reference exists for this officer."""
    try:
        case_id = door.uow.cases.request(ref, now=door.now)[0].id
    except NotFound:
        return None
    return next(iter(found(door, (case_id,))), None)


def _broken_page(door: Door, due: list[tuple[datetime, UUID]], after: Place | None) -> WorkPage:
    """One page of what will be too late, in the order in which it will be."""
    rest = [place for place in due if after is None or place > after]
    shown = rest[:PAGE]
    rows = found(door, tuple(case_id for _, case_id in shown))
    return WorkPage(rows, len(due), shown[-1] if len(rest) > PAGE else None)


def _as_of_now(door: Door, wanted: Wanted, after: Place | None, *, size: int = PAGE) -> Iterator[tuple[Place, Listed]]:
    """Row by row as it truly stands, however late the sweep is."""
    for _ in range(MOST_ROUNDS):
        rows = door.uow.work.page(wanted, now=door.now, after=after, limit=size + 1)
        for place, listed in rows:
            true = _true(door, listed)
            if not wanted.states or true.case.state in wanted.states or true.case.state == State.LAPSED:
                yield place, true
        if len(rows) <= size:
            return
        after = rows[-1][0]


def _true(door: Door, listed: Listed) -> Listed:
    if not listed.case.due:
        return listed
    case, detail = as_of(listed.case, listed.detail, now=door.now, tools=door.tools)
    return Listed(case, detail, listed.act_by)


def _named(door: Door, rows: list[Listed]) -> tuple[WorkRow, ...]:
    case_ids = tuple(row.case.id for row in rows)
    kept, promised = door.uow.work.names(case_ids, NAMES), promises.promised(door, case_ids)
    made = []
    for row in rows:
        assert isinstance(row.detail, RegistrationRequest)
        name = "" if row.case.state == State.PURGED else _name(kept.get(row.case.id, {}))
        is_open = row.case.closed_at is None
        made.append(
            WorkRow(
                row.case,
                row.detail,
                row.act_by if is_open else None,
                name,
                promised.get(row.case.id) if is_open else None,
            )
        )
    return tuple(made)


def _name(values: dict[str, str]) -> str:
    words = [json.loads(values[path]) for path in NAMES if path in values]
    return ", ".join(str(word) for word in words)


def _count(door: Door, wanted: Wanted) -> int:
    return door.uow.work.count(wanted, now=door.now, most=MOST_COUNTED)


def assignee_names(door: Door, rows: tuple[WorkRow, ...]) -> dict[UUID, str]:
    """The names of those who deal with these requests."""
    return door.uow.directory.names({row.case.assignee for row in rows if row.case.assignee})
