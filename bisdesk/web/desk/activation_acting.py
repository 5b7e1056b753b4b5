"""Acting on an activation: the same pattern as on a request, by the same use cases as on the command line (D8-D11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from bisdesk.acts import Given
from bisdesk.web.desk.activation_case import ACTS, ActivationFile, read_activation
from bisdesk.web.desk.call import Call, StaleForm
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.menu import READERS
from workflow.access import Door
from workflow.errors import (
    ConcurrentChange,
    GuardRefused,
    InvalidSubmission,
    NotFound,
    NotPermitted,
    TransitionNotAllowed,
)
from workflow.model import User
from workflow.registrations import REASONS

FIELDS = frozenset({"email", "confirmed"})
# What a guard says of what was typed is told beside its field.
OF_FIELD = {"contact_is_unique": "email", "new_contact_is_confirmed": "confirmed"}


def activation_acting(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/activations/{ref}/do/{action}")
    def ask(request: Request, ref: str, action: str) -> Response:
        """What the action needs, and what it will do."""
        call = Call(desk, request)
        user = call.officer(READERS)
        shown = desk.look(user, lambda door: read_activation(door, ref))
        if action not in ACTS or action not in shown.can:
            return call.go(f"/desk/activations/{shown.case.ref}")
        return _form(call, shown, action, typed={})

    @router.post("/desk/activations/{ref}/do/{action}")
    async def act(request: Request, ref: str, action: str) -> Response:
        """Do it, if it still can be done."""
        typed = await request.form()
        return await run_in_threadpool(lambda: _act(Call(desk, request), ref.upper(), action, typed))

    return router


def _act(call: Call, ref: str, action: str, typed: FormData) -> Response:
    user = call.officer(READERS)
    call.refuse_strange(str(typed.get("form", "")))
    if action not in ACTS:
        raise NotFound("action", "of this name")
    values = {name: str(value) for name, value in typed.multi_items() if name != "form"}
    try:
        call.desk.act(user, lambda door: _done(door, ref, action, values))
    except InvalidSubmission as wrong:
        mistakes = {_field(one.path): [call.problem(one)] for one in wrong.fields}
        return _again(call, user, ref, action=action, values=values, mistakes=mistakes)
    except (ConcurrentChange, TransitionNotAllowed, GuardRefused, NotPermitted) as refused:
        if isinstance(refused, GuardRefused) and action == "correct_email" and refused.guard in OF_FIELD:
            told = {OF_FIELD[refused.guard]: [call.say(f"guard.activation.{refused.guard}")]}
            return _again(call, user, ref, action=action, values=values, mistakes=told)
        return _conflict(call, user, ref, action=action, values=values, refused=refused)
    return call.go(f"/desk/activations/{ref}?done={action}")


def _done(door: Door, ref: str, action: str, values: Mapping[str, str]) -> object:
    seen = values.get("seen", "")
    if not seen.isdigit():
        raise StaleForm
    own = {name: value for name, value in values.items() if name in FIELDS}
    given = Given(action, values.get("reason") or None, values.get("text") or None, own)
    return ACTS[action](replace(door, seen=int(seen)), ref, given)


def _again(
    call: Call, user: User, ref: str, *, action: str, values: Mapping[str, str], mistakes: Mapping[str, list[str]]
) -> Response:
    shown = call.desk.look(user, lambda door: read_activation(door, ref))
    return _form(call, shown, action, typed=values, mistakes=mistakes)


def _form(
    call: Call,
    shown: ActivationFile,
    action: str,
    *,
    typed: Mapping[str, str],
    mistakes: Mapping[str, list[str]] | None = None,
) -> Response:
    return call.page(
        "activation_action", case=shown, ref=shown.case.ref, action=action, reasons=REASONS.get(action, ()), typed=typed,
        mistakes=dict(mistakes or {}), status=422 if mistakes else 200,
    )  # fmt: skip


def _conflict(
    call: Call, user: User, ref: str, *, action: str, values: Mapping[str, str], refused: Exception
) -> Response:
    """Who did what instead, and what was typed, so that nothing of it is lost (D8)."""
    shown = call.desk.look(user, lambda door: read_activation(door, ref))
    return call.page(
        "conflict", status=409, ref=ref, back=f"/desk/activations/{ref}", what=call.say(f"trigger.activation.{action}"),
        why=call.say_or(f"guard.activation.{refused.guard}", refused.reason) if isinstance(refused, GuardRefused) else "",
        last=shown.history[-1] if shown.history else None, people=shown.people,
        text=values.get("text") or values.get("email", ""), lifecycle="activation", state=shown.case.state,
    )  # fmt: skip


def _field(path: str) -> str:
    """The field of the page that a wrong path belongs to."""
    return "email" if path == "contact.email" else path
