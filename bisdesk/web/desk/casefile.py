"""One request as an officer sees it: person, messages, history, picture, what can be done and what comes by itself (D9-D19).

Everything shown is read through the same views and tables as on the command line; no page compares a state.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from bisdesk import views
from bisdesk.acts import ON_REQUEST, WITH_NUMBER
from bisdesk.describe.case_path import CasePath, case_path
from bisdesk.describe.case_picture import case_picture
from bisdesk.describe.case_steps import steps
from bisdesk.describe.case_words import Speech
from bisdesk.web.desk import correspondence, scan
from bisdesk.web.desk.call import Call
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.listing import due_of
from bisdesk.web.desk.menu import READERS
from bisdesk.web.desk.offered import Offered
from bisdesk.web.desk.watched import watched
from workflow import dossier, looks, trail, work
from workflow.access import Door, consultable, may_read
from workflow.explain import Explanation
from workflow.lifecycles.registration import registration
from workflow.machine import Option
from workflow.model import AuditEvent, Role, Timer, User
from workflow.ownership import offered
from workflow.submission import leaves
from workflow.work import WorkRow

PARTS = ("summary", "person", "messages", "timeline", "diagram")
AT_ONCE = frozenset({"take", "release", "retry", "submit", "resubmit", "clone"})  # one click, and easily taken back
FORWARD = frozenset(
    {"take", "approve", "submit", "resubmit", "same_person", "created", "retry"}
)  # the next step of the way
ACTIONS = frozenset({*ON_REQUEST, *WITH_NUMBER} - {"check_failed"})
SECTIONS = ("person", "document", "residence", "contact", "identityCheck")
NOT_SHOWN = frozenset({"entity", "officer", "kind", "noteNumber"})  # stand in the summary


@dataclass(frozen=True, slots=True)
class CaseFile(Offered):
    """A request with everything that its page shows."""

    row: WorkRow
    view: Mapping[str, object] = field(repr=False)
    options: tuple[Option, ...]
    coming: tuple[Timer, ...]
    history: tuple[AuditEvent, ...] = field(repr=False)
    people: Mapping[str, str] = field(repr=False)  # names by actor, as the history writes them
    person: tuple[tuple[str, object], ...] = field(repr=False)
    path: CasePath
    number_until: date | None = None  # the last day on which this officer can be shown the number


def casefile(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/requests/{ref}")
    def summary(request: Request, ref: str, done: str = "") -> Response:
        """The request at a glance."""
        return _page(Call(desk, request), ref, "summary", done=done if done in registration.events else "")

    for part in PARTS[1:]:
        router.add_api_route(f"/desk/requests/{{ref}}/{part}", _part(desk, part), methods=["GET"])
    return router


def read_case(door: Door, ref: str) -> CaseFile:
    """A request as it truly is now. Raises: NotFound, also for another entity's."""
    explained = views.explain(door, ref.upper())
    case = explained.case
    row = work.found(door, (case.id,))[0]
    history = tuple(event for event in door.uow.cases.history(case.id) if may_read(door.actor, event))
    told = consultable(door, case.id)
    history = history if told else tuple(replace(event, payload=None) for event in history)
    options = offered(door, explained)
    path = case_path(
        registration, history, state=case.state, open_triggers=tuple(one.trigger for one in options if one.open),
        timers=explained.coming,
    )  # fmt: skip
    view = {name: value for name, value in views.request(door, case.ref).items() if name != "bisNumber"}  # E16
    return CaseFile(
        row, view, options, explained.coming, history, people_in(door, explained, history),
        _person(door, case.id) if told else (), path, looks.number_until(door, case.ref),
    )  # fmt: skip


def _part(desk: Desk, part: str):  # type: ignore[no-untyped-def]  # a route function, whose type FastAPI reads from its parameters
    def show(request: Request, ref: str) -> Response:
        return _page(Call(desk, request), ref, part)

    return show


def _page(call: Call, ref: str, part: str, *, done: str = "") -> Response:
    user = call.officer(READERS)
    shown = call.desk.look(user, lambda door: read_case(door, ref))
    speech = Speech(call.say, call.day)
    more = MORE[part](call, user, shown) if part in MORE else {}
    return call.page(
        "case", part=part, all_parts=PARTS, case=shown, shown_actions=ACTIONS, at_once=AT_ONCE, forward=FORWARD,
        ref=shown.row.case.ref, done=done, due=due_of(shown.row, call.now),
        picture=case_picture(shown.path, speech) if part == "diagram" else "",
        steps=steps(shown.path, speech) if part == "diagram" else (),
        lead=Role.TEAM_LEAD in user.roles, reason_of=lambda event: reason_of(call, event), said_of=said, **more,
    )  # fmt: skip


def reason_of(call: Call, event: AuditEvent) -> str:
    """The reason of an event in words; a code of the register itself stays as the register wrote it."""
    code = event.reason_code or ""
    return call.say_or(f"reason.{event.trigger}.{code}", call.say_or(f"reason.{code}", code)) if code else ""


def said(event: AuditEvent) -> str:
    """What an officer wrote beside the reason, while the person is kept."""
    told = json.loads(event.payload) if event.payload else {}
    return str(told.get("reasonText") or told.get("text") or "")


def people_in(door: Door, explained: Explanation, history: tuple[AuditEvent, ...]) -> dict[str, str]:
    """The names of the officers in a history; the clock and the register have their role for a name."""
    actors = {event.actor for event in history}
    return trail.names(door, actors | {f"user:{explained.case.assignee}"} if explained.case.assignee else actors)


def _person(door: Door, case_id: UUID) -> tuple[tuple[str, object], ...]:
    """What is kept of the person, by JSON path."""
    kept = [(path, value) for path, value in leaves(dossier.stored(door.uow, case_id)) if path not in NOT_SHOWN]
    return tuple(sorted(kept, key=lambda one: _turn(one[0])))


def _turn(path: str) -> int:
    """Who the person is comes first, beside the scan; within a section the order of the form stands."""
    section = path.partition(".")[0]
    return SECTIONS.index(section) if section in SECTIONS else len(SECTIONS)


def _cases(door: Door, shown: CaseFile) -> dict[UUID, str]:
    """The request and the activation that it started: whose messages belong together."""
    case, started = shown.row.case, shown.row.detail.activation_id
    cases = {case.id: case.ref}
    return cases | ({started: door.uow.cases.activation(started, now=door.now)[0].ref} if started else {})


def _correspondence(call: Call, user: User, shown: CaseFile) -> dict[str, Any]:
    return correspondence.of_case(call, user, call.desk.look(user, lambda door: _cases(door, shown)))


# What a part of the case shows beside what every part shows.
MORE: dict[str, Callable[[Call, User, CaseFile], Mapping[str, Any]]] = {
    "person": lambda call, user, shown: scan.beside(call, user, shown.row.case.ref),
    "messages": _correspondence,
    "timeline": lambda call, user, shown: {
        "watched": watched(call, user, shown.row.case.id),
        "see_looks": not looks.SEE_LOOKS.isdisjoint(user.roles),
    },
}
