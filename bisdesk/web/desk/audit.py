"""The auditor's pages: approvals to judge, all that happened, who looked, and whether four eyes saw it (L7, U1-U3, U8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from bisdesk.web.desk import filters
from bisdesk.web.desk.call import Call
from bisdesk.web.desk.casefile import reason_of
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.menu import AUDITORS
from workflow import trail, work
from workflow.access import Door
from workflow.calendar import midnight
from workflow.model import Entity, User
from workflow.ports_desk import Place, Sought, Traced
from workflow.trail import Line
from workflow.work import Tab, WorkRow

PARTS = {"judge": "/desk/audit", "events": "/desk/audit/events", "looks": "/desk/audit/looks",
         "four_eyes": "/desk/audit/four-eyes"}  # fmt: skip
COUNTED: tuple[tuple[str, Mapping[str, str]], ...] = (
    ("audit.judge.day", {"tab": Tab.TO_JUDGE, "approved": "day"}),
    ("audit.judge.week", {"tab": Tab.TO_JUDGE, "approved": "week"}),
    ("audit.judge.all", {"tab": Tab.TO_JUDGE}),
)
QUESTIONS = ("ref", "actor", "entity", "event", "since", "until")
REFERENCE = re.compile(r"(BR|AC)-\d{4}-[0-9A-Z-]{3,12}")
EVENT = re.compile(r"(request|activation)\.[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what happened, and what can be asked for."""

    lines: tuple[Traced, ...]
    next: Place | None
    people: Mapping[str, str] = field(repr=False)
    officers: tuple[User, ...]
    entities: tuple[Entity, ...]
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToJudge:
    """The approvals that nobody has judged: how many, the first of them, which of them this auditor may judge."""

    counted: tuple[tuple[str, int, str], ...]
    rows: tuple[WorkRow, ...]
    open: frozenset[UUID]
    people: Mapping[str, str] = field(repr=False)


def audit(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/audit")
    def judge(request: Request) -> Response:
        """Approvals that nobody has judged yet."""
        call = Call(desk, request)
        user = call.officer(AUDITORS)
        shown = desk.look(user, _to_judge)
        return call.page("audit_judge", parts_of=PARTS, part="judge", shown=shown, most=work.MOST_COUNTED)

    @router.get("/desk/audit/events")
    def events(request: Request) -> Response:
        """What happened, narrowed by what stands in the address."""
        call = Call(desk, request)
        return _events(call, call.officer(AUDITORS))

    @router.get("/desk/audit/events/{event_id}")
    def event(request: Request, event_id: UUID) -> Response:
        """One event: who, what, when, why, and what it changed."""
        call = Call(desk, request)
        user = call.officer(AUDITORS)
        line, people = desk.look(user, lambda door: _line(door, event_id))
        return call.page("audit_event", line=line, people=people, reason=reason_of(call, line.traced.event))

    return router


def _to_judge(door: Door) -> ToJudge:
    counted = tuple(
        (name, work.count(door, Tab.TO_JUDGE, filters.narrowed(door, asked)), filters.address(asked)())
        for name, asked in COUNTED
    )
    rows = trail.unjudged(door)
    open_ = frozenset(row.case.id for row in rows if trail.can_judge(door, row))
    return ToJudge(counted, rows, open_, trail.names(door, {f"user:{row.detail.approved_by}" for row in rows}))


def _events(call: Call, user: User) -> Response:
    given = {name: value.strip() for name, value in call.request.query_params.items() if value.strip()}
    asked = {name: value for name, value in given.items() if name in ASKED and ASKED[name](value)}
    mistakes = {
        name: [call.say(f"audit.wrong.{name}")]
        for name in ("ref", "since", "until")
        if name in given and name not in asked
    }
    found = call.desk.look(user, lambda door: _found(door, asked))
    kept = {name: asked[name] for name in QUESTIONS if name in asked}
    onward = f"{PARTS['events']}?{urlencode({**kept, 'after': filters.written(found.next)})}" if found.next else ""
    return call.page(
        "audit_events", status=422 if mistakes else 200, mistakes=mistakes, parts_of=PARTS, part="events",
        lines=() if mistakes else found.lines, people=found.people, asked={**given, **asked},
        actors=_actors(call, found.officers), entities=_entities(found.entities),
        events=_happenings(call, found.events), next="" if mistakes else onward,
    )  # fmt: skip


def _found(door: Door, asked: Mapping[str, str]) -> Found:
    lines, further = trail.page(door, _sought(asked), after=filters.placed(asked.get("after", "")))
    return Found(
        lines, further, trail.names(door, {line.event.actor for line in lines}), trail.officers(door),
        tuple(door.uow.directory.entities()), trail.events(door),
    )  # fmt: skip


def _sought(asked: Mapping[str, str]) -> Sought:
    since, until = (date.fromisoformat(asked[name]) if name in asked else None for name in ("since", "until"))
    return Sought(
        ref=asked["ref"].upper() if "ref" in asked else None, actor=asked.get("actor"), entity=asked.get("entity"),
        event=asked.get("event"), since=midnight(since) if since else None,
        until=midnight(until + timedelta(days=1)) if until else None,
    )  # fmt: skip


def _actors(call: Call, officers: tuple[User, ...]) -> list[tuple[str, str]]:
    """Who can have done something: officers by name, then the machines and the applicant."""
    people = filters.alphabetical((f"user:{one.id}", one.name) for one in officers)
    return people + filters.alphabetical((name, call.say(f"role.{name}")) for name in trail.MACHINES)


def _entities(entities: tuple[Entity, ...]) -> list[tuple[str, str]]:
    return filters.alphabetical((one.code, one.name) for one in entities)


def _happenings(call: Call, events: tuple[str, ...]) -> list[tuple[str, str]]:
    return filters.alphabetical((name, call.say(f"event.{name}")) for name in events)


def _line(door: Door, event_id: UUID) -> tuple[Line, dict[str, str]]:
    line = trail.line(door, event_id)
    return line, trail.names(door, {line.traced.event.actor})


def _is_day(text: str) -> bool:
    try:
        return 2000 <= date.fromisoformat(text).year < 2200
    except ValueError:
        return False


def _is_actor(text: str) -> bool:
    kind, _, number = text.partition(":")
    return text in trail.MACHINES or (
        kind == "user" and bool(filters.ASKED["assignee"](number)) and number != filters.NOBODY
    )


ASKED: dict[str, Callable[[str], object]] = {
    "ref": lambda value: REFERENCE.fullmatch(value.upper()),
    "actor": _is_actor,
    "entity": filters.ASKED["entity"],
    "event": EVENT.fullmatch,
    "since": _is_day,
    "until": _is_day,
    "after": filters.placed,
}
