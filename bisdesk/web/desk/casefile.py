"""One request as an officer sees it: person, messages, history, picture, what can be done and what comes by itself (D9-D19).

Everything shown is read through the same views and tables as on the command line; no page compares a state.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from bisdesk import views
from bisdesk.acts import ON_REQUEST, WITH_NUMBER
from bisdesk.describe.case_path import CasePath, case_path
from bisdesk.describe.case_picture import case_picture
from bisdesk.describe.case_steps import steps
from bisdesk.describe.case_words import Speech
from bisdesk.web.desk.call import Call
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.listing import due_of
from bisdesk.web.desk.menu import READERS
from workflow import dossier, work
from workflow.access import Door, consultable, may_read
from workflow.explain import Explanation
from workflow.lifecycles.registration import registration
from workflow.machine import Option
from workflow.model import AuditEvent, Role, Timer
from workflow.ownership import offered
from workflow.service_level import Badge, badge, service_level
from workflow.submission import leaves
from workflow.work import WorkRow

PARTS = ("summary", "person", "messages", "timeline", "diagram")
AT_ONCE = frozenset({"take", "release", "retry", "submit", "resubmit", "clone"})  # one click, and easily taken back
FORWARD = frozenset(
    {"take", "approve", "submit", "resubmit", "same_person", "created", "retry"}
)  # the next step of the way
ACTIONS = frozenset({*ON_REQUEST, *WITH_NUMBER} - {"check_failed"})
NOT_SHOWN = frozenset({"entity", "officer", "kind", "noteNumber"})  # stand in the summary


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A request with everything that its page shows."""

    row: WorkRow
    view: Mapping[str, object] = field(repr=False)
    options: tuple[Option, ...]
    coming: tuple[Timer, ...]
    history: tuple[AuditEvent, ...] = field(repr=False)
    people: Mapping[str, str] = field(repr=False)  # names by actor, as the history writes them
    person: tuple[tuple[str, object], ...] = field(repr=False)
    messages: tuple[views.View, ...] = field(repr=False)
    badge: Badge | None
    path: CasePath

    @property
    def can(self) -> tuple[str, ...]:
        """What is open to this officer."""
        return tuple(option.trigger for option in self.options if option.open)

    @property
    def cannot(self) -> tuple[Option, ...]:
        """What is not, with the reason."""
        return tuple(option for option in self.options if not option.open)


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
    return CaseFile(
        row, views.request(door, case.ref), options, explained.coming, history, _people(door, explained, history),
        _person(door, case.id) if told else (), _messages(door, case.id),
        badge(service_level(history, now=door.now), now=door.now), path,
    )  # fmt: skip


def _part(desk: Desk, part: str):  # type: ignore[no-untyped-def]  # a route function, whose type FastAPI reads from its parameters
    def show(request: Request, ref: str) -> Response:
        return _page(Call(desk, request), ref, part)

    return show


def _page(call: Call, ref: str, part: str, *, done: str = "") -> Response:
    user = call.officer(READERS)
    shown = call.desk.look(user, lambda door: read_case(door, ref))
    speech = Speech(call.say, call.day)
    return call.page(
        "case", part=part, all_parts=PARTS, case=shown, shown_actions=ACTIONS, at_once=AT_ONCE, forward=FORWARD,
        ref=shown.row.case.ref, done=done, due=due_of(shown.row, call.now),
        picture=case_picture(shown.path, speech) if part == "diagram" else "",
        steps=steps(shown.path, speech) if part == "diagram" else (),
        mine=shown.row.case.assignee == user.id, lead=Role.TEAM_LEAD in user.roles,
        reason_of=lambda event: _reason(call, event), said_of=_said,
    )  # fmt: skip


def _reason(call: Call, event: AuditEvent) -> str:
    """The reason of an event in words; a code of the register itself stays as the register wrote it."""
    for name in (f"reason.{event.trigger}.{event.reason_code}", f"reason.{event.reason_code}"):
        try:
            return call.say(name)
        except LookupError:
            continue
    return event.reason_code or ""


def _said(event: AuditEvent) -> str:
    """What an officer wrote beside the reason, while the person is kept."""
    told = json.loads(event.payload) if event.payload else {}
    return str(told.get("reasonText") or told.get("text") or "")


def _people(door: Door, explained: Explanation, history: tuple[AuditEvent, ...]) -> dict[str, str]:
    """The names of the officers in a history; the clock and the register have their role for a name."""
    ids = {event.actor for event in history if event.actor.startswith("user:")}
    ids |= {f"user:{explained.case.assignee}"} if explained.case.assignee else set()
    return {actor: door.uow.directory.by_id(UUID(actor.removeprefix("user:"))).name for actor in ids}


def _person(door: Door, case_id: UUID) -> tuple[tuple[str, object], ...]:
    """What is kept of the person, by JSON path, in the order of the form."""
    return tuple((path, value) for path, value in leaves(dossier.stored(door.uow, case_id)) if path not in NOT_SHOWN)


def _messages(door: Door, case_id: UUID) -> tuple[views.View, ...]:
    """The messages of the request and of its activation: kind, state, when; never an address, link or code."""
    rows = door.uow.outbox.of_case(case_id)
    return tuple(views.message(row) for row in rows if row.message.channel != "register")
