"""Acting on an activation: the same pattern as on a request, by the same use cases as on the command line (D8-D11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from bisdesk.acts import Given
from bisdesk.web.desk.activation_case import ACTS, AT_ONCE, ActivationFile, read_activation
from bisdesk.web.desk.call import Call
from bisdesk.web.desk.conflict import REFUSED, conflict, version_seen
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.menu import READERS
from workflow.access import Door
from workflow.errors import GuardRefused, InvalidSubmission, NotFound
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
        if action not in shown.can or action not in ACTS or action in AT_ONCE:  # one click asks nothing
            return call.go(f"/desk/activations/{shown.case.ref}")
        before = call.typed_before()
        return _form(call, shown, action, typed=before or {}, again=before is not None)

    @router.post("/desk/activations/{ref}/do/{action}")
    async def act(request: Request, ref: str, action: str) -> Response:
        """Do it, if it still can be done."""
        typed = await request.form()
        return await run_in_threadpool(lambda: _act(Call(desk, request), ref.upper(), action, typed))

    return router


def _act(call: Call, ref: str, action: str, typed: FormData) -> Response:
    values = {name: str(value) for name, value in typed.multi_items()}
    user = call.officer(READERS, typed=values)
    call.refuse_strange(values.pop("form", ""))
    if action not in ACTS:
        raise NotFound("action", "of this name")
    try:
        call.desk.act(user, lambda door: _done(door, ref, action, values))
    except InvalidSubmission as wrong:
        mistakes = {_field(one.path): [call.problem(one)] for one in wrong.fields}
        return _again(call, user, ref, action=action, values=values, mistakes=mistakes)
    except REFUSED as refused:
        if isinstance(refused, GuardRefused) and action == "correct_email" and refused.guard in OF_FIELD:
            told = {OF_FIELD[refused.guard]: [call.say(f"guard.activation.{refused.guard}")]}
            return _again(call, user, ref, action=action, values=values, mistakes=told)
        shown = call.desk.look(user, lambda door: read_activation(door, ref))
        text = values.get("text") or values.get("email", "")
        return conflict(
            call, shown.case, refused, action=action, history=shown.history, people=shown.people, text=text
        )  # fmt: skip
    return call.go(f"/desk/activations/{ref}?done={action}")


def _done(door: Door, ref: str, action: str, values: Mapping[str, str]) -> object:
    seen = version_seen(values.get("seen", ""))
    own = {name: value for name, value in values.items() if name in FIELDS}
    given = Given(action, values.get("reason") or None, values.get("text") or None, own)
    return ACTS[action](replace(door, seen=seen), ref, given)


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
    again: bool = False,
) -> Response:
    return call.page(
        "activation_action", case=shown, ref=shown.case.ref, action=action, reasons=REASONS.get(action, ()), typed=typed,
        mistakes=dict(mistakes or {}), again=again, status=422 if mistakes else 200,
    )  # fmt: skip


def _field(path: str) -> str:
    """The field of the page that a wrong path belongs to."""
    return "email" if path == "contact.email" else path
