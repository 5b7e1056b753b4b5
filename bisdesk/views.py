"""What programs read: requests, activations, histories, timers and messages as plain JSON values in lowerCamelCase.

A view tells what is true at `now` and writes nothing; secrets and addresses are never in it.
"""

from __future__ import annotations

import json
from datetime import datetime

from workflow import dossier, registrations_register
from workflow.access import Door, consultable, may_read, sees
from workflow.calendar import last_day
from workflow.errors import NotFound
from workflow.explain import Explanation, explain_activation, explain_request
from workflow.lifecycles.activation import MAX_ATTEMPTS
from workflow.lifecycles.activation import State as ActivationState
from workflow.lifecycles.registration import State as RequestState
from workflow.model import Activation, AuditEvent, Case, DigitalKey, KeyState, RegistrationRequest, Role, Timer
from workflow.outbox import Attempt, Delivery, KeptReceipt
from workflow.ports import UnitOfWork
from workflow.timers import as_of

View = dict[str, object]


def instant(moment: datetime | None) -> str | None:
    """An instant as ISO 8601 in UTC."""
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") + "Z"


def request(door: Door, ref: str) -> View:
    """One request as it truly is now. Raises: NotFound."""
    stored, kept = door.uow.cases.request(ref, now=door.now)
    if not sees(door.actor, stored):
        raise NotFound("request", ref)
    case, detail = as_of(stored, kept, now=door.now, tools=door.tools)
    assert isinstance(detail, RegistrationRequest)
    view: View = {
        "ref": case.ref,
        "kind": str(detail.kind),
        "state": case.state,
        "version": case.version,
        "entity": case.entity,
        "openedAt": instant(case.opened_at),
        "changedAt": instant(case.changed_at),
        "bisNumber": _shown_number(door.uow, case, detail),
        "activation": _activation_ref(door, detail),
        "documentType": detail.document_type,
        "documentCountry": detail.document_country,
        "checksPassed": detail.checks_passed,
        "extendedByLaw": detail.extended_by_law or None,
        "validityRule": detail.validity_rule,
        "numberOrigin": str(detail.number_origin) if detail.number_origin else None,
        "remarks": _remarks(door.uow, case),
        "candidates": _candidates(door, case),
        "assignee": str(case.assignee) if case.assignee else None,
    }
    return _without_nothing(view)


def activation(door: Door, ref: str) -> View:
    """One activation as it truly is now. Raises: NotFound."""
    stored, kept = door.uow.cases.activation(ref, now=door.now)
    if not sees(door.actor, stored):
        raise NotFound("activation", ref)
    case, detail = as_of(stored, kept, now=door.now, tools=door.tools)
    assert isinstance(detail, Activation)
    view: View = {
        "ref": case.ref,
        "state": case.state,
        "version": case.version,
        "entity": case.entity,
        "issuer": str(detail.issuer),
        "codeChannel": str(detail.code_channel),
        "language": str(detail.language),
        "firstIssuedAt": instant(detail.first_issued_at),
        "linkIssuedAt": instant(detail.link_issued_at),
        "linkExpiresAt": instant(detail.link_expires_at),
        "linkUntil": last_day(detail.link_expires_at).isoformat(),
        "blocksAt": instant(detail.blocks_at),
        "attemptsLeft": _attempts_left(case, detail),
        "renewals": detail.renewals,
        "keys": [_key(key, door.now) for key in door.uow.keys.of(case.id) if key.state is not KeyState.REMOVED],
        "request": _request_ref(door, detail),
    }
    return _without_nothing(view)


def history(door: Door, ref: str) -> list[View]:
    """What happened to a case; what was said of the person only as long as the person can be consulted (B1-23)."""
    case = explain(door, ref).case
    told = consultable(door, case.id)
    events = (event for event in door.uow.cases.history(case.id) if may_read(door.actor, event))
    return [_history_item(event, told=told) for event in events]


def _history_item(event: AuditEvent, *, told: bool) -> View:
    payload = json.loads(event.payload) if event.payload and told else {}
    view: View = {
        "seq": event.sequence,
        "at": instant(event.occurred_at),
        "recordedAt": instant(event.recorded_at),
        "event": event.event,
        "trigger": event.trigger,
        "from": event.from_state,
        "to": event.to_state,
        "by": event.actor,
        "role": event.role,
        "reason": event.reason_code,
        "reasonText": payload.get("reasonText"),
        "changed": payload.get("changed"),
        "definition": event.definition,
    }
    always = ("from", "reason")
    return {name: value for name, value in view.items() if value is not None or name in always}


def timer(armed: Timer) -> View:
    """One deadline that lies ahead."""
    return {"trigger": armed.trigger, "dueAt": instant(armed.due_at), "lastDay": last_day(armed.due_at).isoformat()}


def message(row: Delivery, ref: str | None = None) -> View:
    """One message of the queue; whom it is for is a role, never an address."""
    queued = row.message
    view: View = {
        "id": str(queued.id),
        "case": ref,
        "kind": str(queued.kind),
        "to": str(queued.audience),
        "channel": str(queued.channel),
        "language": queued.language,
        "state": str(row.state),
        "attempts": row.attempts,
        "error": row.error,
        "queuedAt": instant(queued.queued_at),
        "sentAt": instant(row.last_attempt_at),
        "notBefore": instant(queued.not_before),
        "sendBefore": instant(queued.send_before),
        "params": dict(queued.params),
    }
    return _without_nothing(view)


def course(attempts: list[Attempt], receipts: list[KeptReceipt], *, unconfirmed: bool) -> View:
    """What was tried with a message and what its provider told of it, oldest first; `unconfirmed` where no word ever came."""
    tries: list[View] = [
        {
            "number": number,
            "startedAt": instant(one.started_at),
            "endedAt": instant(one.ended_at),
            "state": one.state,
            "error": one.error,
        }
        for number, one in enumerate(attempts, 1)
    ]
    told: list[View] = [
        {
            "at": instant(one.received_at),
            "provider": one.receipt.provider,
            "status": str(one.receipt.status),
            "error": one.receipt.code,
            "moved": one.moved,
        }
        for one in receipts
    ]
    view: View = {
        "unconfirmed": True if unconfirmed else None,
        "tries": [_without_nothing(one) for one in tries],
        "receipts": [_without_nothing(one) for one in told],
    }
    return _without_nothing(view)


def options(explanation: Explanation) -> View:
    """What can be done, what not and why, and what comes by itself."""
    return {
        "ref": explanation.case.ref,
        "state": explanation.case.state,
        "canDo": [option.trigger for option in explanation.options if option.open],
        "notNow": [
            {"action": option.trigger, "guard": option.guard, "reason": option.reason}
            for option in explanation.options
            if not option.open
        ],
        "comingUp": [timer(armed) for armed in explanation.coming],
    }


def explain(door: Door, ref: str) -> Explanation:
    """The options on a request or an activation, by its reference. Raises: NotFound."""
    return explain_activation(door, ref) if ref.startswith("AC-") else explain_request(door, ref)


def _shown_number(uow: UnitOfWork, case: Case, detail: RegistrationRequest) -> str | None:
    """In full, only if the officer asked for it, only while the request is consultable (AM3-7, B1-22)."""
    if not detail.note_number or case.state != RequestState.COMPLETED:
        return None
    number = dossier.value(uow, case.id, dossier.NUMBER)
    return number if isinstance(number, str) else None


def _remarks(uow: UnitOfWork, case: Case) -> View | None:
    """What the desk asked to correct, while it waits for it."""
    if case.state != RequestState.INFO_REQUESTED:
        return None
    fields, text = dossier.value(uow, case.id, dossier.REMARK_FIELDS), dossier.value(uow, case.id, dossier.REMARK_TEXT)
    reasons = dossier.value(uow, case.id, dossier.REMARK_REASONS)
    return {"fields": fields, "text": text, **({"reasons": reasons} if reasons else {})}


def _candidates(door: Door, case: Case) -> list[View] | None:
    """Whom the register found, to the desk that judges; the number masked but for its end (B1-13)."""
    named = door.actor.user_id is not None and Role.SERVICE_DESK in door.actor.roles
    if case.state != RequestState.MATCH_REVIEW or not named:
        return None
    found = registrations_register.candidates(door, case.ref)
    return [
        {**one, "candidate": place, "insz": f"*********{str(one['insz'])[-2:]}"} for place, one in enumerate(found, 1)
    ]


def _activation_ref(door: Door, detail: RegistrationRequest) -> str | None:
    if detail.activation_id is None:
        return None
    return door.uow.cases.activation(detail.activation_id, now=door.now)[0].ref


def _request_ref(door: Door, detail: Activation) -> str | None:
    if detail.request_id is None:
        return None
    return door.uow.cases.request(detail.request_id, now=door.now)[0].ref


def _attempts_left(case: Case, detail: Activation) -> int:
    """None are left where no code can be entered any more."""
    can_try = (ActivationState.ISSUING, ActivationState.AWAITING_CODE, ActivationState.LINK_EXPIRED)
    return max(0, MAX_ATTEMPTS - detail.attempts_used) if case.state in can_try else 0


def _key(key: DigitalKey, now: datetime) -> View:
    state = "expired" if key.expires_at and now >= key.expires_at else str(key.state)
    return _without_nothing(
        {
            "kind": str(key.kind),
            "state": state,
            "confirmedAt": instant(key.confirmed_at),
            "expiresAt": instant(key.expires_at),
        }
    )


def _without_nothing(view: View) -> View:
    return {name: value for name, value in view.items() if value is not None}
