"""What an officer may do to the queue: put a message that came to rest back into it, while it is still true and whole."""

from __future__ import annotations

from uuid import UUID

from identity.problems import Problem
from workflow.access import Door
from workflow.errors import FieldError, InvalidSubmission, NotPermitted
from workflow.lifecycles.message import KEEPERS, Facts, Trigger, message
from workflow.limits import MONEY_FUSE
from workflow.model import Role
from workflow.outbox import Channel, Delivery, DeliveryState, MessageKind

OPENERS = (Role.TEAM_LEAD, Role.OPERATOR)
WITH_SECRET = frozenset({MessageKind.M1, MessageKind.M3, MessageKind.M8, MessageKind.M13, MessageKind.M15})


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
