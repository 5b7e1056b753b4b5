"""What an officer may do to the queue: put a message that came to rest back into it, while it is still true and whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from identity.problems import Problem
from workflow import access
from workflow.access import Door
from workflow.activations import facts_of
from workflow.advance import Move, advance
from workflow.errors import FieldError, GuardRefused, InvalidSubmission, NotFound, NotPermitted
from workflow.lifecycles import activation as activation_table
from workflow.lifecycles import registration as registration_table
from workflow.lifecycles.message import KEEPERS, Facts, Trigger, message
from workflow.limits import MONEY_FUSE
from workflow.model import Case, Role
from workflow.outbox import Channel, Delivery, DeliveryState, MessageKind

OPENERS = (Role.TEAM_LEAD, Role.OPERATOR)
READ_TEXTS = (Role.SERVICE_DESK, Role.TEAM_LEAD)  # who reads what was written, link and code left out (D19)
AT_REST = frozenset(
    {
        DeliveryState.ACCEPTED,
        DeliveryState.DELIVERED,
        DeliveryState.UNDELIVERED,
        DeliveryState.BOUNCED,
        DeliveryState.FAILED,
    }
)
WITH_SECRET = frozenset(
    {MessageKind.M1, MessageKind.M3, MessageKind.M8, MessageKind.M11, MessageKind.M13, MessageKind.M15}
)


class Way(StrEnum):
    """How a message that came to rest goes out once more."""

    RETRY = "retry"  # the row itself goes back into the queue
    RESEND = "resend"  # the same mail as a new row


@dataclass(frozen=True, slots=True)
class Again:
    """Whether this officer can let a message go out once more: how, and from when on; not at all without a way."""

    way: Way | None = None
    at: datetime | None = None


def again(door: Door, row: Delivery, *, cooldown: timedelta) -> Again:
    """What `retry` and `resend` would say now; nothing is written."""
    if door.actor.roles.isdisjoint(KEEPERS) or not access.consultable(door, row.message.case_id):
        return Again()
    options = message.allowed(row.state, roles=door.actor.roles, facts=_facts(door, row))
    if any(option.open for option in options if option.trigger == Trigger.RETRY):
        return Again(Way.RETRY)
    return Again(Way.RESEND, _cool_from(door, row, cooldown)) if _repeatable(door, row) else Again()


def read_by(door: Door, message_id: UUID) -> Delivery:
    """A row of a case that exists for this officer. Raises: NotFound."""
    row = door.uow.outbox.find(message_id)
    case_id = row.message.case_id
    try:
        case: Case = door.uow.cases.request(case_id, now=door.now)[0]
    except NotFound:
        case = door.uow.cases.activation(case_id, now=door.now)[0]
    access.refuse_foreign(door.actor, case)
    return row


def retry(door: Door, message_id: UUID) -> Delivery:
    """Put a parked or failed message back, its attempts at zero.

    Raises: NotPermitted, NotFound, TransitionNotAllowed, GuardRefused.
    """
    _refuse_others(door, "retry", KEEPERS)
    row = door.uow.outbox.find(message_id)
    message.fire(row.state, Trigger.RETRY, roles=door.actor.roles, facts=_facts(door, row))
    door.uow.outbox.requeue(message_id, now=door.now)
    return door.uow.outbox.find(message_id)


def open_gate(door: Door, channel: Channel) -> None:
    """Let messages of a channel leave again, and count the money of the day afresh where that had closed it.

    Raises: NotPermitted.
    """
    _refuse_others(door, "open", OPENERS)
    if door.uow.gates.of(channel).code == MONEY_FUSE:
        door.uow.quotas.forget(MONEY_FUSE)
    door.uow.gates.open(channel)


def lift(door: Door, address: str) -> bool:
    """Write to an address again at which mail had come back for good; whether it was held back.

    Raises: NotPermitted, InvalidSubmission for what is no address.
    """
    _refuse_others(door, "lift", KEEPERS)
    try:
        return door.uow.suppressions.lift(address)
    except Problem as problem:
        raise InvalidSubmission((FieldError("address", problem.code, problem.message),)) from None


def _refuse_others(door: Door, action: str, needed: tuple[Role, ...]) -> None:
    if door.actor.roles.isdisjoint(needed):
        raise NotPermitted(action, needed)


def resend(door: Door, message_id: UUID, *, cooldown: timedelta) -> Delivery:
    """Send a mail that carries no link or code once more, as a new row of its case; the new row.

    Raises: NotFound, NotPermitted, GuardRefused.
    """
    row = door.uow.outbox.find(message_id)
    try:
        ref = door.uow.cases.request(row.message.case_id, now=door.now)[0].ref
        case = _resend_of_request(door, ref, row, cooldown)
    except NotFound:
        ref = door.uow.cases.activation(row.message.case_id, now=door.now)[0].ref
        case = _resend_of_activation(door, ref, row, cooldown)
    rows = door.uow.outbox.of_case(case.id)
    return next(one for one in rows if one.message.sequence == case.version)


def _resend_of_request(door: Door, ref: str, row: Delivery, cooldown: timedelta) -> Case:
    case, detail = access.request(door, ref)
    repeatable, cooled = _judged(door, row, cooldown)
    facts = replace(access.request_facts(door, case, detail), message_repeatable=repeatable, cooldown_over=cooled)
    move = Move(trigger=registration_table.Trigger.REPEAT_MESSAGE, actor=door.actor, now=door.now, repeats=row.message)
    return advance(door.uow, case, move, lifecycle=registration_table.registration, facts=facts, tools=door.tools)


def _resend_of_activation(door: Door, ref: str, row: Delivery, cooldown: timedelta) -> Case:
    case, detail = access.activation(door, ref)
    repeatable, cooled = _judged(door, row, cooldown)
    known = facts_of(detail, now=door.now, tools=door.tools)
    facts = replace(known, message_repeatable=repeatable, cooldown_over=cooled)
    move = Move(trigger=activation_table.Trigger.REPEAT_MESSAGE, actor=door.actor, now=door.now, repeats=row.message)
    return advance(door.uow, case, move, lifecycle=activation_table.activation, facts=facts, tools=door.tools)


def _judged(door: Door, row: Delivery, cooldown: timedelta) -> tuple[bool, bool]:
    """Whether it may be repeated at all, and whether it may be now; a refusal for the moment names the instant."""
    repeatable, over = _repeatable(door, row), _cool_from(door, row, cooldown)
    if repeatable and door.now < over and not door.actor.roles.isdisjoint(KEEPERS):
        raise GuardRefused(
            "resend_cooldown_is_over",
            f"The same message was sent a moment ago. Send it again from {over:%Y-%m-%d %H:%M:%S} UTC on.",
        )
    return repeatable, door.now >= over


def _facts(door: Door, row: Delivery) -> Facts:
    return Facts(
        still_true=_still_true(door, row),
        identical=row.error != "body_changed",
        secret_kept=row.state is not DeliveryState.FAILED or row.message.kind not in WITH_SECRET,
    )


def _still_true(door: Door, row: Delivery) -> bool:
    return row.message.send_before is None or door.now < row.message.send_before


def _repeatable(door: Door, row: Delivery) -> bool:
    by_mail = row.message.channel is Channel.EMAIL and row.message.kind not in WITH_SECRET
    return by_mail and _still_true(door, row) and row.state in AT_REST


def _cool_from(door: Door, row: Delivery, cooldown: timedelta) -> datetime:
    """From when on the same message may be owed once more."""
    wanted = (row.message.kind, row.message.audience)
    rows = door.uow.outbox.of_case(row.message.case_id)
    return max(one.message.queued_at for one in rows if (one.message.kind, one.message.audience) == wanted) + cooldown
