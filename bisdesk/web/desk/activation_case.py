"""One activation as an officer sees it: where it stands, until when, what left for whom, what can be done and what comes by itself.

It shows neither link nor code, nor the name under which the person signs in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from fastapi import APIRouter, Request
from starlette.responses import Response

from bisdesk import views
from bisdesk.acts import ON_ACTIVATION, Given
from bisdesk.describe.case_path import CasePath, case_path
from bisdesk.describe.case_picture import case_picture
from bisdesk.describe.case_steps import steps
from bisdesk.describe.case_words import Speech
from bisdesk.web.desk import correspondence
from bisdesk.web.desk.call import Call
from bisdesk.web.desk.casefile import people_in, reason_of, said
from bisdesk.web.desk.frame import Desk
from bisdesk.web.desk.menu import READERS
from bisdesk.web.desk.offered import Offered
from workflow import activations, issuing
from workflow.access import Door, consultable, may_read
from workflow.explain import explain_activation
from workflow.lifecycles.activation import activation
from workflow.machine import Option
from workflow.model import Activation, AuditEvent, Case, Timer
from workflow.timers import as_of

PARTS = ("summary", "messages", "timeline", "diagram")
# What the desk does on an activation: the rest is the applicant's, an office's, or stands beside each message.
ACTS: dict[str, Callable[[Door, str, Given], object]] = {
    **{name: ON_ACTIVATION[name] for name in ("correct_email", "reissue_code", "cancel", "unfreeze")},
    "renew_link": lambda door, ref, _: activations.renew_link(door, ref),
    "resend_link": lambda door, ref, _: activations.resend_link(door, ref),
}  # fmt: skip
AT_ONCE = frozenset({"renew_link", "resend_link"})
FORWARD = frozenset({"renew_link", "resend_link", "correct_email", "reissue_code"})


@dataclass(frozen=True, slots=True)
class ActivationFile(Offered):
    """An activation with everything that its page shows."""

    case: Case
    detail: Activation
    view: Mapping[str, object] = field(repr=False)
    name: str = field(repr=False)  # empty once the person is erased
    options: tuple[Option, ...]
    coming: tuple[Timer, ...]
    history: tuple[AuditEvent, ...] = field(repr=False)
    people: Mapping[str, str] = field(repr=False)
    path: CasePath


def activation_case(desk: Desk) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/desk/activations/{ref}")
    def summary(request: Request, ref: str, done: str = "") -> Response:
        """The activation at a glance."""
        return _page(Call(desk, request), ref, "summary", done=done if done in ACTS else "")

    for part in PARTS[1:]:
        router.add_api_route(f"/desk/activations/{{ref}}/{part}", _part(desk, part), methods=["GET"])
    return router


def read_activation(door: Door, ref: str) -> ActivationFile:
    """An activation as it truly is now. Raises: NotFound, also for another entity's."""
    ref = ref.upper()
    view = views.activation(door, ref)  # a reference of a request is none of an activation
    explained = explain_activation(door, ref)
    stored, kept = door.uow.cases.activation(ref, now=door.now)
    case, detail = as_of(stored, kept, now=door.now, tools=door.tools)
    assert isinstance(detail, Activation)
    history = tuple(event for event in door.uow.cases.history(case.id) if may_read(door.actor, event))
    told = consultable(door, case.id)
    history = history if told else tuple(replace(event, payload=None) for event in history)
    path = case_path(
        activation, history, state=case.state, open_triggers=tuple(one.trigger for one in explained.options if one.open),
        timers=explained.coming,
    )  # fmt: skip
    return ActivationFile(
        case, detail, view, _name(door, case) if told else "", explained.options, explained.coming, history,
        people_in(door, explained, history), path,
    )  # fmt: skip


def _part(desk: Desk, part: str):  # type: ignore[no-untyped-def]  # a route function, whose type FastAPI reads from its parameters
    def show(request: Request, ref: str) -> Response:
        return _page(Call(desk, request), ref, part)

    return show


def _page(call: Call, ref: str, part: str, *, done: str = "") -> Response:
    user = call.officer(READERS)
    shown = call.desk.look(user, lambda door: read_activation(door, ref))
    speech = Speech(call.say, call.day)
    more = correspondence.of_case(call, user, {shown.case.id: shown.case.ref}) if part == "messages" else {}
    return call.page(
        "activation", part=part, all_parts=PARTS, case=shown, shown_actions=frozenset(ACTS), at_once=AT_ONCE, forward=FORWARD,
        ref=shown.case.ref, done=done, see_looks=False,
        picture=case_picture(shown.path, speech) if part == "diagram" else "",
        steps=steps(shown.path, speech) if part == "diagram" else (),
        reason_of=lambda event: reason_of(call, event), said_of=said, **more,
    )  # fmt: skip


def _name(door: Door, case: Case) -> str:
    holder = issuing.holder_of(door.uow, case.id)
    return ", ".join(name for name in (holder.family_name, holder.given_name) if name) if holder else ""
