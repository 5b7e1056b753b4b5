"""Time in one's own hands, beside the phone of an invented person: demo and test only; in live these routes do not exist."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from markupsafe import Markup
from starlette.responses import Response

from bisdesk.demo.simulation import Coming, Step, begin_again, can_be_moved, coming, has_beginning, move
from bisdesk.describe.case_path import CasePath, case_path
from bisdesk.describe.case_picture import case_picture
from bisdesk.describe.case_steps import steps
from bisdesk.describe.case_words import Speech
from bisdesk.web.desk.call import Call
from bisdesk.web.desk.frame import Desk
from bisdesk.web.phone import received_by
from workflow import access, dossier, issuing, work
from workflow.access import Door
from workflow.errors import NotFound
from workflow.explain import explain_activation, explain_request
from workflow.lifecycles.activation import activation
from workflow.lifecycles.registration import registration
from workflow.model import RegistrationRequest, Role, User
from workflow.work import WorkRow

EVERYBODY = frozenset(Role)
HERE, PHONE = "/desk/demo", "/desk/demo/phone"
REFERENCE = re.compile(r"BR-\d{4}-\d{5}-[0-9A-Z]{2}")
AHEAD, PEOPLE = 12, 60  # deadlines and people that are listed
REMEMBERED = 200  # presses, so that one counts once


@dataclass(frozen=True, slots=True)
class Shown:
    """One person's case: the request, the key that came of it, and where their mail and SMS go."""

    row: WorkRow
    key: str | None  # the reference of the activation
    path: CasePath
    to: frozenset[str] = field(repr=False)


def simulation(desk: Desk) -> APIRouter:
    """The routes; none where nobody may move the clock."""
    router = APIRouter()
    if not can_be_moved(desk.app):
        return router

    @router.get(HERE)
    def show(request: Request, moved: str = "", passed: str = "") -> Response:
        """What time it is, what comes next, and the buttons."""
        call = Call(desk, request)
        user = call.officer(EVERYBODY)
        ahead, refs = desk.look(user, _ahead)
        return call.page(
            "simulation", ahead=ahead, refs=refs, any_ahead=bool(ahead), can_reset=has_beginning(desk.app), of="",
            **_told(moved, passed),
        )  # fmt: skip

    @router.get(PHONE)
    def phone(request: Request, of: str = "", moved: str = "", passed: str = "") -> Response:
        """A case on the left, the phone and mailbox of its person on the right."""
        return _phone(Call(desk, request), of.upper(), _told(moved, passed))

    _moving(router, desk)
    return router


def _moving(router: APIRouter, desk: Desk) -> None:
    pressed: deque[str] = deque(maxlen=REMEMBERED)

    @router.post(f"{HERE}/move")
    def go(
        request: Request, form: Annotated[str, Form()], step: Annotated[str, Form()], of: Annotated[str, Form()] = ""
    ) -> Response:
        """Move the clock; who does so stays signed in, everybody else's session runs out as it would."""
        call = Call(desk, request)
        call.refuse_strange(form)
        if step not in tuple(Step):
            raise NotFound("step", step[:20])
        at = f"{PHONE}?of={of}&" if REFERENCE.fullmatch(of) else f"{HERE}?"
        if form in pressed:  # two clicks are one press, though the first one ended the session of the second
            return call.go(f"{at}moved={step}")
        user = call.officer(EVERYBODY)
        pressed.append(form)
        return _still_in(call, user, f"{at}moved={step}&passed={move(desk.app, Step(step))}")

    @router.post(f"{HERE}/reset")
    def reset(request: Request, form: Annotated[str, Form()]) -> Response:
        """Back to the beginning."""
        call = Call(desk, request)
        user = call.officer(EVERYBODY)
        call.refuse_strange(form)
        if not has_beginning(desk.app):
            raise NotFound("beginning", "of a demonstration")
        begin_again(desk.app)
        return _still_in(call, user, f"{HERE}?moved=reset")


def _still_in(call: Call, user: User, path: str) -> Response:
    call.enter(user)
    return call.go(path)


def _ahead(door: Door) -> tuple[tuple[Coming, ...], dict[UUID, WorkRow]]:
    """What comes next, and the requests that it is about, by id."""
    ahead = coming(door, most=AHEAD)
    rows = work.found(door, tuple({one.request_id for one in ahead if one.request_id}))
    return ahead, {row.case.id: _named(door, row) for row in rows}


def _told(moved: str, passed: str) -> dict[str, Any]:
    """What the address says of a move that was made; what no move of ours says is not shown."""
    count = int(passed) if passed.isascii() and passed.isdigit() and len(passed) < 5 else 0
    return {"moved": moved if moved in (*Step, "reset") else "", "passed": count}


def _phone(call: Call, of: str, told: Mapping[str, Any]) -> Response:
    user = call.officer(EVERYBODY)
    people, shown = call.desk.look(user, lambda door: _people(door, of))
    speech = Speech(call.say, call.day)
    return call.page(
        "simulation_phone", people=people, shown=shown, of=of, any_ahead=True, **told,
        picture=case_picture(shown.path, speech) if shown else Markup(),
        steps=steps(shown.path, speech) if shown else (),
        received=received_by(call.desk.app.settings, shown.to) if shown else (),
    )  # fmt: skip


def _people(door: Door, ref: str) -> tuple[tuple[WorkRow, ...], Shown | None]:
    """Everybody whose request this officer sees, and the one who was asked for; nobody else is found."""
    own = door.actor.entity if not door.actor.sees_all_entities else None
    listed = islice(door.uow.cases.listed(registration.name, now=door.now, entity=own), PEOPLE)
    cases = [case for case, _ in listed if access.sees(door.actor, case)]
    rows = work.found(door, tuple(case.id for case in cases))
    people = tuple(sorted((_named(door, row) for row in rows), key=_called))
    chosen = next((row for row in people if row.case.ref == ref), None)
    if ref and chosen is None:
        raise NotFound("request", ref[:20])
    return people, _shown(door, chosen) if chosen else None


def _named(door: Door, row: WorkRow) -> WorkRow:
    """With the name that the activation knows, where the request has been erased and the key lives on."""
    holder = (
        issuing.holder_of(door.uow, row.detail.activation_id) if row.detail.activation_id and not row.name else None
    )
    return replace(row, name=f"{holder.family_name}, {holder.given_name}") if holder else row


def _called(row: WorkRow) -> tuple[bool, str, datetime]:
    """Who has a name before who was erased."""
    return not row.name, row.name.casefold(), row.case.opened_at


def _shown(door: Door, row: WorkRow) -> Shown:
    detail: RegistrationRequest = row.detail
    if detail.activation_id is None:
        told = explain_request(door, row.case.ref)
        contact = dossier.stored(door.uow, row.case.id).contact
        to, key = (contact.email, contact.mobile), None
    else:
        key = door.uow.cases.activation(detail.activation_id, now=door.now)[0].ref
        told = explain_activation(door, key)
        holder = issuing.holder_of(door.uow, detail.activation_id)
        to = (holder.email, holder.mobile) if holder else (None, None)
    history = (event for event in door.uow.cases.history(told.case.id) if access.may_read(door.actor, event))
    asked: dict[str, Any] = {
        "state": told.case.state, "timers": told.coming,
        "open_triggers": tuple(one.trigger for one in told.options if one.open),
    }  # fmt: skip
    path = case_path(activation, history, **asked) if key else case_path(registration, history, **asked)
    return Shown(row, key, path, frozenset(address for address in to if address))
