"""What an officer may do to the queue: put a message that came to rest back into it, while it is still true and whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
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


def retry(door: Door, message_id: UUID) -> Delivery:
    """Put a parked or failed message back, its attempts at zero.

    Raises: NotPermitted, NotFound, TransitionNotAllowed, GuardRefused.
    """
    _refuse_others(door, "retry", KEEPERS)
    row = door.uow.outbox.find(message_id)
    facts = Facts(
        still_true=row.message.send_before is None or door.now < row.message.send_before,
        identical=row.error != "body_changed",
        secret_kept=row.state is not DeliveryState.FAILED or row.message.kind not in WITH_SECRET,
    )
    message.fire(row.state, Trigger.RETRY, roles=door.actor.roles, facts=facts)
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
    message = row.message
    still_true = message.send_before is None or door.now < message.send_before
    by_mail = message.channel is Channel.EMAIL and message.kind not in WITH_SECRET
    repeatable = by_mail and still_true and row.state in AT_REST
    same = [
        one.message.queued_at
        for one in door.uow.outbox.of_case(message.case_id)
        if (one.message.kind, one.message.audience) == (message.kind, message.audience)
    ]
    over = max(same) + cooldown
    if repeatable and door.now < over and not door.actor.roles.isdisjoint(KEEPERS):
        raise GuardRefused(
            "resend_cooldown_is_over",
            f"The same message was sent a moment ago. Send it again from {over:%Y-%m-%d %H:%M:%S} UTC on.",
        )
    return repeatable, door.now >= over
